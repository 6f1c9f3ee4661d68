import type { Clock, Timer } from "../../ports/clock.js";
import type { IdGenerator } from "../../ports/id-generator.js";
import type { ProviderRuntimeEvent, RuntimeEventDraft } from "../../ports/runtime-event.js";
import type { Telemetry, TelemetrySpan } from "../../ports/telemetry.js";
import { EventStamper } from "./event-stamp.js";

/**
 * The queue between the sessions and the host: stamps events, merges text, and holds back the agents when the host is slow.
 *
 * The first text of an item is sent at once, for somebody waits for it; what follows is merged for a short period at a time (T3 stores
 * and pushes each delta), and is sent before anything else of its thread is, so that merging never changes an order. While more than `highWater` events wait, `ready` holds back whoever
 * reads from an agent; the agent's own pipe then fills up and stops it. Events that a host's call causes are always taken.
 */
export class EventOutbox implements AsyncIterable<ProviderRuntimeEvent> {
  readonly #clock: Clock;
  readonly #stamper: EventStamper;
  readonly #coalesceMs: number;
  readonly #highWater: number;
  readonly #telemetry: Telemetry;
  readonly #merging = new Map<string, MergedDelta>();
  #queue: ProviderRuntimeEvent[] = [];
  #head = 0;
  #consumer: ((result: IteratorResult<ProviderRuntimeEvent>) => void) | undefined;
  #consumed = false;
  #closed = false;
  #backlog: Backlog | undefined;

  constructor(deps: { readonly clock: Clock; readonly ids: IdGenerator; readonly telemetry: Telemetry; readonly provider: string; readonly coalesceMs: number; readonly highWater: number }) {
    this.#clock = deps.clock;
    this.#stamper = new EventStamper(deps);
    this.#coalesceMs = deps.coalesceMs;
    this.#highWater = deps.highWater;
    this.#telemetry = deps.telemetry;
  }

  /** How many events wait for the host. */
  get waiting(): number {
    return this.#queue.length - this.#head;
  }

  offer(threadId: string, draft: RuntimeEventDraft): void {
    if (this.#closed) return;
    if (draft.type === "content.delta" && draft.itemId !== undefined && this.#coalesceMs > 0) {
      this.#merge(threadId, draft, draft.itemId);
      return;
    }
    this.flush(threadId);
    this.#enqueue(threadId, draft);
  }

  /** Sends the text of a thread that is still being merged. */
  flush(threadId: string): void {
    const merged = this.#merging.get(threadId);
    if (merged === undefined) return;
    this.#merging.delete(threadId);
    merged.timer.cancel();
    this.#send(threadId, merged);
  }

  /** `undefined` while the host keeps up; otherwise resolves when it has caught up by half. */
  ready(): Promise<void> | undefined {
    if (this.waiting <= this.#highWater || this.#closed) return undefined;
    this.#backlog ??= this.#holdBack();
    return this.#backlog.promise;
  }

  /** Everything offered so far is still delivered; then the iteration ends. */
  close(): void {
    for (const threadId of this.#merging.keys()) this.flush(threadId);
    this.#closed = true;
    this.#release();
    if (this.waiting === 0) this.#deliver({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): AsyncIterator<ProviderRuntimeEvent> {
    if (this.#consumed) throw new Error("The provider's events have one consumer, and it is there already.");
    this.#consumed = true;
    return {
      next: () => this.#next(),
      // A host that stops listening must not stop the agents: what follows is dropped.
      return: () => {
        this.#closed = true;
        for (const merged of this.#merging.values()) merged.timer.cancel();
        this.#merging.clear();
        this.#queue = [];
        this.#head = 0;
        this.#release();
        this.#deliver({ done: true, value: undefined });
        return Promise.resolve({ done: true, value: undefined });
      },
    };
  }

  #merge(threadId: string, draft: DeltaDraft, itemId: string): void {
    const merged = this.#merging.get(threadId);
    if (merged !== undefined && merged.first.itemId === itemId) {
      merged.delta += draft.payload.delta;
      if (merged.delta.length >= maxMergedDelta) this.#send(threadId, merged);
      return;
    }
    this.flush(threadId);
    this.#enqueue(threadId, draft);
    this.#merging.set(threadId, { first: draft, delta: "", timer: this.#period(threadId) });
  }

  #period(threadId: string): Timer {
    return this.#clock.schedule(this.#coalesceMs, () => {
      const merged = this.#merging.get(threadId);
      if (merged === undefined) return;
      if (merged.delta === "") this.#merging.delete(threadId);
      else merged.timer = this.#period(threadId);
      this.#send(threadId, merged);
    });
  }

  #send(threadId: string, merged: MergedDelta): void {
    const { first, delta } = merged;
    if (delta === "") return;
    merged.delta = "";
    this.#enqueue(threadId, { ...first, payload: { streamKind: first.payload.streamKind, delta } });
  }

  #enqueue(threadId: string, draft: RuntimeEventDraft): void {
    const event = this.#stamper.stamp(threadId, draft);
    if (this.#consumer === undefined) this.#queue.push(event);
    else this.#deliver({ done: false, value: event });
  }

  #next(): Promise<IteratorResult<ProviderRuntimeEvent>> {
    const event = this.#queue[this.#head];
    if (event === undefined) {
      if (this.#closed) return Promise.resolve({ done: true, value: undefined });
      const { promise, resolve } = Promise.withResolvers<IteratorResult<ProviderRuntimeEvent>>();
      this.#consumer = resolve;
      return promise;
    }
    this.#head += 1;
    if (this.#head === this.#queue.length || this.#head >= compactAt) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
    if (this.waiting <= this.#highWater / 2) this.#release();
    return Promise.resolve({ done: false, value: event });
  }

  #deliver(result: IteratorResult<ProviderRuntimeEvent>): void {
    const consumer = this.#consumer;
    this.#consumer = undefined;
    consumer?.(result);
  }

  #holdBack(): Backlog {
    this.#telemetry.count("events.held-back", 1);
    return { ...Promise.withResolvers<void>(), span: this.#telemetry.span("events.held-back", { waiting: this.waiting }) };
  }

  #release(): void {
    this.#backlog?.resolve();
    this.#backlog?.span.end("ok");
    this.#backlog = undefined;
  }
}

type DeltaDraft = Extract<RuntimeEventDraft, { type: "content.delta" }>;

/** The host is slow, and whoever reads from an agent waits for it. */
interface Backlog extends PromiseWithResolvers<void> {
  readonly span: TelemetrySpan;
}

/** A period in which the text of an item is merged. */
interface MergedDelta {
  readonly first: DeltaDraft;
  /** What has come since something was sent. */
  delta: string;
  timer: Timer;
}

/** T3 flushes its own buffer at 24,000 characters. */
const maxMergedDelta = 16_000;
const compactAt = 1_024;
