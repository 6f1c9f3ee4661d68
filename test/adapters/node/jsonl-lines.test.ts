import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { JsonlLines, OversizedLine, type JsonlLine } from "../../../src/adapters/node/jsonl-lines.js";

/** A line as a test compares it: its text, or its size if it was too long. */
function shown(line: JsonlLine): string | number {
  return line instanceof OversizedLine ? line.bytes : Buffer.from(line).toString("utf8");
}

function split(input: { readonly chunks: readonly Uint8Array[]; readonly maxLineBytes?: number }): readonly (string | number)[] {
  const lines = new JsonlLines({ maxLineBytes: input.maxLineBytes ?? 1024 });
  return [...input.chunks.flatMap((chunk) => lines.push(chunk)), ...lines.end()].map((line) => shown(line));
}

function cut(input: { readonly bytes: Uint8Array; readonly places: readonly number[] }): readonly Uint8Array[] {
  const places = [...new Set(input.places.map((place) => place % (input.bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...places].map((start, index) => input.bytes.subarray(start, places[index]));
}

/** Text in which line ends, characters of every length and what only looks like a line end are frequent. */
const anyText = fc
  .array(fc.oneof(fc.constantFrom("\n", "\r\n", "\r", "\u2028", "\u2029", "\u0085", "\u0000", "é", "€", "\u{1F600}", "\u{1F468}\u200D\u{1F469}"), fc.string()))
  .map((pieces) => pieces.join(""));

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

describe("JsonlLines", () => {
  it("cuts at line feeds only and strips one carriage return", () => {
    expect(split({ chunks: [text("a\u2028b\u2029c\u0085d\r\n\re\r\r\nf\n")] })).toEqual(["a\u2028b\u2029c\u0085d", "\re\r", "f"]);
  });

  it("leaves out empty lines", () => {
    expect(split({ chunks: [text("\n\r\na\n\n\r\n")] })).toEqual(["a"]);
  });

  it("gives the last line at the end, once", () => {
    const lines = new JsonlLines({ maxLineBytes: 10 });
    expect(lines.push(text("a\nb"))).toHaveLength(1);
    expect(lines.end().map((line) => shown(line))).toEqual(["b"]);
    expect(lines.end()).toEqual([]);
  });

  it("keeps a line of exactly the bound, and reports a longer one by its size in its place", () => {
    expect(split({ maxLineBytes: 4, chunks: [text("1234\n12345\n1\n")] })).toEqual(["1234", 5, "1"]);
  });

  it("reports an oversized last line", () => {
    expect(split({ maxLineBytes: 4, chunks: [text("123"), text("45"), text("6")] })).toEqual([6]);
  });

  it("does not keep the bytes of a line that is too long", async () => {
    const lines = new JsonlLines({ maxLineBytes: 4 });
    const memory = ["fits", "does not any more"].map((chunk) => memoryOf({ lines, chunk: text(chunk) }));
    // A weak reference holds until the turn in which it was made is over.
    await setImmediate();
    collectGarbage();
    expect(memory.map((reference) => reference.deref())).toEqual([undefined, undefined]);
    expect(lines.push(text("\nok\n")).map((line) => shown(line))).toEqual([21, "ok"]);
  });

  it("takes a plain Uint8Array that is a view into a larger buffer", () => {
    const whole = text("xxa\nb\nyy");
    expect(split({ chunks: [whole.subarray(2, 6)] })).toEqual(["a", "b"]);
  });

  it("gives the same lines however the bytes are cut", () => {
    fc.assert(
      fc.property(anyText, fc.array(fc.nat()), fc.integer({ min: 1, max: 40 }), (whole, places, maxLineBytes) => {
        expect(split({ maxLineBytes, chunks: cut({ bytes: text(whole), places }) })).toEqual(linesOf({ text: whole, maxLineBytes }));
      }),
    );
  });

  it("brings any record through any cut", () => {
    fc.assert(
      fc.property(fc.array(fc.dictionary(anyText, anyText)), fc.array(fc.nat()), fc.constantFrom("\n", "\r\n"), (records, places, ending) => {
        const written = records.map((record) => JSON.stringify(record));
        const bytes = text(written.map((line) => `${line}${ending}`).join(""));
        expect(split({ maxLineBytes: Infinity, chunks: cut({ bytes, places }) })).toEqual(written);
      }),
    );
  });
});

/** The memory of a chunk that was pushed and that nobody but the splitter can still hold. */
function memoryOf(input: { readonly lines: JsonlLines; readonly chunk: Uint8Array }): WeakRef<ArrayBufferLike> {
  input.lines.push(input.chunk);
  return new WeakRef(input.chunk.buffer);
}

function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
}

/** The same rule, told simply over the whole text. */
function linesOf(input: { readonly text: string; readonly maxLineBytes: number }): readonly (string | number)[] {
  return input.text
    .split("\n")
    .map((line) => {
      const bytes = Buffer.byteLength(line);
      return bytes > input.maxLineBytes ? bytes : line.replace(/\r$/, "");
    })
    .filter((line) => line !== "");
}
