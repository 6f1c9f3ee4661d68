/** Keeps the last `limit` bytes of a stream of any length. */
export class ByteTail {
  readonly #limit: number;
  #bytes = Buffer.alloc(0);

  constructor(limit: number) {
    this.#limit = limit;
  }

  append(chunk: Uint8Array): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk]).subarray(-this.#limit);
  }

  /** The tail as UTF-8 text, without the rest of a character that was cut at its beginning. */
  text(): string {
    const start = this.#bytes.findIndex((byte) => !isContinuation(byte));
    return this.#bytes.toString("utf8", Math.max(start, 0));
  }
}

function isContinuation(byte: number): boolean {
  return (byte & 0b1100_0000) === 0b1000_0000;
}
