import { styleText } from "node:util";

/** What may be written to an output stream besides plain text. */
export interface TerminalFacts {
  /** Somebody watches: passing states may be shown and overwritten. */
  readonly isTerminal: boolean;
  readonly hasColour: boolean;
  /** How much fits in a line; no limit where there is no terminal. */
  readonly columns: number;
}

/** A pipe or a file: text and nothing else. */
export const plainText: TerminalFacts = { isTerminal: false, hasColour: false, columns: Number.POSITIVE_INFINITY };

type Format = Parameters<typeof styleText>[0];

/** Styles a text where there is colour. No text may need it to be understood. */
export function paint(facts: TerminalFacts, format: Format, text: string): string {
  // Whether there is colour was settled with the facts; Node would look at this process's own streams.
  return facts.hasColour ? styleText(format, text, { validateStream: false }) : text;
}
