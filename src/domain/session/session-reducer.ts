import { compactedDraft } from "../turn/turn-projection.js";
import { answerAlone, answerQuestion } from "./approval-answers.js";
import { changeMode, decide } from "./approval-input.js";
import { answerDialog, expireDialog, showDialog } from "./dialog-input.js";
import { followGate } from "./gate-events.js";
import { refuseCalls } from "./call-refusal.js";
import { beginStop, closeQuietly, rejectSend } from "./ending.js";
import { beginSend, reducePreparing } from "./prepare-phase.js";
import { answerReader, beginNaming, beginRead, rejectReaders } from "./read-input.js";
import { beginRollback, reduceRollingBack } from "./rollback-phase.js";
import { isLive } from "./session-view.js";
import { beginStart, reduceStarting } from "./start-phase.js";
import { repeatWarnings } from "./start-warnings.js";
import { reduceStopping } from "./stop-phase.js";
import { emit, stay, step, succeed, andThen, warn, withCore } from "./step.js";
import type { PendingSend, SessionInput, SessionState, Step, TimerKey } from "./session-state.js";
import { nameThread } from "./turn-events.js";
import { reduceTurn } from "./turn-phase.js";
import { meetUnaskedRun, reduceHolding } from "./unasked-run.js";

/**
 * The session's state machine. Pure: it reads no clock, makes no id and touches nothing but its arguments.
 *
 * | phase      | leaves by                                                                                                    |
 * | ---------- | ------------------------------------------------------------------------------------------------------------ |
 * | new        | start → starting; stop → closed                                                                              |
 * | starting   | ready, selected, published → idle; failure, loss, stop → stopping(start-failed)                              |
 * | idle       | send → preparing or running; a run nobody asked for → running or holding; stop → stopping(requested); loss → closed     |
 * | rolling-   | forked, read back → idle; refused → idle; nobody knows → closed; stop → stopping; loss → closed              |
 * | back       |                                                                                                              |
 * | holding    | adopted, a message, time up → running; discarded → idle; stop → stopping(requested); loss → closed             |
 * | preparing  | selected → running; refused → idle; relaunch → stopping(switching); loss → closed; stop → stopping           |
 * | running    | interrupt, stop → aborting; end announced, silence → settling; prompt refused → idle; loss → closed          |
 * | aborting   | end announced, abort answered → settling; no obedience → stopping(disobedient); loss → closed                |
 * | settling   | idle, fence intact → idle, preparing, running or stopping; activity → running, aborting; no answer → stopping |
 * | stopping   | process gone → closed; switching → preparing                                                                 |
 * | closed     | never                                                                                                        |
 *
 * In a mode that asks, a tool that nobody let through ends every phase that has begun: → stopping(ungated).
 *
 * Calls in a phase that cannot serve them are answered with a typed error, everything else that does not fit is dropped. An input
 * of another epoch belongs to a process that is no longer this session's, and is dropped before anything looks at it.
 */
export function reduceSession(state: SessionState, input: SessionInput): Step {
  if ("epoch" in input && input.epoch !== state.core.epoch) return stay(state);
  if (input.type === "turn-id") return stay(withCore(state, { nextTurnId: input.id }));
  const followed = input.type === "event" ? followGate(state, input.event) : undefined;
  const reduced = followed === undefined ? reducePhase(state, input) : andThen(followed, (next) => reducePhase(next, input));
  // Whoever reads from a process that is being ended or replaced will not get an answer.
  const { phase } = reduced.state;
  return repeatWarnings(state, phase.type === "closed" || phase.type === "stopping" ? andThen(reduced, rejectReaders) : reduced);
}

