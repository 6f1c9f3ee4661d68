import { modelSlug } from "../inventory/model-slug.js";
import { newTurnView } from "../turn/turn-projection.js";
import { cursorOf } from "./session-view.js";
import { command, emit, step, withCore, withPhase } from "./step.js";
import { mayWork, refuseUngated } from "./ungated.js";
import type { AgentCommand } from "../../ports/agent-messages.js";
import type { CallId, PendingSend, SendRequest, SessionEffect, SessionState, Step, Turn } from "./session-state.js";

/** How turns come into being: asked for by the host, or begun by the agent itself. */

export function installTurn(state: SessionState, send: PendingSend): Step {
  if (!mayWork(state)) return refuseUngated(state, send);
  const turn = newTurn(state, { acceptance: send.call });
  return step(withPhase(state, { type: "running", turn }), [
    { type: "mint-turn-id" },
    command(taskOf(send.request), { tag: { turnId: turn.id }, deadlineMs: state.core.settings.promptMs }),
    { type: "timer", key: "accept", delayMs: state.core.settings.acceptMs },
  ]);
}

function taskOf({ text, images, compaction }: SendRequest): AgentCommand {
  return compaction === undefined ? { type: "prompt", text, images } : { type: "compact", ...compaction };
}

/** A turn that its user stopped before the prompt was sent: begun and ended, so that the host sees both. */
export function interruptUnsent(state: SessionState, send: PendingSend): Step {
  const { id } = newTurn(state, { acceptance: send.call });
  const counted = withCore(state, { turnMessages: [...state.core.turnMessages, 0] });
  return step(withPhase(counted, { type: "idle" }), [
    { type: "mint-turn-id" },
    ...announce(state, { id, acceptance: send.call }),
    emit({ type: "turn.completed", turnId: id, payload: { state: "interrupted", stopReason: "abort" } }),
  ]);
}

/** A run that nobody asked for (an extension began it) is shown as a turn of its own: never invisible, never stuck. */
export function adoptRun(state: SessionState): Step {
  const turn: Turn = { ...newTurn(state, {}), answered: true };
  const counted = withCore(withoutError(state), { turnMessages: [...state.core.turnMessages, null] });
  return step(withPhase(counted, { type: "running", turn }), [
    { type: "mint-turn-id" },
    ...announce(state, { id: turn.id }),
    { type: "timer", key: "quiet", delayMs: state.core.settings.quietMs },
  ]);
}

/** The turn begins for the host. Does nothing when it has begun. */
export function acceptTurn(state: SessionState, turn: Turn): { readonly state: SessionState; readonly turn: Turn; readonly effects: readonly SessionEffect[] } {
  const { acceptance, ...accepted } = turn;
  if (acceptance === undefined) return { state, turn, effects: [] };
  const counted = withCore(withoutError(state), { turnMessages: [...state.core.turnMessages, null] });
  return {
    state: counted,
    turn: accepted,
    effects: [
      { type: "cancel-timer", key: "accept" },
      { type: "timer", key: "quiet", delayMs: state.core.settings.quietMs },
      ...announce(counted, { id: turn.id, acceptance }),
    ],
  };
}

function announce(state: SessionState, turn: { readonly id: string; readonly acceptance?: CallId }): readonly SessionEffect[] {
  const { agent } = state.core;
  const started = emit({
    type: "turn.started",
    turnId: turn.id,
    payload: {
      ...(agent?.model === undefined ? {} : { model: modelSlug(agent.model) }),
      ...(agent?.thinkingLevel === undefined ? {} : { effort: agent.thinkingLevel }),
    },
  });
  return turn.acceptance === undefined ? [started] : [started, turnResult(state, { id: turn.id, call: turn.acceptance })];
}

export function turnResult(state: SessionState, turn: { readonly id: string; readonly call: CallId }): SessionEffect {
  const cursor = cursorOf(state);
  return {
    type: "settle",
    call: turn.call,
    result: {
      type: "turn",
      turn: { threadId: state.core.identity.threadId, turnId: turn.id, ...(cursor === undefined ? {} : { resumeCursor: cursor }) },
    },
  };
}

function newTurn(state: SessionState, options: { readonly acceptance?: CallId }): Turn {
  const id = state.core.nextTurnId;
  return {
    id,
    view: newTurnView(id),
    ...options,
    answered: false,
    active: false,
    fence: 0,
    quietFence: -1,
    interrupted: false,
    aborts: 0,
    steering: [],
    heldSteers: [],
    answeredSteers: [],
    steered: false,
    queued: 0,
    silentLooks: 0,
    toldSilent: false,
    abortedByAgent: false,
  };
}

function withoutError(state: SessionState): SessionState {
  if (state.core.lastError === undefined) return state;
  const { lastError: _past, ...core } = state.core;
  return { core, phase: state.phase };
}
