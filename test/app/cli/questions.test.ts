import { describe, expect, it } from "vitest";
import { Questions, type Person } from "../../../src/app/cli/questions.js";
import { ProviderError } from "../../../src/ports/errors.js";
import type { ProviderRuntimeEvent, UserInputQuestion } from "../../../src/ports/runtime-event.js";
import { event } from "./stub-terminal.js";

const colour: UserInputQuestion = {
  id: "answer",
  header: "Which colour?",
  question: "It is for the\u001B[2J wall.",
  options: [
    { label: "Red", description: "Option 1 of 2." },
    { label: "Blue", description: "Option 2 of 2." },
    { label: "Cancel", description: "Answer nothing and let the agent go on." },
  ],
};

const requested = (...questions: readonly UserInputQuestion[]): ProviderRuntimeEvent => event({ type: "user-input.requested", requestId: "question", payload: { questions } });

class StubPerson implements Person {
  readonly #lines: (string | undefined)[];

  constructor(...lines: readonly (string | undefined)[]) {
    this.#lines = [...lines];
  }

  ask(): Promise<string | undefined> {
    return Promise.resolve(this.#lines.shift());
  }
}

function asked(person: Person | undefined, respond: () => Promise<void> = () => Promise.resolve()) {
  const told: string[] = [];
  const responses: unknown[] = [];
  const questions = new Questions({
    displayName: "Pi",
    person,
    view: {
      tell: (text) => {
        told.push(text);
        return Promise.resolve();
      },
      lendLine: (use) => use(),
    },
    provider: {
      respondToUserInput: (...response) => {
        responses.push(response);
        return respond();
      },
    },
  });
  return { questions, told, responses };
}

describe("Questions", () => {
  it.each([
    ["2", { answer: "Blue" }],
    [" 1 ", { answer: "Red" }],
    ["Green", { answer: "Green" }],
    ["7", { answer: "7" }],
    ["0", { answer: "0" }],
    ["", {}],
    [undefined, {}],
  ])("takes the line %j for %j", async (line, answers) => {
    const { questions, responses } = asked(new StubPerson(line));
    await questions.see(requested(colour));
    expect(responses).toEqual([["run", "question", answers]]);
  });

  it("shows the question with its options, made safe", async () => {
    const { questions, told } = asked(new StubPerson("1"));
    await questions.see(requested(colour));
    expect(told).toEqual(["Pi asks: Which colour?\nIt is for the wall.\n  1. Red (Option 1 of 2.)\n  2. Blue (Option 2 of 2.)\n  3. Cancel (Answer nothing and let the agent go on.)"]);
  });

  it("asks for each of several, and cancels all with one", async () => {
    const second = { ...colour, id: "second" };
    const both = asked(new StubPerson("1", "2"));
    await both.questions.see(requested(colour, second));
    expect(both.responses).toEqual([["run", "question", { answer: "Red", second: "Blue" }]]);
    const one = asked(new StubPerson("1", undefined));
    await one.questions.see(requested(colour, second));
    expect(one.responses).toEqual([["run", "question", {}]]);
  });

  it("cancels and says so where nobody is", async () => {
    const { questions, told, responses } = asked(undefined);
    await questions.see(requested(colour));
    expect(told).toEqual(['Pi asks "Which colour?". Nobody can answer here, so the answer is "Cancel".']);
    expect(responses).toEqual([["run", "question", {}]]);
  });

  it("takes back a question that was settled otherwise, and answers nothing then", async () => {
    const asking = Promise.withResolvers<void>();
    const person: Person = {
      ask: (_query, signal) => {
        asking.resolve();
        return new Promise((resolve) => signal.addEventListener("abort", () => resolve(undefined)));
      },
    };
    const { questions, responses } = asked(person);
    const seen = questions.see(requested(colour));
    await asking.promise;
    await questions.see(event({ type: "user-input.resolved", requestId: "question", payload: { answers: {} } }));
    await seen;
    expect(responses).toEqual([]);
  });

  it("does not mind an answer that comes too late", async () => {
    const late = new ProviderError({ kind: "validation", code: "request-unknown", operation: "respondToUserInput", detail: "It is no longer open." });
    const { questions } = asked(new StubPerson("1"), () => Promise.reject(late));
    await expect(questions.see(requested(colour))).resolves.toBeUndefined();
  });
});