function reducePhase(state: SessionState, input: SessionInput): Step {
  const read = input.type === "reply" ? answerReader(state, input) : undefined;
  if (read !== undefined) return read;
  // Questions are answered and time out in every phase: they are the agent's, not the turn's.
  if (input.type === "timer" && isDialogKey(input.key)) return expireDialog(state, input.key.slice(dialogKey.length));
  if (input.type === "answer" && isLive(state.phase)) return answerDialog(state, input);
  if (input.type === "decide" && isLive(state.phase)) return decide(state, input);
  if (input.type === "mode" && isLive(state.phase)) return changeMode(state, input);
  if (input.type === "read" && isLive(state.phase) && state.phase.type !== "stopping") return beginRead(state, input);
  if (input.type === "name" && isLive(state.phase) && state.phase.type !== "stopping") return beginNaming(state, input);
  if (input.type === "record-dropped") return step(state, [warn(`${state.core.identity.displayName} sent a record of ${input.bytes} bytes, which is too large; it was left out.`)]);
  const { phase } = state;
  switch (phase.type) {
    case "new":
      return refuseCalls(reduceNew(state, input), input, "not started");
    case "starting":
      return refuseCalls(reduceStarting(state, phase, input), input, "starting");
    case "idle":
      return refuseCalls(reduceIdle(state, input), input, "being told to stop work that it began by itself");
    case "preparing":
      return refuseCalls(reducePreparing(state, phase, input), input, "preparing another message");
    case "rolling-back":
      return refuseCalls(reduceRollingBack(state, phase, input), input, "rolling its conversation back");
    case "holding":
      return refuseCalls(reduceHolding(state, phase, input), input, "doing work that it began by itself");
    case "running":
    case "aborting":
    case "settling":
      return refuseCalls(reduceTurn(state, phase, input), input, "in use");
    case "stopping":
      return refuseCalls(reduceStopping(state, phase, input), input, "preparing another message");
    case "closed":
      return refuseCalls(stay(state), input, "closed");
  }
}

const dialogKey = "dialog:";

function isDialogKey(key: TimerKey): boolean {
  return key.startsWith(dialogKey);
}

function reduceNew(state: SessionState, input: SessionInput): Step {
  if (input.type === "start") return beginStart(state, input);
  if (input.type === "stop") return andThen(step(state, [succeed(input.call)]), closeQuietly);
  return stay(state);
}

function reduceIdle(state: SessionState, input: SessionInput): Step {
  switch (input.type) {
    case "send":
      return sendWhenFree(state, { call: input.call, request: input.request });
    case "rollback":
      return state.core.expelling ? stay(state) : beginRollback(state, input);
    case "interrupt":
      return step(state, [succeed(input.call)]);
    case "timer":
      if (input.key !== "abort" || !state.core.expelling) return stay(state);
      return andThen(rejectHeld(state), (rejected) => beginStop(rejected, { type: "expelled" }));
    case "stop":
      return andThen(rejectHeld(state), (rejected) => beginStop(rejected, { type: "requested" }, input.call));
    case "event":
      return idleEvent(state, input);
    case "lost":
      return andThen(rejectHeld(state), (rejected) =>
        andThen(
          step(rejected, [warn(`${input.detail} The next message continues the conversation.`), { type: "dispose", graceMs: 0 }]),
          closeQuietly,
        ),
      );
    default:
      return stay(state);
  }
}

function idleEvent(state: SessionState, input: Extract<SessionInput, { type: "event" }>): Step {
  const { event } = input;
  if (state.core.expelling && state.core.settlement.reads(event) === "end") {
    const free = step(withCore(state, { expelling: false, heldSend: undefined }), [{ type: "cancel-timer", key: "abort" }]);
    const { heldSend } = state.core;
    return heldSend === undefined ? free : andThen(free, (next) => beginSend(next, heldSend));
  }
  switch (event.type) {
    case "run-started":
    case "tool-started":
    case "text-delta":
      return meetUnaskedRun(state, event);
    case "dialog-opened":
      // Nobody sees what asks it, and while it is open the agent does not obey.
      if (state.core.expelling) return step(state, [{ type: "answer-dialog", dialogId: event.dialogId, answer: { type: "cancelled" } }]);
      return showDialog(state, event, undefined);
    case "approval-asked":
      // Nothing of a run that is to stop may run any more.
      return state.core.expelling ? answerQuestion(state, event, "cancel") : answerAlone(state, event);
    case "session-named":
      return nameThread(state, event);
    case "compaction-ended":
      return event.aborted || event.errorMessage !== undefined ? stay(state) : step(state, [emit(compactedDraft(event, undefined))]);
    case "notice":
      return event.severity === "info" || event.text.trim() === "" ? stay(state) : step(state, [warn(event.text.trim())]);
    case "thinking-level-changed":
      return stay(state.core.agent === undefined ? state : withCore(state, { agent: { ...state.core.agent, thinkingLevel: event.level } }));
    default:
      return stay(state);
  }
}

/** A message waits until the agent has stopped what nobody asked for. */
function sendWhenFree(state: SessionState, send: PendingSend): Step {
  if (!state.core.expelling) return beginSend(state, send);
  return state.core.heldSend === undefined ? step(withCore(state, { heldSend: send })) : stay(state);
}

function rejectHeld(state: SessionState): Step {
  return andThen(rejectSend(state, state.core.heldSend), (rejected) => step(withCore(rejected, { heldSend: undefined })));
}
