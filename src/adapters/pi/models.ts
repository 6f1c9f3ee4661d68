import * as v from "valibot";
import type { AgentModel, AgentModelList, AgentModelRef } from "../../ports/agent-messages.js";
import { thinkingLevelsOf } from "./thinking-levels.js";
import * as wire from "./wire.js";

/** Pi reports this provider and id when it has no usable model. */
const placeholder = "unknown";

export function usableModelRef(model: AgentModelRef | undefined): AgentModelRef | undefined {
  return model?.provider === placeholder && model.id === placeholder ? undefined : model;
}

/** One entry that cannot be read costs that entry, not the list: users write some of these themselves. */
export function modelListOf(entries: readonly unknown[]): AgentModelList {
  const models = entries.flatMap((entry) => {
    const parsed = v.safeParse(wire.Model, entry);
    return parsed.success ? [modelOf(parsed.output)] : [];
  });
  return { models, rejected: entries.length - models.length };
}

function modelOf(model: wire.Model): AgentModel {
  return {
    provider: model.provider,
    id: model.id,
    name: model.name ?? model.id,
    input: model.input.includes("image") ? ["text", "image"] : ["text"],
    ...(isKnown(model.contextWindow) && { contextWindow: model.contextWindow }),
    ...(isKnown(model.maxTokens) && { maxOutputTokens: model.maxTokens }),
    reasoning: model.reasoning,
    thinkingLevels: thinkingLevelsOf(model),
  };
}

/** Pi writes 0 for a size it does not know. */
function isKnown(size: number | undefined): size is number {
  return size !== undefined && size > 0;
}
