import type { CanonicalRequestType, RuntimeEventDraft } from "../../../src/ports/runtime-event.js";

/** The events of a turn in their smallest form. Everything belongs to the turn `T1` unless told otherwise. */

type Place = { readonly turnId?: string };

const here: Place = { turnId: "T1" };
const question = { id: "answer", header: "Which?", question: "Which one?", options: [{ label: "This", description: "The first." }] };

export function turnStarted(place: Place = here): RuntimeEventDraft {
  return { type: "turn.started", ...place, payload: { model: "demo/plain" } };
}

export function turnCompleted(place: Place = here): RuntimeEventDraft {
  return { type: "turn.completed", ...place, payload: { state: "completed", stopReason: "stop" } };
}

export function turnFailed(errorMessage: string): RuntimeEventDraft {
  return { type: "turn.completed", ...here, payload: { state: "failed", errorMessage } };
}

export function textDelta(itemId: string, delta: string, place: Place = here): RuntimeEventDraft {
  return { type: "content.delta", ...place, itemId, payload: { streamKind: "assistant_text", delta } };
}

export function reasoningDelta(itemId: string, delta: string): RuntimeEventDraft {
  return { type: "content.delta", ...here, itemId, payload: { streamKind: "reasoning_text", delta } };
}

export function messageCompleted(itemId: string, detail: string, place: Place = here): RuntimeEventDraft {
  return { type: "item.completed", ...place, itemId, payload: { itemType: "assistant_message", status: "completed", detail } };
}

export function reasoningCompleted(itemId: string): RuntimeEventDraft {
  return { type: "item.completed", ...here, itemId, payload: { itemType: "reasoning", status: "completed" } };
}

/** A tool's event, at any of its three stations. */
export function tool(station: "started" | "updated" | "completed", itemId: string): RuntimeEventDraft {
  return { type: `item.${station}`, ...here, itemId, payload: { itemType: "command_execution", title: "Command run" } };
}

export function questionAsked(requestId: string, place: Place = here): RuntimeEventDraft {
  return { type: "user-input.requested", ...place, requestId, payload: { questions: [question] } };
}

export function questionResolved(requestId: string, place: Place = here): RuntimeEventDraft {
  return { type: "user-input.resolved", ...place, requestId, payload: { answers: {} } };
}

export function approvalAsked(place: Place = here): RuntimeEventDraft {
  return { type: "request.opened", ...place, requestId: "a1", payload: { requestType: "command_execution_approval", detail: "ls" } };
}

export function approvalResolved(place: Place = here, requestType: CanonicalRequestType = "command_execution_approval"): RuntimeEventDraft {
  return { type: "request.resolved", ...place, requestId: "a1", payload: { requestType, decision: "accept" } };
}

export function warned(message: string): RuntimeEventDraft {
  return { type: "runtime.warning", payload: { message } };
}

export function erred(message: string, place: Place = here): RuntimeEventDraft {
  return { type: "runtime.error", ...place, payload: { message, class: "provider_error" } };
}

export const sessionStarted: RuntimeEventDraft = { type: "session.started", payload: { message: "Demo is ready" } };
export const sessionExited: RuntimeEventDraft = { type: "session.exited", payload: { reason: "Session stopped", exitKind: "graceful" } };
