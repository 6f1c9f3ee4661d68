/**
 * Text of others made safe to show. A model, a file or a program's output may hold sequences that move the cursor, set the window's
 * title, write the clipboard or turn the reading direction around; all of them are taken out, and so is every control character but
 * the line feed and the tab.
 */
export function safeText(text: string): string {
  return new SafeText().clean(text);
}

/** The same, on one line. */
export function safeLine(text: string): string {
  return safeText(text).replaceAll(/\s+/g, " ").trim();
}

/** Cleans a text that comes in pieces: a sequence may begin in one and end in another. */
export class SafeText {
  #state: State = "text";

  clean(piece: string): string {
    let clean = "";
    for (const character of piece) {
      const code = character.codePointAt(0) ?? 0;
      const state = after(this.#state, code);
      this.#state = state === "last" ? "text" : state;
      if (state === "text" && isHarmless(code)) clean += character;
    }
    return clean;
  }
}

type State = "text" | "escape" | "escape-rest" | "control-sequence" | "control-string";

/**
 * What a character is, by what came before it (ECMA-35 and ECMA-48); `last` ends a sequence. One that is broken off is over: what
 * follows is text again, and no sequence outlives its line, so that an unfinished one hides little.
 */
function after(state: State, code: number): State | "last" {
  if (code === lineFeed) return "text";
  if (code === escape) return "escape";
  switch (state) {
    case "text":
      return begun(code);
    case "escape":
      if (code === 0x5b) return "control-sequence";
      if (stringIntroducers.has(code)) return "control-string";
      return isBetween(code, 0x20, 0x2f) ? "escape-rest" : isBetween(code, 0x30, 0x7e) ? "last" : begun(code);
    case "escape-rest":
      return isBetween(code, 0x20, 0x2f) ? "escape-rest" : isBetween(code, 0x30, 0x7e) ? "last" : begun(code);
    case "control-sequence":
      return isBetween(code, 0x20, 0x3f) ? "control-sequence" : isBetween(code, 0x40, 0x7e) ? "last" : begun(code);
    case "control-string":
      return code === bell || code === stringTerminator ? "last" : "control-string";
  }
}

/** A single character may introduce a sequence, too. */
function begun(code: number): State {
  if (code === 0x9b) return "control-sequence";
  return isBetween(code, 0x80, 0x9f) && stringIntroducers.has(code - 0x40) ? "control-string" : "text";
}

function isHarmless(code: number): boolean {
  if (code === lineFeed || code === tab) return true;
  const isControl = code < 0x20 || isBetween(code, 0x7f, 0x9f);
  const turnsDirection = isBetween(code, 0x20_2a, 0x20_2e) || isBetween(code, 0x20_66, 0x20_69);
  return !isControl && !turnsDirection;
}

function isBetween(code: number, first: number, last: number): boolean {
  return code >= first && code <= last;
}

const bell = 0x07;
const tab = 0x09;
const lineFeed = 0x0a;
const escape = 0x1b;
const stringTerminator = 0x9c;
/** Introduce a string after an escape character, and by themselves 0x40 further up: P, X, ], ^ and _. */
const stringIntroducers: ReadonlySet<number> = new Set([0x50, 0x58, 0x5d, 0x5e, 0x5f]);
