/**
 * The complete `./transcript` entry: a thread's events added up to whole entities, for hosts that keep those and for pages that show
 * them. Pure, for a browser as well as for Node.
 */

export { advance } from "../domain/transcript/advance.js";
export { changedEntities, type TranscriptEntity } from "../domain/transcript/changed-entities.js";
export type { GrowingList } from "../domain/transcript/growing-list.js";
export { chronicle, emptyTranscript, itemsOf, rewound, turnsOf } from "../domain/transcript/transcript.js";
export type { Transcript, TranscriptOptions, TranscriptSession, TranscriptTurn, TranscriptUsage } from "../domain/transcript/transcript.js";
export type {
  AssistantMessageItem,
  CompactionItem,
  NoticeItem,
  QuestionItem,
  ReasoningItem,
  RequestItem,
  ToolItem,
  TranscriptItem,
} from "../domain/transcript/transcript-item.js";

// What a provider sends
export type { ProviderRuntimeEvent } from "../ports/runtime-event.js";
