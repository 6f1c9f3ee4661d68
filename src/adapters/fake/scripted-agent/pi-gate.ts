import type { RpcRecord } from "../../../ports/rpc-transport.js";
import { gateAccept, gateDecline, gateMark } from "../../pi/gate-words.js";

/** What Pi says with our extension loaded, the gate: the words are the extension's own. */

export function gateAnnounced(sessionId: string): RpcRecord {
  return gateFact({ session: sessionId });
}

export const gateWithdrawn: RpcRecord = gateFact({ gone: true });

export interface GatedCall {
  readonly toolCallId: string;
  readonly toolName: string;
  readonly input: RpcRecord;
}

/** The question about a call, as a dialog. A path counts as the project's unless it is absolute or leads upwards. */
export function gateQuestion({ toolCallId, toolName, input }: GatedCall): RpcRecord & { readonly id: string } {
  const { path } = input;
  const place = typeof path === "string" && pathTools.has(toolName) ? { path: { resolved: path.startsWith("/") ? path : `/project/${path}`, inside: !/^(?:\/|\.\.)/.test(path) } } : {};
  const question = { toolCallId, toolName, digest: JSON.stringify(input), ...place, input };
  return { id: `gate:${toolCallId}`, method: "select", title: `${gateMark}\n${JSON.stringify(question)}`, options: [gateAccept, gateDecline] };
}

export function isAccepted(answer: RpcRecord): boolean {
  return answer.value === gateAccept;
}

const pathTools: ReadonlySet<string> = new Set(["read", "edit", "write", "grep", "find", "ls"]);

function gateFact(fact: RpcRecord): RpcRecord {
  return { type: "extension_ui_request", id: "gate:fact", method: "setStatus", statusKey: gateMark, statusText: JSON.stringify(fact) };
}
