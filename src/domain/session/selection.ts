import type { AgentModel, AgentModelRef } from "../../ports/agent-messages.js";
import type { ProviderErrorInput } from "../../ports/errors.js";
import { modelSlug, sameModel } from "../inventory/model-slug.js";
import { refuseLevel } from "../inventory/thinking-level-policy.js";
import { command } from "./step.js";
import { factsOf, type AgentFacts, type ReplyInput, type Selection, type SessionCore, type SessionEffect, type StartRequest, type WantedModel } from "./session-state.js";

/**
 * How a session comes to the model and level that someone wants: asked first whether the agent has them, then switched one
 * acknowledged command at a time, then read back, because agents clamp silently. Nothing is sent before the check passed, so a
 * refused choice leaves the session as it was.
 */
export type SelectionMove =
  | { readonly type: "go-on"; readonly selection: Selection; readonly effect: SessionEffect }
  /** Model and level are the agent's, as far as its version can tell; `facts` is what was read back. */
  | { readonly type: "done"; readonly facts: AgentFacts | undefined; readonly warning?: string }
  /** Checked, but only a new process can switch: so this version's agent, or a model that the agent does not list. */
  | { readonly type: "relaunch"; readonly selection: Selection }
  /** `facts` is what the agent uses now, where it may have changed. */
  | { readonly type: "failed"; readonly error: ProviderErrorInput; readonly facts: AgentFacts | undefined };

/** What has to change; `undefined` when the agent is already there. */
export function selectionFor(core: SessionCore, wanted: WantedModel): Selection | undefined {
  const model = sameModel(wanted.model, core.agent?.model) ? undefined : wanted.model;
  const level = model === undefined && wanted.level === core.agent?.thinkingLevel ? undefined : wanted.level;
  const unlisted = model === undefined ? undefined : wanted.unlisted;
  return selection({ ...(model === undefined ? {} : { model }), ...(level === undefined ? {} : { level }), ...(unlisted === undefined ? {} : { unlisted }) }, "nothing");
}

/**
 * What a start has to make sure of. A choice of the host is checked even if the agent says it is there already: given an unknown
 * model at launch, an agent may take it for a custom one and fail only at the first prompt.
 */
export function selectionAtStart(core: SessionCore, request: StartRequest): Selection | undefined {
  const level = request.chosen.level ?? rememberedLevel(core, request);
  const chosen = selection({ ...request.chosen, ...(level === undefined ? {} : { level }) }, request.chosen.level === undefined ? "level" : "nothing");
  if (chosen !== undefined && (request.chosen.model !== undefined || request.chosen.level !== undefined)) return chosen;
  const remembered = selectionFor(core, request.remembered);
  return remembered === undefined ? undefined : { ...remembered, lenient: "everything" };
}

/** Nobody's choice, so it is left alone where the agent is at it: `off`, for one, is what a model is at that offers no level at all. */
function rememberedLevel(core: SessionCore, request: StartRequest): string | undefined {
  const level = levelAtStart(request);
  const isThere = level === core.agent?.thinkingLevel && sameModel(request.chosen.model ?? core.agent?.model, core.agent?.model);
  return isThere ? undefined : level;
}

/** The level to start with: the host's, else the one that the cursor remembers for the same model. */
export function levelAtStart({ chosen, remembered }: StartRequest): string | undefined {
  const same = chosen.model === undefined || sameModel(chosen.model, remembered.model);
  return chosen.level ?? (same ? remembered.level : undefined);
}

function selection(wanted: WantedModel, lenient: Selection["lenient"]): Selection | undefined {
  if (wanted.model === undefined && wanted.level === undefined) return undefined;
  return { ...wanted, lenient, step: "check" };
}

/** The first request of a selection. The levels of another model are only in the list of models. */
export function checkSelection(core: SessionCore, selection: Selection): SessionEffect {
  const byModel = selection.model !== undefined || core.abilities?.commands.has("list-thinking-levels") !== true;
  return command({ type: byModel ? "list-models" : "list-thinking-levels" }, { deadlineMs: core.settings.requestMs });
}

export function advanceSelection(core: SessionCore, selection: Selection, reply: ReplyInput): SelectionMove {
  const { outcome } = reply;
  if (selection.failure !== undefined) {
    return { type: "failed", error: selection.failure, facts: reply.to === "get-state" && reply.outcome.type === "ok" ? factsOf(reply.outcome.value) : undefined };
  }
  if (outcome.type === "unanswered") return refuse(core, selection, { code: "request-timeout", detail: outcome.detail });
  // A refused switch has changed nothing, so there is nothing to look back at.
  if (outcome.type === "refused") return refuse(core, selection.step === "set-model" ? { ...selection, step: "check" } : selection, refusalOf(core, selection, outcome.message));
  if (reply.to === "list-models" && reply.outcome.type === "ok") {
    const { models } = reply.outcome.value;
    // No command switches to a model that is not listed: it is there if the agent is started with it, and its levels show then.
    if (selection.unlisted === true && !models.some((model) => sameModel(model, selection.model))) return { type: "relaunch", selection };
    return afterCheck(core, selection, verdictOnModels(core, selection, models));
  }
  if (reply.to === "list-thinking-levels" && reply.outcome.type === "ok") {
    return afterCheck(core, selection, verdictOnLevel(core, selection, { model: core.agent?.model, levels: reply.outcome.value.levels }));
  }
  if (reply.to === "set-model" || reply.to === "set-thinking-level") return next(core, selection);
  if (reply.to === "get-state" && reply.outcome.type === "ok") return readBack(core, selection, factsOf(reply.outcome.value));
  return refuse(core, selection, { code: "request-rejected", detail: `${core.identity.displayName} answered a model change with something else.` });
}

