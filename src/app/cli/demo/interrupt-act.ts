import type { Act } from "./act.js";

const beginning = "One, two, three, four,";
const answer = "Yes, and I have stopped counting.";

export const interruptAct: Act = {
  heading: "Stop Pi in the middle of a sentence",
  answers: [[{ text: beginning, chunks: 4 }, { waitFor: new Promise<never>(() => undefined) }], [{ text: answer, chunks: 4 }]],
  play: async (stage) => {
    const { provider, threadId } = stage;
    const { turnId } = await stage.send({ prompt: "Count to a thousand." });
    await stage.untilSaid(turnId, beginning);
    await stage.interject("(stop)");
    await provider.interruptTurn(threadId, turnId);
    await stage.untilEnd({ turnId, answer: beginning, state: "interrupted" });

    await stage.say("");
    await stage.turn({ prompt: "Are you still there?", answer });
  },
};
