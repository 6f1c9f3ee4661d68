import type { ProviderRuntimeEvent } from "../../../src/ports/runtime-event.js";
import { advance, chronicle, emptyTranscript, itemsOf, rewound, turnsOf, type Transcript, type TranscriptTurn } from "../../../src/app/transcript.js";
import type { ThreadHistory, UserMessage } from "../../shared/protocol.js";

/** A thread as the page shows it: what its events tell, and what the person wrote. */
export interface ThreadView {
  readonly transcript: Transcript;
  /** By turn, oldest first. */
  readonly messages: ReadonlyMap<string, readonly PlacedMessage[]>;
  /** All of them, for who wants to know whether one more has come. */
  readonly messageCount: number;
  /** The host knows of earlier turns and did not tell them. */
  readonly truncated: boolean;
}

export interface PlacedMessage {
  readonly message: UserMessage;
  /** How many items of its turn came before it: a message that steers stands among them. */
  readonly afterItems: number;
}

export function emptyView(threadId: string): ThreadView {
  return { transcript: emptyTranscript(threadId), messages: new Map(), messageCount: 0, truncated: false };
}

export function viewOf({ threadId, entries, truncated }: ThreadHistory): ThreadView {
  const start: ThreadView = { ...emptyView(threadId), truncated };
  return entries.reduce((view, entry) => (entry.type === "message" ? withMessage(view, entry.message) : withEvent(view, entry.event)), start);
}

export function withEvent(view: ThreadView, event: ProviderRuntimeEvent): ThreadView {
  const transcript = advance(view.transcript, event);
  return transcript === view.transcript ? view : { ...view, transcript };
}

/** A message may be told before its turn begins, and twice: its id says so. */
export function withMessage(view: ThreadView, message: UserMessage): ThreadView {
  const others = view.messages.get(message.turnId) ?? [];
  if (others.some((other) => other.message.messageId === message.messageId)) return view;
  const turn = turnsOf(view.transcript).find(({ id }) => id === message.turnId);
  const placed: PlacedMessage = { message, afterItems: message.steers ? (turn?.items.size ?? 0) : 0 };
  return { ...view, messages: new Map(view.messages).set(message.turnId, [...others, placed]), messageCount: view.messageCount + 1 };
}

/** Without a turn and all that came after it. */
export function cutBack(view: ThreadView, fromTurnId: string): ThreadView {
  const kept = rewound({ transcript: view.transcript, fromTurnId });
  if (kept === view.transcript) return view;
  const turnIds = new Set(turnsOf(kept).map(({ id }) => id));
  const messages = new Map([...view.messages].filter(([turnId]) => turnIds.has(turnId)));
  return { ...view, transcript: kept, messages };
}

/** One after the other as they happened; a message whose turn has not begun waits at the end. */
export type ChatRow =
  | { readonly type: "turn"; readonly key: string; readonly turn: TranscriptTurn; readonly messages: readonly PlacedMessage[] }
  | { readonly type: "aside"; readonly key: string; readonly item: AsideItem }
  | { readonly type: "waiting"; readonly key: string; readonly message: UserMessage };

type AsideItem = Exclude<ReturnType<typeof chronicle>[number], TranscriptTurn>;

const noMessages: readonly PlacedMessage[] = [];

export function chatRows({ transcript, messages }: ThreadView): readonly ChatRow[] {
  const told = chronicle(transcript);
  const rows = told.flatMap((row, index): ChatRow | readonly [] => {
    if ("items" in row) return { type: "turn", key: row.id, turn: row, messages: messages.get(row.id) ?? noMessages };
    return isSaidAgain(row, told.slice(index + 1)) ? [] : { type: "aside", key: `aside-${row.ordinal}`, item: row };
  });
  const begun = new Set(turnsOf(transcript).map(({ id }) => id));
  const dropped = transcript.dropped.turns > 0;
  for (const [turnId, placed] of messages) {
    // Of a long thread the oldest turns are dropped; their messages are not waiting.
    if (begun.has(turnId) || (dropped && turnId !== [...messages.keys()].at(-1))) continue;
    for (const { message } of placed) rows.push({ type: "waiting", key: message.messageId, message });
  }
  return rows;
}

/** What a provider says at a start it says again in the turn that follows, for hosts that show nothing outside of turns. */
function isSaidAgain(item: AsideItem, rest: ReturnType<typeof chronicle>): boolean {
  const turn = rest.find((row) => "items" in row);
  if (item.type !== "notice" || turn === undefined) return false;
  return itemsOf(turn).some((other) => other.type === "notice" && other.message === item.message);
}
