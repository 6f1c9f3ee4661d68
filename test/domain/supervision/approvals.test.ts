import { describe, expect, it } from "vitest";
import { approvalRequested, approvalResolved, grantOf, openApproval, unknownApproval, verdictOf } from "../../../src/domain/supervision/approvals.js";
import type { AgentApprovalQuestion } from "../../../src/ports/agent-messages.js";

const command: AgentApprovalQuestion = { type: "approval-asked", questionId: "q1", toolCallId: "c1", toolName: "bash", access: "command", summary: "ls", input: { command: "ls" }, inputDigest: "d1" };
const edit: AgentApprovalQuestion = { ...command, toolName: "edit", access: "file-change", summary: "src/../a.ts", input: { path: "src/../a.ts" }, path: { resolved: "/project/a.ts", inside: true } };
const reading: AgentApprovalQuestion = { ...command, toolName: "read", access: "file-read", summary: "/other", input: { path: "/other" }, path: { resolved: "/other", inside: false } };

function opened(question: AgentApprovalQuestion): { readonly detail?: string; readonly args?: unknown } {
  const draft = approvalRequested(openApproval(question, { sessionKey: "key", count: 3, turnId: "t1", requestType: "command_execution_approval" }));
  if (draft.type !== "request.opened") throw new Error("No request was opened.");
  return draft.payload;
}

describe("a request for approval", () => {
  it("has an id that no other session and no other call has", () => {
    const open = openApproval(command, { sessionKey: "key", count: 3, turnId: "t1", requestType: "command_execution_approval" });
    expect(approvalRequested(open)).toEqual({
      type: "request.opened",
      requestId: "key:approval-3",
      turnId: "t1",
      payload: { requestType: "command_execution_approval", detail: "ls", args: { toolName: "bash", input: { command: "ls" } } },
    });
    expect(approvalResolved(open, "decline")).toEqual({ type: "request.resolved", requestId: "key:approval-3", turnId: "t1", payload: { requestType: "command_execution_approval", decision: "decline" } });
  });

  it.each<[what: string, question: AgentApprovalQuestion, detail: string]>([
    ["a command", command, "ls"],
    ["a file's real place, not the one that was given", edit, "/project/a.ts"],
    ["what is known of a file whose place is not", { ...edit, path: undefined } as unknown as AgentApprovalQuestion, "src/../a.ts"],
    ["a tool by its name and what tells most of its input", { ...command, access: "other", toolName: "deploy" }, "deploy: ls"],
    ["a tool that tells nothing", { ...command, access: "other", toolName: "deploy", summary: undefined } as unknown as AgentApprovalQuestion, "deploy"],
    ["a command that is blank", { ...command, summary: " \n " }, "bash"],
    ["a call that tells nothing at all", { ...command, toolName: " ", summary: "" }, "A tool call"],
    ["one line of many", { ...command, summary: "\n\nfirst\nsecond" }, "first"],
  ])("shows %s", (_what, question, detail) => {
    expect(opened(question).detail).toBe(detail);
  });

  it("carries a bounded input and the place that is meant", () => {
    expect(opened(edit).args).toEqual({ toolName: "edit", input: { path: "src/../a.ts" }, path: "/project/a.ts" });
    const { detail, args } = opened({ ...command, summary: "x".repeat(9_000), input: { command: "y".repeat(90_000), more: Array.from({ length: 900 }, () => "z".repeat(900)) } });
    expect(detail).toHaveLength(400);
    expect(JSON.stringify(args).length).toBeLessThan(40_000);
  });
});

describe("a decision", () => {
  it("accepts, or it does not", () => {
    expect((["accept", "acceptForSession", "decline", "cancel"] as const).map(verdictOf)).toEqual(["accept", "accept", "decline", "cancel"]);
  });

  it.each<[what: string, one: AgentApprovalQuestion, other: AgentApprovalQuestion, same: boolean]>([
    ["the same command again", command, { ...command, questionId: "q2", toolCallId: "c2" }, true],
    ["another command", command, { ...command, inputDigest: "d2" }, false],
    ["the same input of another tool", command, { ...command, toolName: "deploy", access: "other" }, false],
    ["another edit of the same file", edit, { ...edit, toolName: "write", inputDigest: "d2" }, true],
    ["reading what may be edited", edit, { ...edit, toolName: "read", access: "file-read" }, false],
    ["the same file read again, other lines of it", reading, { ...reading, inputDigest: "d2" }, true],
    // Who lets a folder be listed does not let all its files be searched.
    ["another way of reading the same place", { ...reading, toolName: "ls" }, { ...reading, toolName: "grep" }, false],
    ["an edit of another file", edit, { ...edit, path: { resolved: "/project/b.ts", inside: true } }, false],
  ])("for the session covers: %s: %s", (_what, one, other, same) => {
    expect(grantOf(one) === grantOf(other)).toBe(same);
  });

  it("for the session covers nothing of which nobody knows what it was", () => {
    const { inputDigest: _unknown, ...blind } = command;
    expect(grantOf(blind)).toBeUndefined();
  });

  it("that comes too late is refused with the words that take T3's card away", () => {
    expect(unknownApproval("t1")).toMatchObject({ kind: "request", code: "request-unknown", threadId: "t1", detail: expect.stringContaining("Unknown pending permission request") });
  });
});
