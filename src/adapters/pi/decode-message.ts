import * as v from "valibot";
import type { AgentEvent, AgentRole, AgentStopReason } from "../../ports/agent-messages.js";
import type { RpcRecord } from "../../ports/rpc-transport.js";
import { agentWords } from "./bounded-text.js";
import { blocksOf, usageOf } from "./content.js";
import { ignored, unrecognised } from "./unread-records.js";
import { type Delta, MessageEnd, MessageStart } from "./wire.js";

const roles: ReadonlyMap<string, AgentRole> = new Map([
  ["user", "user"],
  ["assistant", "assistant"],
  ["toolResult", "tool"],
  ["system", "system"],
]);

const stopReasons: ReadonlyMap<string, AgentStopReason> = new Map([
  ["stop", "stop"],
  ["length", "length"],
  ["toolUse", "tool-use"],
  ["error", "error"],
  ["aborted", "aborted"],
]);

/** Pi's own and its extensions' further roles (summaries, shell output, custom messages) are all "custom" here. */
function roleOf(role: string): AgentRole {
  return roles.get(role) ?? "custom";
}

export function decodeMessageStart(record: RpcRecord): AgentEvent {
  const parsed = v.safeParse(MessageStart, record);
  // Its stop reason is not read: while a message streams, it means nothing.
  return parsed.success ? { type: "message-started", role: roleOf(parsed.output.message.role) } : unrecognised(record);
}

export function decodeMessageEnd(record: RpcRecord): AgentEvent {
  const parsed = v.safeParse(MessageEnd, record);
  if (!parsed.success) return unrecognised(record);
  const { role, content, stopReason, errorMessage, usage, provider, model } = parsed.output.message;
  const failure = agentWords(errorMessage ?? "");
  return {
    type: "message-ended",
    role: roleOf(role),
    ...blocksOf(content),
    stopReason: stopReasons.get(stopReason ?? "") ?? "other",
    ...(failure !== "" && { errorMessage: failure }),
    ...(usage !== undefined && { usage: usageOf(usage) }),
    ...(provider !== undefined && model !== undefined && { model: { provider, id: model } }),
  };
}

/** Beginnings and ends of blocks, and tool calls: the `message_end` and the tool's own records say all of it again. */
const repeatedLater = new Map(
  [
    "text_start",
    "text_end",
    "thinking_start",
    "thinking_end",
    "toolcall_start",
    "toolcall_delta",
    "toolcall_end",
    "start",
    "done",
    "error",
  ].map((subtype): [string, AgentEvent] => [subtype, ignored(`message_update/${subtype}`)]),
);

export function decodeMessageUpdate(record: RpcRecord): AgentEvent {
  const update = record.assistantMessageEvent;
  if (isDelta(update)) {
    return { type: update.type === "text_delta" ? "text-delta" : "reasoning-delta", block: update.contentIndex, delta: update.delta };
  }
  const subtype = typeof update === "object" && update !== null && "type" in update ? update.type : undefined;
  return (typeof subtype === "string" ? repeatedLater.get(subtype) : undefined) ?? unrecognised(record, subtype);
}

/**
 * The {@link Delta} schema by hand, for this one record only: a long answer is ten thousands of them, and the schema takes
 * twenty times as long as this check. A test holds the two together.
 */
export function isDelta(value: unknown): value is Delta {
  return (
    typeof value === "object" &&
    value !== null &&
    "type" in value &&
    (value.type === "text_delta" || value.type === "thinking_delta") &&
    "contentIndex" in value &&
    Number.isSafeInteger(value.contentIndex) &&
    Number(value.contentIndex) >= 0 &&
    "delta" in value &&
    typeof value.delta === "string"
  );
}
