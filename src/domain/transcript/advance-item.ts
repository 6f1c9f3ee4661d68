import type { ProviderRuntimeEvent } from "../../ports/runtime-event.js";
import { mergedData } from "./merged-data.js";
import type { AssistantMessageItem, ItemPlace, ReasoningItem, TranscriptItem } from "./transcript-item.js";

/** Events that begin an item, carry it on or end it. */
export type ItemEvent = Extract<
  ProviderRuntimeEvent,
  {
    type:
      | "content.delta"
      | "item.started"
      | "item.updated"
      | "item.completed"
      | "request.opened"
      | "request.resolved"
      | "user-input.requested"
      | "user-input.resolved"
      | "runtime.warning"
      | "runtime.error"
      | "thread.state.changed";
  }
>;

/** The id of the item that an event is about. What comes alone, as a warning does, goes by its event's. */
export function itemIdOf(event: ItemEvent): string {
  switch (event.type) {
    case "content.delta":
    case "item.started":
    case "item.updated":
    case "item.completed":
      return event.itemId ?? event.eventId;
    case "request.opened":
    case "request.resolved":
    case "user-input.requested":
    case "user-input.resolved":
      return event.requestId ?? event.eventId;
    default:
      return event.eventId;
  }
}

/** A new item; `undefined` where the event begins none. */
export function beginItem(event: ItemEvent, place: ItemPlace): TranscriptItem | undefined {
  const base = { id: itemIdOf(event), ...place, startedAt: event.createdAt };
  switch (event.type) {
    case "content.delta":
      return advanceItem({ ...base, type: event.payload.streamKind === "assistant_text" ? "assistant-message" : "reasoning", text: "", streaming: true }, event);
    case "item.started":
    case "item.updated":
    case "item.completed":
      return advanceItem(blankItem(base, event.payload.itemType), event);
    case "request.opened":
      return { ...base, type: "request", ...event.payload };
    case "user-input.requested":
      return { ...base, type: "question", questions: event.payload.questions };
    case "runtime.warning":
      return { ...base, type: "notice", severity: "warning", message: event.payload.message, completedAt: event.createdAt };
    case "runtime.error": {
      const { message, class: errorClass } = event.payload;
      return { ...base, type: "notice", severity: "error", message, ...(errorClass === undefined ? {} : { class: errorClass }), completedAt: event.createdAt };
    }
    case "thread.state.changed": {
      const { state, detail } = event.payload;
      if (state !== "compacted") return undefined;
      return { ...base, type: "compaction", status: "completed", ...(detail === undefined ? {} : { detail }), completedAt: event.createdAt };
    }
    // Nobody asked what this resolves.
    case "request.resolved":
    case "user-input.resolved":
      return undefined;
  }
}

/** The item after an event that is about it; the same object where it tells nothing new. */
export function advanceItem(item: TranscriptItem, event: ItemEvent): TranscriptItem {
  switch (item.type) {
    case "assistant-message":
    case "reasoning":
      return advanceText(item, event);
    case "tool":
    case "compaction":
      return event.type === "item.started" || event.type === "item.updated" || event.type === "item.completed" ? advanceWork(item, event) : item;
    case "request": {
      if (event.type !== "request.resolved") return item;
      const { decision } = event.payload;
      return { ...item, ...(decision === undefined ? {} : { decision }), completedAt: event.createdAt };
    }
    case "question":
      return event.type === "user-input.resolved" ? { ...item, answers: event.payload.answers, completedAt: event.createdAt } : item;
    case "notice":
      return item;
  }
}

/** What is still open when its turn ends will not be completed any more. */
export function closeItem(item: TranscriptItem, completedAt: string): TranscriptItem {
  switch (item.type) {
    case "assistant-message":
    case "reasoning":
      return { ...item, streaming: false, completedAt };
    case "tool":
    case "compaction":
      return { ...item, status: "failed", completedAt };
    default:
      return { ...item, completedAt };
  }
}

type ItemStation = Extract<ItemEvent, { type: "item.started" | "item.updated" | "item.completed" }>;
type WorkItem = Extract<TranscriptItem, { type: "tool" | "compaction" }>;
type ItemType = ItemStation["payload"]["itemType"];

function blankItem(base: Pick<TranscriptItem, "id" | "turnId" | "ordinal" | "startedAt">, itemType: ItemType): TranscriptItem {
  switch (itemType) {
    case "assistant_message":
      return { ...base, type: "assistant-message", text: "", streaming: true };
    case "reasoning":
      return { ...base, type: "reasoning", text: "", streaming: true };
    case "context_compaction":
      return { ...base, type: "compaction", status: "inProgress" };
    default:
      return { ...base, type: "tool", itemType, status: "inProgress" };
  }
}

/** What was streamed stands; only a message of which nothing was streamed takes its text from its end, as in T3. */
function advanceText(item: AssistantMessageItem | ReasoningItem, event: ItemEvent): TranscriptItem {
  if (event.type === "content.delta") return { ...item, text: item.text + event.payload.delta };
  if (event.type !== "item.completed") return item;
  return { ...item, text: item.text === "" ? (event.payload.detail ?? "") : item.text, streaming: false, completedAt: event.createdAt };
}

function advanceWork(item: WorkItem, { type, payload, createdAt }: ItemStation): TranscriptItem {
  const { title, detail, data } = payload;
  const isDone = type === "item.completed";
  const status = payload.status ?? (isDone ? "completed" : item.status);
  const end = isDone ? { completedAt: createdAt } : {};
  if (item.type === "compaction") return { ...item, status, ...(data === undefined && detail === undefined ? {} : { detail: data ?? detail }), ...end };
  return {
    ...item,
    status,
    ...(title === undefined ? {} : { title }),
    ...(detail === undefined ? {} : { detail }),
    ...(data === undefined ? {} : { data: mergedData(item.data, data) }),
    ...end,
  };
}
