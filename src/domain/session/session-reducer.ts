import { compactedDraft } from "../turn/turn-projection.js";
import { strayDialogResolved } from "../turn/dialogs.js";
import { answerDialog, expireDialog, showDialog } from "./dialog-input.js";
import { beginStop, closeQuietly, sessionEnded } from "./ending.js";
import { beginSend, reducePreparing } from "./prepare-phase.js";
import { beginStart, reduceStarting } from "./start-phase.js";
import { reduceStopping } from "./stop-phase.js";
import { command, emit, fail, stay, step, succeed, andThen, warn, withCore } from "./step.js";
import type { SessionInput, SessionState, Step } from "./session-state.js";
import { adoptRun } from "./turn-begin.js";
import { turnEvent } from "./turn-events.js";
import { reduceTurn } from "./turn-phase.js";

/**
 * The session's state machine. Pure: it reads no clock, makes no id and touches nothing but its arguments.
 *
 * | phase      | leaves by                                                                                                    |
 * | ---------- | ------------------------------------------------------------------------------------------------------------ |
 * | new        | start → starting; stop → closed                                                                              |
 * | starting   | ready, selected, published → idle; failure, loss, stop → stopping(start-failed)                              |
 * | idle       | send → preparing or running; a run nobody asked for → running; stop → stopping(requested); loss → closed     |
 * | preparing  | selected → running; refused → idle; relaunch → stopping(switching); loss → closed; stop → stopping           |
 * | running    | interrupt, stop → aborting; end announced, silence → settling; prompt refused → idle; loss → closed          |
 * | aborting   | end announced, abort answered → settling; no obedience → stopping(disobedient); loss → closed                |
 * | settling   | idle, fence intact → idle, preparing, running or stopping; activity → running, aborting; no answer → stopping |
 * | stopping   | process gone → closed; switching → preparing                                                                 |
 * | closed     | never                                                                                                        |
 *
 * Calls in a phase that cannot serve them are answered with a typed error, everything else that does not fit is dropped. An input
 * of another epoch belongs to a process that is no longer this session's, and is dropped before anything looks at it.
 */
export function reduceSession(state: SessionState, input: SessionInput): Step {
  if ("epoch" in input && input.epoch !== state.core.epoch) return stay(state);
  if (input.type === "turn-id") return stay(withCore(state, { nextTurnId: input.id }));
  if (input.type === "record-dropped") return step(state, [warn(`${state.core.identity.displayName} sent a record of ${input.bytes} bytes, which is too large; it was left out.`)]);
  const { phase } = state;
  switch (phase.type) {
    case "new":
      return reduceNew(state, input);
    case "starting":
      return refuseCalls(reduceStarting(state, phase, input), input, "starting");
    case "idle":
      return reduceIdle(state, input);
    case "preparing":
      return refuseCalls(reducePreparing(state, phase, input), input, "preparing another message");
    case "running":
    case "aborting":
    case "settling":
      return reduceTurn(state, phase, input);
    case "stopping":
      return refuseCalls(reduceStopping(state, phase, input), input, "stopping");
    case "closed":
      return reduceClosed(state, input);
  }
}

function reduceNew(state: SessionState, input: SessionInput): Step {
  if (input.type === "start") return beginStart(state, input);
  if (input.type === "stop") return andThen(step(state, [succeed(input.call)]), closeQuietly);
  return stay(state);
}

function reduceIdle(state: SessionState, input: SessionInput): Step {
  switch (input.type) {
    case "send":
      return beginSend(state, { call: input.call, request: input.request });
    case "interrupt":
      return step(state, [succeed(input.call)]);
    case "answer":
      return answerDialog(state, input);
    case "timer":
      return input.key.startsWith("dialog:") ? expireDialog(state, input.key.slice("dialog:".length)) : stay(state);
    case "stop":
      return beginStop(state, { type: "requested" }, input.call);
    case "event":
      return idleEvent(state, input);
    case "lost":
      return andThen(
        step(state, [warn(`${input.detail} The next message continues the conversation.`), { type: "dispose", graceMs: 0 }]),
        closeQuietly,
      );
    default:
      return stay(state);
  }
}

function idleEvent(state: SessionState, input: Extract<SessionInput, { type: "event" }>): Step {
  const { event } = input;
  switch (event.type) {
    case "run-started":
    case "tool-started":
    case "text-delta":
      return unasked(state, input);
    case "dialog-opened":
      return showDialog(state, event, undefined);
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

/** A run that nobody asked for is shown as a turn, or ended where the host's policy says so; it is never left invisible. */
function unasked(state: SessionState, input: Extract<SessionInput, { type: "event" }>): Step {
  if (state.core.settings.unsolicitedRuns === "refuse") {
    const told = warn(`${state.core.identity.displayName} began to work by itself and was told to stop.`);
    return input.event.type === "run-started" ? step(state, [told, command({ type: "abort" }, { deadlineMs: state.core.settings.requestMs })]) : stay(state);
  }
  return andThen(adoptRun(state), (adopted) => (adopted.phase.type === "running" ? turnEvent(adopted, adopted.phase, input.event) : stay(adopted)));
}

function reduceClosed(state: SessionState, input: SessionInput): Step {
  if (input.type === "stop" || input.type === "interrupt") return step(state, [succeed(input.call)]);
  return refuseCalls(stay(state), input, "closed");
}

/** Every call is answered: what a phase did not take up is refused with a reason. */
function refuseCalls(reduced: Step, input: SessionInput, doing: string): Step {
  const { state } = reduced;
  if (input.type === "answer") {
    const refusal = fail(input.call, { ...sessionEnded(state, "respondToUserInput"), code: "request-unknown", detail: "This question is no longer open." });
    return step(state, [...reduced.effects, emit(strayDialogResolved(input.requestId)), refusal]);
  }
  if (input.type === "interrupt" && !reduced.effects.some((effect) => effect.type === "settle")) return step(state, [...reduced.effects, succeed(input.call)]);
  if (input.type !== "send") return reduced;
  const busy = doing === "closed" || doing === "stopping" ? sessionEnded(state, "sendTurn") : undefined;
  return step(state, [
    ...reduced.effects,
    fail(
      input.call,
      busy ?? {
        kind: "request",
        code: "busy",
        operation: "sendTurn",
        threadId: state.core.identity.threadId,
        detail: `The session is ${doing}.`,
        nextStep: "Send the message again in a moment.",
      },
    ),
  ]);
}
