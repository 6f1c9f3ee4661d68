import { describe, expect, it } from "vitest";
import { advance } from "../../../src/domain/transcript/advance.ts";
import { changedEntities } from "../../../src/domain/transcript/changed-entities.ts";
import { itemsOf } from "../../../src/domain/transcript/transcript.ts";
import type { RuntimeEventDraft } from "../../../src/ports/runtime-event.ts";
import { messageCompleted, textDelta, tool, turnCompleted, turnStarted, warned } from "../turn/drafts.ts";
import { folded, stamped } from "./folding.ts";

/**
 * What a piece of text costs, counted: how many places of arrays and objects are written anew for it. What two versions share was not
 * written, and is not looked at. (That the text itself is not copied is the engine's doing: it joins two strings without reading them.)
 */
function placesWritten(before: unknown, after: unknown): number {
  if (before === after || typeof after !== "object" || after === null) return 0;
  const old: Readonly<Record<string, unknown>> = typeof before === "object" && before !== null ? { ...before } : {};
  const entries = Object.entries(after);
  return entries.reduce((sum, [key, value]) => sum + placesWritten(old[key], value), entries.length);
}

const pieces = 10_000;

describe("10,000 pieces of text", () => {
  it.each([
    { about: "in a thread that has just begun", drafts: [] },
    { about: "in a turn of 5,000 tools", drafts: Array.from({ length: 5_000 }, (_, index) => [tool("started", `tool-${index}`), tool("completed", `tool-${index}`)]).flat() },
    { about: "while a tool has been open from the start", drafts: [tool("started", "open"), ...Array.from({ length: 1_000 }, (_, index) => [tool("started", `tool-${index}`), tool("completed", `tool-${index}`)]).flat()] },
  ])("cost the same each, $about", ({ drafts }) => {
    const past = Array.from({ length: 300 }, (_, index): readonly RuntimeEventDraft[] => [warned("Between"), turnStarted({ turnId: `past-${index}` }), turnCompleted({ turnId: `past-${index}` })]).flat();
    const events = stamped([...past, turnStarted(), ...drafts, ...Array.from({ length: pieces }, () => textDelta("m", "word ")), messageCompleted("m", "word ".repeat(pieces))]);
    const streaming = events.slice(-pieces - 1);
    let transcript = folded(events.slice(0, -pieces - 1));
    let written = 0;
    let told = 0;
    for (const event of streaming) {
      const next = advance(transcript, event);
      written += placesWritten(transcript, next);
      told += changedEntities({ before: transcript, after: next }).length;
      transcript = next;
    }
    expect(transcript.latest === undefined ? [] : itemsOf(transcript.latest).at(-1)).toMatchObject({ text: "word ".repeat(pieces), streaming: false });
    // The transcript, the turn, the message, and at most 32 places on each of three levels.
    expect(written / streaming.length).toBeLessThan(8 + 12 + 10 + 3 * 32 + 6);
    expect(told).toBe(streaming.length);
  });
});
