import type { CanonicalItemType, CanonicalRequestType, ProviderRuntimeEvent, RuntimeItemPayload } from "../../../ports/runtime-event.js";
import type { StoredActivity } from "./stored-thread.js";

/** What T3 calls a request that a user can decide; of another type, no card is shown for it. */
export type RequestKind = "command" | "file-read" | "file-change";

type ActivityContent = Pick<StoredActivity, "kind" | "tone" | "summary" | "payload">;

const toolItemTypes: ReadonlySet<CanonicalItemType> = new Set(["command_execution", "file_change", "mcp_tool_call", "dynamic_tool_call", "web_search", "image_view"]);

const requestKinds: ReadonlyMap<string, RequestKind> = new Map<CanonicalRequestType, RequestKind>([
  ["command_execution_approval", "command"],
  ["exec_command_approval", "command"],
  ["file_read_approval", "file-read"],
  ["file_change_approval", "file-change"],
  ["apply_patch_approval", "file-change"],
]);

/** The activity that T3 makes of an event; of most it makes none (host-contract D.4). */
export function activityOf(event: ProviderRuntimeEvent): StoredActivity | undefined {
  const content = contentOf(event);
  if (content === undefined) return undefined;
  return { activityId: event.eventId, turnId: event.turnId ?? null, createdAt: event.createdAt, ...content };
}

function contentOf(event: ProviderRuntimeEvent): ActivityContent | undefined {
  const { requestId } = event;
  switch (event.type) {
    case "item.started":
    case "item.updated":
    case "item.completed":
      return toolItemTypes.has(event.payload.itemType) ? toolContent(event.type, event.payload) : undefined;
    case "request.opened": {
      const { requestType, detail } = event.payload;
      return { kind: "approval.requested", tone: "approval", summary: "Approval requested", payload: { requestId, requestType, requestKind: requestKinds.get(requestType), detail: cut(detail) } };
    }
    case "request.resolved": {
      const { requestType, decision } = event.payload;
      return { kind: "approval.resolved", tone: "approval", summary: "Approval resolved", payload: { requestId, requestType, decision } };
    }
    case "user-input.requested":
      return { kind: "user-input.requested", tone: "info", summary: "User input requested", payload: { requestId, questions: event.payload.questions } };
    case "user-input.resolved":
      return { kind: "user-input.resolved", tone: "info", summary: "User input submitted", payload: { requestId, answers: event.payload.answers } };
    case "runtime.warning":
      return { kind: "runtime.warning", tone: "info", summary: "Runtime warning", payload: { message: cut(event.payload.message), detail: event.payload.detail } };
    case "runtime.error":
      return { kind: "runtime.error", tone: "error", summary: "Runtime error", payload: { message: cut(event.payload.message) } };
    default:
      return undefined;
  }
}

/** Only an update keeps its data and its status: a tool that failed looks complete. */
function toolContent(type: "item.started" | "item.updated" | "item.completed", { itemType, title, detail, status, data }: RuntimeItemPayload): ActivityContent {
  const payload = { itemType, detail: cut(detail) };
  if (type === "item.started") return { kind: "tool.started", tone: "tool", summary: `${title ?? "Tool"} started`, payload };
  if (type === "item.completed") return { kind: "tool.completed", tone: "tool", summary: `${title ?? "Tool"} complete`, payload };
  return { kind: "tool.updated", tone: "tool", summary: title ?? "Tool updated", payload: { ...payload, status, data } };
}

const maxDetail = 180;

function cut(text: string | undefined): string | undefined {
  return text === undefined || text.length <= maxDetail ? text : `${text.slice(0, maxDetail - 3)}...`;
}
