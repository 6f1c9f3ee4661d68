import { describe, expect, it } from "vitest";
import { boundedData, cutText, headline } from "../../../src/domain/turn/bounded-data.js";

describe("a text that is cut", () => {
  it.each([
    ["fits", "hello", 5, "hello"],
    ["is longer", "hello!", 5, "hell…"],
    ["would break a surrogate pair", "ab👍cd", 4, "ab…"],
    ["ends with a whole surrogate pair", "ab👍cd", 5, "ab👍…"],
    ["is empty", "", 5, ""],
  ])("%s", (_what, text, limit, expected) => {
    expect(cutText(text, limit)).toBe(expected);
  });
});

describe("a headline", () => {
  it.each([
    ["is the first line with something on it", "\n  \n  first \nsecond", "first"],
    ["is cut", "a long first line", "a long f…"],
    ["is not there where there is nothing to see", " \n\t\n", undefined],
    ["is not searched for without end", `${"\n".repeat(10_000)}late`, undefined],
  ])("%s", (_what, text, expected) => {
    expect(headline(text, 9)).toBe(expected);
  });
});

describe("bounded data", () => {
  it("is what it was where that is small", () => {
    const input = { command: "ls", count: 3, deep: { list: [1, "two", null, true] }, nothing: null };
    expect(boundedData(input)).toEqual(input);
  });

  it("cuts long texts and says so", () => {
    expect(boundedData({ content: "x".repeat(5_000) })).toEqual({ content: `${"x".repeat(1_999)}…` });
  });

  it("keeps the first entries of long lists and objects", () => {
    const numbers = Array.from({ length: 100 }, (_, index) => index);
    expect(boundedData(numbers)).toEqual(numbers.slice(0, 40));
    expect(Object.keys(boundedData(Object.fromEntries(numbers.map((index) => [`key${index}`, index]))) as object)).toHaveLength(40);
  });

  it("ends where it is too deep", () => {
    expect(boundedData({ a: { b: { c: { d: { e: 1 } } } } })).toEqual({ a: { b: { c: { d: "…" } } } });
  });

  it("cuts long keys", () => {
    expect(Object.keys(boundedData({ ["k".repeat(500)]: 1 }) as object)).toEqual([`${"k".repeat(199)}…`]);
  });

  it("is JSON whatever it was", () => {
    expect(JSON.stringify(boundedData({ big: 12n }))).toBe('{"big":"12"}');
  });

  it("stays within what an event may carry, however many long texts there are", () => {
    const edits = Array.from({ length: 20 }, () => ({ oldText: "x".repeat(5_000), newText: "y".repeat(5_000) }));
    expect(JSON.stringify(boundedData({ path: "a.ts", edits })).length).toBeLessThan(60_000);
  });

  it("keeps the keys that previews are read from when it is cut as a whole", () => {
    const edits = Array.from({ length: 20 }, () => ({ oldText: "x".repeat(5_000), newText: "y".repeat(5_000) }));
    expect(boundedData({ path: "a.ts", edits })).toMatchObject({ path: "a.ts" });
  });
});
