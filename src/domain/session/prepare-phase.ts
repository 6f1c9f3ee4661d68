import type { ProviderErrorInput } from "../../ports/errors.js";
import { modelSlug } from "../inventory/model-slug.js";
import { dismissDialog } from "./dialog-input.js";
import { beginStop, closeQuietly, rejectSend } from "./ending.js";
import { advanceSelection, checkSelection, readBack, selectionFor, type SelectionMove } from "./selection.js";
import { command, emit, error, fail, sentence, stay, step, succeed, andThen, warn, withCore, withPhase } from "./step.js";
import { factsOf, type AgentFacts, type PendingSend, type Selection, type SessionEffect, type SessionInput, type SessionPhase, type SessionState, type Step } from "./session-state.js";
import { adoptRun, installTurn, interruptUnsent } from "./turn-begin.js";
import { steer } from "./turn-steer.js";

/**
 * Between `sendTurn` and its prompt: model and level first, acknowledged; only then the prompt. A refused choice leaves the
 * session on the model it had.
 */

type Preparing = Extract<SessionPhase, { type: "preparing" }>;

export function beginSend(state: SessionState, send: PendingSend): Step {
  const selection = selectionFor(state.core, send.request.wanted);
  if (selection === undefined && state.core.tainted) return beginStop(state, { type: "switching", send, interrupted: false, selection: unchanged });
  if (selection === undefined) return installTurn(state, send);
  return step(withPhase(state, { type: "preparing", send, interrupted: false, step: { type: "selecting", selection } }), [checkSelection(state.core, selection)]);
}

/** A new process on the same conversation, with the model and level it had. */
const unchanged: Selection = { lenient: "everything", step: "read-back" };

export function reducePreparing(state: SessionState, phase: Preparing, input: SessionInput): Step {
  switch (input.type) {
    case "reply":
      if (phase.step.type === "selecting") return moveOn(state, phase, advanceSelection(state.core, phase.step.selection, input));
      if (phase.step.type === "readying") return afterReopening(state, phase, phase.step.selection, input);
      return stay(state);
    case "opened":
      if (phase.step.type !== "reopening") return stay(state);
      return step(withPhase(withCore(state, { abilities: input.abilities }), { ...phase, step: { type: "readying", selection: phase.step.selection } }), [
        command({ type: "get-state" }, { deadlineMs: state.core.settings.readyMs }),
      ]);
    case "open-failed":
      return loseSession(state, phase, input.error.detail);
    case "lost":
      return loseSession(state, phase, input.detail);
    case "event":
      if (input.event.type === "dialog-opened") return dismissDialog(state, input.event);
      return input.event.type === "run-started" ? joinRun(state, phase) : stay(state);
    case "interrupt":
      return step(withPhase(state, { ...phase, interrupted: true }), [succeed(input.call)]);
    case "stop":
      return andThen(rejectSend(state, phase.send), (rejected) => beginStop(rejected, { type: "requested" }, input.call));
    default:
      return stay(state);
  }
}

/** The process that could not switch is gone; the conversation continues in a new one. */
export function reopen(state: SessionState, why: { readonly send: PendingSend; readonly interrupted: boolean; readonly selection: Selection }): Step {
  const { agent } = state.core;
  const epoch = state.core.epoch + 1;
  const model = why.selection.model ?? agent?.model;
  const level = why.selection.level ?? (why.selection.model === undefined ? agent?.thinkingLevel : undefined);
  // A conversation without a message has no file yet, and nothing to continue.
  const resume = agent?.sessionFile !== undefined && agent.messageCount > 0 ? { sessionFile: agent.sessionFile, sessionId: agent.sessionId, provisional: false } : undefined;
  const phase: Preparing = { type: "preparing", send: why.send, interrupted: why.interrupted, step: { type: "reopening", selection: why.selection } };
  const launch = {
    ...(model === undefined ? {} : { model }),
    ...(level === undefined ? {} : { level }),
    ...(resume === undefined ? {} : { resume }),
  };
  return step(withPhase(withCore(state, { epoch, tainted: false }), phase), [{ type: "open", epoch, launch }]);
}

function moveOn(state: SessionState, phase: Preparing, move: SelectionMove): Step {
  switch (move.type) {
    case "go-on":
      return step(withPhase(state, { ...phase, step: { type: "selecting", selection: move.selection } }), [move.effect]);
    case "relaunch":
      return beginStop(state, { type: "switching", send: phase.send, interrupted: phase.interrupted, selection: move.selection });
    case "failed":
      return andThen(move.facts === undefined ? stay(state) : adoptFacts(state, move.facts, undefined), (known) => refuseSend(known, phase, { ...move.error, operation: "sendTurn" }));
    case "done":
      return andThen(adoptFacts(state, move.facts, move.warning), (ready) => {
        if (phase.interrupted) return interruptUnsent(ready, phase.send);
        return move.facts?.streaming === true ? joinRun(ready, phase) : installTurn(withPhase(ready, { type: "idle" }), phase.send);
      });
  }
}

function afterReopening(state: SessionState, phase: Preparing, selection: Selection, input: Extract<SessionInput, { type: "reply" }>): Step {
  if (input.to !== "get-state" || input.outcome.type !== "ok") return loseSession(state, phase, "It did not become ready with the new model.");
  return moveOn(state, phase, readBack(state.core, selection, factsOf(input.outcome.value)));
}

function adoptFacts(state: SessionState, facts: AgentFacts | undefined, warning: string | undefined): Step {
  const told = facts === undefined ? state : withCore(state, { agent: facts });
  const { agent } = told.core;
  const config = {
    ...(agent?.model === undefined ? {} : { model: modelSlug(agent.model) }),
    ...(agent?.thinkingLevel === undefined ? {} : { thinkingLevel: agent.thinkingLevel }),
  };
  const effects: readonly SessionEffect[] = [emit({ type: "session.configured", payload: { config } }), ...(warning === undefined ? [] : [warn(warning)])];
  return step(told, effects);
}

/** The previous model stays, and with it a usable session. */
function refuseSend(state: SessionState, phase: Preparing, failure: ProviderErrorInput): Step {
  return step(withPhase(withCore(state, { lastError: sentence(failure) }), { type: "idle" }), [
    error(sentence(failure), { class: "provider_error" }),
    fail(phase.send.call, failure),
  ]);
}

function loseSession(state: SessionState, phase: Preparing, detail: string): Step {
  const message = `${state.core.identity.displayName} ended while it was changing its model: ${detail}`;
  return andThen(step(state, [error(message, { class: "transport_error" }), { type: "dispose", graceMs: state.core.settings.stopGraceMs }]), (told) =>
    andThen(rejectSend(told, phase.send), closeQuietly),
  );
}

/** The agent has begun a run of its own: that run is shown, and the message goes into it. */
function joinRun(state: SessionState, phase: Preparing): Step {
  return andThen(adoptRun(state), (adopted) => (adopted.phase.type === "running" ? steer(adopted, adopted.phase.turn, phase.send) : stay(adopted)));
}
