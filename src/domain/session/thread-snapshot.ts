import type { AgentHistoryEntry } from "../../ports/agent-messages.js";
import type { ProviderThreadSnapshot } from "../../ports/provider.js";

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

/** The agent's conversation by turns. A turn begins with a message of the user and is named by it: the agent knows no ids of ours. */
export function threadSnapshot(threadId: string, entries: readonly AgentHistoryEntry[]): ProviderThreadSnapshot {
  const turns: { readonly id: string; readonly items: SnapshotItem[] }[] = [];
  for (const entry of entries) {
    const open = turns.at(-1);
    const item: SnapshotItem = { type: itemTypes[entry.role], id: entry.id, text: entry.text };
    if (entry.role === "user") turns.push({ id: entry.id, items: [item] });
    else if (open !== undefined) open.items.push(item);
  }
  return { threadId, turns };
}
