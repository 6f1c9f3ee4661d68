import { describe, expect, it } from "vitest";
import { addUsage, noUsage, runtimeUsage, usageUpdate } from "../../../src/domain/turn/usage.js";
import type { AgentUsage } from "../../../src/ports/agent-messages.js";

const usage: AgentUsage = { inputTokens: 1, outputTokens: 20, cacheReadTokens: 300, cacheWriteTokens: 4_000, totalTokens: 4_321, costUsd: 0.5 };
const runtime = { inputTokens: 1, outputTokens: 20, cachedInputTokens: 300, cacheWriteTokens: 4_000, totalTokens: 4_321 };

describe("usage", () => {
  it("adds up number by number", () => {
    expect(addUsage(usage, usage)).toEqual({ inputTokens: 2, outputTokens: 40, cacheReadTokens: 600, cacheWriteTokens: 8_000, totalTokens: 8_642, costUsd: 1 });
    expect(addUsage(noUsage, usage)).toEqual(usage);
  });

  it("is told in the host's words", () => {
    expect(runtimeUsage(usage)).toEqual(runtime);
  });

  it.each([
    ["with the context's fill where it is known", { totals: usage, context: { usedTokens: 70, windowTokens: 100 } }, { usedContextTokens: 70, contextWindow: 100 }],
    ["without the fill right after a compaction", { totals: usage, context: { windowTokens: 100 } }, { contextWindow: 100 }],
    ["without a context where nothing is known of it", { totals: usage }, {}],
  ])("of a thread is told %s", (_what, stats, context) => {
    expect(usageUpdate("T1", stats)).toEqual({ type: "thread.token-usage.updated", turnId: "T1", payload: { usage: { totals: runtime, totalCostUsd: 0.5, ...context } } });
  });

  it("of a thread names no turn where there is none", () => {
    expect(usageUpdate(undefined, { totals: usage })).not.toHaveProperty("turnId");
  });
});
