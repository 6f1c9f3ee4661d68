import type { AgentToolAccess, AgentToolKind } from "../../ports/agent-messages.js";
import { oneLine } from "./bounded-text.js";

const kinds: ReadonlyMap<string, AgentToolKind> = new Map([
  ["bash", "command"],
  ["powershell", "command"],
  ["edit", "file-change"],
  ["write", "file-change"],
  // Extensions replace Pi's editing tools by ones of these names.
  ["multiedit", "file-change"],
  ["multi_edit", "file-change"],
  ["patch", "file-change"],
  ["apply_patch", "file-change"],
  ["web_search", "web-search"],
  ["websearch", "web-search"],
]);

/** Pi itself names MCP tools `mcp__<server>__<tool>`; extensions that bridge to MCP use the other two. */
const mcpName = /^mcp(?:__|_|\.)/;

export function toolKind(toolName: string): AgentToolKind {
  if (mcpName.test(toolName)) return "mcp";
  return kinds.get(toolName.toLowerCase()) ?? "other";
}

const readers: ReadonlySet<string> = new Set(["read", "grep", "find", "ls"]);

/** What a call does to the user's things. Pi's own tools are known; what an extension's tool does is known to nobody. */
export function toolAccess(toolName: string): AgentToolAccess {
  if (readers.has(toolName)) return "file-read";
  const kind = toolKind(toolName);
  return kind === "file-change" || kind === "command" ? kind : "other";
}

/** The argument that tells most about a call, most telling first: a search is known by its pattern, not by its folder. */
const tellingArguments = ["command", "pattern", "query", "path", "file_path", "url"] as const;

const summaryLimit = 400;

/** One line that says what a call does, or nothing when its arguments do not tell. */
export function toolSummary(input: Readonly<Record<string, unknown>>): string | undefined {
  for (const name of tellingArguments) {
    const value = input[name];
    if (typeof value !== "string") continue;
    const line = oneLine(value, summaryLimit);
    if (line !== "") return line;
  }
  return undefined;
}
