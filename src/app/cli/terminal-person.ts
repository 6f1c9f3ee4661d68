import { createInterface } from "node:readline/promises";
import type { InputStream } from "./command.js";
import type { OutputStream } from "./output.js";
import type { Person } from "./questions.js";

/** Whoever sits at the terminal. */
export class TerminalPerson implements Person {
  readonly #input: InputStream;
  readonly #output: OutputStream;
  readonly #onInterrupt: () => void;

  constructor({ input, output, onInterrupt }: { readonly input: InputStream; readonly output: OutputStream; readonly onInterrupt: () => void }) {
    this.#input = input;
    this.#output = output;
    this.#onInterrupt = onInterrupt;
  }

  async ask(query: string, signal: AbortSignal): Promise<string | undefined> {
    if (signal.aborted) return undefined;
    const lines = createInterface({ input: this.#input, output: this.#output, terminal: true });
    const closed = new AbortController();
    // Ctrl-D ends the input without an answer.
    lines.once("close", () => closed.abort());
    // While a line is edited, Ctrl-C is a key and no signal.
    lines.on("SIGINT", this.#onInterrupt);
    // Closed at once, for it also ends the line that the question stands on.
    const takeBack = (): void => lines.close();
    signal.addEventListener("abort", takeBack);
    try {
      return await lines.question(query, { signal: closed.signal });
    } catch {
      return undefined;
    } finally {
      signal.removeEventListener("abort", takeBack);
      lines.close();
    }
  }
}
