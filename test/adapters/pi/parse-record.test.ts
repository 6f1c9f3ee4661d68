import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeEvent } from "../../../src/adapters/pi/decode-events.js";
import { parseRecord } from "../../../src/adapters/pi/parse-record.js";
import type { RpcRecord } from "../../../src/ports/rpc-transport.js";
import { isRecord, recordings, writtenLines } from "./recordings.js";

const snapshot = { role: "assistant", content: [{ type: "text", text: ',"partial":{' }] };

/** A line as the cumulative era writes it. */
function cumulativeLine(update: Readonly<Record<string, unknown>>): Buffer {
  return Buffer.from(JSON.stringify({ type: "message_update", assistantMessageEvent: { ...update, partial: snapshot }, message: snapshot }));
}

function parsed(line: Uint8Array): RpcRecord {
  const record = parseRecord(line);
  if (!isRecord(record)) throw new Error("no record");
  return record;
}

describe("parseRecord", () => {
  it.each(recordings)("%s: a cut line means what the whole line means", (recording) => {
    const lines = writtenLines(recording);
    expect(lines.map((line) => decodeEvent(parsed(line)))).toEqual(lines.map((line) => decodeEvent(JSON.parse(line.toString()))));
  });

  it("leaves every line of the later eras whole, but for what stands around an update", () => {
    for (const recording of recordings.filter((name) => !name.startsWith("0.80.10/"))) {
      for (const line of writtenLines(recording)) {
        const whole = JSON.parse(line.toString());
        const { type, assistantMessageEvent } = whole;
        expect(parseRecord(line)).toEqual(type === "message_update" ? { type, assistantMessageEvent } : whole);
      }
    }
  });

  it("reads an update of the later eras whole when something stands behind it", () => {
    const line = '{"type":"message_update","usage":{"input":1},"assistantMessageEvent":{"type":"text_delta","contentIndex":0,"delta":"x"},"more":{}}';
    expect(parseRecord(Buffer.from(line))).toEqual(JSON.parse(line));
  });

  it.each(["text_delta", "text_start", "text_end", "thinking_delta", "thinking_start", "thinking_end", "toolcall_delta"])(
    "does not even look at the repetition in %s",
    (type) => {
      const line = cumulativeLine({ type, contentIndex: 3, delta: "x", content: "y" });
      const repetition = line.indexOf(',"partial":{') + ',"partial":{'.length;
      // Whatever stands there: it is never parsed, so its size costs nothing.
      line.fill("?", repetition);
      expect(parseRecord(line)).toEqual({ type: "message_update", assistantMessageEvent: { type, contentIndex: 3, delta: "x", content: "y" } });
    },
  );

  it.each([
    { type: "toolcall_start", contentIndex: 0 },
    { type: "toolcall_end", contentIndex: 0, toolCall: { name: "x", arguments: { a: 1, partial: { b: 2 } } } },
  ])("keeps $type whole: what matters of it may stand after the marker", (update) => {
    const line = cumulativeLine(update);
    expect(parseRecord(line)).toEqual(JSON.parse(line.toString()));
  });

  it("cuts at the repetition whatever the text before it says", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom(',"partial":{', '"}},"partial":{', "\\", "\u2028")), (delta) => {
        const record = parseRecord(cumulativeLine({ type: "text_delta", contentIndex: 0, delta }));
        expect(record).toEqual({ type: "message_update", assistantMessageEvent: { type: "text_delta", contentIndex: 0, delta: delta.toWellFormed() } });
      }),
    );
  });

  it("reads a line that lies anywhere in a larger buffer", () => {
    const line = cumulativeLine({ type: "text_delta", contentIndex: 0, delta: "é" });
    const around = new Uint8Array(line.length + 10).fill(0x7b);
    around.set(line, 5);
    expect(parseRecord(around.subarray(5, 5 + line.length))).toEqual(parseRecord(line));
  });

  it("reads a record behind a terminal's codes, but none behind words", () => {
    const line = cumulativeLine({ type: "text_delta", contentIndex: 0, delta: "\u001b[0m" });
    for (const codes of ["\u001b[1;31m", "\u001b[?25h\r", "\u001b]0;a title — {\u0007", "\u001b]2;title\u001b\\\u001b[0m"]) {
      expect(parseRecord(Buffer.concat([Buffer.from(codes), line]))).toEqual(parseRecord(line));
    }
    for (const words of ["debug: ", "\u001b[2mdebug: ", "\u001b]0;a title without an end "]) {
      expect(() => parseRecord(Buffer.concat([Buffer.from(words), line]))).toThrow(SyntaxError);
    }
  });

  it.each(["", "   ", "nonsense", '{"type":"message_update","assistantMessageEvent":{"type":"text_delta",'])("throws for %j, which is no JSON", (text) => {
    expect(() => parseRecord(Buffer.from(text))).toThrow(SyntaxError);
  });
});
