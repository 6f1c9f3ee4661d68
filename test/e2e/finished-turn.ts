import type { ProviderRuntimeEvent, RuntimeEventPayloads, RuntimeEventType } from "../../src/ports/runtime-event.js";

type EventOf<T extends RuntimeEventType> = Extract<ProviderRuntimeEvent, { type: T }>;

/** A turn that is over, and everything that was told of it. */
export class FinishedTurn {
  readonly turnId: string;
  /** Oldest first. */
  readonly events: readonly ProviderRuntimeEvent[];

  constructor({ turnId, events }: { readonly turnId: string; readonly events: readonly ProviderRuntimeEvent[] }) {
    this.turnId = turnId;
    this.events = events.filter((event) => event.turnId === turnId);
  }

  of<T extends RuntimeEventType>(type: T): readonly EventOf<T>[] {
    return this.events.filter((event): event is EventOf<T> => event.type === type);
  }

  get end(): RuntimeEventPayloads["turn.completed"] {
    const [ended, ...again] = this.of("turn.completed");
    if (ended === undefined || again.length > 0) throw new Error(`The turn was completed ${again.length} times.`);
    return ended.payload;
  }

  /**
   * The types in order, each run of one type counted once: into how many deltas a text is cut is chance. Without the usage, which the
   * agent may be too slow to tell.
   */
  get types(): readonly RuntimeEventType[] {
    const types = this.events.map((event) => event.type).filter((type) => type !== "thread.token-usage.updated");
    return types.filter((type, index) => type !== types[index - 1]);
  }

  /** What was streamed, one entry an item, in the order in which the items began. */
  get streamed(): readonly { readonly itemId: string; readonly kind: string; readonly text: string }[] {
    const items = new Map<string, { readonly itemId: string; readonly kind: string; text: string }>();
    for (const { itemId = "", payload } of this.of("content.delta")) {
      const item = items.get(itemId) ?? { itemId, kind: payload.streamKind, text: "" };
      items.set(itemId, { ...item, text: item.text + payload.delta });
    }
    return [...items.values()];
  }

  /** The life of each item but texts, as `what type status`, in the order of the wire. */
  get tools(): readonly string[] {
    return this.events.flatMap((event) => {
      if (event.type !== "item.started" && event.type !== "item.updated" && event.type !== "item.completed") return [];
      const { itemType, status = "" } = event.payload;
      return itemType === "assistant_message" || itemType === "reasoning" ? [] : [`${event.type.replace("item.", "")} ${itemType} ${status}`];
    });
  }
}
