import * as v from "valibot";
import type { AgentEvent } from "../../ports/agent-messages.js";
import type { RpcRecord } from "../../ports/rpc-transport.js";
import { parseJson } from "./parse-json.js";
import { gateMark } from "./gate-words.js";
import { toolAccess, toolSummary } from "./tools.js";
import { GateFact, GateQuestion } from "./wire.js";

/** What the gate says, among all that extensions ask and show. `undefined`: somebody else said it. */
export function decodeGate(record: RpcRecord): AgentEvent | undefined {
  const { method, title, statusKey } = record;
  if (method === "select" && typeof title === "string" && title.startsWith(`${gateMark}\n`)) return decodeQuestion(record, title.slice(gateMark.length));
  return method === "setStatus" && statusKey === gateMark ? decodeFact(record) : undefined;
}

/** A question that cannot be read is still one, and blocks the agent until it is answered. */
function decodeQuestion({ id }: RpcRecord, text: string): AgentEvent | undefined {
  if (typeof id !== "string" || id === "") return undefined;
  const { toolCallId, toolName, digest, path, input } = v.parse(GateQuestion, parseJson(text));
  const summary = toolSummary(input);
  return {
    type: "approval-asked",
    questionId: id,
    toolCallId,
    toolName,
    access: toolAccess(toolName),
    ...(summary !== undefined && { summary }),
    input,
    ...(digest !== undefined && { inputDigest: digest }),
    ...(path !== undefined && { path }),
  };
}

function decodeFact({ statusText }: RpcRecord): AgentEvent {
  const fact = v.parse(GateFact, typeof statusText === "string" ? parseJson(statusText) : undefined);
  if (fact.refused !== undefined) return { type: "tool-refused", toolCallId: fact.refused };
  return fact.session === undefined ? { type: "gate-withdrawn" } : { type: "gate-announced", sessionId: fact.session };
}
