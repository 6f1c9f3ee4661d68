import { Lexer, type Token, type TokensList } from "marked";

/** In characters; a paragraph as long as a page. */
const pieceLength = 4_000;
const pieces = new RegExp(`[\\s\\S]{1,${pieceLength}}(?:\\S{0,200}(?=\\s)|)`, "gu");
const marks = /[*_~]+/g;
/** Nobody can read a text with more of them; and what tries to pair them needs the square of their number. */
const mostMarks = 300;
/** Lists and quotations in one another. Each of them is read anew for every one that it lies in. */
const deepest = 20;

/** What the pieces of an endless paragraph were read as. It grows at its end only, so they are met again with every word. */
export type ReadPieces = Map<string, readonly Token[]>;

/**
 * The lexer with a bound on what any text may cost: an endless paragraph is read piece by piece, each of them once, and a piece that is
 * all marks is taken as it is written, as is what lies too deep in lists and quotations.
 */
export class BoundedLexer extends Lexer {
  readonly #known: ReadPieces;
  #depth = 0;

  constructor(known: ReadPieces) {
    super({ gfm: true, breaks: true });
    this.#known = known;
  }

  override blockTokens(text: string, tokens?: Token[], isClipped?: boolean): Token[];
  override blockTokens(text: string, tokens?: TokensList, isClipped?: boolean): TokensList;
  override blockTokens(text: string, tokens: Token[] = [], isClipped?: boolean): Token[] {
    if (this.#depth > deepest) {
      tokens.push({ type: "unread", raw: text });
      return tokens;
    }
    this.#depth += 1;
    super.blockTokens(text, tokens, isClipped);
    this.#depth -= 1;
    return tokens;
  }

  override inlineTokens(text: string, tokens: Token[] = []): Token[] {
    if (text.length <= pieceLength) return this.#read(text, tokens);
    for (const piece of text.match(pieces) ?? []) {
      const read = this.#known.get(piece) ?? this.#read(piece, []);
      if (piece.length >= pieceLength) this.#known.set(piece, read);
      tokens.push(...read);
    }
    return tokens;
  }

  #read(text: string, tokens: Token[]): Token[] {
    if ((text.match(marks)?.length ?? 0) <= mostMarks) return super.inlineTokens(text, tokens);
    tokens.push({ type: "text", raw: text, text });
    return tokens;
  }
}
