import { testApprovals } from "./approval-conformance.js";
import { testCapabilities } from "./capability-conformance.js";
import type { ConformanceSubject } from "./conformance-subject.js";
import { ConformanceTests } from "./conformance-tests.js";
import { testDialogue } from "./dialogue-conformance.js";
import { testGeneration } from "./generation-conformance.js";
import { testInventory } from "./inventory-conformance.js";
import { testRefusals } from "./refusal-conformance.js";
import { testSessions } from "./session-conformance.js";
import type { TestRunner } from "./test-runner.js";
import { testTurns } from "./turn-conformance.js";

/**
 * What a host may rely on, whatever agent and whatever ports are behind a provider. For whoever writes a dialect, or replaces a port:
 *
 * ```ts
 * import { describe, it } from "node:test";
 * describeProviderConformance({ runner: { describe, it }, subject });
 * ```
 *
 * Each test has a provider of its own and ends it. However a test ends, the events must have obeyed the rules, no turn may have begun
 * that nobody asked for, and no process may be left.
 */
export function describeProviderConformance(suite: { readonly runner: TestRunner; readonly subject: ConformanceSubject }): void {
  const tests = new ConformanceTests(suite);
  suite.runner.describe(`${suite.subject.name} as a provider`, () => {
    testTurns(tests);
    testDialogue(tests);
    testApprovals(tests);
    testSessions(tests);
    testInventory(tests);
    testGeneration(tests);
    testRefusals(tests);
    testCapabilities(tests);
  });
}
