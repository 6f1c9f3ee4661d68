import type { AgentApprovalQuestion, AgentToolAccess } from "../../ports/agent-messages.js";
import type { RuntimeMode } from "../../ports/provider.js";
import type { CanonicalRequestType } from "../../ports/runtime-event.js";

/**
 * Who decides on a tool call: `pass` lets it through unasked, anything else is the kind of approval that the user is asked for.
 *
 * |               | approval-required        | auto-accept-edits        | full-access |
 * | ------------- | ------------------------ | ------------------------ | ----------- |
 * | reads inside  | pass                     | pass                     | pass        |
 * | reads outside | file read                | file read                | pass        |
 * | edits inside  | file change              | pass                     | pass        |
 * | edits outside | file change              | file change              | pass        |
 * | the rest      | command                  | command                  | pass        |
 *
 * Inside is the project's folder. A path that is not known lies outside, and so does, for an edit, what runs by itself once it is changed.
 */
export type Policy = "pass" | Extract<CanonicalRequestType, "command_execution_approval" | "file_read_approval" | "file_change_approval">;

export function policyOf(mode: RuntimeMode, { access, path }: Pick<AgentApprovalQuestion, "access" | "path">): Policy {
  if (mode === "full-access") return "pass";
  const isInside = path?.inside === true;
  if (isInside && (access === "file-read" || (access === "file-change" && mode === "auto-accept-edits"))) return "pass";
  return approvals[access];
}

/** T3 shows a card for few kinds of approval. A tool that nobody knows may run anything, so it is asked for as a command is. */
const approvals: Readonly<Record<AgentToolAccess, Exclude<Policy, "pass">>> = {
  "file-read": "file_read_approval",
  "file-change": "file_change_approval",
  command: "command_execution_approval",
  other: "command_execution_approval",
};

export function isSupervised(mode: RuntimeMode): boolean {
  return mode !== "full-access";
}
