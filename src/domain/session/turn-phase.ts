import type { AgentRefusalReason } from "../../ports/agent-messages.js";
import type { ProviderErrorInput } from "../../ports/errors.js";
import { beginStop, closeQuietly, rejectSend } from "./ending.js";
import { errorText, fail, stay, step, succeed, andThen, withCore, withPhase } from "./step.js";
import type { CallId, PendingSend, SessionEffect, SessionInput, SessionState, Step, Turn } from "./session-state.js";
import { abortNow, beginAbort, sendAbort } from "./turn-abort.js";
import { acceptTurn } from "./turn-begin.js";
import { endTurn } from "./turn-end.js";
import { refusedPrompt, turnEvent, type TurnPhase } from "./turn-events.js";
import { backToWork, beginSettling, probeAgain, settleReply } from "./turn-settle.js";
import { answerLateSteer, boundCall, releaseSteers, steer, steerReply } from "./turn-steer.js";

/** A turn from its prompt to its end: running, aborting, settling. */

/** Idle states in a row that prove that a prompt began no run, where the agent's version does not say so itself. */
const idleStatesWithoutRun = 3;

export function reduceTurn(state: SessionState, phase: TurnPhase, input: SessionInput): Step {
  switch (input.type) {
    case "event":
      return turnEvent(state, phase, input.event);
    case "reply":
      return input.tag.turnId === phase.turn.id ? reply(state, phase, input) : stay(state);
    case "timer":
      return timer(state, phase, input.key);
    case "send":
      return send(state, phase, { call: input.call, request: input.request });
    case "interrupt":
      return interrupt(state, phase, input);
    case "stop":
      return stop(state, phase, input.call);
    case "lost":
      return crash(state, phase, input.detail);
    default:
      return stay(state);
  }
}

// ------------------------------------------------------------------------------------------------------------------- replies

function reply(state: SessionState, phase: TurnPhase, input: Extract<SessionInput, { type: "reply" }>): Step {
  switch (input.to) {
    case "prompt":
      return promptReply(state, phase, input);
    case "compact":
      return compactReply(state, phase, input.outcome);
    case "steer": {
      const { turn, effects } = steerReply(state, phase.turn, input);
      const told = step(withPhase(state, { ...phase, turn }), effects);
      // An agent that had just settled may begin a run with this text: an idle state that was read meanwhile proves nothing.
      return phase.type === "settling"
        ? andThen(told, (next) => beginSettling(next, turn, { announced: phase.probe.announced, needed: idleStatesWithoutRun, waiting: phase.waiting }))
        : told;
    }
    case "clear-queue":
      return phase.type === "aborting" ? abortNow(state, phase.turn) : stay(state);
    case "abort":
      // Its answer comes when the run is over; should the agent say nothing else, its state tells.
      return phase.type === "aborting" ? beginSettling(state, phase.turn, { announced: false, needed: 1, waiting: phase.waiting }) : stay(state);
    default:
      return phase.type === "settling" ? settleReply(state, phase, input) : stay(state);
  }
}

function promptReply(state: SessionState, phase: TurnPhase, input: Extract<SessionInput, { type: "reply"; to: "prompt" }>): Step {
  if (input.outcome.type === "refused") return andThen(refusedPrompt(state, phase, refusalText(state, input.outcome)), releaseHeld);
  const accepted = acceptTurn(state, phase.turn);
  // A prompt that the agent never answered is no success, unless the agent works on it all the same.
  const view = input.outcome.type === "unanswered" && !accepted.turn.active ? { ...accepted.turn.view, failure: input.outcome.detail } : accepted.turn.view;
  const turn: Turn = { ...accepted.turn, view, answered: true };
  const disposition = input.outcome.type === "ok" ? input.outcome.value.disposition : "unknown";
  return andThen(step(withPhase(accepted.state, { ...phase, turn }), accepted.effects), (next) => {
    if (next.phase.type !== "running" || turn.heldSteers.length > 0 || turn.active) return releaseHeld(next);
    if (disposition === "handled") return beginSettling(next, turn, { announced: true, needed: 1 });
    // The agent's version does not say whether the prompt began a run: look whether one comes.
    return disposition === "unknown" ? beginSettling(next, turn, { announced: false, needed: idleStatesWithoutRun }) : stay(next);
  });
}

/** A compaction is over when it is answered; why it failed is the turn's failure. */
function compactReply(state: SessionState, phase: TurnPhase, outcome: Extract<SessionInput, { type: "reply"; to: "compact" }>["outcome"]): Step {
  const accepted = acceptTurn(state, phase.turn);
  const failure = outcome.type === "ok" ? undefined : outcome.type === "refused" ? outcome.message : outcome.detail;
  const view = failure === undefined ? accepted.turn.view : { ...accepted.turn.view, failure: errorText(failure) };
  const waiting = phase.type === "running" ? undefined : phase.waiting;
  return andThen(step(accepted.state, accepted.effects), (next) => beginSettling(next, { ...accepted.turn, view, answered: true }, { announced: true, needed: 1, waiting }));
}

/** What had to wait for the prompt's answer. */
function releaseHeld(state: SessionState): Step {
  const { phase } = state;
  if (phase.type === "aborting" && phase.turn.aborts === 0) return sendAbort(state, phase.turn, phase.waiting);
  return phase.type === "running" && phase.turn.answered && phase.turn.heldSteers.length > 0 ? releaseSteers(state, phase.turn) : stay(state);
}

