import * as v from "valibot";
import type { AgentEvent } from "../../ports/agent-messages.js";
import type { RpcRecord } from "../../ports/rpc-transport.js";
import { agentWords } from "./bounded-text.js";
import { decodeExtensionUi } from "./decode-extension-ui.js";
import { decodeMessageEnd, decodeMessageStart, decodeMessageUpdate } from "./decode-message.js";
import { decodeToolEnd, decodeToolStart, decodeToolUpdate } from "./decode-tool.js";
import { refusalWords } from "./refusals.js";
import { ignored, unrecognised } from "./unread-records.js";
import * as wire from "./wire.js";

type Decoder = (record: RpcRecord) => AgentEvent;

/** A decoder that checks the schema of its record first. */
function reading<S extends v.GenericSchema>(schema: S, toEvent: (fields: v.InferOutput<S>) => AgentEvent): Decoder {
  return (record) => {
    const parsed = v.safeParse(schema, record);
    return parsed.success ? toEvent(parsed.output) : unrecognised(record);
  };
}

/** A decoder of a record without fields. */
function always(event: AgentEvent): Decoder {
  return () => event;
}

const decoders: ReadonlyMap<string, Decoder> = new Map([
  ["message_update", decodeMessageUpdate],
  ["message_start", decodeMessageStart],
  ["message_end", decodeMessageEnd],
  ["tool_execution_start", decodeToolStart],
  ["tool_execution_update", decodeToolUpdate],
  ["tool_execution_end", decodeToolEnd],
  ["agent_start", always({ type: "run-started" })],
  ["agent_end", reading(wire.AgentEnd, ({ willRetry }) => ({ type: "run-ended", willRetry }))],
  ["agent_settled", reading(wire.AgentSettled, ({ aborted }) => ({ type: "settled", aborted }))],
  ["turn_start", always({ type: "step-started" })],
  ["turn_end", always({ type: "step-ended" })],
  [
    "queue_update",
    reading(wire.QueueUpdate, ({ steering, followUp }) => ({ type: "queue-changed", queued: steering.length + followUp.length })),
  ],
  ["compaction_start", reading(wire.CompactionStart, ({ reason }) => ({ type: "compaction-started", reason }))],
  ["compaction_end", reading(wire.CompactionEnd, compactionEnded)],
  ["auto_retry_start", reading(wire.RetryStart, (retry) => ({ type: "retry-started", ...retry, errorMessage: agentWords(retry.errorMessage) }))],
  ["auto_retry_end", reading(wire.RetryEnd, retryEnded)],
  ["thinking_level_changed", reading(wire.ThinkingLevelChanged, ({ level }) => ({ type: "thinking-level-changed", level }))],
  ["session_info_changed", reading(wire.SessionInfoChanged, ({ name }) => ({ type: "session-named", ...(name !== undefined && { name }) }))],
  ["extension_error", reading(wire.ExtensionError, extensionFailed)],
  ["extension_ui_request", decodeExtensionUi],
  ["response", reading(wire.Response, strayReply)],
  // What is kept for the agent's own files, and commands that this library never sends.
  ["entry_appended", always(ignored("entry_appended"))],
  ["bash_execution_update", always(ignored("bash_execution_update"))],
  // Retries inside a compaction: its own start and end say what there is to say.
  ["summarization_retry_scheduled", always(ignored("summarization_retry_scheduled"))],
  ["summarization_retry_attempt_start", always(ignored("summarization_retry_attempt_start"))],
  ["summarization_retry_finished", always(ignored("summarization_retry_finished"))],
]);

/** Reads any record that answers no pending request. Never throws. */
export function decodeEvent(record: RpcRecord): AgentEvent {
  const decode = typeof record.type === "string" ? decoders.get(record.type) : undefined;
  return decode === undefined ? unrecognised(record) : decode(record);
}

function compactionEnded(end: v.InferOutput<typeof wire.CompactionEnd>): AgentEvent {
  const { tokensBefore, estimatedTokensAfter } = end.result;
  const failure = agentWords(end.errorMessage ?? "");
  return {
    type: "compaction-ended",
    reason: end.reason,
    willContinue: end.willRetry,
    aborted: end.aborted,
    ...(tokensBefore !== undefined && { tokensBefore }),
    ...(estimatedTokensAfter !== undefined && { tokensAfter: estimatedTokensAfter }),
    ...(failure !== "" && { errorMessage: failure }),
  };
}

function retryEnded(end: v.InferOutput<typeof wire.RetryEnd>): AgentEvent {
  const failure = agentWords(end.finalError ?? "");
  return { type: "retry-ended", success: end.success, ...(failure !== "" && { errorMessage: failure }) };
}

/** Only the last segment of the extension's path: where a user keeps it is nobody's business. */
function extensionFailed(error: v.InferOutput<typeof wire.ExtensionError>): AgentEvent {
  return { type: "extension-failed", extension: error.extensionPath.split(/[\\/]/).at(-1) ?? "", event: error.event };
}

function strayReply(reply: v.InferOutput<typeof wire.Response>): AgentEvent {
  return {
    type: "stray-reply",
    ...(reply.id !== undefined && { requestId: reply.id }),
    ...(reply.command !== undefined && { command: reply.command }),
    ...(!reply.success && { refusal: refusalWords(reply.error) }),
  };
}
