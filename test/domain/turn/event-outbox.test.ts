import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { CountedIds } from "../../../src/adapters/fake/counted-ids.js";
import { ManualClock } from "../../../src/adapters/fake/manual-clock.js";
import { RecordingTelemetry } from "../../../src/adapters/fake/recording-telemetry.js";
import { EventOutbox } from "../../../src/domain/turn/event-outbox.js";
import type { ProviderRuntimeEvent } from "../../../src/ports/runtime-event.js";
import { reasoningDelta, textDelta, warned } from "./drafts.js";

function outboxWith(options: { readonly coalesceMs?: number; readonly highWater?: number } = {}): { readonly outbox: EventOutbox; readonly clock: ManualClock; readonly telemetry: RecordingTelemetry } {
  const clock = new ManualClock();
  const telemetry = new RecordingTelemetry();
  return { clock, telemetry, outbox: new EventOutbox({ clock, ids: new CountedIds(), telemetry, provider: "demo", coalesceMs: 50, highWater: 4, ...options }) };
}

/** An event in short: its thread and its text. */
function short(event: ProviderRuntimeEvent): string {
  if (event.type === "content.delta") return `${event.threadId} ${event.itemId}: ${event.payload.delta}`;
  return event.type === "runtime.warning" ? `${event.threadId} ! ${event.payload.message}` : event.type;
}

/** Closes the outbox and tells what a host gets of it. */
async function rest(outbox: EventOutbox): Promise<readonly string[]> {
  outbox.close();
  const events: string[] = [];
  for await (const event of outbox) events.push(short(event));
  return events;
}

/** An outbox with a mark of 4, in which so many events wait. */
function filled(events: number): EventOutbox {
  const { outbox } = outboxWith();
  for (let index = 1; index <= events; index += 1) outbox.offer("t1", warned(`${index}`));
  return outbox;
}

