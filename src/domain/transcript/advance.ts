import type { ProviderRuntimeEvent } from "../../ports/runtime-event.js";
import { advanceItem, beginItem, itemIdOf, type ItemEvent } from "./advance-item.js";
import { advanceSession } from "./advance-session.js";
import { begunTurn, completedTurn, endedTurn, newTurn, openItem, withItemEvent } from "./advance-turn.js";
import type { TranscriptItem } from "./transcript-item.js";
import type { Transcript, TranscriptTurn } from "./transcript.js";

/**
 * The transcript after the next event of its thread. Each event is taken once and in order; one of another thread changes nothing. A
 * piece of text costs the same however much came before it: neither the text nor the items of its turn are copied.
 *
 * It forgives a stream that begins in the middle: what is about an unknown turn begins it.
 */
export function advance(transcript: Transcript, event: ProviderRuntimeEvent): Transcript {
  if (event.threadId !== transcript.threadId) return transcript;
  const session = advanceSession(transcript, event);
  const told = session === transcript.session ? transcript : { ...transcript, session };
  switch (event.type) {
    case "turn.started":
      return inTurn(told, event, (turn) => begunTurn(turn, event));
    case "turn.completed":
      return inTurn(told, event, (turn) => completedTurn(turn, event));
    case "session.exited":
      return interrupted(told, event.createdAt);
    case "thread.token-usage.updated":
      return { ...told, usage: event.payload.usage };
    case "session.started":
    case "session.configured":
    case "session.state.changed":
    case "thread.started":
    case "thread.metadata.updated":
      return told;
    default:
      return withItem(told, event);
  }
}

function withItem(transcript: Transcript, event: ItemEvent): Transcript {
  const { latest } = transcript;
  // Of a question only its id is sure: it may have been asked before its turn began, and be answered in it.
  if (event.type === "request.resolved" || event.type === "user-input.resolved") {
    if (latest !== undefined && openItem(latest, event) !== undefined) return { ...transcript, latest: withItemEvent(latest, event) };
    return withAside(transcript, event);
  }
  return event.turnId === undefined ? withAside(transcript, event) : inTurn(transcript, event, (turn) => withItemEvent(turn, event));
}

function inTurn(transcript: Transcript, { turnId, createdAt }: ProviderRuntimeEvent, change: (turn: TranscriptTurn) => TranscriptTurn): Transcript {
  if (turnId === undefined) return transcript;
  const { latest, earlier } = transcript;
  if (latest?.id === turnId) return withLatest(transcript, change(latest));
  const index = earlier.findLastIndex(({ id }) => id === turnId);
  const known = earlier[index];
  if (known !== undefined) return { ...transcript, earlier: earlier.with(index, change(known)) };
  return withNewTurn(transcript, change(newTurn(turnId, createdAt)));
}

/** Only the latest turn ever runs. */
function withNewTurn(transcript: Transcript, turn: TranscriptTurn): Transcript {
  const { earlier, latest, keep, dropped } = interrupted(transcript, turn.startedAt);
  const past = latest === undefined ? earlier : [...earlier, latest];
  const tooMany = Math.max(0, past.length + 1 - keep);
  return { ...transcript, earlier: past.slice(tooMany), latest: turn, dropped: tooMany === 0 ? dropped : { ...dropped, turns: dropped.turns + tooMany } };
}

function interrupted(transcript: Transcript, completedAt: string): Transcript {
  const { latest } = transcript;
  return latest?.state === "running" ? { ...transcript, latest: endedTurn(latest, { state: "interrupted", completedAt }) } : transcript;
}

function withLatest(transcript: Transcript, latest: TranscriptTurn): Transcript {
  return latest === transcript.latest ? transcript : { ...transcript, latest };
}

function withAside(transcript: Transcript, event: ItemEvent): Transcript {
  const { asides, keep, dropped } = transcript;
  const id = itemIdOf(event);
  const index = asides.findLastIndex((aside) => aside.id === id && aside.completedAt === undefined);
  const known = asides[index];
  if (known !== undefined) return { ...transcript, asides: asides.with(index, advanceItem(known, event)) };
  const item = beginItem(event, { ordinal: dropped.asides + asides.length });
  if (item === undefined) return transcript;
  const tooMany = Math.max(0, asides.length + 1 - keep);
  const kept: readonly TranscriptItem[] = [...asides.slice(tooMany), item];
  return { ...transcript, asides: kept, dropped: tooMany === 0 ? dropped : { ...dropped, asides: dropped.asides + tooMany } };
}
