import type { RuntimeEventPayloads, RuntimeSessionState, RuntimeTokenUsage, RuntimeTurnState } from "../../ports/runtime-event.js";
import { entriesOf, type GrowingList } from "./growing-list.js";
import type { TranscriptItem } from "./transcript-item.js";

/**
 * A thread as far as its events tell it, in whole entities. Plain data: it may be stored, sent, and followed on elsewhere. A version
 * never changes, and a later one shares with it whatever stayed the same, so what changed is found by identity.
 */
export interface Transcript {
  readonly threadId: string;
  readonly session: TranscriptSession;
  readonly usage?: TranscriptUsage;
  /** The turns before the latest one, oldest first; none of them runs. */
  readonly earlier: readonly TranscriptTurn[];
  readonly latest?: TranscriptTurn;
  /** What belongs to no turn, oldest first: what was said or asked before a turn, or between two. */
  readonly asides: readonly TranscriptItem[];
  /** How many turns are kept, and how many asides. */
  readonly keep: number;
  /** How many were left out since, the oldest first. */
  readonly dropped: { readonly turns: number; readonly asides: number };
}

export interface TranscriptSession {
  /** `none` until one is told of. */
  readonly state: RuntimeSessionState | "none";
  readonly model?: string;
  readonly effort?: string;
  /** The conversation's name, where the agent gave it one. */
  readonly name?: string;
  /** The agent's own id of the conversation. */
  readonly providerThreadId?: string;
  /** Until a session or a turn goes well again. */
  readonly lastError?: string;
}

export type TranscriptUsage = RuntimeEventPayloads["thread.token-usage.updated"]["usage"];

export interface TranscriptTurn {
  readonly id: string;
  readonly state: "running" | RuntimeTurnState;
  readonly model?: string;
  readonly effort?: string;
  readonly startedAt: string;
  readonly completedAt?: string;
  readonly stopReason?: string | null;
  readonly usage?: RuntimeTokenUsage;
  readonly costUsd?: number;
  readonly errorMessage?: string;
  /** The agent's own reference to the turn, and to where its conversation stood after it; where the events tell them. */
  readonly providerTurnId?: string;
  readonly conversationHead?: string;
  /** In the order in which they began; {@link itemsOf} gives them as an array. */
  readonly items: GrowingList<TranscriptItem>;
  /** The ordinals of the items that are not completed. */
  readonly openItems: readonly number[];
}

export interface TranscriptOptions {
  /** How many turns are kept, and as many items outside of turns; at least one. Default 200. */
  readonly keep?: number | undefined;
}

export function emptyTranscript(threadId: string, { keep = 200 }: TranscriptOptions = {}): Transcript {
  return { threadId, session: { state: "none" }, earlier: [], asides: [], keep: Math.max(1, keep), dropped: { turns: 0, asides: 0 } };
}

/** All turns that are kept, oldest first. */
export function turnsOf({ earlier, latest }: Transcript): readonly TranscriptTurn[] {
  return latest === undefined ? earlier : [...earlier, latest];
}

/** A turn's items, in the order in which they began. */
export function itemsOf({ items }: TranscriptTurn): readonly TranscriptItem[] {
  return entriesOf(items);
}

/** Turns and what lies between them, as a page shows them: in the order in which they began. */
export function chronicle(transcript: Transcript): readonly (TranscriptTurn | TranscriptItem)[] {
  const rows: (TranscriptTurn | TranscriptItem)[] = [];
  let next = 0;
  for (const turn of turnsOf(transcript)) {
    for (let aside = transcript.asides[next]; aside !== undefined && aside.startedAt < turn.startedAt; aside = transcript.asides[next]) {
      rows.push(aside);
      next += 1;
    }
    rows.push(turn);
  }
  return [...rows, ...transcript.asides.slice(next)];
}

/** Without a turn and those after it, because the conversation was cut back to before it. No event tells of that: whoever asked for it knows. */
export function rewound({ transcript, fromTurnId }: { readonly transcript: Transcript; readonly fromTurnId: string }): Transcript {
  const turns = turnsOf(transcript);
  const index = turns.findIndex(({ id }) => id === fromTurnId);
  if (index === -1) return transcript;
  const { latest: _gone, ...rest } = transcript;
  const latest = turns[index - 1];
  return { ...rest, earlier: turns.slice(0, Math.max(0, index - 1)), ...(latest === undefined ? {} : { latest }) };
}
