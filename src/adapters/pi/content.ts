import * as v from "valibot";
import type { AgentBlock, AgentUsage } from "../../ports/agent-messages.js";
import { type Content, TextualBlock, type Usage } from "./wire.js";

type WireContent = v.InferOutput<typeof Content>;

export interface MessageBlocks {
  readonly text: readonly AgentBlock[];
  readonly reasoning: readonly AgentBlock[];
}

/** The textual blocks of a message under their index in it, which is the index its deltas carried. */
export function blocksOf(content: WireContent): MessageBlocks {
  if (typeof content === "string") return { text: [{ block: 0, text: content }], reasoning: [] };
  const text: AgentBlock[] = [];
  const reasoning: AgentBlock[] = [];
  for (const [block, value] of content.entries()) {
    const parsed = v.safeParse(TextualBlock, value);
    if (!parsed.success) continue;
    if (parsed.output.type === "text") text.push({ block, text: parsed.output.text });
    else reasoning.push({ block, text: parsed.output.thinking });
  }
  return { text, reasoning };
}

/** All text of a message or a tool's result; its images are left out. */
export function textOf(content: WireContent): string {
  return blocksOf(content)
    .text.map((block) => block.text)
    .join("");
}

export function usageOf(usage: Usage): AgentUsage {
  return {
    inputTokens: usage.input,
    outputTokens: usage.output,
    cacheReadTokens: usage.cacheRead,
    cacheWriteTokens: usage.cacheWrite,
    totalTokens: usage.totalTokens ?? usage.input + usage.output + usage.cacheRead + usage.cacheWrite,
    costUsd: usage.cost.total,
  };
}
