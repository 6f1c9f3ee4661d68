import * as v from "valibot";
import type { AgentEvent } from "../../ports/agent-messages.js";
import type { RpcRecord } from "../../ports/rpc-transport.js";
import { excerpt } from "./bounded-text.js";
import { textOf, blocksOf } from "./content.js";
import { toolKind, toolSummary } from "./tools.js";
import { unrecognised } from "./unread-records.js";
import { ToolEnd, ToolStart, ToolUpdate } from "./wire.js";

/**
 * 16 Ki characters of a tool's output are kept: most of them from its end, where a command says how it went, and enough of its
 * beginning to see what it is.
 */
export const toolOutputSize = { head: 4096, tail: 12_288 } as const;

export function decodeToolStart(record: RpcRecord): AgentEvent {
  const parsed = v.safeParse(ToolStart, record);
  if (!parsed.success) return unrecognised(record);
  const { toolCallId, toolName, args } = parsed.output;
  const summary = toolSummary(args);
  return { type: "tool-started", toolCallId, toolName, kind: toolKind(toolName), ...(summary !== undefined && { summary }), input: args };
}

export function decodeToolUpdate(record: RpcRecord): AgentEvent {
  const parsed = v.safeParse(ToolUpdate, record);
  if (!parsed.success) return unrecognised(record);
  const { toolCallId, partialResult } = parsed.output;
  const outputBytes = blocksOf(partialResult.content).text.reduce((bytes, block) => bytes + Buffer.byteLength(block.text), 0);
  return { type: "tool-progressed", toolCallId, outputBytes };
}

export function decodeToolEnd(record: RpcRecord): AgentEvent {
  const parsed = v.safeParse(ToolEnd, record);
  if (!parsed.success) return unrecognised(record);
  const { toolCallId, toolName, result, isError } = parsed.output;
  return { type: "tool-ended", toolCallId, toolName, failed: isError, output: excerpt(textOf(result.content), toolOutputSize) };
}
