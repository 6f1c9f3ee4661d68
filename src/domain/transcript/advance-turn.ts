import type { ProviderRuntimeEvent } from "../../ports/runtime-event.js";
import { advanceItem, beginItem, closeItem, itemIdOf, type ItemEvent } from "./advance-item.js";
import { append, emptyList, entryAt, replace } from "./growing-list.js";
import type { TranscriptItem } from "./transcript-item.js";
import type { TranscriptTurn } from "./transcript.js";

type TurnStarted = Extract<ProviderRuntimeEvent, { type: "turn.started" }>;
type TurnCompleted = Extract<ProviderRuntimeEvent, { type: "turn.completed" }>;

export function newTurn(id: string, startedAt: string): TranscriptTurn {
  return { id, state: "running", startedAt, items: emptyList(), openItems: [] };
}

export function begunTurn(turn: TranscriptTurn, { payload }: TurnStarted): TranscriptTurn {
  const { model, effort } = payload;
  return { ...turn, ...(model === undefined ? {} : { model }), ...(effort === undefined ? {} : { effort }) };
}

export function completedTurn(turn: TranscriptTurn, { payload, createdAt, providerRefs }: TurnCompleted): TranscriptTurn {
  const { state, stopReason, usage, totalCostUsd, errorMessage, conversationHead } = payload;
  return {
    ...endedTurn(turn, { state, completedAt: createdAt }),
    ...(stopReason === undefined ? {} : { stopReason }),
    ...(usage === undefined ? {} : { usage }),
    ...(totalCostUsd === undefined ? {} : { costUsd: totalCostUsd }),
    ...(errorMessage === undefined ? {} : { errorMessage }),
    ...(providerRefs === undefined ? {} : { providerTurnId: providerRefs.providerTurnId }),
    ...(conversationHead === undefined ? {} : { conversationHead }),
  };
}

/** Nothing of a turn that is over stays open. */
export function endedTurn(turn: TranscriptTurn, end: Pick<TranscriptTurn, "state"> & { readonly completedAt: string }): TranscriptTurn {
  let { items } = turn;
  for (const ordinal of turn.openItems) {
    const item = entryAt(items, ordinal);
    if (item !== undefined) items = replace(items, { index: ordinal, entry: closeItem(item, end.completedAt) });
  }
  return { ...turn, ...end, items, openItems: [] };
}

/** The open item that an event is about. Only those are looked through: an item that is completed is told of no more. */
export function openItem({ items, openItems }: TranscriptTurn, event: ItemEvent): TranscriptItem | undefined {
  const id = itemIdOf(event);
  for (const ordinal of openItems) {
    const item = entryAt(items, ordinal);
    if (item?.id === id) return item;
  }
  return undefined;
}

export function withItemEvent(turn: TranscriptTurn, event: ItemEvent): TranscriptTurn {
  const known = openItem(turn, event);
  const item = known === undefined ? beginItem(event, { turnId: turn.id, ordinal: turn.items.size }) : advanceItem(known, event);
  if (item === undefined || item === known) return turn;
  const { ordinal } = item;
  const items = known === undefined ? append(turn.items, item) : replace(turn.items, { index: ordinal, entry: item });
  return { ...turn, items, openItems: openAfter(turn.openItems, { ordinal, wasOpen: known !== undefined, isOpen: item.completedAt === undefined }) };
}

function openAfter(open: readonly number[], { ordinal, wasOpen, isOpen }: { readonly ordinal: number; readonly wasOpen: boolean; readonly isOpen: boolean }): readonly number[] {
  if (wasOpen === isOpen) return open;
  return isOpen ? [...open, ordinal] : open.filter((other) => other !== ordinal);
}