/** The agent's own advice to someone who is not logged in names its own commands and files, which a host does not have. */
function refusalText(state: SessionState, refusal: { readonly reason: AgentRefusalReason; readonly message: string }): string {
  const { displayName } = state.core.identity;
  if (refusal.reason !== "not-authenticated") return refusal.message;
  return `${displayName} has no model to use: it is not logged in to the model's provider. Run ${displayName} in a terminal and log in, or set the provider's API key.`;
}

// -------------------------------------------------------------------------------------------------------------------- timers

function timer(state: SessionState, phase: TurnPhase, key: Extract<SessionInput, { type: "timer" }>["key"]): Step {
  switch (key) {
    case "accept": {
      const accepted = acceptTurn(state, phase.turn);
      return step(withPhase(accepted.state, { ...phase, turn: accepted.turn }), accepted.effects);
    }
    case "probe":
      return phase.type === "settling" ? probeAgain(state, phase) : stay(state);
    case "quiet":
      return silence(state, phase);
    case "abort":
      return disobedience(state, phase);
    default:
      return key.startsWith("call:") ? answerLate(state, phase, Number(key.slice("call:".length))) : stay(state);
  }
}

/** A second message has kept its caller waiting long enough. */
function answerLate(state: SessionState, phase: TurnPhase, call: CallId): Step {
  const late = answerLateSteer(state, phase.turn, call);
  if (late !== undefined) return step(withPhase(state, { ...phase, turn: late.turn }), late.effects);
  if (phase.type === "running" || phase.waiting?.call !== call) return stay(state);
  // The agent is not done yet, so the message goes into the turn after all; one that was interrupted takes no more.
  if (phase.type === "settling" && !phase.turn.interrupted) return backToWork(state, phase);
  const { waiting: _given, ...rest } = phase;
  return step(withPhase(state, rest), [fail(call, stillEnding(state))]);
}

/** Nothing was heard for a while: perhaps the end was missed. */
function silence(state: SessionState, phase: TurnPhase): Step {
  if (phase.type === "settling") return stay(state);
  const { turn } = phase;
  if (turn.fence === turn.quietFence && turn.answered) {
    const needed = turn.steered ? idleStatesWithoutRun : 1;
    return beginSettling(state, turn, { announced: false, needed, waiting: phase.type === "aborting" ? phase.waiting : undefined });
  }
  return step(withPhase(state, { ...phase, turn: { ...turn, quietFence: turn.fence } }), [{ type: "timer", key: "quiet", delayMs: state.core.settings.quietMs }]);
}

/** The agent has not settled since it was told to abort: told once more, then ended by force. */
function disobedience(state: SessionState, phase: TurnPhase): Step {
  if (!phase.turn.interrupted) return stay(state);
  const waiting = phase.type === "running" ? undefined : phase.waiting;
  if (phase.turn.aborts < 2 && state.core.stopCalls.length === 0) {
    const again: Turn = { ...phase.turn, aborts: 1 };
    return andThen(sendAbort(state, again, waiting), (next) => step(next, [{ type: "timer", key: "abort", delayMs: state.core.settings.abortMs / 2 }]));
  }
  return beginStop(state, { type: "disobedient", turn: phase.turn, ...(waiting === undefined ? {} : { waiting }) });
}

// --------------------------------------------------------------------------------------------------------------------- calls

function send(state: SessionState, phase: TurnPhase, pending: PendingSend): Step {
  if (phase.type === "running") return steer(state, phase.turn, pending);
  if (phase.waiting !== undefined || state.core.stopCalls.length > 0) {
    return step(state, [
      fail(pending.call, {
        kind: "request",
        code: "busy",
        operation: "sendTurn",
        threadId: state.core.identity.threadId,
        detail: "Another message already waits for this turn to end.",
        nextStep: "Send it again in a moment.",
      }),
    ]);
  }
  return step(withPhase(state, { ...phase, waiting: pending }), [boundCall(state, pending.call)]);
}

function stillEnding(state: SessionState): ProviderErrorInput {
  return {
    kind: "request",
    code: "busy",
    operation: "sendTurn",
    threadId: state.core.identity.threadId,
    detail: `${state.core.identity.displayName} is still ending the turn before.`,
    nextStep: "Send the message again in a moment.",
  };
}

function interrupt(state: SessionState, phase: TurnPhase, input: Extract<SessionInput, { type: "interrupt" }>): Step {
  const { turn } = phase;
  if (turn.interrupted || (input.turnId !== undefined && input.turnId !== turn.id)) return step(state, [succeed(input.call)]);
  const waiting = phase.type === "running" ? undefined : phase.waiting;
  return andThen(beginAbort(state, turn, waiting), (next) => step(next, [succeed(input.call)]));
}

function stop(state: SessionState, phase: TurnPhase, call: number): Step {
  const asked = withCore(state, { stopCalls: [...state.core.stopCalls, call] });
  if (phase.turn.interrupted) return stay(asked);
  return beginAbort(asked, phase.turn, phase.type === "running" ? undefined : phase.waiting);
}

// --------------------------------------------------------------------------------------------------------------------- crash

/** The process is gone. The turn ends at once; the conversation continues with the host's next message. */
function crash(state: SessionState, phase: TurnPhase, detail: string): Step {
  const waiting = phase.type === "running" ? undefined : phase.waiting;
  const { turn } = phase;
  const stopWanted = state.core.stopCalls.length > 0;
  const clean: SessionEffect = { type: "dispose", graceMs: 0 };
  return andThen(endTurn(state, turn, turn.interrupted ? { type: "interrupted" } : { type: "failed", message: detail, class: "transport_error" }), (ended) =>
    andThen(rejectSend(ended, waiting), (rejected) => (stopWanted ? beginStop(rejected, { type: "requested" }) : andThen(step(rejected, [clean]), closeQuietly))),
  );
}