describe("the text that an outbox merges", () => {
  it("begins at once, and goes on as one delta for each period", async () => {
    const { outbox, clock } = outboxWith();
    for (const delta of ["Hel", "lo", " you"]) outbox.offer("t1", textDelta("m1", delta));
    expect(outbox.waiting).toBe(1);
    await clock.advance(49);
    expect(outbox.waiting).toBe(1);
    await clock.advance(1);
    expect(outbox.waiting).toBe(2);
    for (const delta of [", ", "there"]) outbox.offer("t1", textDelta("m1", delta));
    await clock.advance(50);
    expect(await rest(outbox)).toEqual(["t1 m1: Hel", "t1 m1: lo you", "t1 m1: , there"]);
  });

  it("waits no longer than what is left of the period", async () => {
    const { outbox, clock } = outboxWith();
    outbox.offer("t1", textDelta("m1", "a"));
    await clock.advance(40);
    outbox.offer("t1", textDelta("m1", "b"));
    await clock.advance(10);
    expect(outbox.waiting).toBe(2);
    outbox.offer("t1", textDelta("m1", "c"));
    expect(await rest(outbox)).toEqual(["t1 m1: a", "t1 m1: b", "t1 m1: c"]);
  });

  it("begins at once again after a period without any", async () => {
    const { outbox, clock } = outboxWith();
    outbox.offer("t1", textDelta("m1", "a"));
    await clock.advance(50);
    expect(clock.pendingTimers).toBe(0);
    outbox.offer("t1", textDelta("m1", "b"));
    expect(outbox.waiting).toBe(2);
  });

  it("makes one event for each period at most, however much there is", async () => {
    const { outbox, clock } = outboxWith();
    for (let index = 0; index < 1_000; index += 1) {
      outbox.offer("t1", textDelta("m1", "a"));
      await clock.advance(1);
    }
    expect(outbox.waiting).toBe(1 + 1_000 / 50);
  });

  it("is sent before anything else of its thread", async () => {
    const { outbox } = outboxWith();
    outbox.offer("t1", textDelta("m1", "a"));
    outbox.offer("t1", warned("now"));
    outbox.offer("t1", textDelta("m1", "b"));
    expect(await rest(outbox)).toEqual(["t1 m1: a", "t1 ! now", "t1 m1: b"]);
  });

  it("is sent before the text of another item", async () => {
    const { outbox } = outboxWith();
    outbox.offer("t1", reasoningDelta("r1", "hm"));
    outbox.offer("t1", textDelta("m1", "a"));
    outbox.offer("t1", reasoningDelta("r1", "hm"));
    expect(await rest(outbox)).toEqual(["t1 r1: hm", "t1 m1: a", "t1 r1: hm"]);
  });

  it("waits in its own thread while others go on", async () => {
    const { outbox, clock } = outboxWith();
    outbox.offer("t1", textDelta("m1", "a"));
    outbox.offer("t2", textDelta("m2", "b"));
    outbox.offer("t2", warned("now"));
    outbox.offer("t1", textDelta("m1", "c"));
    await clock.advance(50);
    expect(await rest(outbox)).toEqual(["t1 m1: a", "t2 m2: b", "t2 ! now", "t1 m1: c"]);
  });

  it("is sent early when it grows long", async () => {
    const { outbox } = outboxWith();
    outbox.offer("t1", textDelta("m1", "a"));
    outbox.offer("t1", textDelta("m1", "b"));
    outbox.offer("t1", textDelta("m1", "c".repeat(16_000)));
    expect(outbox.waiting).toBe(2);
    outbox.offer("t1", textDelta("m1", "d"));
    expect(outbox.waiting).toBe(2);
    expect(await rest(outbox)).toEqual(["t1 m1: a", `t1 m1: b${"c".repeat(16_000)}`, "t1 m1: d"]);
  });

  it("keeps what kind of text it is, and of which turn", async () => {
    const { outbox } = outboxWith();
    for (const delta of ["h", "m", "m"]) outbox.offer("t1", reasoningDelta("r1", delta));
    outbox.close();
    const events: ProviderRuntimeEvent[] = [];
    for await (const event of outbox) events.push(event);
    const sent = { threadId: "t1", provider: "demo" };
    expect(events).toMatchObject([{ ...reasoningDelta("r1", "h"), ...sent }, { ...reasoningDelta("r1", "mm"), ...sent }]);
  });

  it("is passed on at once where the period is zero", async () => {
    const { outbox, clock } = outboxWith({ coalesceMs: 0 });
    for (const delta of ["a", "b"]) outbox.offer("t1", textDelta("m1", delta));
    expect(clock.pendingTimers).toBe(0);
    expect(await rest(outbox)).toEqual(["t1 m1: a", "t1 m1: b"]);
  });

  it("leaves no timer behind once it is sent", () => {
    const { outbox, clock } = outboxWith();
    for (const delta of ["a", "b"]) outbox.offer("t1", textDelta("m1", delta));
    outbox.flush("t1");
    expect([outbox.waiting, clock.pendingTimers]).toEqual([2, 0]);
  });
});

describe("an outbox whose host is slow", () => {
  it("holds nobody back up to its mark", () => {
    expect(filled(4).ready()).toBeUndefined();
  });

  it("holds back above its mark until half of it is read", async () => {
    const outbox = filled(5);
    const released: string[] = [];
    void outbox.ready()?.then(() => released.push("one"));
    void outbox.ready()?.then(() => released.push("other"));
    const events = outbox[Symbol.asyncIterator]();
    await events.next();
    await events.next();
    await setImmediate();
    expect([outbox.waiting, released]).toEqual([3, []]);
    await events.next();
    await setImmediate();
    expect([outbox.waiting, released]).toEqual([2, ["one", "other"]]);
  });

  it("takes every event all the same", async () => {
    expect(await rest(filled(9))).toHaveLength(9);
  });

  it("holds nobody back once it is closed", async () => {
    const outbox = filled(5);
    const held = outbox.ready();
    outbox.close();
    await expect(held).resolves.toBeUndefined();
    expect(outbox.ready()).toBeUndefined();
  });

  it("tells how many events wait when it begins to hold back, once until it lets go", async () => {
    const { outbox, telemetry } = outboxWith();
    for (let index = 1; index <= 6; index += 1) outbox.offer("t1", warned(`${index}`));
    const held = outbox.ready();
    void outbox.ready();
    expect(telemetry.spans).toEqual([{ name: "events.held-back", attributes: { waiting: 6 } }]);

    const events = outbox[Symbol.asyncIterator]();
    for (let read = 0; read < 4; read += 1) await events.next();
    await held;
    expect(telemetry.spans).toEqual([{ name: "events.held-back", attributes: { waiting: 6 }, end: { outcome: "ok", attributes: {} } }]);
    expect(telemetry.counts).toEqual([{ name: "events.held-back", value: 1, attributes: {} }]);
  });

  it("tells of no span for ever: its end, and its host's, end it", async () => {
    const [closed, unheard] = [outboxWith({ highWater: 0 }), outboxWith({ highWater: 0 })];
    for (const { outbox } of [closed, unheard]) {
      outbox.offer("t1", warned("waits"));
      void outbox.ready();
    }
    closed.outbox.close();
    await unheard.outbox[Symbol.asyncIterator]().return?.();
    for (const { telemetry } of [closed, unheard]) expect(telemetry.spans).toMatchObject([{ end: { outcome: "ok" } }]);
  });

  it("keeps the order of thousands of events, read now and then", async () => {
    const { outbox } = outboxWith();
    const events = outbox[Symbol.asyncIterator]();
    const got: string[] = [];
    for (let index = 0; index < 3_000; index += 1) {
      outbox.offer("t1", warned(`${index}`));
      if (index % 3 !== 0) got.push(short((await events.next()).value as ProviderRuntimeEvent));
    }
    while (outbox.waiting > 0) got.push(short((await events.next()).value as ProviderRuntimeEvent));
    expect(got).toEqual(Array.from({ length: 3_000 }, (_, index) => `t1 ! ${index}`));
  });
});