function afterCheck(core: SessionCore, selection: Selection, fault: Fault | undefined): SelectionMove {
  if (fault?.code === "thinking-level-unavailable" && selection.lenient === "level") {
    const { level: _gone, ...rest } = selection;
    return afterCheck(core, { ...rest, warning: goingOn(fault) }, undefined);
  }
  if (fault !== undefined) return refuse(core, selection, fault);
  if (core.abilities?.modelSwitch === "relaunch") return { type: "relaunch", selection };
  return next(core, selection);
}

/** The request that follows the current step. */
function next(core: SessionCore, selection: Selection): SelectionMove {
  const deadlineMs = core.settings.requestMs;
  if (selection.step === "check" && selection.model !== undefined) {
    return { type: "go-on", selection: { ...selection, step: "set-model" }, effect: command({ type: "set-model", model: selection.model }, { deadlineMs }) };
  }
  if (selection.step !== "set-level" && selection.level !== undefined) {
    return { type: "go-on", selection: { ...selection, step: "set-level" }, effect: command({ type: "set-thinking-level", level: selection.level }, { deadlineMs }) };
  }
  return { type: "go-on", selection: { ...selection, step: "read-back" }, effect: command({ type: "get-state" }, { deadlineMs }) };
}

/** Compares what the agent says it uses with what was wanted. */
export function readBack(core: SessionCore, selection: Selection, facts: AgentFacts): SelectionMove {
  if (selection.model !== undefined && !sameModel(selection.model, facts.model)) {
    return refuse(core, selection, {
      code: "model-unavailable",
      detail: `${core.identity.displayName} did not switch to the model "${modelSlug(selection.model)}".`,
    }, facts);
  }
  if (selection.level !== undefined && selection.level !== facts.thinkingLevel) {
    const effective = facts.thinkingLevel ?? "none";
    return { type: "done", facts, warning: `${core.identity.displayName} uses the thinking level "${effective}" instead of "${selection.level}".` };
  }
  return { type: "done", facts, ...(selection.warning === undefined ? {} : { warning: selection.warning }) };
}

interface Fault {
  readonly code: "model-unavailable" | "thinking-level-unavailable" | "request-timeout" | "request-rejected";
  readonly detail: string;
  readonly nextStep?: string;
}

function verdictOnModels(core: SessionCore, selection: Selection, models: readonly AgentModel[]): Fault | undefined {
  const wanted = selection.model ?? core.agent?.model;
  const found = wanted === undefined ? undefined : models.find((model) => sameModel(model, wanted));
  // A model in use that is not listed works, but nobody knows of any level that it has.
  if (found === undefined && selection.model === undefined) return verdictOnLevel(core, selection, { model: wanted, levels: [] });
  if (found === undefined) {
    const name = wanted === undefined ? "to use" : `"${modelSlug(wanted)}"`;
    const some = models.slice(0, 5).map((model) => modelSlug(model));
    return {
      code: "model-unavailable",
      detail: `${core.identity.displayName} has no model ${name}.`,
      nextStep: some.length === 0 ? "It reports no models at all: log in to a provider or add one to its configuration." : `Choose one of its models, for example ${some.join(", ")}.`,
    };
  }
  return selection.level === undefined ? undefined : verdictOnLevel(core, selection, { model: found, levels: found.thinkingLevels });
}

function verdictOnLevel(core: SessionCore, { level }: Selection, real: { readonly model: AgentModelRef | undefined; readonly levels: readonly string[] }): Fault | undefined {
  const refusal = level === undefined ? undefined : refuseLevel({ displayName: core.identity.displayName, level, ...real });
  return refusal === undefined ? undefined : { code: "thinking-level-unavailable", ...refusal };
}

function refusalOf(core: SessionCore, selection: Selection, message: string): Fault {
  return {
    code: selection.step === "set-model" ? "model-unavailable" : "request-rejected",
    detail: `${core.identity.displayName} refused the model change: ${message}`,
  };
}

/** A choice of the host fails; a remembered one gives way. */
function refuse(core: SessionCore, selection: Selection, fault: Fault, facts?: AgentFacts): SelectionMove {
  if (selection.lenient === "everything") return { type: "done", facts, warning: goingOn(fault) };
  const failure: ProviderErrorInput = { kind: "request", operation: "model selection", threadId: core.identity.threadId, ...fault };
  if (selection.step === "check" || facts !== undefined) return { type: "failed", error: failure, facts };
  // Something was sent and may have taken effect: what the session shows must be what the agent uses.
  return { type: "go-on", selection: { ...selection, step: "look-back", failure }, effect: command({ type: "get-state" }, { deadlineMs: core.settings.requestMs }) };
}

function goingOn(fault: Fault): string {
  return `${fault.detail} Going on with what it uses now.`;
}
