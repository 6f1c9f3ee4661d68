import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ServerSentEventReader } from "../../../playground/page/state/server-sent-events.js";

const read = (...pieces: readonly string[]) => {
  const reader = new ServerSentEventReader();
  return pieces.flatMap((piece) => reader.read(piece));
};

describe("a stream of server-sent events", () => {
  it.each<[what: string, text: string, events: readonly { readonly id: string; readonly data: string }[]]>([
    ["an event with its id", "id: 7\ndata: {}\n\n", [{ id: "7", data: "{}" }]],
    ["data of several lines", "data: a\ndata: b\n\n", [{ id: "", data: "a\nb" }]],
    ["a value without the space, of which only one is taken away", "data:a\n\ndata:  b\n\n", [{ id: "", data: "a" }, { id: "", data: " b" }]],
    ["a field without a value", "data\n\n", [{ id: "", data: "" }]],
    ["an id that holds for what follows", "id: 1\ndata: a\n\ndata: b\n\n", [{ id: "1", data: "a" }, { id: "1", data: "b" }]],
    ["comments and fields that nobody knows", ": ping\nevent: x\nretry: 5\nwhatever\ndata: a\n\n", [{ id: "", data: "a" }]],
    ["a block without data", "id: 3\n\n: ping\n\n", []],
    ["every kind of line end", "data: a\r\n\r\ndata: b\r\rdata: c\n\n", [{ id: "", data: "a" }, { id: "", data: "b" }, { id: "", data: "c" }]],
    ["an end that has not come", "data: a\n", []],
  ])("reads %s", (_what, text, events) => {
    expect(read(text)).toEqual(events);
  });

  it("reads the same wherever its pieces end", () => {
    const text = "id: 1\r\ndata: one\r\ndata: more\r\n\r\n: ping\n\nid: 2\ndata: two\u2028\n\n";
    const whole = read(text);
    expect(whole).toHaveLength(2);
    fc.assert(
      fc.property(fc.array(fc.nat(text.length), { maxLength: 8 }), (cuts) => {
        const ends = [...cuts.toSorted((left, right) => left - right), text.length];
        expect(read(...ends.map((end, index) => text.slice(ends[index - 1] ?? 0, end)))).toEqual(whole);
      }),
    );
  });
});
