import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CountedIds } from "../../../src/adapters/fake/counted-ids.js";
import { ManualClock } from "../../../src/adapters/fake/manual-clock.js";
import { RecordingTelemetry } from "../../../src/adapters/fake/recording-telemetry.js";
import { EventOutbox } from "../../../src/domain/turn/event-outbox.js";
import { EventStreamRules } from "../../../src/domain/turn/event-stream-rules.js";
import type { ProviderRuntimeEvent, RuntimeEventDraft } from "../../../src/ports/runtime-event.js";
import { textDelta, warned } from "./drafts.js";

const threadId = fc.constantFrom("t1", "t2", "t3");
const offer = fc.record({
  threadId,
  draft: fc.oneof(
    fc.record({ item: fc.constantFrom("m1", "m2"), delta: fc.string({ minLength: 1, maxLength: 4 }) }).map(({ item, delta }) => textDelta(item, delta)),
    fc.string({ minLength: 1, maxLength: 4 }).map((message) => warned(message)),
  ),
});
const acts = fc.array(fc.oneof({ weight: 6, arbitrary: offer }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 60 }) }), { maxLength: 40 });

/** A thread's events with neighbouring deltas of an item joined: what merging may not change. */
function joined(drafts: readonly RuntimeEventDraft[]): readonly string[] {
  const texts: { readonly key: string; text: string }[] = [];
  for (const draft of drafts) {
    const key = draft.type === "content.delta" ? `${draft.itemId}` : "!";
    const text = draft.type === "content.delta" ? draft.payload.delta : draft.type === "runtime.warning" ? draft.payload.message : "";
    const last = texts.at(-1);
    if (last?.key === key && key !== "!") last.text += text;
    else texts.push({ key, text });
  }
  return texts.map(({ key, text }) => `${key}: ${text}`);
}

describe("any interleaving of offers over threads and time", () => {
  it.each([0, 50])("keeps each thread's order and text when text is merged for %d ms", async (coalesceMs) => {
    await fc.assert(
      fc.asyncProperty(acts, async (acts) => {
        const clock = new ManualClock();
        const outbox = new EventOutbox({ clock, ids: new CountedIds(), telemetry: new RecordingTelemetry(), provider: "demo", coalesceMs, highWater: 5 });
        const got: ProviderRuntimeEvent[] = [];
        const reading = (async () => {
          for await (const event of outbox) got.push(event);
        })();
        for (const act of acts) {
          if (typeof act === "number") await clock.advance(act);
          else outbox.offer(act.threadId, act.draft);
        }
        outbox.close();
        await reading;
        for (const thread of ["t1", "t2", "t3"]) {
          const offered = acts.flatMap((act) => (typeof act !== "number" && act.threadId === thread ? [act.draft] : []));
          expect(joined(got.filter((event) => event.threadId === thread))).toEqual(joined(offered));
        }
        const rules = new EventStreamRules();
        for (const event of got) rules.check(event);
        expect(rules.violations.filter(({ rule }) => rule === 7)).toEqual([]);
        expect(clock.pendingTimers).toBe(0);
      }),
    );
  });
});
