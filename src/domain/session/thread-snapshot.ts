import type { AgentHistoryEntry } from "../../ports/agent-messages.js";
import type { ProviderThreadSnapshot } from "../../ports/provider.js";
import { knownCounts, type TurnMessages } from "./turn-messages.js";

/** One message of a turn as a snapshot shows it. */
export interface SnapshotItem {
  readonly type: "user_message" | "assistant_message" | "tool_result" | "other";
  readonly id: string;
  readonly text: string;
}

const itemTypes: Readonly<Record<AgentHistoryEntry["role"], SnapshotItem["type"]>> = {
  user: "user_message",
  assistant: "assistant_message",
  tool: "tool_result",
  other: "other",
};

/**
 * The agent's conversation by turns. A turn begins with a message of the user and is named by it, because the agent knows no ids of
 * ours; further messages of the user belong to it where they steered it, as far as turns were counted.
 */
export function threadSnapshot(thread: { readonly threadId: string; readonly entries: readonly AgentHistoryEntry[]; readonly turnMessages: TurnMessages }): ProviderThreadSnapshot {
  const { threadId, entries, turnMessages } = thread;
  const begins = turnBegins(entries.filter((entry) => entry.role === "user").length, turnMessages);
  const turns: { readonly id: string; readonly items: SnapshotItem[] }[] = [];
  let messages = 0;
  for (const entry of entries) {
    const item: SnapshotItem = { type: itemTypes[entry.role], id: entry.id, text: entry.text };
    const open = turns.at(-1);
    if (entry.role === "user" && begins.has(messages)) turns.push({ id: entry.id, items: [item] });
    else open?.items.push(item);
    if (entry.role === "user") messages += 1;
  }
  return { threadId, turns };
}

/** Which of the user's messages begin a turn, counted from the latest turn back; a turn that was not counted has one. */
function turnBegins(messages: number, turnMessages: TurnMessages): ReadonlySet<number> {
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
