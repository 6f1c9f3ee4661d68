/** Texts an agent sends can be as long as it likes; what leaves the dialect for people to read is bounded here. */

const agentWordsLimit = 2000;

/** The agent's own words (an error, a refusal, a notice), trimmed and cut. */
export function agentWords(text: string): string {
  return cut(text.trim(), agentWordsLimit);
}

/** The text on one line: white space and control characters become single spaces. */
export function oneLine(text: string, limit: number): string {
  // Cut first, so that a megabyte of text is not rewritten for one line of it.
  const line = text
    .trimStart()
    .slice(0, limit * 4)
    .replace(/[\s\p{Cc}]+/gu, " ")
    .trim();
  return cut(line, limit);
}

export interface ExcerptSize {
  readonly head: number;
  readonly tail: number;
}

/** Beginning and end of a text that is longer than both together, with a line between that says how much is missing. */
export function excerpt(text: string, size: ExcerptSize): string {
  if (text.length <= size.head + size.tail) return text;
  const head = text.slice(0, boundary(text, size.head));
  const tail = text.slice(boundary(text, text.length - size.tail));
  return `${head}\n[… ${text.length - head.length - tail.length} characters left out …]\n${tail}`;
}

function cut(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, boundary(text, limit - 1))}…`;
}

/** The index, or the one before it where the index would split a surrogate pair: half a pair breaks strict JSON readers. */
function boundary(text: string, index: number): number {
  const before = text.charCodeAt(index - 1);
  return before >= 0xd800 && before <= 0xdbff ? index - 1 : index;
}
