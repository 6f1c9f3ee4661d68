import type { AgentEvent } from "../../ports/agent-messages.js";
import { projectEvent } from "../turn/turn-projection.js";
import { askForApproval } from "./approval-input.js";
import { showDialog } from "./dialog-input.js";
import { backToWork, beginSettling, concludeTurn } from "./turn-settle.js";
import { releaseSteers } from "./turn-steer.js";
import { acceptTurn } from "./turn-begin.js";
import { emit, errorText, stay, step, andThen, warn, withCore, withPhase } from "./step.js";
import type { SessionEffect, SessionPhase, SessionState, Step, Turn } from "./session-state.js";

/** What the agent does while a turn is on. */

export type TurnPhase = Extract<SessionPhase, { type: "running" | "aborting" | "settling" }>;

export function turnEvent(state: SessionState, phase: TurnPhase, event: AgentEvent): Step {
  switch (event.type) {
    case "dialog-opened":
      return turnDialog(state, phase, event);
    case "approval-asked":
      return askForApproval(state, phase, event);
    case "stray-reply":
      return lateReply(state, phase, event);
    case "queue-changed":
      return stay(withPhase(state, { ...phase, turn: { ...phase.turn, queued: event.queued } }));
    case "thinking-level-changed":
      return stay(state.core.agent === undefined ? state : withCore(state, { agent: { ...state.core.agent, thinkingLevel: event.level } }));
    case "session-named":
      return nameThread(state, event);
    default:
      return work(state, phase, event);
  }
}

export function nameThread(state: SessionState, { name = "" }: Extract<AgentEvent, { type: "session-named" }>): Step {
  return name.trim() === "" ? stay(state) : step(state, [emit({ type: "thread.metadata.updated", payload: { name: name.trim() } })]);
}

function work(state: SessionState, phase: TurnPhase, event: AgentEvent): Step {
  const reading = state.core.settlement.reads(event);
  const shown = projectEvent(phase.turn.view, event, { interrupted: phase.turn.interrupted });
  // Whatever the agent does or says with a view to this prompt begins the turn: nothing of a turn is shown before it has begun.
  const begins = phase.turn.acceptance !== undefined && (reading === "activity" || shown.drafts.length > 0);
  const begun = begins ? acceptTurn(state, phase.turn) : { state, turn: phase.turn, effects: none };
  const turn: Turn =
    reading === "activity"
      ? { ...begun.turn, view: shown.view, active: true, fence: begun.turn.fence + 1, silentLooks: 0, toldSilent: false }
      : shown.view === begun.turn.view
        ? begun.turn
        : { ...begun.turn, view: shown.view };
  const told = shown.drafts.map((draft) => emit(draft));
  const effects = begun.effects.length === 0 ? told : [...begun.effects, ...told];
  if (phase.type === "settling" && reading === "activity") return revive(step(begun.state, effects), { ...phase, turn });
  const seen = step(withPhase(begun.state, { ...phase, turn }), effects);
  if (reading === "end") return andThen(seen, (next) => announceEnd(next, turn, event));
  return afterwards(seen, event);
}

/** The agent was about to be done and does something again. Should that be all, silence tells soon. */
function revive(worked: Step, phase: Extract<TurnPhase, { type: "settling" }>): Step {
  return andThen(andThen(worked, (next) => backToWork(next, phase)), watchSilence);
}

/** Looks at the agent soon, unless it does something meanwhile. */
function watchSilence(state: SessionState): Step {
  const { phase } = state;
  if (phase.type !== "running" && phase.type !== "aborting") return stay(state);
  const turn: Turn = { ...phase.turn, quietFence: phase.turn.fence };
  return step(withPhase(state, { ...phase, turn }), [{ type: "timer", key: "quiet", delayMs: state.core.settings.settleFallbackMs }]);
}

const none: readonly SessionEffect[] = [];

function announceEnd(state: SessionState, turn: Turn, event: AgentEvent): Step {
  // Before the prompt was answered or anything happened, this is the echo of an earlier run.
  if (!turn.answered && !turn.active) return stay(state);
  const waiting = state.phase.type === "aborting" || state.phase.type === "settling" ? state.phase.waiting : undefined;
  // The end of a run answers a prompt that was not answered yet.
  const ended: Turn = { ...turn, answered: true, abortedByAgent: event.type === "settled" && event.aborted && !turn.interrupted };
  // Texts that waited for that answer begin a run of their own now.
  if (ended.heldSteers.length > 0) return releaseSteers(state, ended);
  return beginSettling(state, ended, { announced: true, needed: 1, waiting });
}

/** Ends that are not the agent's last word but may turn out to be all that comes: the silence after them is watched closely. */
function afterwards(seen: Step, event: AgentEvent): Step {
  const mayBeAll =
    (event.type === "run-ended" && !event.willRetry) ||
    (event.type === "retry-ended" && !event.success) ||
    (event.type === "compaction-ended" && !event.willContinue);
  return mayBeAll ? andThen(seen, watchSilence) : seen;
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
  return refusedPrompt(state, phase, reply.refusal);
}

/** The agent will not run this prompt. If it works all the same, the work goes on and the refusal is only told. */
export function refusedPrompt(state: SessionState, phase: TurnPhase, message: string): Step {
  const { turn } = phase;
  if (turn.active) return step(withPhase(state, { ...phase, turn: { ...turn, answered: true } }), [warn(`${state.core.identity.displayName} reported a refusal: ${message}`, turn.id)]);
  return concludeTurn(state, phase, { outcome: turn.interrupted ? { type: "interrupted" } : { type: "failed", message: errorText(message), class: "provider_error" } });
}

/** The request id of a turn's prompt, so that a late reply finds its turn. */
export function promptRequestId(turnId: string): string {
  return `prompt:${turnId}`;
}
