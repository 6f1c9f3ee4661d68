import { advance } from "../../../src/domain/transcript/advance.ts";
import { emptyTranscript, type Transcript, type TranscriptOptions } from "../../../src/domain/transcript/transcript.ts";
import type { ProviderRuntimeEvent, RuntimeEventDraft } from "../../../src/ports/runtime-event.ts";

/** Stamps drafts as those of the thread `t1`, one millisecond after the other. */
export function stamped(drafts: readonly RuntimeEventDraft[]): readonly ProviderRuntimeEvent[] {
  return drafts.map((draft, index) => ({ ...draft, eventId: `event-${index}`, provider: "demo", threadId: "t1", createdAt: timeAt(index) }));
}

export function timeAt(index: number): string {
  return new Date(Date.UTC(2026, 0, 1) + index).toISOString();
}

export function folded(events: readonly ProviderRuntimeEvent[], options?: TranscriptOptions): Transcript {
  return events.reduce(advance, emptyTranscript("t1", options));
}

export function transcriptOf(drafts: readonly RuntimeEventDraft[], options?: TranscriptOptions): Transcript {
  return folded(stamped(drafts), options);
}

/** So that a change of what must not change throws. */
export function frozen<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const inner of Object.values(value)) frozen(inner);
  return value;
}
