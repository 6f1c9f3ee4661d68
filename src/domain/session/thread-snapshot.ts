import type { AgentHistory, AgentHistoryEntry } from "../../ports/agent-messages.js";
import type { NativeReference, ProviderThreadSnapshot } from "../../ports/provider.js";
import { turnBegins, type TurnMessages } from "./turn-messages.js";

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
export function threadSnapshot(thread: {
  readonly threadId: string;
  readonly history: AgentHistory;
  readonly turnMessages: TurnMessages;
  readonly nativeThread: NativeReference | undefined;
}): ProviderThreadSnapshot {
  const { threadId, history, turnMessages, nativeThread } = thread;
  const { entries, head } = history;
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
  return { threadId, turns, ...(nativeThread === undefined ? {} : { nativeThread }), ...(head === undefined ? {} : { conversationHead: head }) };
}
