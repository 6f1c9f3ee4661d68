import type { AgentSessionStats } from "../../ports/agent-messages.js";
import type { RuntimeTurnState } from "../../ports/runtime-event.js";
import { closeItems } from "../turn/turn-projection.js";
import { runtimeUsage, usageUpdate } from "../turn/usage.js";
import { endApprovals } from "./approval-answers.js";
import { cancelDialogs } from "./dialog-input.js";
import { cancelTurnTimers, withoutQuestions } from "./ending.js";
import { emit, error, errorText, fail, step, andThen, warn, withCore, withPhase } from "./step.js";
import type { SessionEffect, SessionState, Step, Turn } from "./session-state.js";
import { acceptTurn } from "./turn-begin.js";
import type { TurnPlace } from "./turn-place.js";

/** How a turn ended. */
export type TurnOutcome =
  | { readonly type: "completed" }
  | { readonly type: "interrupted" }
  | { readonly type: "failed"; readonly message: string; readonly class: "provider_error" | "transport_error" };

/** What the agent told when it had settled, as far as it did. */
export interface LearntAtEnd {
  readonly stats?: AgentSessionStats;
  readonly place?: TurnPlace;
}

/** What the turn itself says of its end, once the agent has settled. */
export function outcomeOf(turn: Turn): TurnOutcome {
  if (turn.interrupted) return { type: "interrupted" };
  if (turn.view.failure !== undefined) return { type: "failed", message: turn.view.failure, class: "provider_error" };
  // Not every version says at the end that it aborted by itself; the last message says so in all of them.
  return turn.abortedByAgent || turn.view.stopReason === "aborted" ? { type: "interrupted" } : { type: "completed" };
}

/**
 * The one place where a turn that reached the agent ends, and it ends there once: its items and questions first, then its usage and
 * error, then `turn.completed`. The session is idle afterwards. A turn that the host does not know of yet cannot fail before its
 * eyes: then the call that asked for it fails instead.
 */
export function endTurn(state: SessionState, turn: Turn, outcome: TurnOutcome, { stats, place }: LearntAtEnd = {}): Step {
  if (turn.acceptance !== undefined && outcome.type === "failed") return failUnaccepted(state, turn, turn.acceptance, outcome);
  const accepted = acceptTurn(state, turn);
  const items = closeItems(turn.view, outcome.type === "interrupted" ? "Interrupted" : "The turn ended before it finished");
  const approvals = endApprovals(accepted.state);
  const effects: readonly SessionEffect[] = [
    ...accepted.effects,
    ...items.drafts.map((draft) => emit(draft)),
    // Questions do not outlive the turn: the agent has nothing left that could take an answer.
    ...cancelDialogs(accepted.state).effects,
    ...approvals.effects,
    ...(stats === undefined ? [] : [emit(usageUpdate(turn.id, stats))]),
    ...(outcome.type === "failed" ? [error(outcome.message, { class: outcome.class, turnId: turn.id })] : []),
    completed(turn, outcome, place),
    ...cancelTurnTimers,
  ];
  const core = withCore(accepted.state, {
    dialogs: [],
    supervision: approvals.state.core.supervision,
    turnMessages: [...accepted.state.core.turnMessages.slice(0, -1), turn.view.userMessages],
    ...(outcome.type === "failed" ? { lastError: errorText(outcome.message) } : {}),
  });
  return andThen(step(withPhase(core, { type: "idle" }), effects), (ended) => step(ended, rejectSteers(ended, turn)));
}

function completed(turn: Turn, outcome: TurnOutcome, place: TurnPlace | undefined): SessionEffect {
  const states: Readonly<Record<TurnOutcome["type"], RuntimeTurnState>> = { completed: "completed", interrupted: "interrupted", failed: "failed" };
  const { usage, stopReason } = turn.view;
  return emit({
    type: "turn.completed",
    turnId: turn.id,
    ...(place?.turn === undefined ? {} : { providerRefs: { providerTurnId: place.turn } }),
    payload: {
      state: states[outcome.type],
      stopReason: outcome.type === "interrupted" ? "abort" : (stopReason ?? null),
      ...(usage.totalTokens === 0 ? {} : { usage: runtimeUsage(usage), totalCostUsd: usage.costUsd }),
      ...(outcome.type === "failed" ? { errorMessage: errorText(outcome.message) } : {}),
      ...(place?.head === undefined ? {} : { conversationHead: place.head }),
    },
  });
}

function failUnaccepted(state: SessionState, turn: Turn, call: number, outcome: Extract<TurnOutcome, { type: "failed" }>): Step {
  const message = errorText(outcome.message);
  return step(withPhase(withCore(withoutQuestions(state), { lastError: message }), { type: "idle" }), [
    ...cancelTurnTimers,
    ...cancelDialogs(state).effects,
    error(message, { class: outcome.class }),
    fail(call, {
      kind: outcome.class === "transport_error" ? "process" : "request",
      code: outcome.class === "transport_error" ? "agent-exited" : "request-rejected",
      operation: "sendTurn",
      threadId: state.core.identity.threadId,
      detail: message,
    }),
    ...rejectSteers(state, turn),
  ]);
}

/** Texts that did not reach the agent while the turn was on. Their senders are told, and so is whoever looks at the thread. */
function rejectSteers(state: SessionState, turn: Turn): readonly SessionEffect[] {
  const texts = [...turn.steering, ...turn.heldSteers.map((steer) => steer.call)];
  const calls = texts.filter((call) => !turn.answeredSteers.includes(call));
  if (texts.length === 0) return [];
  const detail = "The turn ended before a message that was sent to it was taken up.";
  const nextStep = "Send it again.";
  return [
    warn(`${detail} ${nextStep}`),
    ...calls.map((call) => fail(call, { kind: "request", code: "request-rejected", operation: "sendTurn", threadId: state.core.identity.threadId, detail, nextStep })),
  ];
}
