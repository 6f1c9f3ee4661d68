import type { AgentDialog, AgentDialogAnswer } from "../../ports/agent-messages.js";
import type { RuntimeEventDraft, UserInputQuestion } from "../../ports/runtime-event.js";
import { boundedData, cutText, headline } from "./bounded-data.js";

/**
 * The agent's questions as T3's user-input requests, and the answers back.
 *
 * T3's prompt has no cancel button and drops a question without options, so every question offers at least one labelled option
 * and a way out; text typed by the user overrides the options.
 */
export interface OpenDialog {
  readonly requestId: string;
  readonly turnId: string | undefined;
  readonly dialog: AgentDialog;
}

const questionId = "answer";
const labelLimit = 300;
const maxOptions = 50;

/** An agent may use its own ids again; T3 must never see a request twice. So requests are counted, by session. */
export function openDialog(dialog: AgentDialog, owner: { readonly sessionKey: string; readonly count: number; readonly turnId: string | undefined }): OpenDialog {
  return { requestId: `${owner.sessionKey}:question-${owner.count}`, turnId: owner.turnId, dialog };
}

export function dialogRequested(open: OpenDialog): RuntimeEventDraft {
  return { type: "user-input.requested", ...address(open), payload: { questions: [questionOf(open.dialog)] } };
}

export function dialogResolved(open: OpenDialog, answers: Readonly<Record<string, unknown>>): RuntimeEventDraft {
  return { type: "user-input.resolved", ...address(open), payload: { answers: Object.fromEntries(Object.entries(answers).map(([key, answer]) => [key, boundedData(answer)])) } };
}

/** What T3 is told when an answer comes for a question that is no longer open: it must take its prompt away. */
export function strayDialogResolved(requestId: string): RuntimeEventDraft {
  return { type: "user-input.resolved", requestId, payload: { answers: {} } };
}

/** The agent's answer for what the user chose or typed. No answer at all cancels; an empty text is a text. */
export function dialogAnswer(dialog: AgentDialog, answers: Readonly<Record<string, unknown>>): AgentDialogAnswer {
  const given = firstText(answers[questionId] ?? Object.values(answers)[0]);
  if (given === undefined || given === cancelLabel(dialog)) return { type: "cancelled" };
  if (dialog.method === "confirm") return { type: "confirmed", confirmed: /^\s*(?:yes|y|true|ok)\s*$/i.test(given) };
  if (dialog.method === "select") {
    const chosen = dialog.options.find((option) => optionLabel(option) === given);
    return { type: "value", value: chosen ?? given };
  }
  const suggested = suggestion(dialog);
  return { type: "value", value: suggested !== undefined && given === suggested.label ? suggested.value : given };
}

function questionOf(dialog: AgentDialog): UserInputQuestion {
  const header = headline(dialog.title, 200) ?? "Question";
  return {
    id: questionId,
    header,
    question: dialog.message === undefined || dialog.message.trim() === "" ? cutText(dialog.title.trim() === "" ? header : dialog.title, 2_000) : cutText(dialog.message, 2_000),
    options: [...choices(dialog), { label: cancelLabel(dialog), description: "Answer nothing and let the agent go on." }],
  };
}

function choices(dialog: AgentDialog): UserInputQuestion["options"] {
  if (dialog.method === "confirm") {
    return [
      { label: "Yes", description: "Confirm." },
      { label: "No", description: "Decline." },
    ];
  }
  if (dialog.method === "select") {
    return dialog.options
      .slice(0, maxOptions)
      .filter((option) => option.trim() !== "")
      .map((option, index) => ({ label: optionLabel(option), description: `Option ${index + 1} of ${dialog.options.length}.` }));
  }
  const suggested = suggestion(dialog);
  return suggested === undefined ? [] : [{ label: suggested.label, description: "Or type another answer." }];
}

/** The text an `input` or `editor` starts from, offered as an option; a placeholder is an example, not an answer. */
function suggestion(dialog: AgentDialog): { readonly label: string; readonly value: string } | undefined {
  const label = dialog.prefill === undefined ? undefined : headline(dialog.prefill, labelLimit);
  return label === undefined || dialog.prefill === undefined ? undefined : { label, value: dialog.prefill };
}

function optionLabel(option: string): string {
  return cutText(option.trim(), labelLimit);
}

function cancelLabel(dialog: AgentDialog): string {
  return dialog.options.some((option) => optionLabel(option) === "Cancel") ? "Dismiss the question" : "Cancel";
}

function firstText(answer: unknown): string | undefined {
  if (Array.isArray(answer)) return firstText(answer[0]);
  return typeof answer === "string" ? answer : typeof answer === "boolean" ? (answer ? "Yes" : "No") : undefined;
}

function address(open: OpenDialog): { readonly requestId: string; readonly turnId?: string } {
  return { requestId: open.requestId, ...(open.turnId === undefined ? {} : { turnId: open.turnId }) };
}
