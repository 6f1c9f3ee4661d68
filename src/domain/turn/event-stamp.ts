import type { Clock } from "../../ports/clock.js";
import type { IdGenerator } from "../../ports/id-generator.js";
import type { ProviderRuntimeEvent, RuntimeEventDraft } from "../../ports/runtime-event.js";

/**
 * Gives events their id, thread and time. T3 orders what it shows by `createdAt`, and shows events of the same millisecond in random
 * order, so the time of a thread strictly increases even when the clock stands still or is set back.
 */
export class EventStamper {
  readonly #clock: Clock;
  readonly #ids: IdGenerator;
  readonly #provider: string;
  readonly #latest = new Map<string, number>();

  constructor(deps: { readonly clock: Clock; readonly ids: IdGenerator; readonly provider: string }) {
    this.#clock = deps.clock;
    this.#ids = deps.ids;
    this.#provider = deps.provider;
  }

  stamp(threadId: string, draft: RuntimeEventDraft): ProviderRuntimeEvent {
    const time = Math.max(this.#clock.now(), (this.#latest.get(threadId) ?? -1) + 1);
    this.#latest.set(threadId, time);
    return { ...draft, eventId: this.#ids.uuid(), provider: this.#provider, threadId, createdAt: new Date(time).toISOString() };
  }
}
