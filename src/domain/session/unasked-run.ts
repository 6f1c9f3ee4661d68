import type { AgentEvent } from "../../ports/agent-messages.js";
import { answerQuestion, requirementOf } from "./approval-answers.js";
import { beginStop, closeQuietly } from "./ending.js";
import { andThen, command, stay, step, succeed, warn, withCore, withPhase } from "./step.js";
import type { SessionEffect, SessionInput, SessionPhase, SessionState, Step } from "./session-state.js";
import { adoptRun } from "./turn-begin.js";
import { turnEvent } from "./turn-events.js";
import { reduceTurn } from "./turn-phase.js";

/**
 * A run that nobody asked for (an extension began it) is shown as a turn, or ended where the host's policy says so; it is never left
 * invisible. Where the host decides for each of them, what the agent does meanwhile is held back in order: shown from its beginning if
 * the host adopts the run, never if it discards it.
 */

type Holding = Extract<SessionPhase, { type: "holding" }>;

/** More than a run has to say while a host makes up its mind. Of one that says more, nothing is lost: it is adopted. */
const maxHeldEvents = 2_000;

/** The phase must be `idle`. `event` is what told of the run. */
export function meetUnaskedRun(state: SessionState, event?: AgentEvent): Step {
  const { settings, identity, expelling } = state.core;
  const told = event === undefined ? [] : [event];
  if (expelling) return stay(state);
  switch (settings.unsolicitedRuns) {
    case "adopt":
      return adopt(state, told);
    case "ask":
      return hold(state, told);
    case "refuse":
      return andThen(step(state, [warn(`${identity.displayName} began to work by itself and was told to stop.`)]), expel);
  }
}

export function reduceHolding(state: SessionState, phase: Holding, input: SessionInput): Step {
  switch (input.type) {
    case "event":
      if (input.event.type === "approval-asked" && requirementOf(state.core, input.event) === "pass") return answerQuestion(state, input.event, "accept");
      if (phase.held.length === maxHeldEvents) return adopt(state, [...phase.held, input.event]);
      return stay(withPhase(state, { ...phase, held: [...phase.held, input.event] }));
    case "decision":
      // A decision that was overtaken is about another run.
      if (input.run !== phase.run) return stay(state);
      return input.decision === "adopt" ? adopt(state, phase.held) : discard(state, phase.held);
    case "timer":
      return input.key === "decision" ? adopt(state, phase.held) : stay(state);
    case "send":
      if (input.request.compaction !== undefined) return stay(state);
      // What a user says now is said to what the agent is doing.
      return andThen(adopt(state, phase.held), (adopted) => (isTurn(adopted.phase) ? reduceTurn(adopted, adopted.phase, input) : stay(adopted)));
    case "interrupt":
      // Whoever stops what the agent does has decided.
      return andThen(step(state, [succeed(input.call)]), (stopped) => discard(stopped, phase.held));
    case "stop":
      return andThen(step(state, [undecided]), (free) => beginStop(free, { type: "requested" }, input.call));
    case "lost":
      return andThen(step(state, [undecided, warn(`${input.detail} The next message continues the conversation.`), { type: "dispose", graceMs: 0 }]), closeQuietly);
    default:
      return stay(state);
  }
}

const undecided: SessionEffect = { type: "cancel-timer", key: "decision" };

function hold(state: SessionState, held: readonly AgentEvent[]): Step {
  const run = state.core.unaskedRuns + 1;
  return step(withPhase(withCore(state, { unaskedRuns: run }), { type: "holding", run, held }), [
    { type: "ask-host", run },
    { type: "timer", key: "decision", delayMs: state.core.settings.decisionMs },
  ]);
}

/** The run is a turn from here on, which begins with what was held back. */
function adopt(state: SessionState, held: readonly AgentEvent[]): Step {
  const free = state.phase.type === "holding" ? step(withPhase(state, { type: "idle" }), [undecided]) : stay(state);
  let adopted = andThen(free, adoptRun);
  for (const event of held) {
    adopted = andThen(adopted, (next) => (isTurn(next.phase) ? turnEvent(next, next.phase, event) : stay(next)));
  }
  return adopted;
}

/**
 * Nothing of the run is shown. A question of its own would keep the agent from obeying, so it is cancelled first. One about a tool call
 * does not; answered before the abort, the agent would go on to the model with that.
 */
function discard(state: SessionState, held: readonly AgentEvent[]): Step {
  let discarded = step(withPhase(state, { type: "idle" }), [undecided]);
  for (const event of held) {
    if (event.type === "dialog-opened") discarded = andThen(discarded, (next) => step(next, [{ type: "answer-dialog", dialogId: event.dialogId, answer: { type: "cancelled" } }]));
  }
  if (!isOver(state, held)) discarded = andThen(discarded, expel);
  for (const event of held) {
    if (event.type === "approval-asked") discarded = andThen(discarded, (next) => answerQuestion(next, event, "cancel"));
  }
  return discarded;
}

/** Whether the run has come to its end by itself. */
function isOver(state: SessionState, held: readonly AgentEvent[]): boolean {
  const readings = held.map((event) => state.core.settlement.reads(event)).filter((reading) => reading !== "nothing");
  return readings.at(-1) === "end";
}

function expel(state: SessionState): Step {
  const { abortMs } = state.core.settings;
  return step(withCore(state, { expelling: true }), [command({ type: "abort" }, { deadlineMs: abortMs }), { type: "timer", key: "abort", delayMs: abortMs }]);
}

function isTurn(phase: SessionPhase): phase is Extract<SessionPhase, { type: "running" | "aborting" | "settling" }> {
  return phase.type === "running" || phase.type === "aborting" || phase.type === "settling";
}
