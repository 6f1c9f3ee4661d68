import type { AgentDialog } from "../../ports/agent-messages.js";
import { dialogAnswer, dialogRequested, dialogResolved, openDialog, strayDialogResolved } from "../turn/dialogs.js";
import { emit, fail, stay, step, succeed, warn, withCore } from "./step.js";
import type { SessionEffect, SessionInput, SessionState, Step } from "./session-state.js";

/** The agent's questions in a session: shown, answered, timed out, dismissed. */

export function showDialog(state: SessionState, dialog: AgentDialog, turnId: string | undefined): Step {
  if (state.core.dialogs.some((open) => open.dialog.dialogId === dialog.dialogId)) return stay(state);
  const count = state.core.questions + 1;
  const open = openDialog(dialog, { sessionKey: state.core.identity.sessionKey, count, turnId });
  // The agent goes on by itself when its own time is up, and says nothing about it.
  const timer: readonly SessionEffect[] = dialog.timeoutMs === undefined ? [] : [{ type: "timer", key: `dialog:${open.requestId}`, delayMs: dialog.timeoutMs }];
  return step(withCore(state, { questions: count, dialogs: [...state.core.dialogs, open] }), [emit(dialogRequested(open)), ...timer]);
}

/** Nothing that the host awaits may wait for a person: T3 handles one call at a time, for all threads. */
export function dismissDialog(state: SessionState, dialog: AgentDialog): Step {
  return step(state, [
    { type: "answer-dialog", dialogId: dialog.dialogId, answer: { type: "cancelled" } },
    warn(`${state.core.identity.displayName} asked a question before it could be shown; it was dismissed.`),
  ]);
}

export function answerDialog(state: SessionState, input: Extract<SessionInput, { type: "answer" }>): Step {
  const open = state.core.dialogs.find((candidate) => candidate.requestId === input.requestId);
  if (open === undefined) {
    return step(state, [
      // T3 keeps its prompt open, and the composer with it, until it hears that the question is settled.
      emit(strayDialogResolved(input.requestId)),
      fail(input.call, {
        kind: "validation",
        code: "request-unknown",
        operation: "respondToUserInput",
        threadId: state.core.identity.threadId,
        detail: "This question is no longer open: it was answered, timed out or was cancelled.",
      }),
    ]);
  }
  return step(withoutDialog(state, open.requestId), [
    { type: "answer-dialog", dialogId: open.dialog.dialogId, answer: dialogAnswer(open.dialog, input.answers) },
    { type: "cancel-timer", key: `dialog:${open.requestId}` },
    emit(dialogResolved(open, input.answers)),
    succeed(input.call),
  ]);
}

export function expireDialog(state: SessionState, requestId: string): Step {
  const open = state.core.dialogs.find((candidate) => candidate.requestId === requestId);
  return open === undefined ? stay(state) : step(withoutDialog(state, requestId), [emit(dialogResolved(open, {}))]);
}

/** Answers every open question with a cancel: an agent does not obey an abort while one is open. */
export function cancelDialogs(state: SessionState): Step {
  return step(
    withCore(state, { dialogs: [] }),
    state.core.dialogs.flatMap((open): readonly SessionEffect[] => [
      { type: "answer-dialog", dialogId: open.dialog.dialogId, answer: { type: "cancelled" } },
      { type: "cancel-timer", key: `dialog:${open.requestId}` },
      emit(dialogResolved(open, {})),
    ]),
  );
}

function withoutDialog(state: SessionState, requestId: string): SessionState {
  return withCore(state, { dialogs: state.core.dialogs.filter((open) => open.requestId !== requestId) });
}
