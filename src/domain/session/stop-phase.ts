import { closeQuietly, rejectSend, resolveDialogs, withoutQuestions } from "./ending.js";
import { reopen } from "./prepare-phase.js";
import { beginStart, concludeFailedStart } from "./start-phase.js";
import { emit, error, stay, step, succeed, andThen, withCore, withPhase } from "./step.js";
import type { SessionInput, SessionPhase, SessionState, Step, StopReason } from "./session-state.js";
import { endTurn } from "./turn-end.js";
import { ungatedMessage } from "./ungated.js";

/** What follows the end of a process, once it is gone. */

type Stopping = Extract<SessionPhase, { type: "stopping" }>;

export function reduceStopping(state: SessionState, phase: Stopping, input: SessionInput): Step {
  switch (input.type) {
    case "disposed":
      return conclude(state, phase.why);
    case "stop":
      return step(withCore(state, { stopCalls: [...state.core.stopCalls, input.call] }));
    case "interrupt":
      return step(phase.why.type === "switching" ? withPhase(state, { type: "stopping", why: { ...phase.why, interrupted: true } }) : state, [succeed(input.call)]);
    default:
      return stay(state);
  }
}

function conclude(state: SessionState, why: StopReason): Step {
  switch (why.type) {
    case "start-failed":
      if (why.retry !== undefined && state.core.stopCalls.length === 0) return beginStart(withCore(state, { epoch: state.core.epoch + 1 }), { type: "start", call: why.call, request: why.retry });
      return andThen(concludeFailedStart(state, why), answerStops);
    case "requested":
      return andThen(rejectSend(state, why.waiting), close);
    case "expelled":
      return closeAsAsked(withCore(state, { expelling: false }));
    case "disobedient":
      return andThen(endTurn(state, why.turn, { type: "interrupted" }), (ended) => andThen(rejectSend(ended, why.waiting), closeAsAsked));
    case "ungated": {
      const { turn, waiting } = why;
      const message = ungatedMessage(state.core.identity.displayName);
      const ended = turn === undefined ? step(state, [error(message, { class: "provider_error" })]) : endTurn(state, turn, { type: "failed", message, class: "provider_error" });
      return andThen(ended, (next) => andThen(rejectSend(next, waiting), closeAsAsked));
    }
    case "unresponsive": {
      const message = `${state.core.identity.displayName} stopped answering and was ended.`;
      return andThen(endTurn(state, why.turn, { type: "failed", message, class: "transport_error" }), (ended) => andThen(rejectSend(ended, why.waiting), closeAsAsked));
    }
    case "switching":
      return state.core.stopCalls.length > 0 ? andThen(rejectSend(state, why.send), close) : reopen(state, why);
  }
}

function closeAsAsked(state: SessionState): Step {
  return state.core.stopCalls.length > 0 ? close(state) : closeQuietly(state);
}

/** The graceful end: the host asked for it. */
function close(state: SessionState): Step {
  const exited = emit({ type: "session.exited", payload: { reason: "Session stopped", recoverable: true, exitKind: "graceful" } });
  return andThen(step(withPhase(withoutQuestions(state), { type: "closed" }), [...resolveDialogs(state), exited]), answerStops);
}

function answerStops(state: SessionState): Step {
  return step(withCore(state, { stopCalls: [] }), state.core.stopCalls.map((call) => succeed(call)));
}
