const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** Stands in the place of a line that was too long. */
export class OversizedLine {
  /** Its length without the line feed. */
  readonly bytes: number;

  constructor(bytes: number) {
    this.bytes = bytes;
  }
}

export type JsonlLine = Uint8Array | OversizedLine;

/**
 * Cuts a stream of byte chunks into lines, at line feeds only: U+2028 and U+2029 are data. Works on bytes, so a character cut in two by
 * a chunk's end does no harm, and takes linear time for a line of any length.
 *
 * Lines come without their line feed and without one carriage return before it; empty ones are left out. A line may be a view into its
 * chunk: read it before the chunk's memory is used again.
 */
export class JsonlLines {
  readonly #maxLineBytes: number;
  /** The chunks of the unfinished line. They are joined once, at its end. */
  #held: Buffer[] = [];
  /** The unfinished line's length; counts on after its bytes were let go because there are too many. */
  #heldBytes = 0;

  constructor(options: { readonly maxLineBytes: number }) {
    this.#maxLineBytes = options.maxLineBytes;
  }

  /** The lines that this chunk completes, in order. */
  push(chunk: Uint8Array): readonly JsonlLine[] {
    const bytes = asBuffer(chunk);
    const lines: JsonlLine[] = [];
    let start = 0;
    for (let end = bytes.indexOf(lineFeed); end !== -1; end = bytes.indexOf(lineFeed, start)) {
      const line = this.#complete(bytes.subarray(start, end));
      if (line !== undefined) lines.push(line);
      start = end + 1;
    }
    if (start < bytes.length) this.#hold(bytes.subarray(start));
    return lines;
  }

  /** The last line, if the stream ended without a line feed. */
  end(): readonly JsonlLine[] {
    const line = this.#complete(Buffer.alloc(0));
    return line === undefined ? [] : [line];
  }

  #hold(bytes: Buffer): void {
    this.#heldBytes += bytes.length;
    if (this.#heldBytes > this.#maxLineBytes) this.#held = [];
    else this.#held.push(bytes);
  }

  #complete(rest: Buffer): JsonlLine | undefined {
    const size = this.#heldBytes + rest.length;
    if (size > this.#maxLineBytes) {
      this.#release();
      return new OversizedLine(size);
    }
    if (this.#heldBytes === 0) return withoutCarriageReturn(rest);
    const line = Buffer.concat([...this.#held, rest], size);
    this.#release();
    return withoutCarriageReturn(line);
  }

  #release(): void {
    this.#held = [];
    this.#heldBytes = 0;
  }
}

function withoutCarriageReturn(line: Buffer): Buffer | undefined {
  const bare = line[line.length - 1] === carriageReturn ? line.subarray(0, -1) : line;
  return bare.length === 0 ? undefined : bare;
}

/** `Buffer` searches for a byte much faster than `Uint8Array` does. */
function asBuffer(chunk: Uint8Array): Buffer {
  return Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}
