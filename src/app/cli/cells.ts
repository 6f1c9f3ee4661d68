/** How wide a text stands in a terminal: in cells, of which a Chinese character takes two and an accent of its own none. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += cellsOf(character);
  return width;
}

/** The text, cut so that it takes no more than this many cells. What is cut says so. */
export function cutToWidth(text: string, cells: number): string {
  if (widthOf(text) <= cells) return text;
  let cut = "";
  let width = 0;
  for (const character of text) {
    width += cellsOf(character);
    if (width >= cells) break;
    cut += character;
  }
  return `${cut}…`;
}

export function padToWidth(text: string, cells: number): string {
  return text + " ".repeat(Math.max(0, cells - widthOf(text)));
}

/** Rows as lines, every column as wide as its widest cell. */
export function alignColumns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths: number[] = [];
  for (const row of rows) for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, widthOf(cell));
  return rows.map((row) =>
    row
      .map((cell, column) => padToWidth(cell, widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

const takesNone = /^[\p{Mark}\p{Format}]$/u;
const takesTwo = /^[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Emoji_Presentation}\u{3000}-\u{303F}\u{FF01}-\u{FF60}]$/u;

function cellsOf(character: string): number {
  if (character <= "~") return 1;
  return takesNone.test(character) ? 0 : takesTwo.test(character) ? 2 : 1;
}
