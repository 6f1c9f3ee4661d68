import * as v from "valibot";
import type { AgentEvent } from "../../ports/agent-messages.js";
import type { RpcRecord } from "../../ports/rpc-transport.js";
import { agentWords } from "./bounded-text.js";
import { decodeGate } from "./decode-gate.js";
import { ignored, unrecognised } from "./unread-records.js";
import { Dialog, Notice } from "./wire.js";

const decoration = new Map(
  ["setStatus", "setWidget", "setTitle", "set_editor_text"].map((method): [string, AgentEvent] => [
    method,
    ignored(`extension_ui_request/${method}`),
  ]),
);

/** What an extension asks of the person in front of the agent: a question, a notice, or decoration of a terminal. Ours asks for approval. */
export function decodeExtensionUi(record: RpcRecord): AgentEvent {
  const gate = decodeGate(record);
  if (gate !== undefined) return gate;
  const { method } = record;
  const shown = method === "notify" ? decodeNotice(record) : decodeDialog(record);
  return shown ?? decoration.get(String(method)) ?? unrecognised(record, method);
}

function decodeNotice(record: RpcRecord): AgentEvent | undefined {
  const parsed = v.safeParse(Notice, record);
  if (!parsed.success) return undefined;
  return { type: "notice", severity: parsed.output.notifyType, text: agentWords(parsed.output.message) };
}

function decodeDialog(record: RpcRecord): AgentEvent | undefined {
  const parsed = v.safeParse(Dialog, record);
  if (!parsed.success) return undefined;
  const { id, method, title, message, options, placeholder, prefill, timeout } = parsed.output;
  return {
    type: "dialog-opened",
    dialogId: id,
    method,
    title,
    ...(message !== undefined && { message }),
    options,
    ...(placeholder !== undefined && { placeholder }),
    ...(prefill !== undefined && { prefill }),
    ...(timeout !== undefined && { timeoutMs: timeout }),
  };
}
