import type { AgentEvent, AgentToolKind } from "../../ports/agent-messages.js";
import type { CanonicalToolItemType, RuntimeEventDraft, RuntimeItemPayload } from "../../ports/runtime-event.js";
import { boundedData, cutText, headline, lastLine } from "./bounded-data.js";

/**
 * The tools of a turn. Each is started once, updated once (the update is the only event whose `data` T3 keeps, so it carries the
 * input right away) and completed once.
 */
export interface ToolItems {
  readonly turnId: string;
  readonly started: number;
  readonly open: readonly OpenTool[];
}

interface OpenTool {
  readonly itemId: string;
  readonly toolCallId: string;
  readonly toolName: string;
  readonly itemType: CanonicalToolItemType;
  readonly title: string;
  readonly summary: string | undefined;
  /** The user did not let it run. */
  readonly declined?: true;
}

export interface ToolItemsStep {
  readonly items: ToolItems;
  readonly drafts: readonly RuntimeEventDraft[];
}

type ToolStarted = Extract<AgentEvent, { type: "tool-started" }>;
type ToolEnded = Extract<AgentEvent, { type: "tool-ended" }>;

const detailLimit = 400;
const outputLimit = 4_000;

const presentation: Readonly<Record<AgentToolKind, { readonly itemType: CanonicalToolItemType; readonly title?: string }>> = {
  command: { itemType: "command_execution", title: "Command run" },
  "file-change": { itemType: "file_change", title: "File change" },
  "web-search": { itemType: "web_search", title: "Web search" },
  "image-view": { itemType: "image_view", title: "Image view" },
  mcp: { itemType: "mcp_tool_call", title: "MCP tool call" },
  other: { itemType: "dynamic_tool_call" },
};

export function noToolItems(turnId: string): ToolItems {
  return { turnId, started: 0, open: [] };
}

export function startTool(items: ToolItems, event: ToolStarted): ToolItemsStep {
  if (items.open.some((tool) => tool.toolCallId === event.toolCallId)) return { items, drafts: [] };
  const { itemType, title } = presentation[event.kind];
  const tool: OpenTool = {
    itemId: `${items.turnId}:tool-${items.started}`,
    toolCallId: event.toolCallId,
    toolName: event.toolName,
    itemType,
    title: title ?? headline(event.toolName, 100) ?? "Tool call",
    summary: event.summary === undefined ? undefined : headline(event.summary, detailLimit),
  };
  const payload: RuntimeItemPayload = { ...basePayload(tool), status: "inProgress", ...(tool.summary === undefined ? {} : { detail: tool.summary }) };
  const data = { item: { toolName: event.toolName, input: boundedData(event.input) } };
  return {
    items: { ...items, started: items.started + 1, open: [...items.open, tool] },
    drafts: [draft(items, tool, "item.started", payload), draft(items, tool, "item.updated", { ...payload, data })],
  };
}

export function isToolOpen(items: ToolItems, toolCallId: string): boolean {
  return items.open.some((tool) => tool.toolCallId === toolCallId);
}

/** Its end will say that it was declined. */
export function declineTool(items: ToolItems, toolCallId: string): ToolItems {
  return { ...items, open: items.open.map((tool) => (tool.toolCallId === toolCallId ? { ...tool, declined: true } : tool)) };
}

/** `interrupted` words a failure the user caused as an interrupt, not as the tool's fault. */
export function endTool(items: ToolItems, event: ToolEnded, options: { readonly interrupted: boolean }): ToolItemsStep {
  const tool = items.open.find((candidate) => candidate.toolCallId === event.toolCallId);
  if (tool === undefined) return { items, drafts: [] };
  if (tool.declined === true && event.failed) return { items: { ...items, open: items.open.filter((candidate) => candidate !== tool) }, drafts: [draft(items, tool, "item.completed", declinedPayload(tool))] };
  const detail = event.failed && options.interrupted ? "Interrupted" : ((event.failed ? lastLine(event.output, detailLimit) : headline(event.output, detailLimit)) ?? tool.summary);
  const payload: RuntimeItemPayload = {
    ...basePayload(tool),
    // T3 drops the status of a completed tool, so the failure has to be readable in the title too.
    ...(event.failed ? { title: `${tool.title} ${options.interrupted ? "interrupted" : "failed"}` } : {}),
    status: event.failed ? "failed" : "completed",
    ...(detail === undefined ? {} : { detail }),
    data: { item: { toolName: tool.toolName, output: cutText(event.output, outputLimit) } },
  };
  return { items: { ...items, open: items.open.filter((candidate) => candidate !== tool) }, drafts: [draft(items, tool, "item.completed", payload)] };
}

/** Ends every tool that is still open, because its turn ends now. */
export function closeTools(items: ToolItems, reason: string): ToolItemsStep {
  const drafts = items.open.map((tool) =>
    draft(items, tool, "item.completed", { ...basePayload(tool), title: `${tool.title} interrupted`, status: "failed", detail: reason }),
  );
  return { items: { ...items, open: [] }, drafts };
}

function declinedPayload(tool: OpenTool): RuntimeItemPayload {
  return { ...basePayload(tool), title: `${tool.title} declined`, status: "declined", ...(tool.summary === undefined ? {} : { detail: tool.summary }) };
}

function basePayload(tool: OpenTool): { readonly itemType: CanonicalToolItemType; readonly title: string } {
  return { itemType: tool.itemType, title: tool.title };
}

function draft(items: ToolItems, tool: OpenTool, type: "item.started" | "item.updated" | "item.completed", payload: RuntimeItemPayload): RuntimeEventDraft {
  return { type, turnId: items.turnId, itemId: tool.itemId, payload };
}
