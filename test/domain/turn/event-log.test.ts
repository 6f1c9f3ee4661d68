import { describe, expect, it } from "vitest";
import { CountedIds } from "../../../src/adapters/fake/counted-ids.js";
import { ManualClock } from "../../../src/adapters/fake/manual-clock.js";
import { RecordingTelemetry } from "../../../src/adapters/fake/recording-telemetry.js";
import { EventLog } from "../../../src/domain/turn/event-log.js";
import { EventOutbox } from "../../../src/domain/turn/event-outbox.js";
import type { RuntimeEventDraft } from "../../../src/ports/runtime-event.js";
import { messageCompleted, sessionExited, sessionStarted, textDelta, turnCompleted, turnStarted, warned } from "./drafts.js";

/** A log of events that a test offers one by one. */
function logged(): { readonly log: EventLog; readonly offer: (...drafts: readonly RuntimeEventDraft[]) => void; readonly end: () => Promise<void> } {
  const outbox = new EventOutbox({ clock: new ManualClock(), ids: new CountedIds(), telemetry: new RecordingTelemetry(), provider: "demo", coalesceMs: 0, highWater: 100 });
  const log = new EventLog(outbox);
  return {
    log,
    offer: (...drafts) => {
      for (const draft of drafts) outbox.offer("t1", draft);
    },
    end: () => {
      outbox.close();
      return log.ended;
    },
  };
}

describe("a log of events", () => {
  it("keeps them in order, and finds them by their type", async () => {
    const { log, offer, end } = logged();
    offer(sessionStarted, warned("one"), warned("two"));
    await end();
    expect(log.types).toEqual(["session.started", "runtime.warning", "runtime.warning"]);
    expect(log.of("runtime.warning").map(({ payload }) => payload.message)).toEqual(["one", "two"]);
    expect(log.events).toHaveLength(3);
  });

  it("waits for an event that is still to come", async () => {
    const { log, offer } = logged();
    const waiting = log.first("runtime.warning", ({ payload }) => payload.message === "two");
    offer(warned("one"), warned("two"));
    expect((await waiting).payload.message).toBe("two");
  });

  it("finds an event that came already", async () => {
    const { log, offer } = logged();
    offer(sessionStarted, warned("one"), warned("two"));
    await log.first("runtime.warning", ({ payload }) => payload.message === "two");
    expect((await log.first("runtime.warning")).payload.message).toBe("one");
  });

  it("tells everybody who waits", async () => {
    const { log, offer } = logged();
    const waiting = [log.first("session.started"), log.first("session.started")];
    offer(sessionStarted);
    const [one, other] = await Promise.all(waiting);
    expect(one).toBe(other);
  });

  it("waits for the end of the turn that is meant", async () => {
    const { log, offer } = logged();
    offer(turnStarted({ turnId: "T1" }), turnCompleted({ turnId: "T1" }), turnStarted({ turnId: "T2" }), turnCompleted({ turnId: "T2" }));
    expect((await log.turn("T2")).turnId).toBe("T2");
  });

  it("tells the texts of a turn", async () => {
    const { log, offer, end } = logged();
    offer(turnStarted(), textDelta("m1", "one"), messageCompleted("m1", "one"), textDelta("m2", "two"), messageCompleted("m2", "two"), turnCompleted());
    await end();
    expect(log.texts("T1")).toEqual(["one", "two"]);
    expect(log.texts("T2")).toEqual([]);
  });

  it("says what broke the rules, at once and at the end", async () => {
    const { log, offer, end } = logged();
    offer(sessionStarted, turnStarted(), sessionExited);
    await end();
    expect(log.violations.map(({ rule }) => rule)).toEqual([10]);
    expect(log.conclude().map(({ rule }) => rule)).toEqual([10, 1]);
  });
});
