import { describe, expect, it } from "vitest";
import { alignColumns, cutToWidth, padToWidth, widthOf } from "../../../src/app/cli/cells.js";

describe("widthOf", () => {
  it.each([
    ["plain", 5],
    ["Grüße", 5],
    ["e\u0301", 1],
    ["世界", 4],
    ["✓ a → b", 7],
    ["🎉", 2],
    ["", 0],
  ])("%s takes %i cells", (text, cells) => {
    expect(widthOf(text)).toBe(cells);
  });
});

describe("cutToWidth", () => {
  it.each([
    ["fits", 4, "fits"],
    ["too long", 5, "too …"],
    ["世界世界", 5, "世界…"],
    ["世界世界", 6, "世界…"],
    ["anything", Number.POSITIVE_INFINITY, "anything"],
  ])("%s in %d cells is %s", (text, cells, cut) => {
    expect(cutToWidth(text, cells)).toBe(cut);
    expect(widthOf(cut)).toBeLessThanOrEqual(cells);
  });
});

describe("alignColumns", () => {
  it("gives every column its widest cell's width and leaves no space at the end", () => {
    expect(alignColumns([["a", "世界", ""], ["long", "b", "c"]])).toEqual(["a     世界", "long  b     c"]);
  });

  it("pads by cells, not by characters", () => {
    expect(padToWidth("世", 4)).toBe("世  ");
  });
});
