import type { AgentModel, AgentModelList, AgentModelRef } from "../../ports/agent-messages.js";
import { thinkingLevelsOf } from "./thinking-levels.js";

/** Pi reports this provider and id when it has no usable model. */
const placeholder = "unknown";

export function usableModelRef(model: AgentModelRef | undefined): AgentModelRef | undefined {
  return model?.provider === placeholder && model.id === placeholder ? undefined : model;
}

/** One entry that cannot be read costs that entry, not the list: users write some of these themselves. */
export function modelListOf(entries: readonly unknown[]): AgentModelList {
  const models: AgentModel[] = [];
  for (const entry of entries) {
    const model = isObject(entry) ? modelOf(entry) : undefined;
    if (model !== undefined) models.push(model);
  }
  return { models, rejected: entries.length - models.length };
}

/**
 * Reads by hand what a schema would read, just as leniently. Pi has hundreds of models and may have thousands: of 5,000, a schema took
 * three quarters of the time in which the whole record is parsed, and this takes a tenth.
 */
function modelOf(entry: Readonly<Record<string, unknown>>): AgentModel | undefined {
  const { provider, id, name, input, contextWindow, maxTokens, reasoning, thinkingLevelMap } = entry;
  if (!isText(provider) || !isText(id)) return undefined;
  const model: { -readonly [Field in keyof AgentModel]: AgentModel[Field] } = {
    provider,
    id,
    name: isText(name) ? name : id,
    input: Array.isArray(input) && input.includes("image") ? textAndImages : textOnly,
    reasoning: reasoning === true,
    thinkingLevels: thinkingLevelsOf({ reasoning: reasoning === true, thinkingLevelMap: isObject(thinkingLevelMap) ? thinkingLevelMap : undefined }),
  };
  if (isKnownSize(contextWindow)) model.contextWindow = contextWindow;
  if (isKnownSize(maxTokens)) model.maxOutputTokens = maxTokens;
  return model;
}

const textOnly: AgentModel["input"] = ["text"];
const textAndImages: AgentModel["input"] = ["text", "image"];

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

/** Pi writes 0 for a size it does not know. */
function isKnownSize(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value > 0;
}
