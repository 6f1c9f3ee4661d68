import type { Act } from "./act.js";
import { check, checkHeard } from "./check.js";

const story = "Tell me a story.";
const beginning = "Once upon a time, there was";
const next = "What did I want from you?";
const answer = "A story. I had just begun when I fell over.";

export const crashAct: Act = {
  heading: "Pi crashes, and the conversation goes on",
  answers: [[{ text: beginning, chunks: 4 }, { waitFor: new Promise<never>(() => undefined) }], [{ text: answer, chunks: 4 }]],
  play: async (stage) => {
    const { provider, threadId, signal, agents } = stage;
    const { turnId, resumeCursor } = await stage.send({ prompt: story });
    await stage.untilSaid(turnId, beginning);
    const earlier = stage.heard;
    await stage.interject("(Pi is killed)");
    const killed = agents.kill();
    check(killed === 1, `one Pi was to be killed and ${killed} were.`);
    await stage.untilEnd({ turnId, answer: beginning, state: "failed" });
    check(!provider.hasSession(threadId), "the session was to be over with its Pi and is not.");

    await stage.say("\nA new Pi takes over where the old one was.\n");
    stage.wait("Starting Pi");
    await provider.startSession({ threadId, runtimeMode: "full-access", resumeCursor }, { signal });
    await stage.turn({ prompt: next, answer });
    checkHeard(stage.heard, [...earlier, next]);
    await stage.say(`\nThe model heard ${stage.heard.length} messages from you: all of the conversation.`);
  },
};
