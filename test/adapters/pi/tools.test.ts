import { describe, expect, it } from "vitest";
import { toolAccess, toolKind, toolSummary } from "../../../src/adapters/pi/tools.js";

describe("toolKind", () => {
  it.each([
    ["bash", "command"],
    ["powershell", "command"],
    ["edit", "file-change"],
    ["write", "file-change"],
    ["MultiEdit", "file-change"],
    ["apply_patch", "file-change"],
    ["mcp__github__create_issue", "mcp"],
    ["mcp_github_create_issue", "mcp"],
    ["mcp.github", "mcp"],
    ["web_search", "web-search"],
    ["read", "other"],
    ["mcpify", "other"],
    ["bashful", "other"],
    ["constructor", "other"],
    ["", "other"],
  ])("takes %s for %s", (name, kind) => {
    expect(toolKind(name)).toBe(kind);
  });
});

describe("toolAccess", () => {
  it.each([
    ["read", "file-read"],
    ["grep", "file-read"],
    ["find", "file-read"],
    ["ls", "file-read"],
    ["edit", "file-change"],
    ["apply_patch", "file-change"],
    ["bash", "command"],
    ["powershell", "command"],
    // Names that promise little do not count for it: an extension's tool may do anything.
    ["Read", "other"],
    ["web_search", "other"],
    ["mcp__files__read", "other"],
    ["constructor", "other"],
    ["", "other"],
  ])("takes %s for %s", (name, access) => {
    expect(toolAccess(name)).toBe(access);
  });
});

describe("toolSummary", () => {
  it.each([
    [{ command: "echo  a\n\techo b\u001b[1m" }, "echo a echo b [1m"],
    [{ path: "src/x.ts", content: "…" }, "src/x.ts"],
    [{ pattern: "TODO", path: "src" }, "TODO"],
    [{ query: "weather" }, "weather"],
    [{ command: "   ", path: "x" }, "x"],
    [{ command: 7 }, undefined],
    [{ edits: [] }, undefined],
    [{}, undefined],
  ])("tells of %j: %s", (input, summary) => {
    expect(toolSummary(input)).toBe(summary);
  });

  it("stays on one bounded line of whole characters", () => {
    const summary = toolSummary({ command: `${"x".repeat(398)}😀😀 ${"y".repeat(100_000)}` })!;
    expect(summary).toBe(`${"x".repeat(398)}…`);
    expect(toolSummary({ command: "word\n".repeat(1000) })).toHaveLength(400);
  });
});
