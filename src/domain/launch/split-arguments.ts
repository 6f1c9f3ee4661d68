export type SplitArguments =
  | { readonly type: "arguments"; readonly arguments: readonly string[] }
  | { readonly type: "invalid"; readonly fault: string; readonly nextStep: string };

/** A line that goes on, white space, what stands in quotes, an escaped character, and everything else. */
const piece = /\\\r?\n|\s+|'[^']*'|"(?:\\[^]|[^"\\])*"|\\[^]|[^\s'"\\]+/guy;

/**
 * A line of arguments as a shell would split it: by white space, but for what stands in quotes or behind a backslash. Nothing is
 * expanded: `$HOME`, `~`, `*` and `;` stand for themselves.
 */
export function splitArguments(text: string): SplitArguments {
  // No operating system could hand it over.
  if (text.includes("\0")) return { type: "invalid", fault: "The launch arguments contain a null character.", nextStep: "Type them by hand instead of pasting them." };
  const words: string[] = [];
  let word: string | undefined;
  let read = 0;
  for (const [part] of text.matchAll(piece)) {
    read += part.length;
    if (/^\\\r?\n/u.test(part)) continue;
    if (/^\s/u.test(part)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? "") + meaningOf(part);
  }
  if (read < text.length) return unfinished(text.charAt(read));
  return { type: "arguments", arguments: word === undefined ? words : [...words, word] };
}

function meaningOf(part: string): string {
  switch (part.charAt(0)) {
    case "'":
      return part.slice(1, -1);
    case '"':
      // Before any other character a backslash stands for itself.
      return part.slice(1, -1).replaceAll(/\\\r?\n|\\(["\\$`])/gu, "$1");
    case "\\":
      return part.slice(1);
    default:
      return part;
  }
}

function unfinished(character: string): SplitArguments {
  if (character === "\\") return { type: "invalid", fault: "The launch arguments end with a backslash, which escapes nothing.", nextStep: "Remove it, or write it twice to mean it." };
  const name = character === "'" ? "single" : "double";
  return { type: "invalid", fault: `The launch arguments contain a ${name} quote that is never closed.`, nextStep: `Close it, or write \\${character} to mean the character itself.` };
}
