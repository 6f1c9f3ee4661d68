import { isSupervised } from "../supervision/approval-policy.js";
import type { ProviderErrorInput } from "../../ports/errors.js";
import { beginStop, closeQuietly, sessionEnded } from "./ending.js";
import { andThen, error, fail, sentence, stay, step } from "./step.js";
import type { LaunchWish, PendingSend, SessionState, Step } from "./session-state.js";

/** A mode that asks, and an agent that does not: it is ended rather than trusted. */

/** What a process must be able to. */
export function supervisionWish({ core }: SessionState): Pick<LaunchWish, "supervised"> {
  return isSupervised(core.identity.runtimeMode) ? { supervised: true } : {};
}

/** Whether the agent asks, where it has to. An agent that goes over to another session says so before, and says in the new one that it asks. */
export function mayWork({ core }: SessionState): boolean {
  return !isSupervised(core.identity.runtimeMode) || core.supervision.gatedSession !== undefined;
}

/** The same, in the very session that the agent has just said it is in. */
export function asksInSession({ core }: SessionState, sessionId: string): boolean {
  return !isSupervised(core.identity.runtimeMode) || core.supervision.gatedSession === sessionId;
}

export function ungatedStart(displayName: string): Pick<ProviderErrorInput, "kind" | "code" | "detail" | "nextStep"> {
  return {
    kind: "process",
    code: "supervision-missing",
    detail: `${displayName} was started, but what asks for approval before each tool call did not come up in it. Without it nothing would be asked, so the session was not started.`,
    nextStep: `Check that ${displayName}'s other extensions start without errors, or choose full access.`,
  };
}

/** No prompt goes to an agent that would not ask. The conversation goes on in another process. */
export function refuseUngated(state: SessionState, send: PendingSend): Step {
  const { displayName, threadId } = state.core.identity;
  const failure: ProviderErrorInput = {
    kind: "process",
    code: "supervision-missing",
    operation: "sendTurn",
    threadId,
    detail: `${displayName} was ended before it got the message: what asks for approval before each tool call is not in place any more.`,
    nextStep: "Send the message again: the conversation continues.",
  };
  const told = step(state, [error(sentence(failure), { class: "provider_error" }), fail(send.call, failure), { type: "dispose", graceMs: state.core.settings.stopGraceMs }]);
  return andThen(told, closeQuietly);
}

/** Nor does a text go into the turn of one. */
export function ungatedSteer({ core }: SessionState): ProviderErrorInput {
  const { displayName, threadId } = core.identity;
  return {
    kind: "process",
    code: "supervision-missing",
    operation: "sendTurn",
    threadId,
    detail: `${displayName} did not get the message: what asks for approval before each tool call is not in place.`,
    nextStep: "Stop the turn, and send the message again.",
  };
}

/** A tool has run that nobody let through. Whatever else the agent does is too much. */
export function endUngated(state: SessionState): Step {
  const { phase, core } = state;
  switch (phase.type) {
    case "running":
      return beginStop(state, { type: "ungated", turn: phase.turn });
    case "aborting":
    case "settling":
      return beginStop(state, { type: "ungated", turn: phase.turn, ...(phase.waiting === undefined ? {} : { waiting: phase.waiting }) });
    case "idle":
      return beginStop(state, { type: "ungated", ...(core.heldSend === undefined ? {} : { waiting: core.heldSend }) });
    case "holding":
      return beginStop(state, { type: "ungated" });
    case "preparing":
      return beginStop(state, { type: "ungated", waiting: phase.send });
    case "rolling-back":
      return andThen(step(state, [fail(phase.rollback.call, sessionEnded(state, "rollbackThread"))]), (told) => beginStop(told, { type: "ungated" }));
    default:
      return stay(state);
  }
}

export function ungatedMessage(displayName: string): string {
  return `${displayName} ran a tool that nobody had allowed: what asks for approval before each tool call is not in place. It was ended at once.`;
}
