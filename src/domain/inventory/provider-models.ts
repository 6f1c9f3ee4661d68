import type { AgentModel, AgentModelRef } from "../../ports/agent-messages.js";
import type { CustomModelEntry } from "../../ports/custom-model-store.js";
import type { ProviderCatalogFreshness, ProviderModel, ProviderModelCatalog } from "../../ports/provider-inventory.js";
import type { Discovery } from "./agent-discovery.js";
import { modelSlug, sameModel } from "./model-slug.js";
import { optionDescriptorsOf } from "./thinking-level-policy.js";

export interface CatalogParts {
  readonly discovery: Discovery;
  /** Those that the user added; one that the agent reports itself is no longer custom. */
  readonly customModels: readonly CustomModelEntry[];
  readonly freshness: ProviderCatalogFreshness;
}

/** The agent's own answer as a catalog, and after it what the user added, marked as such. Nothing is guessed. */
export function providerCatalog({ discovery, customModels, freshness }: CatalogParts): ProviderModelCatalog {
  const { state } = discovery;
  const shared = new SharedCapabilities();
  const models: ProviderModel[] = [];
  const listed = new ListedModels();
  for (const model of discovery.models.models) {
    if (!listed.admits(model)) continue;
    models.push(listedModel(model, { isDefault: sameModel(model, state.model), level: state.thinkingLevel, shared }));
  }
  const known = models.find(({ isDefault }) => isDefault);
  for (const entry of customModels) if (listed.admits(splitSlug(entry.slug))) models.push(customModel(entry));
  return {
    defaultModel: known?.slug ?? null,
    ...(known === undefined || state.thinkingLevel === undefined || known.thinkingLevels.length === 0 ? {} : { defaultThinkingLevel: state.thinkingLevel }),
    models,
    freshness,
  };
}

/** Each model once. By its two parts, because putting a slug together only to look it up costs more than all the rest. */
class ListedModels {
  readonly #ids = new Map<string, Set<string>>();

  admits({ provider, id }: AgentModelRef): boolean {
    const ids = this.#ids.get(provider) ?? this.#begin(provider);
    const { size } = ids;
    return ids.add(id).size > size;
  }

  #begin(provider: string): Set<string> {
    const ids = new Set<string>();
    this.#ids.set(provider, ids);
    return ids;
  }
}

/** An agent may list thousands of models, and they have a handful of different sets of levels. */
class SharedCapabilities {
  readonly #made = new Map<string, ProviderModel["capabilities"]>();
  /** The same list, not only an equal one: found without looking into it. */
  readonly #known = new Map<readonly string[], ProviderModel["capabilities"]>();

  of(levels: readonly string[]): ProviderModel["capabilities"] {
    const known = this.#known.get(levels);
    if (known !== undefined) return known;
    const key = JSON.stringify(levels);
    const capabilities = this.#made.get(key) ?? { optionDescriptors: optionDescriptorsOf({ levels }) };
    this.#made.set(key, capabilities);
    this.#known.set(levels, capabilities);
    return capabilities;
  }
}

function listedModel(
  model: AgentModel,
  { isDefault, level, shared }: { readonly isDefault: boolean; readonly level: string | undefined; readonly shared: SharedCapabilities },
): ProviderModel {
  const { name, provider, input, contextWindow, thinkingLevels } = model;
  const slug = modelSlug(model);
  const capabilities = shared.of(thinkingLevels);
  const listed: ProviderModel =
    contextWindow === undefined
      ? { slug, name, subProvider: provider, isCustom: false, input, thinkingLevels, capabilities }
      : { slug, name, subProvider: provider, isCustom: false, input, contextWindow, thinkingLevels, capabilities };
  // What the agent would choose is known for the model it has chosen, and for no other.
  return isDefault ? { ...listed, isDefault, capabilities: { optionDescriptors: optionDescriptorsOf({ levels: thinkingLevels, defaultLevel: level }) } } : listed;
}

/** Of a model that only the user knows nothing is known but its name. */
function customModel({ slug, verified }: CustomModelEntry): ProviderModel {
  const { provider, id } = splitSlug(slug);
  return {
    slug,
    name: id,
    subProvider: provider,
    isCustom: true,
    verified,
    input: ["text"],
    thinkingLevels: [],
    capabilities: { optionDescriptors: [] },
  };
}

/** A kept slug has been validated. */
function splitSlug(slug: string): AgentModelRef {
  const slash = slug.indexOf("/");
  return { provider: slug.slice(0, slash), id: slug.slice(slash + 1) };
}
