import type { Scenario } from "./scenario.js";

const words = 10_000;

export const flood: Scenario = {
  id: "flood",
  title: "Flood",
  description: "Ten thousand deltas as fast as the agent takes them. Stop works meanwhile, and the whole text stands at the end.",
  prompt: "Say as much as you can, as fast as you can.",
  answer: () => [{ text: floodText(), chunks: words }],
};

/** As many pieces of the same length as there are deltas: what is missing in the end can be seen. */
function floodText(): string {
  return Array.from({ length: words }, (_, index) => `${String(index + 1).padStart(6, "0")} `).join("");
}

export const slowAnswer: Scenario = {
  id: "slow",
  title: "Slow answer",
  description: "Begins and then waits, until you stop it or say something else.",
  prompt: "Count to a thousand, slowly.",
  answer: (_request, { spoken, steered }) => [...spoken("One, two, three, four, …"), { waitFor: steered }, { text: " and so on." }],
};
