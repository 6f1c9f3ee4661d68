import type { RuntimeItemPayload } from "../../ports/runtime-event.js";
import { cutToWidth } from "./cells.js";
import { safeLine } from "./safe-text.js";
import { paint, type TerminalFacts } from "./terminal-facts.js";

export function isTool({ itemType }: RuntimeItemPayload): boolean {
  return itemType !== "assistant_message" && itemType !== "reasoning" && itemType !== "context_compaction";
}

/** What a tool is at: its title and what it works on. */
export function runningTool({ title = "Tool", detail }: RuntimeItemPayload): string {
  return detail === undefined ? safeLine(title) : `${safeLine(title)}: ${safeLine(detail)}`;
}

/** One line for a tool that has ended: whether it worked, what it worked on, what came of it. Only its start tells the second. */
export function completedTool(tool: { readonly started: RuntimeItemPayload | undefined; readonly completed: RuntimeItemPayload; readonly facts: TerminalFacts }): string {
  const { started, completed, facts } = tool;
  const failed = completed.status === "failed" || completed.status === "declined";
  const subject = safeLine(started?.detail ?? "");
  const result = safeLine(completed.detail ?? "");
  const words = [
    // A failure stands in the title already.
    `${safeLine(completed.title ?? "Tool")}${failed ? "" : " done"}`,
    subject === "" ? "" : `: ${subject}`,
    result === "" || result === subject ? "" : ` → ${result}`,
  ].join("");
  const mark = failed ? paint(facts, "red", "✗") : paint(facts, "green", "✓");
  return `${mark} ${cutToWidth(words, facts.columns - 2)}`;
}
