import { itemsOf, turnsOf, type TranscriptItem, type TranscriptTurn } from "../../../src/app/transcript.js";
import type { ThreadView } from "./thread-view.js";

/**
 * What somebody who does not see the chat is told when it changes: beginnings, ends, and what waits for them. The text itself is not
 * read out while it grows; it can be read when it is whole.
 */
export function announcement(before: ThreadView | undefined, after: ThreadView | undefined): string | undefined {
  if (before === undefined || after === undefined || before.transcript === after.transcript) return undefined;
  const { latest } = after.transcript;
  const old = latest === undefined ? undefined : turnsOf(before.transcript).find(({ id }) => id === latest.id);
  const pending = latest === undefined ? undefined : newlyAsked(old, latest);
  if (pending !== undefined) return pending;
  if (latest !== undefined && latest.state !== old?.state) return ofTurn(latest);
  const aside = after.transcript.asides.at(-1);
  if (aside !== undefined && aside !== before.transcript.asides.at(-1)) return ofItem(aside);
  return undefined;
}

function newlyAsked(old: TranscriptTurn | undefined, turn: TranscriptTurn): string | undefined {
  if (old?.items === turn.items) return undefined;
  const known = old?.items.size ?? 0;
  if (turn.items.size <= known) return undefined;
  return itemsOf(turn).slice(known).map(ofItem).find((text) => text !== undefined);
}

function ofItem(item: TranscriptItem): string | undefined {
  switch (item.type) {
    case "request":
      return item.completedAt === undefined ? "An approval is needed." : undefined;
    case "question":
      return item.completedAt === undefined ? `A question needs your answer: ${item.questions[0]?.header ?? ""}` : undefined;
    case "notice":
      return `${item.severity === "error" ? "Error" : "Warning"}: ${item.message}`;
    default:
      return undefined;
  }
}

function ofTurn({ state, errorMessage }: TranscriptTurn): string {
  switch (state) {
    case "running":
      return "The agent is working.";
    case "completed":
      return "The answer is complete.";
    case "interrupted":
    case "cancelled":
      return "The turn was stopped.";
    case "failed":
      return `The turn failed${errorMessage === undefined ? "." : `: ${errorMessage}`}`;
  }
}
