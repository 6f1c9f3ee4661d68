import type { Scenario } from "./scenario.js";

const words = 10_000;

export const flood: Scenario = {
  id: "flood",
  title: "Flood",
  description: "Ten thousand deltas as fast as the agent takes them. Stop works meanwhile, and the whole text stands at the end.",
  prompt: "Say as much as you can, as fast as you can.",
  answer: () => [{ text: floodText({ from: 1, to: words }), chunks: words }],
};

export const waves: Scenario = {
  id: "waves",
  title: "Flood in two waves",
  description: "Five thousand deltas as fast as the agent takes them, and as many again once you choose another scenario: scroll up, and see that nothing moves.",
  prompt: "Say as much as you can, but wait for me in the middle.",
  answer: (_request, { replaced }) => [
    { text: floodText({ from: 1, to: words / 2 }), chunks: words / 2 },
    { waitFor: replaced },
    { text: floodText({ from: words / 2 + 1, to: words }), chunks: words / 2 },
  ],
};

/** As many pieces of the same length as there are deltas: what is missing in the end can be seen. */
function floodText({ from, to }: { readonly from: number; readonly to: number }): string {
  return Array.from({ length: to - from + 1 }, (_, index) => `${String(from + index).padStart(6, "0")} `).join("");
}

export const slowAnswer: Scenario = {
  id: "slow",
  title: "Slow answer",
  description: "Begins and then waits, until you stop it or say something else.",
  prompt: "Count to a thousand, slowly.",
  answer: (_request, { spoken, steered }) => [...spoken("One, two, three, four, …"), { waitFor: steered }, { text: " and so on." }],
};
