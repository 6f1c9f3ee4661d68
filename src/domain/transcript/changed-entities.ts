import { changedEntries } from "./growing-list.js";
import type { TranscriptItem } from "./transcript-item.js";
import { itemsOf, turnsOf, type Transcript, type TranscriptSession, type TranscriptTurn, type TranscriptUsage } from "./transcript.js";

/** One thing of a transcript, whole: what a host stores in the place of what it had under the same id. */
export type TranscriptEntity =
  | { readonly type: "session"; readonly session: TranscriptSession }
  /** A turn is told of when one of its own facts changed, not when only its items did. */
  | { readonly type: "turn"; readonly turn: TranscriptTurn }
  | { readonly type: "item"; readonly item: TranscriptItem }
  | { readonly type: "usage"; readonly usage: TranscriptUsage };

/**
 * What is new or different in `after`, in the order in which it is to be stored. `before` is an earlier version of it, one event or many
 * ago: a host that stores every 50 ms compares what it has stored with what stands now. What was dropped or cut back is not told of.
 */
export function changedEntities({ before, after }: { readonly before: Transcript; readonly after: Transcript }): readonly TranscriptEntity[] {
  if (before === after) return [];
  return [
    ...(before.session === after.session ? [] : [{ type: "session" as const, session: after.session }]),
    ...changedTurns(before, after),
    ...changedAsides(before, after),
    ...(after.usage === undefined || before.usage === after.usage ? [] : [{ type: "usage" as const, usage: after.usage }]),
  ];
}

function changedTurns(before: Transcript, after: Transcript): readonly TranscriptEntity[] {
  // By far the most frequent case: the turn that is on has come a step further.
  if (before.earlier === after.earlier && before.latest?.id === after.latest?.id) return after.latest === undefined ? [] : changedTurn(before.latest, after.latest);
  const known = new Map(turnsOf(before).map((turn) => [turn.id, turn]));
  return turnsOf(after).flatMap((turn) => changedTurn(known.get(turn.id), turn));
}

function changedTurn(before: TranscriptTurn | undefined, after: TranscriptTurn): readonly TranscriptEntity[] {
  if (before === after) return [];
  const items = before === undefined ? itemsOf(after) : changedEntries({ before: before.items, after: after.items });
  const turn: readonly TranscriptEntity[] = before === undefined || factsDiffer(before, after) ? [{ type: "turn", turn: after }] : [];
  return [...turn, ...items.map((item) => ({ type: "item" as const, item }))];
}

function factsDiffer(before: TranscriptTurn, after: TranscriptTurn): boolean {
  const { items: _oldItems, openItems: _oldOpen, ...old } = before;
  const { items: _items, openItems: _open, ...facts } = after;
  const known: Readonly<Record<string, unknown>> = old;
  return Object.entries(facts).some(([name, value]) => known[name] !== value);
}

function changedAsides(before: Transcript, after: Transcript): readonly TranscriptEntity[] {
  if (before.asides === after.asides) return [];
  const known = new Set(before.asides);
  return after.asides.flatMap((item) => (known.has(item) ? [] : [{ type: "item" as const, item }]));
}
