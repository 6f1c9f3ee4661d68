import { describe, expect, it } from "vitest";
import { dialogAnswer, dialogRequested, dialogResolved, openDialog, strayDialogResolved } from "../../../src/domain/turn/dialogs.js";
import type { AgentDialog, AgentDialogAnswer } from "../../../src/ports/agent-messages.js";
import type { UserInputQuestion } from "../../../src/ports/runtime-event.js";

function dialog(change: Partial<AgentDialog> = {}): AgentDialog {
  return { type: "dialog-opened", dialogId: "d1", method: "select", title: "Which colour?", options: ["red", "green"], ...change };
}

function questionOf(asked: AgentDialog): UserInputQuestion {
  const draft = dialogRequested(openDialog(asked, { sessionKey: "session", count: 1, turnId: "T1" }));
  if (draft.type !== "user-input.requested" || draft.payload.questions[0] === undefined) throw new Error("No question was asked.");
  return draft.payload.questions[0];
}

function labelsOf(asked: AgentDialog): readonly string[] {
  return questionOf(asked).options.map(({ label }) => label);
}

const cancelled: AgentDialogAnswer = { type: "cancelled" };

describe("a question", () => {
  it("is asked under an id that no other question of any thread has, and answered under the same", () => {
    const open = openDialog(dialog(), { sessionKey: "session", count: 1, turnId: "T1" });
    const address = { turnId: "T1", requestId: "session:question-1" };
    expect(dialogRequested(open)).toMatchObject({ type: "user-input.requested", ...address });
    expect(dialogResolved(open, { answer: "red" })).toEqual({ type: "user-input.resolved", ...address, payload: { answers: { answer: "red" } } });
  });

  it("outside of a turn names none", () => {
    const open = openDialog(dialog(), { sessionKey: "session", count: 1, turnId: undefined });
    expect(dialogRequested(open)).not.toHaveProperty("turnId");
    expect(dialogResolved(open, {})).not.toHaveProperty("turnId");
  });

  it("that is no longer open is resolved without an answer", () => {
    expect(strayDialogResolved("session:question-1")).toEqual({ type: "user-input.resolved", requestId: "session:question-1", payload: { answers: {} } });
  });

  it("tells its choices, and a way out", () => {
    expect(questionOf(dialog())).toEqual({
      id: "answer",
      header: "Which colour?",
      question: "Which colour?",
      options: [
        { label: "red", description: "Option 1 of 2." },
        { label: "green", description: "Option 2 of 2." },
        { label: "Cancel", description: "Answer nothing and let the agent go on." },
      ],
    });
  });

  it.each<[what: string, asked: AgentDialog, labels: readonly string[]]>([
    ["a confirmation", dialog({ method: "confirm", options: [] }), ["Yes", "No", "Cancel"]],
    ["an input", dialog({ method: "input", options: [] }), ["Cancel"]],
    ["an input with an example", dialog({ method: "input", options: [], placeholder: "e.g. blue" }), ["Cancel"]],
    ["an input that starts from a text", dialog({ method: "input", options: [], prefill: "blue" }), ["blue", "Cancel"]],
    ["an editor that starts from several lines", dialog({ method: "editor", options: [], prefill: "\n first\nsecond" }), ["first", "Cancel"]],
    ["an editor that starts from nothing visible", dialog({ method: "editor", options: [], prefill: " \n" }), ["Cancel"]],
    ["a choice of nothing", dialog({ options: [] }), ["Cancel"]],
    ["a choice with blank options", dialog({ options: [" ", "red", ""] }), ["red", "Cancel"]],
    ["a choice that has a Cancel of its own", dialog({ options: ["Cancel", "red"] }), ["Cancel", "red", "Dismiss the question"]],
  ])("offers something for %s", (_what, asked, labels) => {
    expect(labelsOf(asked)).toEqual(labels);
  });

  it("has a bounded number of bounded options", () => {
    const labels = labelsOf(dialog({ options: Array.from({ length: 500 }, (_, index) => `${index} ${"x".repeat(1_000)}`) }));
    expect(labels).toHaveLength(51);
    expect(Math.max(...labels.map((label) => label.length))).toBe(300);
  });

  it.each<[what: string, asked: AgentDialog, texts: Pick<UserInputQuestion, "header" | "question">]>([
    ["shows its message below its title", dialog({ title: "Delete?", message: "It cannot be undone." }), { header: "Delete?", question: "It cannot be undone." }],
    ["shows its title alone if its message is blank", dialog({ title: "Delete?", message: " " }), { header: "Delete?", question: "Delete?" }],
    ["has a header of one line", dialog({ title: "First\nsecond" }), { header: "First", question: "First\nsecond" }],
    ["has words even without a title", dialog({ title: "  " }), { header: "Question", question: "Question" }],
  ])("%s", (_what, asked, texts) => {
    expect(questionOf(asked)).toMatchObject(texts);
  });
});

describe("an answer", () => {
  it.each<[what: string, asked: AgentDialog, given: unknown, answer: AgentDialogAnswer]>([
    ["is the option that was chosen", dialog(), "green", { type: "value", value: "green" }],
    ["is the whole option behind a label that was cut", dialog({ options: ["x".repeat(400)] }), `${"x".repeat(299)}…`, { type: "value", value: "x".repeat(400) }],
    ["is the option as its agent wrote it", dialog({ options: [" red "] }), "red", { type: "value", value: " red " }],
    ["is what the user typed instead of an option", dialog(), "blue", { type: "value", value: "blue" }],
    ["is taken from a list", dialog(), ["green"], { type: "value", value: "green" }],
    ["is a cancel where it was chosen", dialog(), "Cancel", cancelled],
    ["is the agent's own Cancel where it has one", dialog({ options: ["Cancel"] }), "Cancel", { type: "value", value: "Cancel" }],
    ["is a cancel beside the agent's own Cancel", dialog({ options: ["Cancel"] }), "Dismiss the question", cancelled],
    ["is a cancel where nothing was given", dialog(), undefined, cancelled],
    ["is a cancel where nothing was chosen", dialog(), [], cancelled],
    ["is a cancel where it cannot be read", dialog(), 7, cancelled],
    ["confirms by the option", dialog({ method: "confirm", options: [] }), "Yes", { type: "confirmed", confirmed: true }],
    ["confirms by a typed word", dialog({ method: "confirm", options: [] }), " ok ", { type: "confirmed", confirmed: true }],
    ["confirms by a truth value", dialog({ method: "confirm", options: [] }), true, { type: "confirmed", confirmed: true }],
    ["declines by the option", dialog({ method: "confirm", options: [] }), "No", { type: "confirmed", confirmed: false }],
    ["declines by a truth value", dialog({ method: "confirm", options: [] }), false, { type: "confirmed", confirmed: false }],
    ["declines by any other word", dialog({ method: "confirm", options: [] }), "yes, but not now", { type: "confirmed", confirmed: false }],
    ["cancels a confirmation", dialog({ method: "confirm", options: [] }), "Cancel", cancelled],
    ["is the whole text that was offered by its first line", dialog({ method: "editor", options: [], prefill: "first\nsecond" }), "first", { type: "value", value: "first\nsecond" }],
    ["is an empty text where one was typed", dialog({ method: "input", options: [] }), "", { type: "value", value: "" }],
  ])("%s", (_what, asked, given, answer) => {
    expect(dialogAnswer(asked, given === undefined ? {} : { answer: given })).toEqual(answer);
  });

  it("is found under whatever name the host gave it", () => {
    expect(dialogAnswer(dialog(), { "Which colour?": "green" })).toEqual({ type: "value", value: "green" });
  });
});
