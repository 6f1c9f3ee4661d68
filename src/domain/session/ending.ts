import type { ProviderErrorInput } from "../../ports/errors.js";
import { approvalResolved } from "../supervision/approvals.js";
import { dialogResolved } from "../turn/dialogs.js";
import { emit, fail, stay, step, withCore, withPhase } from "./step.js";
import type { CallId, PendingSend, SessionEffect, SessionState, Step, StopReason } from "./session-state.js";

/** The beginning of every end of a process; `stop-phase.ts` says what follows once it is gone. */
export function beginStop(state: SessionState, why: StopReason, call?: CallId): Step {
  const asked = call === undefined ? state : withCore(state, { stopCalls: [...state.core.stopCalls, call] });
  return step(withPhase(withoutQuestions(asked), { type: "stopping", why }), [
    ...cancelTurnTimers,
    ...resolveDialogs(asked),
    // What runs tools that nobody let through gets no time for more of them.
    { type: "dispose", graceMs: why.type === "ungated" ? 0 : state.core.settings.stopGraceMs },
  ]);
}

export const cancelTurnTimers: readonly SessionEffect[] = [
  { type: "cancel-timer", key: "accept" },
  { type: "cancel-timer", key: "abort" },
  { type: "cancel-timer", key: "probe" },
  { type: "cancel-timer", key: "quiet" },
];

/** Closed without `session.exited`, so that the host's next message recovers the conversation from the cursor. */
export function closeQuietly(state: SessionState): Step {
  return step(withPhase(withoutQuestions(state), { type: "closed" }), resolveDialogs(state));
}

/** Frees the host's prompts: nobody will take their answers any more. */
export function resolveDialogs(state: SessionState): readonly SessionEffect[] {
  const dialogs = state.core.dialogs.flatMap((open): readonly SessionEffect[] => [
    { type: "cancel-timer", key: `dialog:${open.requestId}` },
    emit(dialogResolved(open, {})),
  ]);
  return [...dialogs, ...state.core.supervision.open.map((open) => emit(approvalResolved(open, "cancel")))];
}

export function withoutQuestions(state: SessionState): SessionState {
  return withCore(state, { dialogs: [], supervision: { ...state.core.supervision, open: [] } });
}

export function rejectSend(state: SessionState, send: PendingSend | undefined): Step {
  return send === undefined ? stay(state) : step(state, [fail(send.call, sessionEnded(state, "sendTurn"))]);
}

export function sessionEnded(state: SessionState, operation: string): ProviderErrorInput {
  return {
    kind: "session-closed",
    code: "session-ended",
    operation,
    threadId: state.core.identity.threadId,
    detail: `The ${state.core.identity.displayName} session of this thread has ended.`,
    nextStep: "Send the message again: the conversation continues.",
  };
}
