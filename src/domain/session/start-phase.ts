import type { AgentState } from "../../ports/agent-messages.js";
import type { ProviderErrorInput } from "../../ports/errors.js";
import type { RuntimeEventDraft } from "../../ports/runtime-event.js";
import { checkLaunchArguments } from "../launch/launch-arguments.js";
import { modelSlug } from "../inventory/model-slug.js";
import { advanceSelection, checkSelection, levelAtStart, readBack, selectionAtStart, type SelectionMove } from "./selection.js";
import { cursorOf } from "./session-view.js";
import type { Resume } from "./agent-launcher.js";
import { answerAlone } from "./approval-answers.js";
import { dismissDialog } from "./dialog-input.js";
import { beginStop } from "./ending.js";
import { withNewProcess } from "../supervision/supervision.js";
import { asksInSession, supervisionWish, ungatedStart } from "./ungated.js";
import { meetUnaskedRun } from "./unasked-run.js";
import { andThen, command, emit, error, fail, sentence, stay, step, warn, withCore, withPhase } from "./step.js";
import { factsOf, type AgentFacts, type SessionEffect, type SessionInput, type SessionPhase, type SessionState, type StartRequest, type Step } from "./session-state.js";

/**
 * From nothing to a session that is ready, strictly one acknowledged step after another: open the process, its first answer,
 * model and level, read back, publish. A start that fails ends the process first and speaks afterwards.
 */

type Starting = Extract<SessionPhase, { type: "starting" }>;

export function beginStart(state: SessionState, input: Extract<SessionInput, { type: "start" }>): Step {
  const { chosen, remembered, resume, turnMessages, head } = input.request;
  const counted = withCore(state, { supervision: withNewProcess(state.core.supervision), turnMessages, head: resume === undefined ? undefined : head });
  const level = levelAtStart(input.request);
  // A conversation brings its model along, if the agent lists it; otherwise the remembered model has to be asked for.
  const isBrought = resume !== undefined && !resume.provisional && remembered.unlisted !== true;
  const model = chosen.model ?? (isBrought ? undefined : remembered.model);
  return step(withPhase(counted, { type: "starting", call: input.call, request: input.request, step: { type: "opening" } }), [
    // The choice is passed at launch too: extensions that look at the model when the session starts see the right one.
    { type: "open", epoch: state.core.epoch, launch: { ...(model === undefined ? {} : { model }), ...(level === undefined ? {} : { level }), ...(resume === undefined ? {} : { resume }), ...supervisionWish(state) } },
  ]);
}

export function reduceStarting(state: SessionState, phase: Starting, input: SessionInput): Step {
  switch (input.type) {
    case "opened":
      return step(withPhase(withCore(state, { abilities: input.abilities }), { ...phase, step: { type: "readying" } }), [
        command({ type: "get-state" }, { deadlineMs: state.core.settings.readyMs }),
      ]);
    case "open-failed":
      return failStart(state, phase, { error: input.error, cursorLost: input.cursorLost });
    case "lost":
      return failStart(state, phase, { error: lostAtStart(state, phase, input), cursorLost: isLost(phase, input), ...without(state, phase, input) });
    case "reply":
      if (phase.step.type === "readying") return afterReady(state, phase, input);
      if (phase.step.type === "selecting") return moveOn(state, phase, advanceSelection(state.core, phase.step.selection, input));
      return stay(state);
    case "event":
      if (input.event.type === "approval-asked") return answerAlone(state, input.event);
      return input.event.type === "dialog-opened" ? dismissDialog(state, input.event) : stay(state);
    case "stop":
      return beginStop(state, { type: "start-failed", call: phase.call, request: phase.request, cursorLost: false, error: stoppedError(state) }, input.call);
    default:
      return stay(state);
  }
}

/** A conversation outlives the model it was held with: where nobody chose that model now, it goes on with what the agent uses. */
function without(state: SessionState, { request }: Starting, { diagnosis }: Extract<SessionInput, { type: "lost" }>): { readonly retry?: StartRequest } {
  const { resume, chosen, remembered } = request;
  if (diagnosis !== "model-unknown" || resume === undefined || chosen.model !== undefined || remembered.model === undefined) return {};
  const gaveWay = `${state.core.identity.displayName} has no model "${modelSlug(remembered.model)}" any more. Going on with what it uses now.`;
  return { retry: { ...request, remembered: {}, gaveWay } };
}

/** Whether trying again with this cursor would fail again: its conversation is gone, or it holds only a model that is gone. */
function isLost(phase: Starting, { diagnosis }: Extract<SessionInput, { type: "lost" }>): boolean {
  const { resume, chosen, remembered } = phase.request;
  return diagnosis === "session-invalid" || (diagnosis === "model-unknown" && resume === undefined && chosen.model === undefined && remembered.model !== undefined);
}

