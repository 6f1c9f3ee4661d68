import { ProviderError, type ProviderErrorCode, type ProviderErrorKind } from "../../ports/errors.js";
import { equals, holds, isRefused } from "./checks.js";
import type { ConformanceFeature } from "./conformance-subject.js";
import { isLacking, type ConformanceTests } from "./conformance-tests.js";
import type { ProviderBench } from "./provider-bench.js";

type Call = Exclude<ConformanceFeature, "resume">;

/** Each call after one turn, and the proof that it did something. */
const calls: Readonly<Record<Call, (bench: ProviderBench) => Promise<unknown>>> = {
  readThread: async (bench) => {
    const { turns } = await bench.provider.readThread(bench.threadId);
    holds(turns.length === 1 && (turns[0]?.items.length ?? 0) >= 2, "the thread to have one turn, with a question and an answer");
  },
  rollback: async (bench) => equals((await bench.provider.rollbackThread(bench.threadId, 1)).turns, [], "the turns after the rollback"),
  commands: async (bench) => {
    const commands = await bench.provider.listCommands(bench.threadId);
    holds(commands.every(({ name }) => name.trim() !== "" && !name.startsWith("/")), "every command to have a name, without its slash");
  },
  compaction: async (bench) => {
    const turnId = await bench.accepted("the compaction to be accepted", bench.provider.compactThread(bench.threadId));
    const { state, errorMessage: detail = "" } = await bench.ended(turnId);
    equals(bench.log.texts(turnId), [], "what the compaction shows");
    // It is a turn, so an agent may refuse it that late.
    if (state === "failed") throw new ProviderError({ kind: "request", code: "request-rejected", operation: "compactThread", detail });
    equals(state, "completed", "the end of the compaction");
  },
};

const inWords: readonly (readonly [ProviderErrorKind, ProviderErrorCode])[] = [
  ["unsupported", "not-supported"],
  ["request", "request-rejected"],
  ["request", "rollback-refused"],
];

/** What the provider claims, beside what its agent shows. */
export function testCapabilities(tests: ConformanceTests): void {
  const { acts, lacks } = tests.subject;

  tests.group("a capability", () => {
    tests.test("is claimed if and only if the agent shows it", [], async ({ provider: { capabilities } }) => {
      for (const [flag, act] of [["steering", acts.waitsForSteering], ["userInput", acts.asks]] as const) {
        const because = isLacking(act) ? ` (the agent ${act.lacks})` : "";
        equals(capabilities[flag], !isLacking(act), `the capability ${flag}${because}`);
      }
      if (!capabilities.resume) holds(lacks?.resume !== undefined, "a subject that does not claim to resume, because its provider does not");
    });

    for (const [feature, call] of Object.entries(calls) as readonly (readonly [Call, (typeof calls)[Call]])[]) {
      tests.test(nameOf(feature, lacks?.[feature]), ["answers", "answers"], async (bench) => {
        await bench.start();
        await bench.completes(acts.answers);
        if (lacks?.[feature] !== undefined) await isRefused(bench.wait(`${feature} to be answered`, call(bench)), inWords, feature);
        else {
          holds(bench.provider.capabilities[feature], `the capability ${feature} to be claimed`);
          await bench.wait(`${feature} to be served`, call(bench));
        }
        await bench.worksOn();
      });
    }
  });
}

function nameOf(feature: ConformanceFeature, reason: string | undefined): string {
  return reason === undefined ? `serves ${feature}` : `refuses ${feature}: the agent ${reason}`;
}
