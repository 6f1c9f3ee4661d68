import { describe, expect, it } from "vitest";
import { isUnprintable, quoted } from "../../../src/domain/inventory/quoted-text.js";

describe("a text in quotation marks", () => {
  it.each([
    ["stands as it is", "openai/gpt-5", '"openai/gpt-5"'],
    ["may be in any script", "ollama/modèle 世界 👍", '"ollama/modèle 世界 👍"'],
    ["has no control characters", "a\nb\u001B[31mc\u0000", '"a\uFFFDb\uFFFD[31mc\uFFFD"'],
    ["has no characters that turn the reading direction", "a\u202Eb\u2066c", '"a\uFFFDb\uFFFDc"'],
    ["has no zero-width characters", "a\u200Bb\uFEFFc", '"a\uFFFDb\uFFFDc"'],
    ["has no other line breaks", "a\u2028b\u2029c", '"a\uFFFDb\uFFFDc"'],
    ["has no halves of characters", "a\uD83Db", '"a\uFFFDb"'],
  ])("%s", (_what, text, expected) => {
    expect(quoted(text)).toBe(expected);
  });

  it("is cut after 80 characters, never in the middle of one", () => {
    expect(quoted("x".repeat(80))).toBe(`"${"x".repeat(80)}"`);
    expect(quoted("x".repeat(81))).toBe(`"${"x".repeat(79)}…"`);
    expect(quoted(`${"x".repeat(78)}👍👍`)).toBe(`"${"x".repeat(78)}…"`);
  });
});

describe("an unprintable text", () => {
  it.each([
    ["openai/gpt-5", false],
    ["modèle 世界 👍", false],
    ["a\tb", true],
    ["a\u00ADb", true],
    ["a\u200Db", true],
    ["a\uDC00b", true],
  ])("%j: %s", (text, expected) => {
    expect(isUnprintable(text)).toBe(expected);
  });
});
