import type { AgentEvent } from "../../ports/agent-messages.js";
import { projectEvent } from "../turn/turn-projection.js";
import { showDialog } from "./dialog-input.js";
import { backToWork, beginSettling } from "./turn-settle.js";
import { steer } from "./turn-steer.js";
import { acceptTurn } from "./turn-begin.js";
import { endTurn } from "./turn-end.js";
import { emit, errorText, stay, step, andThen, warn, withCore, withPhase } from "./step.js";
import type { SessionEffect, SessionPhase, SessionState, Step, Turn } from "./session-state.js";

/** What the agent does while a turn is on. */

export type TurnPhase = Extract<SessionPhase, { type: "running" | "aborting" | "settling" }>;

export function turnEvent(state: SessionState, phase: TurnPhase, event: AgentEvent): Step {
  switch (event.type) {
    case "dialog-opened":
      return turnDialog(state, phase, event);
    case "stray-reply":
      return lateReply(state, phase, event);
    case "thinking-level-changed":
      return stay(state.core.agent === undefined ? state : withCore(state, { agent: { ...state.core.agent, thinkingLevel: event.level } }));
    case "session-named":
      return event.name === undefined || event.name.trim() === "" ? stay(state) : step(state, [emit({ type: "thread.metadata.updated", payload: { name: event.name.trim() } })]);
    default:
      return work(state, phase, event);
  }
}

function work(state: SessionState, phase: TurnPhase, event: AgentEvent): Step {
  const reading = state.core.settlement.reads(event);
  const begun = reading === "activity" && phase.turn.acceptance !== undefined ? acceptTurn(state, phase.turn) : { state, turn: phase.turn, effects: none };
  const shown = projectEvent(begun.turn.view, event, { interrupted: begun.turn.interrupted });
  const turn: Turn =
    reading === "activity"
      ? { ...begun.turn, view: shown.view, active: true, fence: begun.turn.fence + 1 }
      : shown.view === begun.turn.view
        ? begun.turn
        : { ...begun.turn, view: shown.view };
  const effects = [...begun.effects, ...shown.drafts.map((draft) => emit(draft))];
  if (phase.type === "settling" && reading === "activity") return resume(step(backToWork(begun.state, { ...phase, turn }), effects), phase);
  const seen = step(withPhase(begun.state, { ...phase, turn }), effects);
  if (reading === "end") return andThen(seen, (next) => announceEnd(next, turn, event));
  return afterwards(seen, event);
}

const none: readonly SessionEffect[] = [];

/** The agent works on although it seemed done; a message that waited for the end goes into the running turn. */
function resume(worked: Step, phase: Extract<TurnPhase, { type: "settling" }>): Step {
  const { waiting } = phase;
  const again = andThen(worked, (next) => step(next, [{ type: "cancel-timer", key: "probe" }]));
  if (waiting === undefined || phase.turn.interrupted) return again;
  return andThen(again, (next) => (next.phase.type === "running" ? steer(next, next.phase.turn, waiting) : stay(next)));
}

function announceEnd(state: SessionState, turn: Turn, event: AgentEvent): Step {
  const waiting = state.phase.type === "aborting" || state.phase.type === "settling" ? state.phase.waiting : undefined;
  const abortedByAgent = event.type === "settled" && event.aborted && !turn.interrupted;
  // The agent's own word answers an unanswered prompt too: whatever it was, it is over.
  return beginSettling(state, { ...turn, answered: true, abortedByAgent }, { announced: true, needed: 1, waiting });
}

/** Ends that are not the agent's last word but may turn out to be all that comes: the silence after them is watched closely. */
function afterwards(seen: Step, event: AgentEvent): Step {
  const { settleFallbackMs } = seen.state.core.settings;
  const mayBeAll =
    (event.type === "run-ended" && !event.willRetry) ||
    (event.type === "retry-ended" && !event.success) ||
    (event.type === "compaction-ended" && !event.willContinue);
  return mayBeAll ? andThen(seen, (next) => step(next, [{ type: "timer", key: "quiet", delayMs: settleFallbackMs }])) : seen;
}

/** A question is shown within its turn, which has thereby begun; while the turn is being interrupted it is cancelled at once. */
function turnDialog(state: SessionState, phase: TurnPhase, dialog: Extract<AgentEvent, { type: "dialog-opened" }>): Step {
  if (phase.turn.interrupted) return step(state, [{ type: "answer-dialog", dialogId: dialog.dialogId, answer: { type: "cancelled" } }]);
  const begun = acceptTurn(state, phase.turn);
  return andThen(step(withPhase(begun.state, { ...phase, turn: begun.turn }), begun.effects), (next) => showDialog(next, dialog, begun.turn.id));
}

/** A refusal that came after the prompt counted as accepted ends this turn, and only this one. */
function lateReply(state: SessionState, phase: TurnPhase, reply: Extract<AgentEvent, { type: "stray-reply" }>): Step {
  if (reply.refusal === undefined || reply.requestId !== promptRequestId(phase.turn.id)) return stay(state);
  return refusedPrompt(state, phase.turn, reply.refusal);
}

/** The agent will not run this prompt. If it works all the same, the work goes on and the refusal is only told. */
export function refusedPrompt(state: SessionState, turn: Turn, message: string): Step {
  if (turn.active) return step(state, [warn(`${state.core.identity.displayName} reported a refusal: ${message}`, turn.id)]);
  return endTurn(state, turn, turn.interrupted ? { type: "interrupted" } : { type: "failed", message: errorText(message), class: "provider_error" });
}

/** The request id of a turn's prompt, so that a late reply finds its turn. */
export function promptRequestId(turnId: string): string {
  return `prompt:${turnId}`;
}
