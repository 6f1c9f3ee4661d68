import { equals, holds, isRefused } from "./checks.js";
import type { ConformanceTests } from "./conformance-tests.js";

/** What a user does while the agent works. */
export function testDialogue(tests: ConformanceTests): void {
  tests.group("a running turn", () => {
    tests.testOf("waitsForSteering", "takes a message into itself", ["waitsForSteering", "answers"], async (bench, act) => {
      await bench.start();
      const turnId = await bench.send(act.prompt);
      await bench.speaks(turnId);
      equals(await bench.send(act.steer), turnId, "the turn that takes the second message");
      const { state } = await bench.ended(turnId);
      equals([state, bench.log.texts(turnId)], ["completed", act.texts], "how the steered turn ends, and what it shows,");
      await bench.worksOn();
    });

    tests.testOf("asks", "asks its user, and goes on with the answer", ["asks", "answers"], async (bench, act) => {
      await bench.start();
      const turnId = await bench.send(act.prompt);
      const asked = await bench.wait("a question", bench.log.first("user-input.requested", (event) => event.turnId === turnId));
      const { requestId = "", payload } = asked;
      const [question] = payload.questions;
      const choice = question?.options[0]?.label;
      holds(question !== undefined && choice !== undefined, "a question with choices");
      await bench.wait("the answer to be taken", bench.provider.respondToUserInput(bench.threadId, requestId, { [question.id]: choice }));
      const { state } = await bench.ended(turnId);
      equals([state, bench.log.texts(turnId)], ["completed", act.texts], "how the turn ends after the answer, and what it shows,");
      await isRefused(bench.provider.respondToUserInput(bench.threadId, requestId, { [question.id]: choice }), [["validation", "request-unknown"]], "a second answer");
      await bench.worksOn();
    });

    tests.testOf("asks", "takes its question away when it is interrupted", ["asks", "answers"], async (bench, act) => {
      await bench.start();
      const turnId = await bench.send(act.prompt);
      const { requestId } = await bench.wait("a question", bench.log.first("user-input.requested", (event) => event.turnId === turnId));
      await bench.wait("the interrupt to be taken", bench.provider.interruptTurn(bench.threadId, turnId));
      equals((await bench.ended(turnId)).state, "interrupted", "the end of the interrupted turn");
      equals(bench.log.of("user-input.resolved").map((event) => event.requestId), [requestId], "the questions that were taken away");
      await bench.worksOn();
    });

    tests.testOf("goesOn", "is interrupted, and the session works on", ["goesOn", "answers"], async (bench, act) => {
      await bench.start();
      const turnId = await bench.send(act.prompt);
      await bench.speaks(turnId);
      await bench.wait("the interrupt to be taken", bench.provider.interruptTurn(bench.threadId));
      equals((await bench.ended(turnId)).state, "interrupted", "the end of the interrupted turn");
      equals(bench.provider.hasSession(bench.threadId), true, "whether the session lives after the interrupt");
      await bench.wait("an interrupt without a turn to do nothing", bench.provider.interruptTurn(bench.threadId));
      await bench.worksOn();
    });

    tests.testOf("ignoresAbort", "ends although its agent does not heed the abort, and the next message works", ["ignoresAbort", "answers"], async (bench, act) => {
      await bench.start();
      const turnId = await bench.send(act.prompt);
      await bench.speaks(turnId);
      await bench.wait("the interrupt to be taken", bench.provider.interruptTurn(bench.threadId));
      equals((await bench.ended(turnId)).state, "interrupted", "the end of the interrupted turn");
      await bench.recover();
      await bench.worksOn();
    });
  });
}
