import type { ProviderErrorInput } from "../../ports/errors.js";
import { modelSlug, sameModel } from "../inventory/model-slug.js";
import { answerAlone } from "./approval-answers.js";
import { dismissDialog } from "./dialog-input.js";
import { beginStop, closeQuietly, rejectSend } from "./ending.js";
import { advanceSelection, checkSelection, readBack, selectionFor, type SelectionMove } from "./selection.js";
import { command, emit, error, fail, sentence, stay, step, succeed, andThen, warn, withCore, withPhase } from "./step.js";
import { factsOf, type AgentFacts, type PendingSend, type Reopening, type Selection, type SessionEffect, type SessionInput, type SessionPhase, type SessionState, type Step } from "./session-state.js";
import { withNewProcess } from "../supervision/supervision.js";
import { supervisionWish } from "./ungated.js";
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
      if (phase.step.type === "readying") return afterReopening(state, phase, phase.step, input);
      return stay(state);
    case "opened":
      if (phase.step.type !== "reopening") return stay(state);
      return step(withPhase(withCore(state, { abilities: input.abilities }), { ...phase, step: { ...phase.step, type: "readying" } }), [
        command({ type: "get-state" }, { deadlineMs: state.core.settings.readyMs }),
      ]);
    case "open-failed":
      return loseSession(state, phase, input.error.detail);
    case "lost":
      return afterLoss(state, phase, input);
    case "event":
      if (input.event.type === "approval-asked") return answerAlone(state, input.event);
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
export function reopen(state: SessionState, why: { readonly send: PendingSend; readonly interrupted: boolean } & Reopening): Step {
  const { agent } = state.core;
  const epoch = state.core.epoch + 1;
  const model = why.selection.model ?? agent?.model;
  const level = why.selection.level ?? (why.selection.model === undefined ? agent?.thinkingLevel : undefined);
  // A conversation without a message has no file yet, and nothing to continue.
  const resume = agent?.sessionFile !== undefined && agent.messageCount > 0 ? { sessionFile: agent.sessionFile, sessionId: agent.sessionId, provisional: false } : undefined;
  const { selection, refusal } = why;
  const phase: Preparing = { type: "preparing", send: why.send, interrupted: why.interrupted, step: { type: "reopening", selection, ...(refusal === undefined ? {} : { refusal }) } };
  const launch = {
    ...(model === undefined ? {} : { model }),
    ...(level === undefined ? {} : { level }),
    ...(resume === undefined ? {} : { resume }),
    ...supervisionWish(state),
  };
  return step(withPhase(withCore(state, { epoch, tainted: false, supervision: withNewProcess(state.core.supervision) }), phase), [{ type: "open", epoch, launch }]);
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

function afterReopening(state: SessionState, phase: Preparing, { selection, refusal }: Reopening, input: Extract<SessionInput, { type: "reply" }>): Step {
  if (input.to !== "get-state" || input.outcome.type !== "ok") return loseSession(state, phase, "It did not become ready with the new model.");
  const facts = factsOf(input.outcome.value);
  if (refusal !== undefined) return andThen(adoptFacts(state, facts, undefined), (ready) => refuseSend(ready, phase, refusal));
  const move = readBack(state.core, selection, facts);
  const isBack = sameModel(facts.model, state.core.agent?.model);
  return move.type === "failed" && !isBack ? goBack(state, phase, { ...move.error, operation: "sendTurn" }) : moveOn(state, phase, move);
}

/** A process that could not be started with the new model leaves the conversation to one with the old model. */
function afterLoss(state: SessionState, phase: Preparing, { detail, diagnosis }: Extract<SessionInput, { type: "lost" }>): Step {
  const { step: at } = phase;
  if (at.type === "selecting" || at.refusal !== undefined || at.selection.model === undefined || diagnosis !== "model-unknown") return loseSession(state, phase, detail);
  const { displayName, threadId } = state.core.identity;
  return goBack(state, phase, {
    kind: "request",
    code: "model-unavailable",
    operation: "sendTurn",
    threadId,
    detail: `${displayName} has no model "${modelSlug(at.selection.model)}".`,
    nextStep: "Choose one of the models it reports.",
  });
}

/** Back to the model and level that the session had; then the message is refused. */
function goBack(state: SessionState, { send, interrupted }: Preparing, refusal: ProviderErrorInput): Step {
  return beginStop(state, { type: "switching", send, interrupted, selection: unchanged, refusal });
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
