import type { Act } from "./act.js";
import { checkHeard } from "./check.js";

const regretted = "Call me Captain from now on.";
const yes = "Aye, Captain!";
const next = "What do you call me?";
const answer = "You have not told me your name.";

export const rollbackAct: Act = {
  heading: "Take the last turn back",
  answers: [[{ text: yes }], [{ text: answer, chunks: 4 }]],
  play: async (stage) => {
    const { provider, threadId } = stage;
    const earlier = stage.heard;
    await stage.turn({ prompt: regretted, answer: yes });
    checkHeard(stage.heard, [...earlier, regretted]);

    stage.wait("Taking the turn back");
    await provider.rollbackThread(threadId, 1);
    await stage.say("\nThat turn is taken back.\n");

    await stage.turn({ prompt: next, answer });
    checkHeard(stage.heard, [...earlier, next]);
    await stage.say(`\nThe model heard ${stage.heard.length} messages from you, and "${regretted}" is not one of them.`);
  },
};
