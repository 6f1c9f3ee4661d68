import type { AgentApprovalQuestion, AgentVerdict } from "../../ports/agent-messages.js";
import type { ProviderErrorInput } from "../../ports/errors.js";
import type { ProviderApprovalDecision } from "../../ports/provider.js";
import type { RuntimeEventDraft } from "../../ports/runtime-event.js";
import { boundedData, headline } from "../turn/bounded-data.js";
import type { Policy } from "./approval-policy.js";

/** A tool call that waits for the user's decision: T3's request. */
export interface OpenApproval {
  readonly requestId: string;
  readonly turnId: string;
  readonly requestType: Exclude<Policy, "pass">;
  readonly question: AgentApprovalQuestion;
}

const detailLimit = 400;

/** As with other questions, ids are counted by session: T3 must never see one twice. */
export function openApproval(
  question: AgentApprovalQuestion,
  owner: { readonly sessionKey: string; readonly count: number; readonly turnId: string; readonly requestType: OpenApproval["requestType"] },
): OpenApproval {
  const { sessionKey, count, turnId, requestType } = owner;
  return { requestId: `${sessionKey}:approval-${count}`, turnId, requestType, question };
}

export function approvalRequested(open: OpenApproval): RuntimeEventDraft {
  const { question } = open;
  const args = { toolName: question.toolName, input: question.input, ...(question.path === undefined ? {} : { path: question.path.resolved }) };
  return { type: "request.opened", requestId: open.requestId, turnId: open.turnId, payload: { requestType: open.requestType, detail: detailOf(question), args: boundedData(args) } };
}

export function approvalResolved(open: OpenApproval, decision: ProviderApprovalDecision): RuntimeEventDraft {
  return { type: "request.resolved", requestId: open.requestId, turnId: open.turnId, payload: { requestType: open.requestType, decision } };
}

export function verdictOf(decision: ProviderApprovalDecision): AgentVerdict {
  return decision === "acceptForSession" ? "accept" : decision;
}

/**
 * What `acceptForSession` accepts again: any change of this file, this tool's reading of this place (to list a folder is not to search
 * all its files), or this tool with this very input. `undefined`: nothing, for nobody could tell that it is the same.
 */
export function grantOf({ access, path, toolName, inputDigest }: AgentApprovalQuestion): string | undefined {
  if (access === "file-change" && path !== undefined) return `${access}:${path.resolved}`;
  if (access === "file-read" && path !== undefined) return `${access}:${toolName}:${path.resolved}`;
  return inputDigest === undefined ? undefined : `${toolName}:${inputDigest}`;
}

/** T3 takes a stale approval card away only when it reads these words. */
export function unknownApproval(threadId: string): ProviderErrorInput {
  return {
    kind: "request",
    code: "request-unknown",
    operation: "respondToRequest",
    threadId,
    detail: "Unknown pending permission request: it was decided already, or what asked for it is gone.",
  };
}

/** One line, never blank. For a file the place that it really is, which its given path need not tell. */
function detailOf({ access, path, summary, toolName }: AgentApprovalQuestion): string {
  const isFile = access === "file-read" || access === "file-change";
  const told = isFile ? (path?.resolved ?? summary) : access === "command" ? summary : [toolName, summary].filter((part) => part !== undefined).join(": ");
  return headline(told ?? "", detailLimit) ?? headline(toolName, detailLimit) ?? "A tool call";
}
