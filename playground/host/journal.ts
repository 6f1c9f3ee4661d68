import type { JournalEntry, JournalNews } from "../shared/protocol.js";

export interface JournalOptions {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly limits?: JournalLimits;
}

export interface JournalLimits {
  readonly entries: number;
  /** Of the entries' JSON, in characters. */
  readonly characters: number;
}

const usualLimits: JournalLimits = { entries: 5_000, characters: 8 * 1024 * 1024 };

/** An entry in the words in which it is sent: made once, however many read it. */
export interface WrittenEntry {
  readonly seq: number;
  readonly json: string;
}

/**
 * What happened, numbered without a gap, as far back as its limits let it remember. Whoever reads keeps their own place: nobody is
 * waited for, and a reader that falls behind the oldest entry has to begin again with the state of things.
 */
export class Journal {
  readonly #now: () => number;
  readonly #limits: JournalLimits;
  readonly #listeners = new Set<() => void>();
  #entries: WrittenEntry[] = [];
  #head = 0;
  #characters = 0;
  #lastSeq = 0;
  #closed = false;

  constructor({ now, limits = usualLimits }: JournalOptions) {
    this.#now = now;
    this.#limits = limits;
  }

  /** The number of the newest entry; 0 before the first. */
  get lastSeq(): number {
    return this.#lastSeq;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** How many watch. */
  get readers(): number {
    return this.#listeners.size;
  }

  add(news: JournalNews): void {
    if (this.#closed) return;
    this.#lastSeq += 1;
    const entry = this.write({ seq: this.#lastSeq, news });
    this.#entries.push(entry);
    this.#characters += entry.json.length;
    while (this.#size > this.#limits.entries || (this.#characters > this.#limits.characters && this.#size > 1)) this.#forgetOldest();
    for (const listener of this.#listeners) listener();
  }

  /** News under a number, at this moment. A `state` takes the number of the newest entry: all that came before is in it. */
  write({ seq, news }: { readonly seq: number; readonly news: JournalNews }): WrittenEntry {
    const entry: JournalEntry = { seq, at: this.#now(), ...news };
    return { seq, json: JSON.stringify(entry) };
  }

  /** Whether everything after this number is still there, and the number is one of ours. */
  remembers(after: number): boolean {
    return after <= this.#lastSeq && after >= this.#lastSeq - this.#size;
  }

  /** The entries after this number, oldest first, of about so many characters and at least one; empty where nothing is new or it is not remembered. */
  read({ after, characters }: { readonly after: number; readonly characters: number }): readonly WrittenEntry[] {
    if (!this.remembers(after)) return [];
    const read: WrittenEntry[] = [];
    let length = 0;
    for (let index = this.#entries.length - (this.#lastSeq - after); index < this.#entries.length && length < characters; index += 1) {
      const entry = this.#entries[index];
      if (entry === undefined) break;
      read.push(entry);
      length += entry.json.length;
    }
    return read;
  }

  /** Calls at each new entry, and at the end. Returns how to stop that. */
  watch(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Nothing is added any more; readers come to their end. */
  close(): void {
    this.#closed = true;
    for (const listener of this.#listeners) listener();
  }

  get #size(): number {
    return this.#entries.length - this.#head;
  }

  #forgetOldest(): void {
    this.#characters -= this.#entries[this.#head]?.json.length ?? 0;
    this.#head += 1;
    if (this.#head * 2 < this.#entries.length) return;
    this.#entries = this.#entries.slice(this.#head);
    this.#head = 0;
  }
}
