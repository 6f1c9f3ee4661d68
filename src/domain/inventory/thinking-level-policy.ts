import type { AgentModelRef } from "../../ports/agent-messages.js";
import type { ProviderOptionDescriptor } from "../../ports/provider-inventory.js";
import { modelSlug } from "./model-slug.js";
import { quoted } from "./quoted-text.js";

/** The id of the option, and its key in `modelOptions[provider]`. */
export const thinkingOptionId = "thinkingLevel";

/** The word with which a host asks for the agent's own choice, of a model or of a level. No model's slug can be it: it has no slash. */
export const ownChoice = "default";

/** Names that do not explain themselves. */
const labels: ReadonlyMap<string, string> = new Map([["xhigh", "Extra high"]]);

/**
 * What a UI offers: the levels that the agent proves for a model, in its order and under its names. Nothing where there is no
 * choice: a single level cannot be changed.
 */
export function optionDescriptorsOf(model: { readonly levels: readonly string[]; readonly defaultLevel?: string | undefined }): readonly ProviderOptionDescriptor[] {
  if (model.levels.length < 2) return [];
  const options = model.levels.map((id) => ({ id, label: labelOf(id), ...(id === model.defaultLevel ? { isDefault: true as const } : {}) }));
  return [{ id: thinkingOptionId, label: "Thinking", type: "select", options }];
}

export interface LevelRefusal {
  readonly detail: string;
  readonly nextStep: string;
}

/** Why a level is refused, before anything is sent; `undefined` when the model has it. Sent all the same, it would be changed to another without a word. */
export function refuseLevel(wanted: {
  readonly displayName: string;
  /** Absent where nobody knows which model the agent uses. */
  readonly model: AgentModelRef | undefined;
  readonly level: string;
  readonly levels: readonly string[];
}): LevelRefusal | undefined {
  const { displayName, model, level, levels } = wanted;
  if (levels.includes(level)) return undefined;
  const name = model === undefined ? "The model" : `The model "${modelSlug(model)}"`;
  return {
    detail: `${name} has no thinking level ${quoted(level)} in ${displayName}.`,
    nextStep: levels.length < 2 ? "It offers no choice of level." : `Choose one of: ${levels.join(", ")}.`,
  };
}

function labelOf(level: string): string {
  const [first = "", ...rest] = level;
  return labels.get(level) ?? `${first.toUpperCase()}${rest.join("")}`;
}
