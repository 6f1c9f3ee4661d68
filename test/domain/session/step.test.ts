import { describe, expect, it } from "vitest";
import { andThen, errorText, sentence, step, succeed, warn } from "../../../src/domain/session/step.js";
import { inPhase } from "./session-phases.js";

describe("a step", () => {
  it("followed by another has the state of the second and the effects of both, in order", () => {
    const [first, second] = [inPhase.idle().state, inPhase.running().state];
    const both = andThen(step(first, [succeed(1)]), (state) => {
      expect(state).toBe(first);
      return step(second, [succeed(2)]);
    });
    expect(both).toEqual({ state: second, effects: [succeed(1), succeed(2)] });
  });
});

describe("words for people", () => {
  it.each([
    [" Overloaded. ", "Overloaded."],
    [" \n", "The agent reported an error without words."],
    ["x".repeat(3_000), `${"x".repeat(1_999)}…`],
  ])("are never blank and never without bounds", (message, expected) => {
    expect(errorText(message)).toBe(expected);
  });

  it("say what happened and what to do", () => {
    const error = { kind: "process", code: "binary-not-found", operation: "locate", detail: "Not found." } as const;
    expect([sentence(error), sentence({ ...error, nextStep: "Install it." })]).toEqual(["Not found.", "Not found. Install it."]);
  });

  it("are cut in a warning", () => {
    expect(JSON.stringify(warn("x".repeat(5_000))).length).toBeLessThan(1_200);
  });
});
