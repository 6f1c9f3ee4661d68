import type { AgentModel } from "../../ports/agent-messages.js";
import type { ProviderModel, ProviderModelCatalog } from "../../ports/provider.js";
import type { Discovery } from "./agent-discovery.js";
import { modelSlug } from "./model-slug.js";

/** The agent's own answer as a catalog: nothing is added to it, and nothing is guessed. */
export function catalogOf(discovery: Discovery, readAt: string): ProviderModelCatalog {
  const models = new Map(discovery.models.models.map((model) => [modelSlug(model), providerModel(model)]));
  const { model, thinkingLevel } = discovery.state;
  const defaultSlug = model === undefined ? undefined : modelSlug(model);
  const known = defaultSlug === undefined ? undefined : models.get(defaultSlug);
  return {
    defaultModel: known?.slug ?? null,
    ...(known === undefined || thinkingLevel === undefined || known.thinkingLevels.length === 0 ? {} : { defaultThinkingLevel: thinkingLevel }),
    models: [...models.values()],
    freshness: { readAt, source: "live" },
  };
}

function providerModel(model: AgentModel): ProviderModel {
  return {
    slug: modelSlug(model),
    name: model.name,
    subProvider: model.provider,
    isCustom: false,
    input: model.input,
    ...(model.contextWindow === undefined ? {} : { contextWindow: model.contextWindow }),
    thinkingLevels: model.thinkingLevels,
  };
}
