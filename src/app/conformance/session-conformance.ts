import { equals, holds, isRefused } from "./checks.js";
import type { ConformanceTests } from "./conformance-tests.js";
import type { ProviderBench } from "./provider-bench.js";

/** How sessions end, and what comes after. */
export function testSessions(tests: ConformanceTests): void {
  const { acts, lacks } = tests.subject;

  tests.group("a session", () => {
    tests.test("is stopped, leaves no process, and begins anew", ["answers", "answers"], async (bench) => {
      await bench.start();
      await bench.completes(acts.answers);
      await bench.wait("the session to stop", bench.provider.stopSession(bench.threadId));
      equals([bench.processes, bench.provider.hasSession(bench.threadId), bench.provider.listSessions()], [0, false, []], "processes, session and list after the stop");
      equals(bench.log.of("session.exited").length, 1, "the number of exits that were told");
      await bench.start();
      await bench.worksOn();
    });

    tests.testOf("goesOn", "is stopped in the middle of a turn, which ends first", ["goesOn"], async (bench, act) => {
      await bench.start();
      const turnId = await bench.send(act.prompt);
      await bench.speaks(turnId);
      await bench.wait("the session to stop", bench.provider.stopSession(bench.threadId));
      equals((await bench.ended(turnId)).state, "interrupted", "the end of the stopped turn");
      await bench.wait("the exit to be told", bench.log.first("session.exited"));
      equals(bench.processes, 0, "the number of processes after the stop");
    });

    tests.testOf("goesOn", "gives way to another one of its thread, in the middle of a turn", ["goesOn", "answers"], async (bench, act) => {
      await bench.start();
      const turnId = await bench.send(act.prompt);
      await bench.speaks(turnId);
      await bench.recover();
      holds((await bench.ended(turnId)).state !== "completed", "the turn of the replaced session not to be told as a success");
      equals([bench.processes, bench.provider.listSessions().length], [1, 1], "processes and sessions after the replacement");
      await bench.worksOn();
    });

    tests.testOf("goesOn", "ends with its provider, in the middle of a turn", ["goesOn"], async (bench, act) => {
      await bench.start();
      const turnId = await bench.send(act.prompt);
      await bench.speaks(turnId);
      await bench.end();
      equals((await bench.ended(turnId)).state, "interrupted", "the end of the turn");
      await isRefused(bench.start(), [["session-closed", "disposed"]], "a start after the disposal");
    });

    const crash = lacks?.resume === undefined ? "that crashes is recovered with its cursor, and its conversation goes on" : "that crashes is recovered with its cursor";
    tests.testOf("crashes", crash, ["answers", "crashes", "answers"], async (bench, act) => {
      await bench.start();
      await bench.completes(acts.answers);
      const { state, errorMessage = "" } = await bench.turn(act);
      equals([state, errorMessage.trim() === ""], ["failed", false], "how the turn ends, and whether without a reason,");
      await isRefused(bench.provider.sendTurn({ threadId: bench.threadId, input: acts.answers.prompt }), [["session-not-found", "session-missing"]], "a message to the session that crashed");
      await bench.recover();
      await bench.worksOn();
      if (lacks?.resume === undefined) await continues(bench);
    });
  });
}

/** The agent itself tells what was said before the crash and after it, in one conversation. */
async function continues(bench: ProviderBench): Promise<void> {
  const names = bench.log.of("thread.started").map(({ payload }) => payload.providerThreadId);
  equals(names.at(-1), names[0], "the agent's conversation after the recovery");
  const { turns } = await bench.wait("the thread to be read", bench.provider.readThread(bench.threadId));
  holds(turns.length >= 2, "the conversation to hold what was said before the crash");
}
