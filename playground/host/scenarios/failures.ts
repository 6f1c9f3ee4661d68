import { never, type Scenario } from "./scenario.js";

export const retry: Scenario = {
  id: "retry",
  title: "Retry",
  description: "The model's server fails twice, then answers: the agent tries again by itself.",
  prompt: "Try until it works.",
  answer: (_request, { attempt, spoken }) =>
    attempt % 3 === 0 ? spoken("The third time it worked. You saw one answer, and no error.") : [{ httpError: { status: 500, message: "The server is having a bad moment." } }],
};

export const providerError: Scenario = {
  id: "provider-error",
  title: "Provider error",
  description: "The model's server refuses the key: the turn fails with a reason, and the next message works once another scenario is chosen.",
  prompt: "Will this work?",
  answer: () => [{ httpError: { status: 401, message: "The key is not valid (any more)." } }],
};

export const crash: Scenario = {
  id: "crash",
  title: "Crash",
  description: "The agent's process is killed in the middle of its answer. Send another message: the conversation goes on.",
  prompt: "Tell me a story.",
  answer: (_request, { spoken, hasCrashed, crashAgent }) => {
    if (hasCrashed) return spoken("A story. I had just begun when I fell over; here I am again.");
    crashAgent();
    return [{ text: "Once upon a time, there was a process that" }, { waitFor: never() }];
  },
};
