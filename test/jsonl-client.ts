import { JsonlLines, OversizedLine } from "../src/adapters/node/jsonl-lines.js";
import type { RpcRecord } from "../src/ports/rpc-transport.js";

export interface JsonlPeer {
  readonly output: AsyncIterable<Uint8Array>;
  write(text: string): Promise<void>;
}

/** Talks to a program record by record. Everything it says is kept; what is waited for must come after what was waited for before. */
export class JsonlClient {
  readonly records: RpcRecord[] = [];
  /** Lines that were no records. */
  readonly noise: string[] = [];
  /** Sizes of the chunks in which the output came. */
  readonly chunks: number[] = [];
  readonly #peer: JsonlPeer;
  #position = 0;
  #news = Promise.withResolvers<void>();
  #hasEnded = false;
  /** Resolves with the end of the program's output. */
  readonly ended: Promise<void>;

  constructor(peer: JsonlPeer) {
    this.#peer = peer;
    this.ended = this.#read();
  }

  async send(...records: readonly RpcRecord[]): Promise<void> {
    for (const record of records) await this.#peer.write(`${JSON.stringify(record)}\n`);
  }

  /** The next record with these fields, or of which this is true. Rejects when the output ends without it. */
  async next(wanted: RpcRecord | ((record: RpcRecord) => boolean)): Promise<RpcRecord> {
    const isWanted = typeof wanted === "function" ? wanted : (record: RpcRecord) => Object.entries(wanted).every(([name, value]) => record[name] === value);
    for (;;) {
      for (; this.#position < this.records.length; this.#position += 1) {
        const record = this.records[this.#position];
        if (record === undefined || !isWanted(record)) continue;
        this.#position += 1;
        return record;
      }
      if (this.#hasEnded) throw new Error(`The output ended without what was waited for; it held ${JSON.stringify(this.records)}`);
      await this.#news.promise;
    }
  }

  /** The type of each record so far. */
  get types(): readonly unknown[] {
    return this.records.map(({ type }) => type);
  }

  async #read(): Promise<void> {
    const lines = new JsonlLines({ maxLineBytes: 512 * 1024 * 1024 });
    for await (const chunk of this.#peer.output) {
      this.chunks.push(chunk.length);
      for (const line of lines.push(chunk)) this.#take(line);
      this.#tell();
    }
    for (const line of lines.end()) this.#take(line);
    this.#hasEnded = true;
    this.#tell();
  }

  #take(line: Uint8Array | OversizedLine): void {
    if (line instanceof OversizedLine) throw new RangeError(`A line of ${line.bytes} bytes.`);
    const text = Buffer.from(line).toString();
    try {
      this.records.push(JSON.parse(text) as RpcRecord);
    } catch {
      this.noise.push(text);
    }
  }

  #tell(): void {
    this.#news.resolve();
    this.#news = Promise.withResolvers();
  }
}
