import { equals, holds } from "./checks.js";
import type { ConformanceTests } from "./conformance-tests.js";

/** Turns of which nothing is special but what goes on in the agent. */
const plainTurns = [
  ["plans", "never shows a message without a visible text"],
  ["worksInStages", "lasts until the agent is really done"],
  ["handlesItself", "ends although no run came of the message"],
  ["retries", "is a success when a later attempt is"],
] as const;

/** What comes of a message. */
export function testTurns(tests: ConformanceTests): void {
  const { answers } = tests.subject.acts;

  tests.group("a turn", () => {
    tests.test("is started, shows what the agent says, and is completed, one after another", ["answers", "answers"], async (bench) => {
      const session = await bench.start();
      equals([session.status, session.threadId, session.provider], ["ready", bench.threadId, bench.provider.provider], "the session that was started");
      const first = await bench.completes(answers);
      const second = await bench.completes(answers);
      holds(first !== second, "each message to have a turn of its own");
      equals(bench.log.types.slice(0, 3), ["session.started", "session.configured", "thread.started"], "the first events");
    });

    tests.testOf("thinks", "shows reasoning apart from the text", ["thinks", "answers"], async (bench, act) => {
      await bench.start();
      const turnId = await bench.completes(act);
      const kinds = bench.log.of("content.delta").flatMap((event) => (event.turnId === turnId ? [event.payload.streamKind] : []));
      equals([...new Set(kinds)], ["reasoning_text", "assistant_text"], "what is streamed, in order,");
      await bench.worksOn();
    });

    tests.testOf("usesTool", "shows a tool from its start to its end", ["usesTool", "answers"], async (bench, act) => {
      await bench.start();
      const turnId = await bench.completes(act);
      const tools = bench.log.of("item.completed").filter((event) => event.turnId === turnId && !["assistant_message", "reasoning"].includes(event.payload.itemType));
      holds(tools.length > 0, "a tool to be shown");
      await bench.worksOn();
    });

    for (const [act, name] of plainTurns) {
      tests.testOf(act, name, [act, "answers"], async (bench, shown) => {
        await bench.start();
        await bench.completes(shown);
        await bench.worksOn();
      });
    }

    tests.testOf("fails", "fails with a reason, and leaves a session that works", ["fails", "answers"], async (bench, act) => {
      await bench.start();
      const { turnId, state, errorMessage = "" } = await bench.turn(act);
      equals([state, bench.log.texts(turnId)], ["failed", act.texts], "how a turn that fails ends, and what it shows,");
      holds(errorMessage.trim() !== "" && bench.log.of("runtime.error").some((event) => event.turnId === turnId), "the user to be told why the turn failed");
      await bench.worksOn();
    });
  });
}
