import { describe, expect, it } from "vitest";
import { advance } from "../../../src/domain/transcript/advance.ts";
import { changedEntities, type TranscriptEntity } from "../../../src/domain/transcript/changed-entities.ts";
import type { RuntimeEventDraft } from "../../../src/ports/runtime-event.ts";
import { messageCompleted, sessionStarted, textDelta, tool, turnCompleted, turnStarted, warned } from "../turn/drafts.ts";
import { folded, stamped } from "./folding.ts";

/** What the last `count` of these events change. */
function changesOfLast(count: number, drafts: readonly RuntimeEventDraft[]): readonly TranscriptEntity[] {
  const events = stamped(drafts);
  const before = folded(events.slice(0, -count));
  return changedEntities({ before, after: events.slice(-count).reduce(advance, before) });
}

/** The same, as a host would name them in its store. */
function namesOfLast(count: number, drafts: readonly RuntimeEventDraft[]): readonly string[] {
  return changesOfLast(count, drafts).map((entity) => (entity.type === "turn" ? `turn ${entity.turn.id}` : entity.type === "item" ? `item ${entity.item.id}` : entity.type));
}

describe("what changed", () => {
  it("is one message, whole, after a piece of its text", () => {
    const drafts = [sessionStarted, turnStarted(), tool("started", "a"), textDelta("m", "Hel"), textDelta("m", "lo")];
    expect(namesOfLast(1, drafts)).toEqual(["item m"]);
    expect(changesOfLast(1, drafts).at(-1)).toMatchObject({ type: "item", item: { turnId: "T1", ordinal: 1, text: "Hello", streaming: true } });
  });

  it("is the turn and the session where a turn begins or ends", () => {
    expect(namesOfLast(1, [sessionStarted, turnStarted()])).toEqual(["session", "turn T1"]);
    expect(namesOfLast(1, [turnStarted(), textDelta("m", "a"), messageCompleted("m", "a"), turnCompleted()])).toEqual(["session", "turn T1"]);
  });

  it("is everything of many events at once, each thing once and in order", () => {
    const second = { turnId: "T2" };
    const many = [textDelta("m", "a"), textDelta("m", "b"), messageCompleted("m", "ab"), turnCompleted(), warned("Between"), turnStarted(second), textDelta("n", "c", second)];
    expect(namesOfLast(many.length, [turnStarted(), tool("started", "a"), ...many])).toEqual(["session", "turn T1", "item a", "item m", "turn T2", "item n", "item event-6"]);
  });

  it("is nothing where nothing did", () => {
    const transcript = folded(stamped([turnStarted()]));
    expect(changedEntities({ before: transcript, after: transcript })).toEqual([]);
    expect(namesOfLast(1, [turnStarted(), { type: "thread.state.changed", payload: { state: "idle" } }])).toEqual([]);
  });

  it("is the meter", () => {
    const totals = { inputTokens: 1, outputTokens: 1, cachedInputTokens: 0, cacheWriteTokens: 0, totalTokens: 2 };
    expect(namesOfLast(1, [turnStarted(), { type: "thread.token-usage.updated", turnId: "T1", payload: { usage: { totals, totalCostUsd: 0 } } }])).toEqual(["usage"]);
  });
});
