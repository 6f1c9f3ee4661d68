import type { RpcRecord } from "../../../ports/rpc-transport.js";

/** Messages as Pi writes them, reduced to what hosts read. */

const usage = { input: 100, output: 20, cacheRead: 0, cacheWrite: 0, totalTokens: 120, cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, total: 0 } };
/** What Pi reports while an answer is still streaming. */
export const noUsageYet = { ...usage, input: 0, output: 0, totalTokens: 0 };

/** Pi's own time stamps; one constant moment, because nothing may depend on them. */
const timestamp = 1_767_225_600_000;

export type PiContentBlock =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "thinking"; readonly thinking: string }
  | { readonly type: "toolCall"; readonly id: string; readonly name: string; readonly arguments: RpcRecord };

export interface PiAssistantMessage {
  readonly content: readonly PiContentBlock[];
  readonly stopReason: "pending" | "stop" | "length" | "toolUse" | "error" | "aborted";
  readonly errorMessage?: string;
}

export function assistantMessage(message: PiAssistantMessage): RpcRecord {
  const finished = message.stopReason === "stop" || message.stopReason === "toolUse" || message.stopReason === "length";
  return {
    role: "assistant",
    usage: finished ? usage : noUsageYet,
    timestamp,
    ...message,
  };
}

export function userMessage(text: string): RpcRecord {
  return { role: "user", content: [{ type: "text", text }], timestamp };
}

export interface PiToolResult {
  readonly toolCallId: string;
  readonly toolName: string;
  readonly output: string;
  readonly isError: boolean;
}

export function toolEnd({ toolCallId, toolName, output, isError }: PiToolResult): RpcRecord {
  return { type: "tool_execution_end", toolCallId, toolName, result: { content: [{ type: "text", text: output }] }, isError };
}

export function toolResultMessage({ toolCallId, toolName, output, isError }: PiToolResult): RpcRecord {
  return { role: "toolResult", toolCallId, toolName, content: [{ type: "text", text: output }], isError, timestamp };
}