describe("the consumer of an outbox", () => {
  it("gets an event as soon as there is one", async () => {
    const { outbox } = outboxWith();
    const next = outbox[Symbol.asyncIterator]().next();
    outbox.offer("t1", warned("now"));
    expect(await next).toMatchObject({ done: false, value: { type: "runtime.warning" } });
    expect(outbox.waiting).toBe(0);
  });

  it("is the only one", () => {
    const { outbox } = outboxWith();
    outbox[Symbol.asyncIterator]();
    expect(() => outbox[Symbol.asyncIterator]()).toThrow("one consumer");
  });

  it("gets what was offered before the close, then the end", async () => {
    const { outbox, clock } = outboxWith();
    outbox.offer("t1", warned("one"));
    outbox.offer("t1", textDelta("m1", "two"));
    outbox.offer("t2", textDelta("m2", "three"));
    outbox.close();
    outbox.offer("t1", warned("too late"));
    expect(clock.pendingTimers).toBe(0);
    expect(await rest(outbox)).toEqual(["t1 ! one", "t1 m1: two", "t2 m2: three"]);
  });

  it("gets the end while it waits", async () => {
    const { outbox } = outboxWith();
    const events = outbox[Symbol.asyncIterator]();
    const next = events.next();
    outbox.close();
    expect(await next).toEqual({ done: true, value: undefined });
    expect(await events.next()).toEqual({ done: true, value: undefined });
  });

  it("gets the text that the close flushes while it waits, and then the end", async () => {
    const { outbox } = outboxWith();
    const events = outbox[Symbol.asyncIterator]();
    const next = events.next();
    outbox.offer("t1", textDelta("m1", "last"));
    outbox.close();
    expect((await next).value).toMatchObject({ payload: { delta: "last" } });
    expect((await events.next()).done).toBe(true);
  });

  it("may stop listening while it waits, and holds nobody back then", async () => {
    const { outbox, clock } = outboxWith({ highWater: 0 });
    const events = outbox[Symbol.asyncIterator]();
    const next = events.next();
    expect(await events.return?.()).toEqual({ done: true, value: undefined });
    expect((await next).done).toBe(true);
    outbox.offer("t1", warned("unheard"));
    expect([outbox.waiting, outbox.ready(), clock.pendingTimers]).toEqual([0, undefined, 0]);
    expect((await events.next()).done).toBe(true);
  });

  it("leaves nothing behind when it stops listening", async () => {
    const { outbox, clock } = outboxWith({ highWater: 0 });
    outbox.offer("t1", warned("unheard"));
    outbox.offer("t1", textDelta("m1", "unheard"));
    const held = outbox.ready();
    for await (const _event of outbox) break;
    await held;
    await clock.advance(50);
    expect([outbox.waiting, clock.pendingTimers]).toEqual([0, 0]);
  });
});
