import type { ProviderErrorCode, ProviderErrorKind } from "../../ports/errors.js";
import type { RuntimeMode } from "../../ports/provider.js";
import { equals, isRefused } from "./checks.js";
import type { ConformanceTests } from "./conformance-tests.js";
import type { ProviderBench } from "./provider-bench.js";

type Refusal = readonly [call: string, make: (bench: ProviderBench) => Promise<unknown>, kind: ProviderErrorKind, code: ProviderErrorCode];

const unknownThread = "a-thread-that-nobody-started";

/** Calls that fail for the host's own fault, and as what. */
const refusals: readonly Refusal[] = [
  ["a message to an unknown thread", ({ provider }) => provider.sendTurn({ threadId: unknownThread, input: "Hello?" }), "session-not-found", "session-missing"],
  ["the stop of an unknown thread", ({ provider }) => provider.stopSession(unknownThread), "session-not-found", "session-missing"],
  ["the interrupt of an unknown thread", ({ provider }) => provider.interruptTurn(unknownThread), "session-not-found", "session-missing"],
  ["a blank message", ({ provider, threadId }) => provider.sendTurn({ threadId, input: " \n" }), "validation", "invalid-input"],
  ["a model that is no name of one", ({ provider, threadId }) => provider.sendTurn({ threadId, input: "Hello?", model: "nameless" }), "validation", "invalid-model"],
  ["the plan mode", ({ provider, threadId }) => provider.sendTurn({ threadId, input: "Hello?", interactionMode: "plan" }), "unsupported", "not-supported"],
  ["an answer that nobody asked for", ({ provider, threadId }) => provider.respondToUserInput(threadId, "unknown", { answer: "Yes" }), "validation", "request-unknown"],
  ["a decision that nobody asked for", ({ provider, threadId }) => provider.respondToRequest(threadId, "unknown", "accept"), "request", "request-unknown"],
  ["a rollback of no turns", ({ provider, threadId }) => provider.rollbackThread(threadId, 0), "validation", "invalid-input"],
  ["a cursor that is none", ({ provider }) => provider.startSession({ threadId: unknownThread, runtimeMode: "full-access", resumeCursor: "yesterday" }), "validation", "invalid-cursor"],
  ["a start for another provider", ({ provider }) => provider.startSession({ threadId: unknownThread, runtimeMode: "full-access", provider: `not-${provider.provider}` }), "validation", "invalid-input"],
];

/** What a host does wrong leaves everything as it was. */
export function testRefusals(tests: ConformanceTests): void {
  tests.group("a wrong call", () => {
    tests.test("is refused for what it is, and the session works on", ["answers"], async (bench) => {
      const session = await bench.start();
      for (const [call, make, kind, code] of refusals) await isRefused(bench.wait(`${call} to be answered`, make(bench)), [[kind, code]], call);
      equals(bench.provider.listSessions(), [session], "the sessions after the wrong calls");
      await bench.worksOn();
    });

    tests.test("asks in vain for a mode that the provider does not claim", [], async (bench) => {
      const { runtimeModes } = bench.provider.capabilities;
      // The last one is nobody's: a provider that takes it would run it as another one without saying so.
      for (const runtimeMode of ["approval-required", "auto-accept-edits", "full-access", "no-such-mode" as RuntimeMode] as const) {
        if (!runtimeModes.includes(runtimeMode)) await isRefused(bench.start({ runtimeMode }), [["unsupported", "not-supported"]], `a start in the mode ${runtimeMode}`);
      }
      equals(bench.processes, 0, "the number of processes");
    });

    tests.test("names a program that is not there: nothing is started", [], async (bench) => {
      const { provider, nowhere } = bench;
      const start = bench.start({ providerOptions: { [provider.provider]: { binaryPath: nowhere } } });
      await isRefused(start, [["process", "binary-not-found"], ["process", "binary-path-invalid"]], "a start of a program that is not there");
      equals([bench.processes, provider.hasSession(bench.threadId)], [0, false], "the number of processes, and whether there is a session,");
    });
  });
}
