import type {
  CanonicalRequestType,
  CanonicalToolItemType,
  RuntimeErrorClass,
  RuntimeItemStatus,
  UserInputQuestion,
} from "../../ports/runtime-event.js";

/** What happened in a turn, or between turns: each item whole, as far as it has come. */
export type TranscriptItem = AssistantMessageItem | ReasoningItem | ToolItem | CompactionItem | RequestItem | QuestionItem | NoticeItem;

export interface ItemPlace {
  /** Absent for what belongs to no turn. */
  readonly turnId?: string;
  /** Its place in the turn, or among the items that belong to none; from 0, in the order in which they began. */
  readonly ordinal: number;
}

interface ItemBase extends ItemPlace {
  /** Unique in the thread. */
  readonly id: string;
  readonly startedAt: string;
  /** Absent while it is open. */
  readonly completedAt?: string;
}

export interface AssistantMessageItem extends ItemBase {
  readonly type: "assistant-message";
  /** All of it so far. */
  readonly text: string;
  readonly streaming: boolean;
}

export interface ReasoningItem extends ItemBase {
  readonly type: "reasoning";
  /** All of it so far. */
  readonly text: string;
  readonly streaming: boolean;
}

export interface ToolItem extends ItemBase {
  readonly type: "tool";
  readonly itemType: CanonicalToolItemType;
  readonly title?: string;
  /** The latest: what the tool is to do, then what came of it. */
  readonly detail?: string;
  /** All that the tool's events carried, its input and its output together. */
  readonly data?: unknown;
  readonly status: RuntimeItemStatus;
}

export interface CompactionItem extends ItemBase {
  readonly type: "compaction";
  readonly status: RuntimeItemStatus;
  readonly detail?: unknown;
}

/** Something the agent may do only if it is allowed. */
export interface RequestItem extends ItemBase {
  readonly type: "request";
  readonly requestType: CanonicalRequestType;
  readonly detail?: string;
  readonly args?: unknown;
  /** Absent while nobody has decided, and where the request ended without a decision. */
  readonly decision?: string;
}

export interface QuestionItem extends ItemBase {
  readonly type: "question";
  readonly questions: readonly UserInputQuestion[];
  /** Absent while nobody has answered; empty where the question was dismissed. */
  readonly answers?: Readonly<Record<string, unknown>>;
}

export interface NoticeItem extends ItemBase {
  readonly type: "notice";
  readonly severity: "warning" | "error";
  readonly message: string;
  readonly class?: RuntimeErrorClass;
}
