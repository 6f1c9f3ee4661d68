import type { Writable } from "node:stream";
import type { TerminalFacts } from "./terminal-facts.js";

/** A stream to write to; a terminal's says what the terminal can do. */
export type OutputStream = Writable & { readonly isTTY?: boolean; readonly columns?: number; readonly hasColors?: () => boolean };

export interface OutputOptions {
  readonly stream: OutputStream;
  /** The terminal's kind, as the environment's `TERM` names it. */
  readonly terminalKind: string | undefined;
  /** Nothing can be written any more. `EPIPE`: whoever read it has gone. */
  readonly onLost: (error: NodeJS.ErrnoException) => void;
}

/** Standard output or standard error: writes at the reader's pace, and knows what it writes to. */
export class Output implements TerminalFacts {
  readonly #stream: OutputStream;
  readonly #terminalKind: string | undefined;
  readonly #given = Promise.withResolvers<void>();
  #drained: PromiseWithResolvers<void> | undefined;
  #givenUp = false;

  constructor({ stream, terminalKind, onLost }: OutputOptions) {
    this.#stream = stream;
    this.#terminalKind = terminalKind;
    stream.on("drain", () => this.#resume());
    stream.on("error", (error) => {
      this.giveUp();
      onLost(error);
    });
  }

  get isTerminal(): boolean {
    // One that cannot move its cursor is written to like a file.
    return this.#stream.isTTY === true && this.#terminalKind !== "dumb";
  }

  get hasColour(): boolean {
    // Asks the environment, too: `NO_COLOR` and its like.
    return this.isTerminal && this.#stream.hasColors?.() === true;
  }

  get columns(): number {
    return this.isTerminal ? (this.#stream.columns ?? 80) : Number.POSITIVE_INFINITY;
  }

  /** Resolves when there is room for more, or when nobody will read it. Never rejects. */
  async write(text: string): Promise<void> {
    if (this.#givenUp || text === "" || this.#stream.write(text)) return;
    this.#drained ??= Promise.withResolvers<void>();
    await this.#drained.promise;
  }

  /** Resolves when everything has been handed to the system; `false` when something never will be. */
  async flushed(): Promise<boolean> {
    if (!this.#givenUp) await Promise.race([this.#given.promise, new Promise<void>((resolve) => void this.#stream.write("", () => resolve()))]);
    return !this.#givenUp;
  }

  /** Waits for the reader no longer: what it has not taken is lost. */
  giveUp(): void {
    this.#givenUp = true;
    this.#given.resolve();
    this.#resume();
  }

  #resume(): void {
    this.#drained?.resolve();
    this.#drained = undefined;
  }
}
