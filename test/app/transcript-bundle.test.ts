import { join } from "node:path";
import { createContext, runInContext } from "node:vm";
import { expect, it } from "vitest";
import { messageCompleted, textDelta, turnCompleted, turnStarted } from "../domain/turn/drafts.js";
import { stamped } from "../domain/transcript/folding.js";
import { BrowserBundle } from "./browser-bundle.js";

it("./transcript is small, made of its own files alone, and runs where there is nothing but the language", async () => {
  const bundle = new BrowserBundle("transcript");
  const chunk = await bundle.build();
  expect(bundle.strangersIn(chunk)).toEqual([]);
  expect(chunk.moduleIds).toContain(join(bundle.home, "growing-list.ts"));
  expect(Buffer.byteLength(chunk.code)).toBeLessThan(12_000);

  const events = stamped([turnStarted(), textDelta("m", "Hel"), textDelta("m", "lo"), messageCompleted("m", "Hello"), turnCompleted()]);
  const context = createContext({ sent: JSON.stringify(events) });
  const page = `
    let shown = transcript.emptyTranscript("t1");
    const names = JSON.parse(sent).map((event) => {
      const before = shown;
      shown = transcript.advance(before, event);
      return transcript.changedEntities({ before, after: shown }).map(({ type }) => type).join(" ");
    });
    JSON.stringify([names, transcript.itemsOf(transcript.turnsOf(shown)[0]).map(({ text }) => text)]);`;
  expect(JSON.parse(String(runInContext(`${chunk.code};${page}`, context)))).toEqual([["session turn", "item", "item", "item", "session turn"], ["Hello"]]);
});
