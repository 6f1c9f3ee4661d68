import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { agentWords, excerpt, oneLine } from "../../../src/adapters/pi/bounded-text.js";

const size = { head: 5, tail: 3 };

describe("bounded texts", () => {
  it("leave a short text as it is", () => {
    expect(excerpt("12345678", size)).toBe("12345678");
    expect(agentWords(" as it is ")).toBe("as it is");
  });

  it("say how much an excerpt leaves out", () => {
    expect(excerpt("12345______678", size)).toBe("12345\n[… 6 characters left out …]\n678");
  });

  it("never cut a character in two, and never exceed their bound", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 9, maxLength: 60 }), (text) => {
        expect(excerpt(text, size).isWellFormed()).toBe(true);
        expect(oneLine(text, 7).isWellFormed()).toBe(true);
        expect(oneLine(text, 7).length).toBeLessThanOrEqual(7);
        expect(oneLine(text, 7)).not.toMatch(/[\n\r\t\u2028]/);
      }),
    );
  });
});
