import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emptySplit, splitBlocks, type SplitText } from "../../../playground/page/markdown/split-blocks.js";

const grown = (pieces: readonly string[]): SplitText => {
  let text = "";
  return pieces.reduce((split, piece) => splitBlocks(split, (text += piece)), emptySplit);
};
const raws = ({ settled, open }: SplitText): readonly string[] => [...settled, ...open].map(({ token }) => token.raw.trim());

const visible = (text: string): string => text.replace(/\s/g, "");

const answer = `# Title

A paragraph
of two lines, then *this* and \`that\`.

- one
- two

  still two
  1. nested

---

\`\`\`ts
const fence = "\\n\\n";

# no heading
\`\`\`

| a | b |
| - | -: |
| 1 | 2 |

> quoted

Heading
===

1. first

2. second
`;

describe("a text that grows", () => {
  it("is taken apart as it would be at once, wherever its pieces end", () => {
    const whole = raws(splitBlocks(emptySplit, answer));
    expect(whole).toHaveLength(9);
    expect(raws(grown(answer.split("")))).toEqual(whole);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), (sizes) => {
        const pieces: string[] = [];
        for (let at = 0, turn = 0; at < answer.length; turn += 1) {
          const size = sizes[turn % sizes.length] ?? 1;
          pieces.push(answer.slice(at, at + size));
          at += size;
        }
        expect(raws(grown(pieces))).toEqual(whole);
      }),
      { numRuns: 50 },
    );
  });

  it("loses and doubles nothing, whatever it is", () => {
    const soup = fc.array(fc.constantFrom("\n", "\n\n", "\r\n", "\r", "# ", "- ", "1. ", "> ", "```", "~~~", "    ", "\t", "|", "| - |", "---", "===", "<div>", "</div>", "<!--", "[a](b)", "*", "_", "`", "word ", "\u00a0", "\\"), { maxLength: 40 });
    fc.assert(
      fc.property(soup, (pieces) => {
        let written = "";
        let split = emptySplit;
        let settled = "";
        for (const piece of pieces) {
          const before = split;
          written += piece;
          split = splitBlocks(split, written);
          const text = split.text;
          expect(text.startsWith(settled)).toBe(true);
          expect(split.settled.slice(0, before.settled.length)).toEqual(before.settled);
          settled = text.slice(0, split.settledLength);
          for (const { offset, token } of [...split.settled, ...split.open]) expect(visible(text.slice(offset, offset + token.raw.length))).toBe(visible(token.raw));
        }
        expect(split.text).toBe(written.replace(/\r\n?/g, "\n"));
        const shown = [...split.settled, ...split.open].map(({ token }) => token.raw).join("");
        expect(visible(shown)).toBe(visible(written));
      }),
      { numRuns: 300 },
    );
  });

  it("reads settled blocks never again", () => {
    const before = grown(["One.\n\nTwo.\n\nThr"]);
    const after = splitBlocks(before, "One.\n\nTwo.\n\nThree.\n\nFour");
    expect(before.settled).toHaveLength(1);
    expect(after.settled[0]).toBe(before.settled[0]);
    expect(raws(after)).toEqual(["One.", "Two.", "Three.", "Four"]);
  });

  it("leaves a block open while the line behind it may still belong to it", () => {
    expect(grown(["para\n", "#"]).settled).toEqual([]);
    expect(raws(grown(["para\n", "#", "1 is the first"]))).toEqual(["para\n#1 is the first"]);
    expect(raws(grown(["para\n", "#", " Heading\n", "more"]))).toEqual(["para", "# Heading", "more"]);
  });

  it("begins anew when it is another text", () => {
    expect(raws(splitBlocks(grown(["One.\n\nTwo.\n\nThree.\n\n"]), "Other."))).toEqual(["Other."]);
  });

  it("stays the same while nothing comes", () => {
    const split = grown(["One."]);
    expect(splitBlocks(split, "One.")).toBe(split);
  });

  it("holds every character of a long answer in blocks of their own", () => {
    const paragraphs = Array.from({ length: 500 }, (_, index) => `Paragraph ${index}.`);
    const split = grown(paragraphs.map((paragraph) => `${paragraph}\n\n`));
    expect(raws(split)).toEqual(paragraphs);
    expect(split.settled.length).toBeGreaterThan(490);
  });
});
