import { describe, expect, it } from "vitest";
import { requestContent, toolContent } from "../../../playground/page/components/chat/tool-content.js";
import type { RequestItem, ToolItem } from "../../../src/app/transcript.js";

const tool = (data: unknown, detail?: string): ToolItem => ({
  type: "tool",
  id: "1",
  ordinal: 0,
  startedAt: "2026-01-01T00:00:00.000Z",
  itemType: "dynamic_tool_call",
  status: "completed",
  ...(data === undefined ? {} : { data }),
  ...(detail === undefined ? {} : { detail }),
});

const request = (args: unknown, detail?: string): RequestItem => ({
  type: "request",
  id: "1",
  ordinal: 0,
  startedAt: "2026-01-01T00:00:00.000Z",
  requestType: "file_change_approval",
  ...(args === undefined ? {} : { args }),
  ...(detail === undefined ? {} : { detail }),
});

describe("what a tool's row shows", () => {
  it.each<[what: string, item: ToolItem, preview: string | undefined]>([
    ["a command, its first line", tool({ item: { input: { command: "ls\npwd" } } }), "ls"],
    ["a file", tool({ item: { input: { content: "x", path: "src/a.ts" } } }), "src/a.ts"],
    ["an input that is text", tool({ item: { input: "find it" } }), "find it"],
    ["the detail of a tool that tells nothing else", tool({ item: { input: { depth: 3 } } }, "Looked around"), "Looked around"],
    ["nothing of nothing", tool(undefined), undefined],
    ["nothing of what cannot be read", tool("junk"), undefined],
  ])("is %s", (_what, item, preview) => {
    expect(toolContent(item).preview).toBe(preview);
  });

  it("holds what went in and what came out, as text", () => {
    expect(toolContent(tool({ item: { input: { a: 1 }, output: "done" } }))).toMatchObject({ input: '{\n  "a": 1\n}', output: "done", diff: undefined });
    expect(toolContent(tool({ item: { input: { command: "ls" } } })).input).toBe("ls");
    expect(toolContent(tool({ item: { input: null, output: "" } }))).toMatchObject({ input: undefined, output: undefined });
  });

  it.each<[what: string, input: unknown]>([
    ["one change", { oldText: "a\nb\n", newText: "c" }],
    ["changes in a list", { path: "x", edits: [{ old_string: "a\nb", new_string: "c" }] }],
  ])("draws %s as lines with their signs", (_what, input) => {
    expect(toolContent(tool({ item: { input } })).diff).toEqual(["- a", "- b", "+ c"]);
  });
});

describe("what somebody decides on", () => {
  it.each<[what: string, item: RequestItem, content: ReturnType<typeof requestContent>]>([
    ["the change of a file", request({ toolName: "edit", input: { path: "x", oldText: "a", newText: "b" } }, "x"), { diff: ["- a", "+ b"], input: undefined }],
    ["what is written into one", request({ input: { path: "x", content: "a" } }, "x"), { diff: undefined, input: '{\n  "path": "x",\n  "content": "a"\n}' }],
    ["nothing more than the command that its line says", request({ input: { command: "ls" } }, "ls"), { diff: undefined, input: undefined }],
    ["the whole of a longer command", request({ input: { command: "ls\nrm x" } }, "ls"), { diff: undefined, input: "ls\nrm x" }],
    ["its line where nothing else can be read", request(undefined, "x"), { diff: undefined, input: undefined }],
  ])("is %s", (_what, item, content) => {
    expect(requestContent(item)).toEqual(content);
  });
});
