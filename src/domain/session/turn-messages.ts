/**
 * How many messages of the user each turn holds, the latest turn last: steering adds some, and a rollback by turns has to count them.
 * `null` is a turn that has not ended as far as the counter knows; after a crash only the conversation itself tells how many it had.
 */
export type TurnMessages = readonly (number | null)[];

/** Turns that are counted; older ones are taken for turns of one message. */
export const maxCountedTurns = 200;

/** The counts with their unknowns filled in, where the whole conversation has `total` messages of the user. */
export function knownCounts(turns: TurnMessages, total: number): readonly number[] {
  const known = turns.reduce<number>((sum, messages) => sum + (messages ?? 0), 0);
  const unknown = turns.filter((messages) => messages === null).length;
  // One unknown is what the others leave over; where there are more, or older turns that were not counted, each has its one prompt.
  const rest = unknown === 1 && turns.length < maxCountedTurns ? Math.max(0, total - known) : 1;
  return turns.map((messages) => messages ?? rest);
}

/** Which of the user's messages begin a turn, counted from the latest turn back; a turn that was not counted has one. */
export function turnBegins(messages: number, turnMessages: TurnMessages): ReadonlySet<number> {
  const begins = new Set<number>();
  let left = messages;
  for (const counted of knownCounts(turnMessages, messages).toReversed()) {
    if (counted === 0 || counted > left) continue;
    left -= counted;
    begins.add(left);
  }
  while (left > 0) {
    left -= 1;
    begins.add(left);
  }
  return begins;
}

/** What is left of the turns of a conversation of `total` messages of the user when the first `kept` of these stay. */
export function turnsWithin(turns: TurnMessages, { total, kept }: { readonly total: number; readonly kept: number }): TurnMessages {
  const counts = knownCounts(turns, total);
  let left = counts.length;
  for (let gone = total - kept; gone > 0 && left > 0; left -= 1) gone -= counts[left - 1] ?? 0;
  // Turns that left nothing with the agent go with those behind which they stand.
  while (counts[left - 1] === 0) left -= 1;
  return turns.slice(0, left);
}
