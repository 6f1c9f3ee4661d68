import type { Readable } from "node:stream";
import { whenEmptied } from "./emptied-pipe.js";

/** What is read ahead of the consumer; beyond it the pipe fills up and stops the program. */
const readAheadBytes = 64 * 1024;
/** More than a pipe can hold. What exceeds it after the program's end was written by somebody else. */
const lastWordsBytes = 1024 * 1024;

/** A program's standard output: pulled while the program lives, taken in at once when it has ended. One consumer. */
export class ProcessOutput implements AsyncIterable<Uint8Array> {
  readonly #stream: Readable;
  readonly #chunks: Uint8Array[] = [];
  #buffered = 0;
  /** How much may still come; bounded once the program has ended. */
  #acceptable = Infinity;
  #abandoned = false;
  #wake: () => void = () => undefined;

  /** Must be called in the same tick as the spawn, before anybody else lets the stream flow. */
  constructor(stream: Readable) {
    this.#stream = stream;
    stream.on("data", (chunk: Uint8Array) => {
      this.#receive(chunk);
    });
    stream.once("close", () => {
      this.#wake();
    });
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for (;;) {
        const chunk = this.#take();
        if (chunk !== undefined) yield chunk;
        else if (this.#stream.closed) return;
        else await this.#change();
      }
    } finally {
      this.#abandon();
    }
  }

  /**
   * To be called when the program has ended. What is left in the pipe is bounded, so it is read at once, however slow the consumer
   * is; then the pipe is let go, even if a descendant holds its other end.
   */
  async takeLastWords(): Promise<void> {
    this.#acceptable = lastWordsBytes;
    this.#stream.resume();
    await whenEmptied(this.#stream);
    this.#stream.destroy();
  }

  #receive(chunk: Uint8Array): void {
    if (this.#abandoned) return;
    this.#chunks.push(chunk);
    this.#buffered += chunk.length;
    this.#acceptable -= chunk.length;
    if (this.#acceptable < 0) this.#stream.destroy();
    else if (this.#acceptable === Infinity && this.#buffered >= readAheadBytes) this.#stream.pause();
    this.#wake();
  }

  #take(): Uint8Array | undefined {
    const chunk = this.#chunks.shift();
    if (chunk === undefined) return undefined;
    this.#buffered -= chunk.length;
    if (this.#buffered < readAheadBytes) this.#stream.resume();
    return chunk;
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  /** A consumer that has left must not stop the program: what it writes from now on is dropped. */
  #abandon(): void {
    this.#abandoned = true;
    this.#chunks.length = 0;
    this.#stream.resume();
  }
}
