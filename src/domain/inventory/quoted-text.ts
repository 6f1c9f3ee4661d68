import { cutText } from "../turn/bounded-data.js";

const maxLength = 80;

/** Controls, invisible format characters (zero-width, direction marks), halves of surrogate pairs, separators of lines. */
const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/** Whether a text has characters that nobody sees, or that would change how what follows is shown. */
export function isUnprintable(text: string): boolean {
  return unprintable.test(text);
}

/** What someone typed, as it may stand in a message: in quotation marks, bounded, on one line. */
export function quoted(text: string): string {
  return `"${Array.from(cutText(text, maxLength), (character) => (isUnprintable(character) ? "\uFFFD" : character)).join("")}"`;
}
