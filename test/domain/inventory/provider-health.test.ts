import { describe, expect, it } from "vitest";
import { echoDialect } from "../../../src/adapters/fake/echo-dialect.js";
import type { Discovery } from "../../../src/domain/inventory/agent-discovery.js";
import type { InstallationFinding } from "../../../src/domain/inventory/agent-installation.js";
import { judgeHealth, type HealthEvidence } from "../../../src/domain/inventory/provider-health.js";
import { ProviderError, type ProviderErrorCode } from "../../../src/ports/errors.js";
import type { MissingBinaryReason, SearchedPlace } from "../../../src/ports/binary-locator.js";
import type { ProviderHealthReport, ProviderHealthVerdict } from "../../../src/ports/provider.js";
import { locatedEcho } from "../echo-parts.js";

const searched: readonly SearchedPlace[] = [{ place: "/usr/bin", source: "path", outcome: "absent" }];
const version = { major: 1, minor: 2, patch: 3 };
const usable: InstallationFinding = { type: "usable", installation: { binary: locatedEcho, version, searched } };

function failure(code: ProviderErrorCode): ProviderError {
  return new ProviderError({ kind: "process", code, operation: "check", detail: `It is ${code}.`, nextStep: "Do something." });
}

function missing(reason: MissingBinaryReason): InstallationFinding {
  return { type: "missing", reason, searched, error: failure("binary-not-found") };
}

function unusable(reason: Extract<InstallationFinding, { type: "unusable" }>["reason"]): InstallationFinding {
  return { type: "unusable", reason, binary: locatedEcho, searched, error: failure("start-failed") };
}

function discovered(models: number): Discovery {
  const model = { provider: "echo", id: "plain", name: "Plain", input: ["text"], reasoning: false, thinkingLevels: [] } as const;
  return { version, state: { sessionId: "s", streaming: false, compacting: false, queued: 0, messageCount: 0 }, models: { models: Array.from({ length: models }, () => model), rejected: 0 } };
}

function judge(finding: InstallationFinding, discovery?: HealthEvidence["discovery"]): ProviderHealthReport {
  return judgeHealth(echoDialect, { finding, ...(discovery === undefined ? {} : { discovery }), configuredPath: "/configured", checkedAt: "2026-01-01T00:00:00.000Z" });
}

describe("the verdict on a provider", () => {
  it.each<[what: string, finding: InstallationFinding, discovery: HealthEvidence["discovery"], verdict: ProviderHealthVerdict, status: string, auth: string]>([
    ["nothing was found", missing("not-on-path"), undefined, "not-installed", "error", "unknown"],
    ["the configured path does not exist", missing("configured-path-missing"), undefined, "configured-path-wrong", "error", "unknown"],
    ["the configured path is no file", missing("configured-path-not-a-file"), undefined, "configured-path-wrong", "error", "unknown"],
    ["the configured path is relative", missing("configured-path-relative"), undefined, "configured-path-wrong", "error", "unknown"],
    ["the configured file may not be executed", missing("configured-path-not-executable"), undefined, "not-executable", "error", "unknown"],
    ["the program cannot be executed", unusable("not-executable"), undefined, "not-executable", "error", "unknown"],
    ["the program is another one", unusable("not-the-agent"), undefined, "not-the-agent", "error", "unknown"],
    ["the program is too old", unusable("too-old"), undefined, "too-old", "error", "unknown"],
    ["the program does not start", unusable("cannot-start"), undefined, "cannot-start", "error", "unknown"],
    ["the program does not tell its version", unusable("timed-out"), undefined, "timed-out", "error", "unknown"],
    ["the agent does not answer", usable, failure("start-timeout"), "timed-out", "error", "unknown"],
    ["the agent fails", usable, failure("agent-exited"), "cannot-start", "error", "unknown"],
    ["the agent has no model", usable, discovered(0), "no-models", "warning", "unauthenticated"],
    ["the agent has models", usable, discovered(2), "ready", "ready", "authenticated"],
    ["the agent was not asked", usable, undefined, "ready", "ready", "unknown"],
  ])("if %s: $3", (_what, finding, discovery, verdict, status, authStatus) => {
    const report = judge(finding, discovery);
    const ready = verdict === "ready";
    expect(report).toMatchObject({ verdict, searched, minimumVersion: "1.0.0", status: { provider: "echo", status, authStatus, available: ready, checkedAt: "2026-01-01T00:00:00.000Z" } });
    expect([report.nextStep === undefined, report.status.message === undefined]).toEqual([ready, ready]);
  });

  it("says what happened and what to do in the words of the error", () => {
    const report = judge(usable, failure("agent-exited"));
    expect([report.status.message, report.nextStep]).toEqual(["It is agent-exited. Do something.", "Do something."]);
  });

  it("says what happened where nothing can be done", () => {
    const report = judge(usable, new ProviderError({ kind: "process", code: "agent-exited", operation: "check", detail: "It is gone." }));
    expect([report.status.message, report.nextStep]).toEqual(["It is gone.", undefined]);
  });

  it("says how to log in where there is no model", () => {
    expect(judge(usable, discovered(0)).nextStep).toBe('Run "/usr/bin/echo-agent" in a terminal and log in, or set a provider\'s API key.');
  });

  it.each<[what: string, report: ProviderHealthReport, path: string, shown: string | undefined]>([
    ["that is wrong", judge(missing("configured-path-missing")), "/configured", undefined],
    ["that was used", judge(usable, discovered(1)), "/usr/bin/echo-agent", "1.2.3"],
    ["of the program that is too old", judge({ ...unusable("too-old"), version: { major: 0, minor: 1, patch: 0 } } as InstallationFinding), "/usr/bin/echo-agent", "0.1.0"],
    ["of the program that did not tell its version", judge(unusable("timed-out")), "/usr/bin/echo-agent", undefined],
  ])("names the path %s, and its version where it is known", (_what, report, path, shown) => {
    expect([report.binaryPath, report.version]).toEqual([path, shown]);
  });

  it("counts the models where the agent told them", () => {
    expect([judge(usable, discovered(2)).modelCount, judge(usable, failure("agent-exited")).modelCount]).toEqual([2, undefined]);
  });
});
