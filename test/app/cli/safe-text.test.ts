import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SafeText, safeLine, safeText } from "../../../src/app/cli/safe-text.js";

/** Text in which everything that matters to a terminal is frequent, whole sequences and broken ones. */
const anyText = fc
  .array(
    fc.oneof(
      fc.constantFrom("\u001B", "\u001B[", "\u001B]0;", "\u001B(", "\u009B", "\u009D", "\u0090", "\u0007", "\u001B\\", "\u009C", "\r", "\n", "\t", "31m", "2J", "\u202E", "\u2066", "\u007F", "\u0000"),
      fc.string({ unit: "binary" }),
    ),
  )
  .map((pieces) => pieces.join(""));

/** A control character other than the line feed and the tab, or a character that turns the reading direction. */
const harmful = /[^\P{Cc}\n\t]|[\u202A-\u202E\u2066-\u2069]/u;

describe("safeText", () => {
  it.each([
    ["a colour", "\u001B[1;31mred\u001B[0m", "red"],
    ["an erased screen", "a\u001B[2J\u001B[Hb", "ab"],
    ["a window title", "a\u001B]0;owned\u0007b", "ab"],
    ["a clipboard write that ends with a string terminator", "a\u001B]52;c;cm0gLXJm\u001B\\b", "ab"],
    ["a device control string", "a\u001BP1$r0m\u001B\\b", "ab"],
    ["an 8-bit sequence", "a\u009B31mb\u009D0;t\u009Cc", "abc"],
    ["a character set", "a\u001B(0b", "ab"],
    ["a reset", "a\u001Bcb", "ab"],
    ["a bell, a backspace and a null", "a\u0007b\u0008c\u0000d", "abcd"],
    ["carriage returns, which would overwrite the line", "safe\rrm\r\nnext", "saferm\nnext"],
    ["direction overrides and isolates", "a\u202Eb\u202Cc\u2066d\u2069e", "abcde"],
  ])("takes out %s", (_name, text, expected) => {
    expect(safeText(text)).toBe(expected);
  });

  it.each([
    ["line feeds and tabs", "a\n\n\tb"],
    ["text of every script", "Grüße, 世界, שלום, مرحبا, 👩‍👩‍👧"],
    ["brackets that follow no escape", "[31m is a colour, ]0; a title"],
  ])("leaves %s alone", (_name, text) => {
    expect(safeText(text)).toBe(text);
  });

  it.each([
    ["a character that can be no part of it", "a\u001B[1é1m", "aé1m"],
    ["another sequence", "a\u001B[1\u001B[2Jb", "ab"],
    ["the end of the line", "a\u001B]0;unfinished\nb", "a\nb"],
  ])("takes a sequence for broken off at %s", (_name, text, expected) => {
    expect(safeText(text)).toBe(expected);
  });

  it("lets nothing harmful through", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(safeText(text)).not.toMatch(harmful);
      }),
    );
  });

  it("has nothing left to do the second time", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(safeText(safeText(text))).toBe(safeText(text));
      }),
    );
  });
});

describe("SafeText", () => {
  it("cleans a text in pieces as it would clean it whole", () => {
    fc.assert(
      fc.property(anyText, fc.array(fc.nat(200)), (text, places) => {
        const safe = new SafeText();
        const cuts = [0, ...places.filter((place) => place < text.length).sort((a, b) => a - b)];
        const pieces = cuts.map((start, index) => text.slice(start, cuts[index + 1]));
        expect(pieces.map((piece) => safe.clean(piece)).join("")).toBe(safeText(text));
      }),
    );
  });
});

describe("safeLine", () => {
  it("keeps everything on one line", () => {
    expect(safeLine("  a\n\tb\u001B[31m c\u2028d ")).toBe("a b c d");
  });
});