/** What the end of a process that was just started means, as far as its dialect can tell. */
function lostAtStart(state: SessionState, phase: Starting, lost: Extract<SessionInput, { type: "lost" }>): ProviderErrorInput {
  const model = phase.request.chosen.model ?? phase.request.remembered.model;
  switch (lost.diagnosis) {
    case "model-unknown": {
      const detail = model === undefined ? lost.detail : `${state.core.identity.displayName} has no model "${modelSlug(model)}".`;
      return startError(state, { kind: "request", code: "model-unavailable", detail, nextStep: "Choose one of the models it reports." });
    }
    case "session-invalid":
      return startError(state, { kind: "process", code: "resume-refused", detail: lost.detail, nextStep: "Send the message again to go on without the earlier conversation." });
    case "working-directory-missing":
      return startError(state, { kind: "process", code: "working-directory-missing", detail: lost.detail, nextStep: "Check the project's folder." });
    case "unknown-flag":
      return startError(state, { kind: "process", code: "start-failed", detail: lost.detail, nextStep: checkLaunchArguments });
    default:
      return startError(state, { kind: "process", code: "start-failed", detail: lost.detail, nextStep: "Run it in a terminal to see what it says." });
  }
}

function afterReady(state: SessionState, phase: Starting, input: Extract<SessionInput, { type: "reply" }>): Step {
  if (input.to !== "get-state" || input.outcome.type !== "ok") {
    const detail = input.outcome.type === "ok" ? `${state.core.identity.displayName} answered something else.` : input.outcome.type === "refused" ? input.outcome.message : input.outcome.detail;
    return failStart(state, phase, {
      cursorLost: false,
      error: startError(state, {
        kind: "process",
        code: input.outcome.type === "unanswered" ? "start-timeout" : "start-failed",
        detail: `${state.core.identity.displayName} was started but did not become ready: ${detail}`,
        nextStep: "Check that its extensions start, or allow it more time.",
      }),
    });
  }
  const ready = withCore(state, { agent: factsOf(input.outcome.value) });
  const { resume } = phase.request;
  if (resume !== undefined && !resume.provisional && isAnother(resume, input.outcome.value)) return refuseFreshSession(ready, phase);
  if (!asksInSession(ready, input.outcome.value.sessionId)) return failStart(ready, phase, { error: startError(state, ungatedStart(state.core.identity.displayName)), cursorLost: false });
  const selection = selectionAtStart(ready.core, phase.request);
  if (selection === undefined) return publish(ready, phase);
  return step(withPhase(ready, { ...phase, step: { type: "selecting", selection } }), [checkSelection(ready.core, selection)]);
}

/** Where only the file was known, a session in which something was said is taken for the one that lies there. */
function isAnother(resume: Resume, { sessionId, messageCount }: AgentState): boolean {
  return resume.sessionId === undefined ? messageCount === 0 : resume.sessionId !== sessionId;
}

/** Asked to continue a conversation, the agent began another one: showing it as the old one would be a lie. */
function refuseFreshSession(state: SessionState, phase: Starting): Step {
  const { displayName } = state.core.identity;
  return failStart(state, phase, {
    cursorLost: true,
    error: startError(state, {
      kind: "process",
      code: "resume-refused",
      detail: `${displayName} did not continue this thread's conversation but began a new one.`,
      nextStep: "Send the message again to go on without the earlier conversation.",
    }),
  });
}

function moveOn(state: SessionState, phase: Starting, move: SelectionMove): Step {
  switch (move.type) {
    case "go-on":
      return step(withPhase(state, { ...phase, step: { type: "selecting", selection: move.selection } }), [move.effect]);
    case "failed":
      return failStart(state, phase, { error: { ...move.error, operation: "startSession" }, cursorLost: false });
    case "done":
      return settleOn(state, phase, move);
    case "relaunch":
      return moveOn(state, phase, afterLaunchFlags(state, move.selection));
  }
}

/** What can only be switched to at launch was launched with, so it is there or it will not be. */
function afterLaunchFlags(state: SessionState, selection: Parameters<typeof readBack>[1]): SelectionMove {
  const facts = state.core.agent;
  return facts === undefined ? { type: "done", facts } : readBack(state.core, selection, facts);
}

function settleOn(state: SessionState, phase: Starting, move: { readonly facts: AgentFacts | undefined; readonly warning?: string }): Step {
  const told = move.facts === undefined ? state : withCore(state, { agent: move.facts });
  const published = publish(told, phase);
  return move.warning === undefined ? published : { state: published.state, effects: [...published.effects, warn(move.warning)] };
}

