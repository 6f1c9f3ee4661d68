import type { Token } from "marked";
import { BoundedLexer, type ReadPieces } from "./bounded-lexer.js";

/** A top-level block of a Markdown text: a paragraph, a list, a fenced code block, … */
export interface MarkdownBlock {
  /** Where the block begins in the text: what it is known by while the text grows. */
  readonly offset: number;
  readonly token: Token;
}

/** A text that grows at its end, taken apart so far. */
export interface SplitText {
  readonly text: string;
  /** Blocks that no further text can change. */
  readonly settled: readonly MarkdownBlock[];
  /** Where they end. */
  readonly settledLength: number;
  /** The blocks behind them: the one that grows, and its neighbour while its first line is not whole. */
  readonly open: readonly MarkdownBlock[];
  /** For the open blocks; absent as long as nothing was read. */
  readonly pieces?: ReadPieces;
}

export const emptySplit: SplitText = { text: "", settled: [], settledLength: 0, open: [] };

/**
 * Takes a text apart again after it grew. Only what is behind the settled blocks is read, so a long answer costs no more per frame than a
 * short one. A block is settled when the next one's first line is whole: until then "para⏎#" may become a heading or go on as "para⏎#1".
 */
export function splitBlocks(before: SplitText, written: string): SplitText {
  // The lexer reads every line end as a line feed, and places are counted in what it reads.
  const text = written.includes("\r") ? written.replace(/\r\n?/g, "\n") : written;
  if (text === before.text) return before;
  const known = text.startsWith(before.text) ? before : emptySplit;
  const pieces: ReadPieces = known.pieces ?? new Map();
  const blocks = lexFrom({ text, from: known.settledLength, pieces });
  const growing = blocks.findLastIndex(({ token }) => token.type !== "space");
  const last = blocks[growing];
  const decided = last === undefined ? 0 : last.token.raw.trimStart().includes("\n") ? growing : previousBlock(blocks, growing);
  const settledNow = blocks.slice(0, decided);
  return {
    text,
    settled: settledNow.length === 0 ? known.settled : [...known.settled, ...settledNow.filter(isVisible)],
    settledLength: blocks[decided]?.offset ?? known.settledLength,
    open: blocks.slice(decided).filter(isVisible),
    // What is settled is not read again.
    pieces: settledNow.length === 0 ? pieces : new Map(),
  };
}

interface Lexing {
  readonly text: string;
  readonly from: number;
  readonly pieces: ReadPieces;
}

function lexFrom({ text, from, pieces }: Lexing): readonly MarkdownBlock[] {
  let offset = from;
  return new BoundedLexer(pieces).lex(text.slice(from)).map((token) => {
    const block = { offset, token };
    offset += token.raw.length;
    return block;
  });
}

function previousBlock(blocks: readonly MarkdownBlock[], before: number): number {
  return Math.max(0, blocks.slice(0, before).findLastIndex(({ token }) => token.type !== "space"));
}

function isVisible({ token }: MarkdownBlock): boolean {
  return token.type !== "space" && token.type !== "def";
}
