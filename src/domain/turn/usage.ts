import type { AgentSessionStats, AgentUsage } from "../../ports/agent-messages.js";
import type { RuntimeEventDraft, RuntimeTokenUsage } from "../../ports/runtime-event.js";

export const noUsage: AgentUsage = {
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  totalTokens: 0,
  costUsd: 0,
};

export function addUsage(left: AgentUsage, right: AgentUsage): AgentUsage {
  return {
    inputTokens: left.inputTokens + right.inputTokens,
    outputTokens: left.outputTokens + right.outputTokens,
    cacheReadTokens: left.cacheReadTokens + right.cacheReadTokens,
    cacheWriteTokens: left.cacheWriteTokens + right.cacheWriteTokens,
    totalTokens: left.totalTokens + right.totalTokens,
    costUsd: left.costUsd + right.costUsd,
  };
}

export function runtimeUsage(usage: AgentUsage): RuntimeTokenUsage {
  return {
    inputTokens: usage.inputTokens,
    outputTokens: usage.outputTokens,
    cachedInputTokens: usage.cacheReadTokens,
    cacheWriteTokens: usage.cacheWriteTokens,
    totalTokens: usage.totalTokens,
  };
}

/** The thread's own meter: totals of the session and how full the model's context is. */
export function usageUpdate(turnId: string | undefined, stats: AgentSessionStats): RuntimeEventDraft {
  return {
    type: "thread.token-usage.updated",
    ...(turnId === undefined ? {} : { turnId }),
    payload: {
      usage: {
        totals: runtimeUsage(stats.totals),
        totalCostUsd: stats.totals.costUsd,
        ...(stats.context?.usedTokens === undefined ? {} : { usedContextTokens: stats.context.usedTokens }),
        ...(stats.context === undefined ? {} : { contextWindow: stats.context.windowTokens }),
      },
    },
  };
}
