import type { ProviderRuntimeEvent } from "../../src/ports/index.js";
import type { ThreadHistory, UserMessage } from "../shared/protocol.js";

export type HistoryEntry = ThreadHistory["entries"][number];

export interface HistoryRecord {
  readonly entries: readonly HistoryEntry[];
  readonly truncated: boolean;
}

/** In characters of JSON. One turn alone may take several times as much. */
const usualLimit = 256 * 1024;
const turnFactor = 4;

/** These say how things stand, which a thread's own row says better. */
const passing: ReadonlySet<ProviderRuntimeEvent["type"]> = new Set(["session.configured", "session.state.changed", "thread.metadata.updated"]);

/**
 * A thread as a page that comes late has to draw it: messages and events in their order, with the deltas of an item joined to one and
 * left out where its completion repeats the text. Bounded: whole turns go, the oldest first, and of a turn that is endless its beginning.
 */
export class History {
  readonly #limit: number;
  #entries: SizedEntry[];
  #truncated: boolean;
  #characters: number;

  constructor({ record, limit = usualLimit }: { readonly record?: HistoryRecord; readonly limit?: number } = {}) {
    this.#limit = limit;
    this.#entries = (record?.entries ?? []).map(sized);
    this.#truncated = record?.truncated ?? false;
    this.#characters = this.#entries.reduce((sum, { size }) => sum + size, 0);
  }

  get record(): HistoryRecord {
    return { entries: this.#entries.map(({ entry }) => entry), truncated: this.#truncated };
  }

  addMessage(message: UserMessage): void {
    this.#push({ type: "message", message });
  }

  addEvent(event: ProviderRuntimeEvent): void {
    if (passing.has(event.type)) return;
    if (event.type === "content.delta") return this.#addDelta(event);
    if (event.type === "item.completed" && event.payload.itemType === "assistant_message") return this.#completeMessage(event);
    if (event.type === "thread.token-usage.updated") this.#removeNewest(event.type);
    this.#push({ type: "runtime-event", event });
    if (event.type === "turn.completed") this.#forgetTurns();
    if (this.#characters > this.#limit * turnFactor) this.#forgetBeginning();
  }

  /** Forgets this turn and everything that came after it. */
  cutFrom(turnId: string): void {
    const from = this.#entries.findIndex(({ entry }) => turnOf(entry) === turnId);
    if (from === -1) return;
    for (const { size } of this.#entries.slice(from)) this.#characters -= size;
    this.#entries = this.#entries.slice(0, from);
  }

  #addDelta(event: DeltaEvent): void {
    // Deltas of several items alternate at most within one message: the one that goes on is among the latest.
    const index = this.#entries.findLastIndex(({ entry }) => isDeltaOf(entry, event.itemId));
    const before = this.#entries[index]?.entry;
    if (before?.type !== "runtime-event" || before.event.type !== "content.delta") return this.#push({ type: "runtime-event", event });
    const payload = { ...before.event.payload, delta: before.event.payload.delta + event.payload.delta };
    // Not measured anew: that would make a text that grows by small pieces cost the square of its length.
    const size = (this.#entries[index]?.size ?? 0) + event.payload.delta.length;
    this.#entries[index] = { entry: { type: "runtime-event", event: { ...before.event, payload } }, size };
    this.#characters += event.payload.delta.length;
  }

  /** In the place of its first delta: there it was seen first. */
  #completeMessage(event: ProviderRuntimeEvent): void {
    const index = this.#entries.findLastIndex(({ entry }) => isDeltaOf(entry, event.itemId));
    if (index === -1) return this.#push({ type: "runtime-event", event });
    const entry = sized({ type: "runtime-event", event });
    this.#characters += entry.size - (this.#entries[index]?.size ?? 0);
    this.#entries[index] = entry;
  }

  #push(entry: HistoryEntry): void {
    const added = sized(entry);
    this.#entries.push(added);
    this.#characters += added.size;
  }

  #removeNewest(type: ProviderRuntimeEvent["type"]): void {
    const index = this.#entries.findLastIndex(({ entry }) => entry.type === "runtime-event" && entry.event.type === type);
    const [removed] = index === -1 ? [] : this.#entries.splice(index, 1);
    this.#characters -= removed?.size ?? 0;
  }

  /** What stands between two turns goes with the one before it. */
  #forgetTurns(): void {
    while (this.#characters > this.#limit) {
      const oldest = this.#entries.map(({ entry }) => turnOf(entry)).find((turnId) => turnId !== undefined);
      const next = this.#entries.findIndex(({ entry }) => ![undefined, oldest].includes(turnOf(entry)));
      if (next === -1) return;
      for (const { size } of this.#entries.slice(0, next)) this.#characters -= size;
      this.#entries = this.#entries.slice(next);
      this.#truncated = true;
    }
  }

  /** Half of what may stay, so that it is not done again at once. Where a turn began, and with what, is kept. */
  #forgetBeginning(): void {
    this.#entries = this.#entries.filter(({ entry, size }) => {
      const isKept = this.#characters <= (this.#limit * turnFactor) / 2 || entry.type === "message" || entry.event.type === "turn.started";
      if (!isKept) this.#characters -= size;
      return isKept;
    });
    this.#truncated = true;
  }
}

type DeltaEvent = Extract<ProviderRuntimeEvent, { type: "content.delta" }>;

interface SizedEntry {
  readonly entry: HistoryEntry;
  readonly size: number;
}

function sized(entry: HistoryEntry): SizedEntry {
  return { entry, size: JSON.stringify(entry).length };
}

function turnOf(entry: HistoryEntry): string | undefined {
  return entry.type === "message" ? entry.message.turnId : entry.event.turnId;
}

function isDeltaOf(entry: HistoryEntry, itemId: string | undefined): boolean {
  return entry.type === "runtime-event" && entry.event.type === "content.delta" && entry.event.itemId === itemId;
}
