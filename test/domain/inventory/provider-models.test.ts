import { describe, expect, it } from "vitest";
import type { Discovery } from "../../../src/domain/inventory/agent-discovery.js";
import { providerCatalog } from "../../../src/domain/inventory/provider-models.js";
import type { AgentModel, AgentState } from "../../../src/ports/agent-messages.js";
import type { CustomModelEntry } from "../../../src/ports/custom-model-store.js";
import type { ProviderCatalogFreshness, ProviderModelCatalog } from "../../../src/ports/provider-inventory.js";

const plain: AgentModel = { provider: "demo", id: "plain", name: "Plain", input: ["text"], reasoning: false, thinkingLevels: [] };
const deep: AgentModel = { provider: "demo", id: "a/deep", name: "Deep", input: ["text", "image"], contextWindow: 10_000, reasoning: true, thinkingLevels: ["low", "high"] };
const state: AgentState = { sessionId: "s1", streaming: false, compacting: false, queued: 0, messageCount: 0 };
const freshness: ProviderCatalogFreshness = { readAt: "2026-01-01T00:00:00.000Z", source: "live" };
function levels(defaultLevel?: string): unknown {
  const [low, high] = [{ id: "low", label: "Low" }, { id: "high", label: "High" }];
  return [{ id: "thinkingLevel", label: "Thinking", type: "select", options: defaultLevel === "high" ? [low, { ...high, isDefault: true }] : [low, high] }];
}

interface Said {
  readonly models: readonly AgentModel[];
  readonly state?: Partial<AgentState>;
  readonly customModels?: readonly CustomModelEntry[];
}

function catalog(said: Said): ProviderModelCatalog {
  const discovery: Discovery = { version: { major: 1, minor: 0, patch: 0 }, state: { ...state, ...said.state }, models: { models: said.models, rejected: 0 }, failedExtensions: 0 };
  return providerCatalog({ discovery, customModels: said.customModels ?? [], freshness });
}

describe("a catalog", () => {
  it("is the agent's own answer in the host's words", () => {
    expect(catalog({ models: [plain, deep], state: { model: deep, thinkingLevel: "high" } })).toEqual({
      defaultModel: "demo/a/deep",
      defaultThinkingLevel: "high",
      models: [
        { slug: "demo/plain", name: "Plain", subProvider: "demo", isCustom: false, input: ["text"], thinkingLevels: [], capabilities: { optionDescriptors: [] } },
        { slug: "demo/a/deep", name: "Deep", subProvider: "demo", isCustom: false, isDefault: true, input: ["text", "image"], contextWindow: 10_000, thinkingLevels: ["low", "high"], capabilities: { optionDescriptors: levels("high") } },
      ],
      freshness,
    });
  });

  it.each<[what: string, change: Partial<AgentState>, defaultModel: string | null]>([
    ["has no default level where its default model offers no choice", { model: plain, thinkingLevel: "off" }, "demo/plain"],
    ["has no default level where the agent names none", { model: deep }, "demo/a/deep"],
    ["has no default where the agent has no model", { thinkingLevel: "high" }, null],
    ["has no default that it does not offer", { model: { provider: "demo", id: "hidden" }, thinkingLevel: "high" }, null],
  ])("%s", (_what, change, defaultModel) => {
    const read = catalog({ models: [plain, deep], state: change });
    expect([read.defaultModel, read.models.filter(({ isDefault }) => isDefault === true).map(({ slug }) => slug)]).toEqual([defaultModel, defaultModel === null ? [] : [defaultModel]]);
    expect(read).not.toHaveProperty("defaultThinkingLevel");
  });

  it("names no default level for a model that the agent has not chosen", () => {
    expect(catalog({ models: [plain, deep], state: { model: plain, thinkingLevel: "high" } }).models[1]?.capabilities.optionDescriptors).toEqual(levels());
  });

  it("has each model once, as the agent described it first", () => {
    const { models } = catalog({ models: [plain, deep, { ...plain, name: "Plain again" }] });
    expect(models.map(({ slug, name }) => [slug, name])).toEqual([["demo/plain", "Plain"], ["demo/a/deep", "Deep"]]);
  });

  it("is empty where the agent says so", () => {
    expect(catalog({ models: [] })).toEqual({ defaultModel: null, models: [], freshness });
  });
});

describe("what the user added", () => {
  it("comes after what the agent reports, with all that is known of it: its name", () => {
    const { models } = catalog({ models: [plain], customModels: [{ slug: "mine/a/b", verified: false }] });
    expect(models[1]).toEqual({ slug: "mine/a/b", name: "a/b", subProvider: "mine", isCustom: true, verified: false, input: ["text"], thinkingLevels: [], capabilities: { optionDescriptors: [] } });
  });

  it("is no longer custom once the agent reports it", () => {
    const { models } = catalog({ models: [plain], customModels: [{ slug: "demo/plain", verified: true }] });
    expect(models.map(({ isCustom }) => isCustom)).toEqual([false]);
  });

  it("is no default, even where the agent has chosen it", () => {
    const read = catalog({ models: [plain], state: { model: { provider: "mine", id: "own" } }, customModels: [{ slug: "mine/own", verified: true }] });
    expect([read.defaultModel, read.models[1]?.isDefault]).toEqual([null, undefined]);
  });

  it("is offered by an agent without models of its own, too", () => {
    expect(catalog({ models: [], customModels: [{ slug: "mine/own", verified: true }] }).models.map(({ slug, verified }) => [slug, verified])).toEqual([["mine/own", true]]);
  });
});

describe("a catalog of 5,000 models", () => {
  it("has them all, in the agent's order", () => {
    const many = Array.from({ length: 5_000 }, (_, index): AgentModel => ({ ...deep, id: `m${index}` }));
    const { models } = catalog({ models: many });
    expect(models.map(({ slug }) => slug)).toEqual(many.map(({ id }) => `demo/${id}`));
  });

  it("does not mix up levels that are written alike when put together", () => {
    const alike: readonly AgentModel[] = [{ ...deep, id: "one", thinkingLevels: ["a b", "c"] }, { ...deep, id: "other", thinkingLevels: ["a", "b c"] }];
    expect(catalog({ models: alike }).models.map(({ capabilities }) => capabilities.optionDescriptors[0]?.options.map(({ id }) => id))).toEqual([["a b", "c"], ["a", "b c"]]);
  });
});
