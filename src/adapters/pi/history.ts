import * as v from "valibot";
import type { AgentForkPoint, AgentHistoryEntry } from "../../ports/agent-messages.js";
import { excerpt } from "./bounded-text.js";
import { textOf } from "./content.js";
import { toolOutputSize } from "./decode-tool.js";
import * as wire from "./wire.js";

type Entry = v.InferOutput<typeof wire.Entry>;

interface StoredEntry extends Entry {
  readonly raw: unknown;
}

/**
 * The active branch of Pi's conversation, oldest first. Pi tells all entries it ever appended, abandoned branches included, and
 * the one it stands at; the branch is the way from there back to the root. Bookkeeping entries (a model change, a label) and the
 * system prompt are left out. Of the entries since one of them it is the end of that branch.
 */
export function activeBranch(data: v.InferOutput<typeof wire.Entries>): readonly AgentHistoryEntry[] {
  const byId = new Map<string, StoredEntry>();
  for (const raw of data.entries) {
    const parsed = v.safeParse(wire.Entry, raw);
    if (parsed.success) byId.set(parsed.output.id, { ...parsed.output, raw });
  }
  const branch: AgentHistoryEntry[] = [];
  for (let entry = take(byId, data.leafId); entry !== undefined; entry = take(byId, entry.parentId)) {
    const told = historyEntry(entry);
    if (told !== undefined) branch.push(told);
  }
  return branch.reverse();
}

/** The messages of the user on that branch: Pi forks before one of these. */
export function forkPoints(data: v.InferOutput<typeof wire.Entries>): readonly AgentForkPoint[] {
  return activeBranch(data).flatMap(({ id, role, text }) => (role === "user" ? [{ entryId: id, text }] : []));
}

/** Removes what it returns, so that entries which name each other as parents end the walk. */
function take(entries: Map<string, StoredEntry>, id: string | null): StoredEntry | undefined {
  const entry = id === null ? undefined : entries.get(id);
  if (entry !== undefined) entries.delete(entry.id);
  return entry;
}

function historyEntry({ type, id, raw }: StoredEntry): AgentHistoryEntry | undefined {
  switch (type) {
    case "message":
      return messageEntry({ id, raw });
    case "custom_message": {
      const parsed = v.safeParse(wire.CustomMessageEntry, raw);
      return parsed.success ? { id, role: "other", text: textOf(parsed.output.content) } : undefined;
    }
    case "compaction":
    case "branch_summary": {
      const parsed = v.safeParse(wire.SummaryEntry, raw);
      return parsed.success ? { id, role: "other", text: parsed.output.summary } : undefined;
    }
    default:
      return undefined;
  }
}

function messageEntry({ id, raw }: Pick<StoredEntry, "id" | "raw">): AgentHistoryEntry | undefined {
  const parsed = v.safeParse(wire.MessageEntry, raw);
  if (!parsed.success) return undefined;
  const { role, content, command } = parsed.output.message;
  switch (role) {
    case "system":
      return undefined;
    case "user":
    case "assistant":
      return { id, role, text: textOf(content) };
    case "toolResult":
      return { id, role: "tool", text: excerpt(textOf(content), toolOutputSize) };
    default:
      // A command the user ran by hand has its text in `command`.
      return { id, role: "other", text: command ?? textOf(content) };
  }
}
