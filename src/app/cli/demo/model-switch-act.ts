import type { Act } from "./act.js";
import { check } from "./check.js";

const model = "demo/plain";
const answer = "Now another model speaks, and it knows the conversation.";

export const modelSwitchAct: Act = {
  heading: `Another model in the same session: ${model}`,
  answers: [[{ text: answer, chunks: 4 }]],
  play: async (stage) => {
    const turnId = await stage.turn({ prompt: "Who are you now?", model, answer });
    const started = stage.log.of("turn.started").find((event) => event.turnId === turnId);
    check(started?.payload.model === model, `the turn was to run with ${model} and ran with ${started?.payload.model ?? "an unknown model"}.`);
    const asked = stage.endpoint.requests.at(-1);
    check(`${stage.sandbox.provider}/${asked?.model ?? ""}` === model, `${model} was to be asked and was not.`);
    const { messages } = asked?.body ?? {};
    await stage.say(`\nThe model was asked with ${Array.isArray(messages) ? messages.length : 0} messages of conversation.`);
  },
};
