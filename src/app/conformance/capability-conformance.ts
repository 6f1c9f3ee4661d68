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
      for (const [flag, act] of [["steering", acts.waitsForSteering], ["userInput", acts.asks], ["textGeneration", acts.generates]] as const) {
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

  tests.group("a conversation", () => testReferences(tests));
}

/** What a host of T3's newer kind keeps of a conversation: names for it and its turns, by which it comes back to them. */
function testReferences(tests: ConformanceTests): void {
  const { acts, lacks } = tests.subject;

  if (lacks?.readThread === undefined) {
    tests.test("names its turns as they are read, and goes back to one of them by its name", ["answers", "answers", "answers"], async (bench) => {
      const { provider, threadId, log } = bench;
      await bench.start();
      await bench.completes(acts.answers);
      await bench.completes(acts.answers);
      const names = (await bench.wait("the thread to be read", provider.readThread(threadId))).turns.map(({ id }) => id);
      const told = log.of("turn.completed").map(({ providerRefs }) => providerRefs?.providerTurnId);
      holds(told.every((name, turn) => name === undefined || name === names[turn]), "the names that were told at the turns' ends to be those that are read");
      if (lacks?.rollback !== undefined) return;
      const { turns } = await bench.wait("the rollback to be done", provider.rollbackThread(threadId, { toTurn: names[0] ?? "" }));
      equals(turns.map(({ id }) => id), names.slice(0, 1), "the turns that are left");
      await isRefused(bench.wait("the rollback to be answered", provider.rollbackThread(threadId, { toTurn: names[1] ?? "" })), inWords, "a rollback to a turn that is gone");
      equals((await bench.wait("the rollback to be done", provider.rollbackThread(threadId, { toStart: true }))).turns, [], "the turns that are left");
      await bench.worksOn();
    });
  }

  tests.test("copies a conversation, or says that it cannot", ["answers", "answers"], async (bench) => {
    const { provider, threadId } = bench;
    await bench.start();
    await bench.completes(acts.answers);
    const [session] = provider.listSessions();
    const fork = bench.wait("the copy to be made", provider.forkThread(threadId));
    if (provider.capabilities.fork) {
      const { nativeThread } = await fork;
      holds(nativeThread.driver === provider.provider && nativeThread.nativeId !== session?.nativeThread?.nativeId, "the copy to have a name of its own");
    } else await isRefused(fork, [["unsupported", "not-supported"]], "a copy");
    equals([provider.listSessions(), bench.processes], [[session], 1], "sessions and processes after the copy");
    await bench.worksOn();
  });
}

function nameOf(feature: ConformanceFeature, reason: string | undefined): string {
  return reason === undefined ? `serves ${feature}` : `refuses ${feature}: the agent ${reason}`;
}
