/** As much as a pipe of the operating system holds. */
const capacityBytes = 64 * 1024;

interface PendingWrite {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** A pipe in memory: bytes in order, one reader, and a writer that waits while the reader does not read. */
export class BytePipe implements AsyncIterable<Uint8Array> {
  readonly #chunks: Uint8Array[] = [];
  readonly #pending: PendingWrite[] = [];
  #buffered = 0;
  #state: "open" | "ended" | "broken" | "discarding" = "open";
  #wake: () => void = () => undefined;

  /** Resolves when the bytes fit into the pipe, rejects when it is closed. */
  write(bytes: string | Uint8Array): Promise<void> {
    if (this.#state === "discarding") return Promise.resolve();
    if (this.#state !== "open") return Promise.reject(new Error("The pipe is closed."));
    // A copy, as a system's pipe makes one: the caller may reuse its buffer.
    const chunk = typeof bytes === "string" ? new TextEncoder().encode(bytes) : new Uint8Array(bytes);
    this.#chunks.push(chunk);
    this.#buffered += chunk.length;
    this.#wake();
    if (this.#buffered <= capacityBytes) return Promise.resolve();
    return new Promise((resolve, reject) => this.#pending.push({ resolve, reject }));
  }

  /** The writer is done: the reader still gets what is in the pipe, then the end. */
  end(): void {
    if (this.#state === "open") this.#state = "ended";
    this.#wake();
  }

  /** The reader is dead: it hears nothing more, and whoever waits to write is told. */
  break(): void {
    this.#state = "broken";
    this.#chunks.length = 0;
    for (const { reject } of this.#pending.splice(0)) reject(new Error("The pipe is broken."));
  }

  /** The reader has lost interest: whatever is and will be written is dropped. */
  discard(): void {
    if (this.#state === "open") this.#state = "discarding";
    this.#chunks.length = 0;
    for (const { resolve } of this.#pending.splice(0)) resolve();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    for (;;) {
      const chunk = this.#chunks.shift();
      if (chunk !== undefined) {
        this.#release(chunk.length);
        yield chunk;
      } else if (this.#state === "ended") {
        return;
      } else {
        await this.#change();
      }
    }
  }

  #release(bytes: number): void {
    this.#buffered -= bytes;
    if (this.#buffered > capacityBytes) return;
    for (const { resolve } of this.#pending.splice(0)) resolve();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}
