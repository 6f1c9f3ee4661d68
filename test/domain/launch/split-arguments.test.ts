import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { splitArguments } from "../../../src/domain/launch/split-arguments.js";

/** As a shell's own words for it. */
function written(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

describe("splitting arguments", () => {
  it.each<[text: string, ...expected: readonly string[]]>([
    [""],
    ["  \t\n "],
    ["-e /x.ts  --plan", "-e", "/x.ts", "--plan"],
    ["a\nb\r\nc", "a", "b", "c"],
    ["'a b' \"c d\"", "a b", "c d"],
    [`--name='a "b"' it"'"s`, `--name=a "b"`, "it's"],
    ['""', ""],
    ["'' ''", "", ""],
    [String.raw`a\ b \"c\' \\`, "a b", `"c'`, "\\"],
    [String.raw`"a\"b\\c\$d\n"`, String.raw`a"b\c$d\n`],
    [String.raw`'a\b'`, String.raw`a\b`],
    ["-e x \\\n  -e y", "-e", "x", "-e", "y"],
    ["on\\\r\ne", "one"],
    ['"on\\\ne"', "one"],
    ["$HOME ~ *.ts ; | > `x` #y", "$HOME", "~", "*.ts", ";", "|", ">", "`x`", "#y"],
    ["\u{1F600} 'ä ö' \\\u{1F600}", "\u{1F600}", "ä ö", "\u{1F600}"],
  ])("reads %j", (text, ...expected) => {
    expect(splitArguments(text)).toEqual({ type: "arguments", arguments: expected });
  });

  it.each<[text: string, fault: RegExp, next: string]>([
    ["-e 'x", /single quote that is never closed/, "\\'"],
    [`-e "it's`, /double quote that is never closed/, '\\"'],
    [String.raw`"a\"`, /double quote/, '\\"'],
    ["it's", /single quote/, "\\'"],
    ["-e x\\", /end with a backslash/, "twice"],
    ["-e \0x", /null character/, "by hand"],
  ])("refuses %j", (text, fault, next) => {
    expect(splitArguments(text)).toEqual({ type: "invalid", fault: expect.stringMatching(fault), nextStep: expect.stringContaining(next) });
  });

  it("finds every list of arguments again that was written with quotes", () => {
    const argument = fc.string({ unit: "binary" }).map((text) => text.replaceAll("\0", ""));
    fc.assert(
      fc.property(fc.array(argument), (list) => {
        expect(splitArguments(list.map(written).join(" "))).toEqual({ type: "arguments", arguments: list });
      }),
    );
  });

  it("needs no time worth mentioning for much text that never ends", () => {
    expect(splitArguments(`"${"\\\"".repeat(200_000)}`)).toMatchObject({ type: "invalid" });
  });
});
