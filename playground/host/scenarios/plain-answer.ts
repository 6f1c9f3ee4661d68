import type { Scenario } from "./scenario.js";

const answer = `# A short tour

The model behind this page is a **script**; the agent that talks to it is *real*. What you read was streamed by it, piece by piece.

## What is worth a look

- The **picker** knows instances, models and levels, and nothing of any agent.
- The \`inspector\` shows every event as it comes.
  - Open it while something runs.
- The scenarios make the model do other things.

1. Choose one.
2. Send a message.
3. Stop it in the middle.

### Code

\`\`\`ts
export function greet(name: string): string {
  return \`Hello, \${name}!\`;
}
\`\`\`

### A table

| scenario | what it shows | takes |
| --- | --- | ---: |
| Tool turn | commands and edits | 2 s |
| Retry | a model that fails twice | 1 s |
| Flood | ten thousand deltas | 3 s |

> Everything stays on this machine.

That is all. ✓`;

const thoughts = `The user would like to know something.
I should weigh what I know against what I would have to look up.

On balance a short answer is the best one.`;

export const plainAnswer: Scenario = {
  id: "plain",
  title: "Plain answer",
  description: "An answer with headings, lists, code and a table, streamed as a model would.",
  prompt: "What can I see here?",
  answer: (_request, { spoken }) => [...spoken(answer), { usage: { inputTokens: 1_240, outputTokens: 310, cachedInputTokens: 900 } }],
};

export const thinkingAnswer: Scenario = {
  id: "thinking",
  title: "Think, then answer",
  description: "Reasoning before the answer. A model that thinks has a level to choose.",
  prompt: "Think about it first.",
  answer: ({ reasoningEffort }, { thought, spoken }) => {
    const effort = reasoningEffort === undefined ? "No effort was asked for." : `The effort asked for was “${reasoningEffort}”.`;
    return [...thought(thoughts), ...spoken(`I have thought about it. ${effort}`)];
  },
};

const paragraphs = 120;

export const longAnswer: Scenario = {
  id: "long",
  title: "Long answer",
  description: `${paragraphs} paragraphs: more than fits on any screen.`,
  prompt: "Tell me everything.",
  answer: (_request, { spoken }) => spoken(Array.from({ length: paragraphs }, (_, index) => paragraph(index + 1)).join("\n\n")),
};

function paragraph(number: number): string {
  return `**${number}.** A long answer is a test of patience: for its reader, for the page that must not jump while it grows, and for whoever keeps all of it in memory. Nothing more is said in paragraph ${number}.`;
}
