import type { Act } from "./act.js";
import { check, checkHeard } from "./check.js";

const first = "Think of a name for this project.";
const second = "Make it a short one.";
const beforehand = "I am looking for a long and beautiful name.";
const afterwards = "A short one, then: Ada.";

/** Made anew for each demo: what its model waits for happens once. */
export function steerAct(): Act {
  const wasSteered = Promise.withResolvers<void>();
  return {
    heading: "A second message while Pi is at work",
    answers: [[{ text: beforehand, chunks: 4 }, { waitFor: wasSteered.promise }], [{ text: afterwards, chunks: 4 }]],
    play: async (stage) => {
      const { provider, threadId, signal } = stage;
      const earlier = stage.heard;
      const { turnId } = await stage.send({ prompt: first });
      await stage.untilSaid(turnId, beforehand);
      await stage.interject(`> ${second}`);
      const steered = await provider.sendTurn({ threadId, input: second }, { signal });
      check(steered.turnId === turnId, "the second message was to belong to the turn that ran and began another.");
      wasSteered.resolve();
      await stage.untilEnd({ turnId, answer: `${beforehand}\n${afterwards}` });

      checkHeard(stage.heard, [...earlier, first, second]);
      await stage.say("\nIt stayed one turn, and the model heard the second message in it.");
    },
  };
}
