import { describe, expect, it } from "vitest";
import { closeTools, endTool, noToolItems, startTool, type ToolItems } from "../../../src/domain/turn/tool-items.js";
import type { AgentEvent, AgentToolKind } from "../../../src/ports/agent-messages.js";

type Started = Extract<AgentEvent, { type: "tool-started" }>;
type Ended = Extract<AgentEvent, { type: "tool-ended" }>;

function started(change: Partial<Started> = {}): Started {
  return { type: "tool-started", toolCallId: "call-1", toolName: "bash", kind: "command", summary: "ls -l", input: { command: "ls -l" }, ...change };
}

function ended(change: Partial<Ended> = {}): Ended {
  return { type: "tool-ended", toolCallId: "call-1", toolName: "bash", failed: false, output: "total 0\nfile", ...change };
}

const running: ToolItems = startTool(noToolItems("T1"), started()).items;
const address = { turnId: "T1", itemId: "T1:tool-0" };

describe("a tool", () => {
  it("is started and, with its input, updated at once", () => {
    const payload = { itemType: "command_execution", title: "Command run", status: "inProgress", detail: "ls -l" };
    expect(startTool(noToolItems("T1"), started()).drafts).toEqual([
      { type: "item.started", ...address, payload },
      { type: "item.updated", ...address, payload: { ...payload, data: { item: { toolName: "bash", input: { command: "ls -l" } } } } },
    ]);
  });

  it("is completed with the first line of its output", () => {
    const { items, drafts } = endTool(running, ended(), { interrupted: false });
    expect(drafts).toEqual([
      {
        type: "item.completed",
        ...address,
        payload: { itemType: "command_execution", title: "Command run", status: "completed", detail: "total 0", data: { item: { toolName: "bash", output: "total 0\nfile" } } },
      },
    ]);
    expect(items.open).toEqual([]);
  });

  it.each<[what: string, event: Ended, interrupted: boolean, payload: object]>([
    ["says in its title that it failed", ended({ failed: true, output: "no such file" }), false, { title: "Command run failed", status: "failed", detail: "no such file" }],
    ["words a failure that the user caused as an interrupt", ended({ failed: true, output: "aborted" }), true, { title: "Command run interrupted", status: "failed", detail: "Interrupted" }],
    ["is completed as usual if it succeeded in spite of an interrupt", ended(), true, { title: "Command run", status: "completed", detail: "total 0" }],
    ["shows what it did if it printed nothing", ended({ output: " \n" }), false, { detail: "ls -l" }],
  ])("%s", (_what, event, interrupted, payload) => {
    expect(endTool(running, event, { interrupted }).drafts[0]?.payload).toMatchObject(payload);
  });

  it("shows no detail if there is none", () => {
    const { items, drafts } = startTool(noToolItems("T1"), started({ summary: "  \n" }));
    expect(drafts[0]?.payload).not.toHaveProperty("detail");
    expect(endTool(items, ended({ output: "" }), { interrupted: false }).drafts[0]?.payload).not.toHaveProperty("detail");
  });

  it.each<[kind: AgentToolKind, itemType: string, title: string]>([
    ["command", "command_execution", "Command run"],
    ["file-change", "file_change", "File change"],
    ["web-search", "web_search", "Web search"],
    ["image-view", "image_view", "Image view"],
    ["mcp", "mcp_tool_call", "MCP tool call"],
    ["other", "dynamic_tool_call", "bash"],
  ])("of the kind %s is shown as %s with the title %s", (kind, itemType, title) => {
    expect(startTool(noToolItems("T1"), started({ kind })).drafts[0]?.payload).toMatchObject({ itemType, title });
  });

  it("has a title even without a name", () => {
    expect(startTool(noToolItems("T1"), started({ kind: "other", toolName: " " })).drafts[0]?.payload).toMatchObject({ title: "Tool call" });
  });

  it("is started once although its agent says so twice", () => {
    expect(startTool(running, started())).toEqual({ items: running, drafts: [] });
  });

  it("that was never started is not ended", () => {
    expect(endTool(running, ended({ toolCallId: "call-2" }), { interrupted: false })).toEqual({ items: running, drafts: [] });
  });

  it("is ended once although its agent says so twice", () => {
    const { items } = endTool(running, ended(), { interrupted: false });
    expect(endTool(items, ended(), { interrupted: false }).drafts).toEqual([]);
  });

  it("has an item of its own each time its agent uses the same call id again", () => {
    const { items } = endTool(running, ended(), { interrupted: false });
    expect(startTool(items, started()).drafts.map(({ itemId }) => itemId)).toEqual(["T1:tool-1", "T1:tool-1"]);
  });

  it("is cut where its output has no bounds", () => {
    const [draft] = endTool(running, ended({ output: "x".repeat(100_000) }), { interrupted: false }).drafts;
    expect(JSON.stringify(draft).length).toBeLessThan(10_000);
  });
});

describe("the tools that a turn's end leaves open", () => {
  it("are ended in the order of their start, with the reason", () => {
    const { items } = startTool(running, started({ toolCallId: "call-2", kind: "web-search" }));
    const step = closeTools(items, "Interrupted");
    expect(step.drafts).toEqual([
      { type: "item.completed", ...address, payload: { itemType: "command_execution", title: "Command run interrupted", status: "failed", detail: "Interrupted" } },
      { type: "item.completed", turnId: "T1", itemId: "T1:tool-1", payload: { itemType: "web_search", title: "Web search interrupted", status: "failed", detail: "Interrupted" } },
    ]);
    expect(closeTools(step.items, "Interrupted").drafts).toEqual([]);
  });
});