/** Whether the host's thread has turns that the agent's conversation has not. */
function isForgotten({ request }: Starting, agent: AgentFacts | undefined): boolean {
  return request.turnMessages.length > 0 && (request.resume === undefined || request.resume.sessionId !== agent?.sessionId);
}

function publish(started: SessionState, phase: Starting): Step {
  // Turns that are not continued cannot be rolled back either.
  const state = isForgotten(phase, started.core.agent) ? withCore(started, { turnMessages: [] }) : started;
  const { identity, agent } = state.core;
  const heal: RuntimeEventDraft[] = phase.request.heal
    ? [{ type: "session.exited", payload: { reason: "An earlier session of this thread is over", recoverable: true, exitKind: "graceful" } }]
    : [];
  const config = {
    ...(agent?.model === undefined ? {} : { model: modelSlug(agent.model) }),
    ...(agent?.thinkingLevel === undefined ? {} : { thinkingLevel: agent.thinkingLevel }),
    ...(identity.cwd === undefined ? {} : { cwd: identity.cwd }),
    runtimeMode: identity.runtimeMode,
    ...(state.core.abilities === undefined ? {} : { agentVersion: state.core.abilities.versionText }),
  };
  const cursor = cursorOf(state);
  const drafts: readonly RuntimeEventDraft[] = [
    ...heal,
    { type: "session.started", payload: { message: `${identity.displayName} is ready`, ...(cursor === undefined ? {} : { resume: cursor }) } },
    { type: "session.configured", payload: { config } },
    { type: "thread.started", payload: agent === undefined ? {} : { providerThreadId: agent.sessionId } },
  ];
  const effects: readonly SessionEffect[] = [
    ...drafts.map((draft) => emit(draft)),
    ...(phase.request.gaveWay === undefined ? [] : [warn(phase.request.gaveWay)]),
    ...(isForgotten(phase, agent) ? [warn(`${identity.displayName} kept no file of this thread's earlier conversation, so it begins a new one.`)] : []),
    { type: "settle", call: phase.call, result: { type: "ok" } },
  ];
  const published = step(withPhase(state, { type: "idle" }), effects);
  // An extension may have begun a run at the start already.
  return agent?.streaming === true ? andThen(published, meetUnaskedRun) : published;
}

function failStart(state: SessionState, phase: Starting, failure: { readonly error: ProviderErrorInput; readonly cursorLost: boolean; readonly retry?: StartRequest }): Step {
  return beginStop(state, { type: "start-failed", call: phase.call, request: phase.request, ...failure });
}

/**
 * What a host must hear when a start fails, by what it passed (its own server records nothing):
 * without a cursor the thread must end as stopped, or it could never be started again; with one, only an error, so that the next
 * message tries again with it, unless the conversation is lost for good.
 */
export function startFailureEvents(
  failed: { readonly hasCursor: boolean; readonly cursorLost: boolean; readonly error: ProviderErrorInput },
): readonly SessionEffect[] {
  const banner = error(sentence(failed.error), { class: failed.error.kind === "validation" ? "validation_error" : "provider_error" });
  if (failed.hasCursor && !failed.cursorLost) return [banner];
  return [banner, emit({ type: "session.exited", payload: { reason: "The session could not be started", recoverable: false, exitKind: "error" } })];
}

/** A start that the host itself called off is no failure to report, but a thread that is being started must end as stopped. */
export const startCalledOff: RuntimeEventDraft = {
  type: "session.exited",
  payload: { reason: "The start was called off", recoverable: true, exitKind: "graceful" },
};

/** The end of a failed start, once its process is gone. */
export function concludeFailedStart(
  state: SessionState,
  why: { readonly call: number; readonly request: Starting["request"]; readonly error: ProviderErrorInput; readonly cursorLost: boolean },
): Step {
  const events =
    why.error.code === "aborted"
      ? [emit(startCalledOff)]
      : startFailureEvents({ hasCursor: why.request.hasCursor, cursorLost: why.cursorLost, error: why.error });
  return step(withPhase(state, { type: "closed" }), [...events, fail(why.call, why.error)]);
}

function startError(state: SessionState, error: Omit<ProviderErrorInput, "operation" | "threadId">): ProviderErrorInput {
  return { operation: "startSession", threadId: state.core.identity.threadId, ...error };
}

function stoppedError(state: SessionState): ProviderErrorInput {
  return startError(state, { kind: "session-closed", code: "aborted", detail: "The session was stopped while it was starting." });
}
