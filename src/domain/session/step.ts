import type { AgentCommand } from "../../ports/agent-messages.js";
import type { ProviderErrorInput } from "../../ports/errors.js";
import type { RuntimeEventDraft } from "../../ports/runtime-event.js";
import { cutText } from "../turn/bounded-data.js";
import type { CallId, CommandTag, SessionCore, SessionEffect, SessionPhase, SessionState, Step } from "./session-state.js";

/** Small words for building steps of the state machine. */

export function step(state: SessionState, effects: readonly SessionEffect[] = []): Step {
  return { state, effects };
}

/** Stays as it is. */
export function stay(state: SessionState): Step {
  return { state, effects: [] };
}

/** Goes on from a step's state, with the effects of both in order. */
export function andThen(first: Step, next: (state: SessionState) => Step): Step {
  const second = next(first.state);
  return { state: second.state, effects: [...first.effects, ...second.effects] };
}

export function withPhase(state: SessionState, phase: SessionPhase): SessionState {
  return { core: state.core, phase };
}

export function withCore(state: SessionState, change: Partial<SessionCore>): SessionState {
  return { core: { ...state.core, ...change }, phase: state.phase };
}

export function emit(draft: RuntimeEventDraft): SessionEffect {
  return { type: "emit", draft };
}

export function command(command: AgentCommand, options: { readonly tag?: CommandTag; readonly deadlineMs: number }): SessionEffect {
  return { type: "command", command, tag: options.tag ?? {}, deadlineMs: options.deadlineMs };
}

export function fail(call: CallId, error: ProviderErrorInput): SessionEffect {
  return { type: "settle", call, result: { type: "error", error } };
}

export function succeed(call: CallId): SessionEffect {
  return { type: "settle", call, result: { type: "ok" } };
}

export function warn(message: string, turnId?: string): SessionEffect {
  return emit({ type: "runtime.warning", ...(turnId === undefined ? {} : { turnId }), payload: { message: cutText(message, 1_000) } });
}

/** An error banner. With a turn's id it must be followed by that turn's `turn.completed`. */
export function error(message: string, options: { readonly class: "provider_error" | "transport_error" | "validation_error"; readonly turnId?: string }): SessionEffect {
  return emit({
    type: "runtime.error",
    ...(options.turnId === undefined ? {} : { turnId: options.turnId }),
    payload: { message: errorText(message), class: options.class },
  });
}

/** A text that T3 accepts as an error: never blank, never without bound. */
export function errorText(message: string): string {
  const trimmed = message.trim();
  return trimmed === "" ? "The agent reported an error without words." : cutText(trimmed, 2_000);
}

/** The words a person reads for a failure: what happened and what to do. */
export function sentence(error: ProviderErrorInput): string {
  return error.nextStep === undefined ? error.detail : `${error.detail} ${error.nextStep}`;
}
