import { describe, expect, it } from "vitest";
import { CountedIds } from "../../../src/adapters/fake/counted-ids.js";
import { EventStamper } from "../../../src/domain/turn/event-stamp.js";
import { warned } from "./drafts.js";

/** A stamper whose clock shows the given times, one with each event. */
function stamperAt(times: readonly number[]): EventStamper {
  const left = [...times];
  const clock = {
    now: () => left.shift() ?? Number.NaN,
    schedule: () => {
      throw new Error("Stamping needs no timer.");
    },
  };
  return new EventStamper({ clock, ids: new CountedIds(), provider: "demo" });
}

/** The times, in milliseconds, of one thread's events for the times a clock shows. */
function timesOf(clock: readonly number[]): readonly number[] {
  const stamper = stamperAt(clock);
  return clock.map(() => Date.parse(stamper.stamp("t1", warned("hm")).createdAt));
}

describe("the stamp of an event", () => {
  it("names the event, its provider, its thread and its time, and changes nothing else", () => {
    const draft = { ...warned("hm"), turnId: "T1" };
    expect(stamperAt([Date.UTC(2026, 0, 2)]).stamp("t1", draft)).toEqual({
      ...draft,
      eventId: "00000000-0000-4000-8000-000000000001",
      provider: "demo",
      threadId: "t1",
      createdAt: "2026-01-02T00:00:00.000Z",
    });
  });

  it("gives every event an id of its own, in all threads", () => {
    const stamper = stamperAt([1, 1, 1]);
    const ids = ["t1", "t2", "t1"].map((threadId) => stamper.stamp(threadId, warned("hm")).eventId);
    expect(new Set(ids).size).toBe(3);
  });

  it.each([
    ["goes with the clock", [10, 20, 35], [10, 20, 35]],
    ["goes on where the clock stands still", [10, 10, 10], [10, 11, 12]],
    ["goes on where the clock is set back", [1_000, 10, 20], [1_000, 1_001, 1_002]],
    ["follows the clock again once that has caught up", [10, 10, 11, 50], [10, 11, 12, 50]],
  ])("has a time that %s", (_what, clock, expected) => {
    expect(timesOf(clock)).toEqual(expected);
  });

  it("counts the time of each thread by itself", () => {
    const stamper = stamperAt([10, 10, 10]);
    const times = ["t1", "t2", "t1"].map((threadId) => Date.parse(stamper.stamp(threadId, warned("hm")).createdAt));
    expect(times).toEqual([10, 10, 11]);
  });
});
