import type { ProviderRuntimeEvent, RuntimeEventType } from "../../ports/runtime-event.js";
import { EventStreamRules, type RuleViolation } from "./event-stream-rules.js";

type EventOf<T extends RuntimeEventType> = Extract<ProviderRuntimeEvent, { type: T }>;

interface Waiter {
  readonly matches: (event: ProviderRuntimeEvent) => boolean;
  readonly resolve: (event: ProviderRuntimeEvent) => void;
}

/**
 * Consumes a provider's events, keeps them, checks each against the rules, and lets a test wait for the one it needs. Waiting looks at
 * what came already first, so a test never races with the provider.
 */
export class EventLog {
  readonly #rules = new EventStreamRules();
  readonly #events: ProviderRuntimeEvent[] = [];
  readonly #waiters = new Set<Waiter>();
  /** Resolves when the provider's stream has ended. */
  readonly ended: Promise<void>;

  constructor(events: AsyncIterable<ProviderRuntimeEvent>) {
    this.ended = this.#consume(events);
  }

  get events(): readonly ProviderRuntimeEvent[] {
    return this.#events;
  }

  get types(): readonly RuntimeEventType[] {
    return this.#events.map((event) => event.type);
  }

  /** All events of one type, oldest first. */
  of<T extends RuntimeEventType>(type: T): readonly EventOf<T>[] {
    return this.#events.filter((event): event is EventOf<T> => event.type === type);
  }

  /** The first event of this type that matches, past or future. */
  async first<T extends RuntimeEventType>(type: T, matches: (event: EventOf<T>) => boolean = () => true): Promise<EventOf<T>> {
    const fits = (event: ProviderRuntimeEvent): event is EventOf<T> => event.type === type && matches(event as EventOf<T>);
    const past = this.#events.find((event) => fits(event));
    if (past !== undefined && fits(past)) return past;
    const { promise, resolve } = Promise.withResolvers<ProviderRuntimeEvent>();
    this.#waiters.add({ matches: fits, resolve });
    const event = await promise;
    if (!fits(event)) throw new TypeError("A waiter was given an event that it does not match.");
    return event;
  }

  /** The end of a turn. */
  turn(turnId: string): Promise<EventOf<"turn.completed">> {
    return this.first("turn.completed", (event) => event.turnId === turnId);
  }

  /** The visible texts of a turn's assistant messages, in the order in which they were completed. */
  texts(turnId: string): readonly string[] {
    return this.of("item.completed").flatMap((event) => (event.turnId === turnId && event.payload.itemType === "assistant_message" ? [event.payload.detail ?? ""] : []));
  }

  /** What broke the rules so far. */
  get violations(): readonly RuleViolation[] {
    return this.#rules.violations;
  }

  /** What broke the rules, once every session has ended. */
  conclude(): readonly RuleViolation[] {
    return this.#rules.conclude();
  }

  async #consume(events: AsyncIterable<ProviderRuntimeEvent>): Promise<void> {
    for await (const event of events) {
      this.#rules.check(event);
      this.#events.push(event);
      for (const waiter of this.#waiters) {
        if (!waiter.matches(event)) continue;
        this.#waiters.delete(waiter);
        waiter.resolve(event);
      }
    }
  }
}
