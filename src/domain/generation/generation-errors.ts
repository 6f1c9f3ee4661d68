import type { AgentDialect, FailureDiagnosis, FailureEvidence } from "../../ports/agent-dialect.js";
import type { AgentModelRef, AgentRefusalReason } from "../../ports/agent-messages.js";
import { ProviderError, type ProviderErrorInput } from "../../ports/errors.js";
import { modelSlug } from "../inventory/model-slug.js";
import { quoted } from "../inventory/quoted-text.js";
import { generation } from "./generation-request.js";

/** Why there is no answer, in our own words only: an agent's, or a model's, may repeat the prompt. */

type Names = Pick<AgentDialect, "displayName">;

const tryInThread = "Try the same model in a thread to see what it says.";

export function wrongModel({ displayName }: Names, { wanted, taken }: { readonly wanted: AgentModelRef; readonly taken: AgentModelRef | undefined }): ProviderError {
  const instead = taken === undefined ? "no model" : quoted(modelSlug(taken));
  return failure({ code: "model-unavailable", detail: `${displayName} takes ${quoted(modelSlug(wanted))} for ${instead} when its extensions are off.`, nextStep: "Choose another model." });
}

export function wrongLevel({ displayName }: Names, { wanted, taken }: { readonly wanted: string; readonly taken: string | undefined }): ProviderError {
  const instead = taken === undefined ? "none" : quoted(taken);
  return failure({ code: "thinking-level-unavailable", detail: `${displayName} does not have the thinking level ${quoted(wanted)} for its model; it would use ${instead}.`, nextStep: "Choose another level." });
}

export function refused({ displayName }: Names, reason: AgentRefusalReason): ProviderError {
  return reason === "not-authenticated"
    ? failure({ code: "model-unavailable", detail: `${displayName} has no model that it can use, or is not logged in to its provider.`, nextStep: "Log in to a provider, or choose another model." })
    : failure({ code: "request-rejected", detail: `${displayName} refused the request.`, nextStep: tryInThread });
}

/** The model failed, or there was none to answer. */
export function unanswered({ displayName }: Names): ProviderError {
  return failure({ code: "request-rejected", detail: `${displayName} could not get an answer from its model.`, nextStep: tryInThread });
}

export function noJson({ displayName }: Names): ProviderError {
  return failure({ code: "request-rejected", detail: `The answer of ${displayName}'s model holds no JSON.`, nextStep: "Ask again, or choose another model." });
}

export function unreadable({ displayName }: Names): ProviderError {
  return failure({ code: "request-rejected", detail: `${displayName} gave a reply that cannot be read.` });
}

export function silentFor({ displayName }: Names, ms: number): ProviderError {
  return failure({ code: "request-timeout", detail: `${displayName} did not answer within ${Math.max(1, Math.round(ms / 1000))} s.`, nextStep: "Ask again, or choose a faster model." });
}

export function ended({ code, detail }: FailureDiagnosis, phase: FailureEvidence["phase"]): ProviderError {
  if (code === "model-unknown") return failure({ code: "model-unavailable", detail, nextStep: "Choose one of the models it reports." });
  return failure({ kind: "process", code: phase === "start" ? "start-failed" : "agent-exited", detail, nextStep: "Run it in a terminal to see what it says." });
}

export function calledOff(): ProviderError {
  return failure({ kind: "session-closed", code: "aborted", detail: "The call was called off." });
}

export function disposed(): ProviderError {
  return failure({ kind: "session-closed", code: "disposed", detail: "The provider has been disposed." });
}

function failure(rest: Omit<ProviderErrorInput, "kind" | "operation"> & Partial<Pick<ProviderErrorInput, "kind">>): ProviderError {
  return new ProviderError({ kind: "request", operation: generation, ...rest });
}
