import { describe, expect, it } from "vitest";
import type { Discovery } from "../../../src/domain/inventory/agent-discovery.js";
import { catalogOf } from "../../../src/domain/inventory/model-catalog.js";
import type { AgentModel, AgentState } from "../../../src/ports/agent-messages.js";

const plain: AgentModel = { provider: "demo", id: "plain", name: "Plain", input: ["text"], reasoning: false, thinkingLevels: [] };
const deep: AgentModel = { provider: "demo", id: "a/deep", name: "Deep", input: ["text", "image"], contextWindow: 10_000, reasoning: true, thinkingLevels: ["low", "high"] };
const state: AgentState = { sessionId: "s1", streaming: false, compacting: false, queued: 0, messageCount: 0 };
const readAt = "2026-01-01T00:00:00.000Z";

function catalog(models: readonly AgentModel[], change: Partial<AgentState> = {}): ReturnType<typeof catalogOf> {
  const discovery: Discovery = { version: { major: 1, minor: 0, patch: 0 }, state: { ...state, ...change }, models: { models, rejected: 0 } };
  return catalogOf(discovery, readAt);
}

describe("a catalog", () => {
  it("is the agent's own answer in the host's words", () => {
    expect(catalog([plain, deep], { model: deep, thinkingLevel: "high" })).toEqual({
      defaultModel: "demo/a/deep",
      defaultThinkingLevel: "high",
      models: [
        { slug: "demo/plain", name: "Plain", subProvider: "demo", isCustom: false, input: ["text"], thinkingLevels: [] },
        { slug: "demo/a/deep", name: "Deep", subProvider: "demo", isCustom: false, input: ["text", "image"], contextWindow: 10_000, thinkingLevels: ["low", "high"] },
      ],
      freshness: { readAt, source: "live" },
    });
  });

  it.each<[what: string, change: Partial<AgentState>, defaultModel: string | null]>([
    ["has no default level where its default model offers no choice", { model: plain, thinkingLevel: "off" }, "demo/plain"],
    ["has no default level where the agent names none", { model: deep }, "demo/a/deep"],
    ["has no default where the agent has no model", { thinkingLevel: "high" }, null],
    ["has no default that it does not offer", { model: { provider: "demo", id: "hidden" }, thinkingLevel: "high" }, null],
  ])("%s", (_what, change, defaultModel) => {
    const read = catalog([plain, deep], change);
    expect(read.defaultModel).toBe(defaultModel);
    expect(read).not.toHaveProperty("defaultThinkingLevel");
  });

  it("has each model once", () => {
    expect(catalog([plain, deep, { ...plain, name: "Plain again" }]).models.map(({ slug }) => slug)).toEqual(["demo/plain", "demo/a/deep"]);
  });

  it("is empty where the agent says so", () => {
    expect(catalog([])).toEqual({ defaultModel: null, models: [], freshness: { readAt, source: "live" } });
  });
});
