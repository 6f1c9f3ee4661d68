import type { ProviderErrorInput } from "../../ports/errors.js";
import { strayDialogResolved } from "../turn/dialogs.js";
import { unknownApproval } from "../supervision/approvals.js";
import { sessionEnded } from "./ending.js";
import { emit, fail, step, succeed } from "./step.js";
import type { CallId, SessionEffect, SessionInput, SessionState, Step, Turn } from "./session-state.js";

const operations = { start: "startSession", send: "sendTurn", read: "readThread", name: "nameThread", rollback: "rollbackThread" } as const;

/** Every call is answered: one that no phase took up is refused with a reason. */
export function refuseCalls(reduced: Step, input: SessionInput, doing: string): Step {
  if (!("call" in input) || isTakenUp(reduced, input.call)) return reduced;
  const { state } = reduced;
  const refused = (effects: readonly SessionEffect[]): Step => step(state, [...reduced.effects, ...effects]);
  switch (input.type) {
    case "interrupt":
    case "stop":
      return refused([succeed(input.call)]);
    case "answer":
      // Nothing is open here, and T3 keeps its prompt until it hears that.
      return refused([
        emit(strayDialogResolved(input.requestId)),
        fail(input.call, { ...sessionEnded(state, "respondToUserInput"), kind: "validation", code: "request-unknown", detail: "This question is no longer open." }),
      ]);
    case "decide":
      return refused([fail(input.call, unknownApproval(state.core.identity.threadId))]);
    case "mode":
      return refused([{ type: "settle", call: input.call, result: { type: "mode", changed: false } }]);
    case "start":
    case "send":
    case "read":
    case "name":
    case "rollback": {
      const operation = operations[input.type];
      const { phase } = state;
      // A session whose process is being replaced goes on in a moment.
      const ended = phase.type === "closed" || (phase.type === "stopping" && phase.why.type !== "switching");
      return refused([fail(input.call, ended ? sessionEnded(state, operation) : busy(state, operation, doing))]);
    }
  }
}

/** Whether the call was answered, or waits in the state for its answer. */
function isTakenUp({ state, effects }: Step, call: CallId): boolean {
  return effects.some((effect) => effect.type === "settle" && effect.call === call) || waitingCalls(state).includes(call);
}

function waitingCalls({ core, phase }: SessionState): readonly CallId[] {
  switch (phase.type) {
    case "starting":
      return [phase.call, ...core.stopCalls];
    case "rolling-back":
      return [phase.rollback.call, ...core.stopCalls];
    case "preparing":
      return [phase.send.call, ...core.stopCalls];
    case "running":
      return [...turnCalls(phase.turn), ...core.stopCalls];
    case "aborting":
    case "settling":
      return [...turnCalls(phase.turn), ...(phase.waiting === undefined ? [] : [phase.waiting.call]), ...core.stopCalls];
    case "stopping":
      return [...(phase.why.type === "switching" ? [phase.why.send.call] : []), ...core.stopCalls];
    default:
      return [...(core.heldSend === undefined ? [] : [core.heldSend.call]), ...core.stopCalls];
  }
}

function turnCalls(turn: Turn): readonly CallId[] {
  return [...(turn.acceptance === undefined ? [] : [turn.acceptance]), ...turn.steering, ...turn.heldSteers.map((steer) => steer.call)];
}

function busy(state: SessionState, operation: string, doing: string): ProviderErrorInput {
  return {
    kind: "request",
    code: "busy",
    operation,
    threadId: state.core.identity.threadId,
    detail: `The session is ${doing}.`,
    nextStep: operation === "startSession" ? "Stop it first." : "Try again in a moment.",
  };
}
