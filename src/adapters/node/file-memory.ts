export interface FileMemoryOptions<T> {
  /** Changes whenever the file does. Rejects where there is none. */
  readonly stamp: (file: string) => Promise<string>;
  readonly load: (file: string) => Promise<T>;
}

/** What was read from small files, kept while they are unchanged: a file that was read once is only looked at from then on. */
export class FileMemory<T> {
  readonly #options: FileMemoryOptions<T>;
  readonly #kept = new Map<string, { readonly stamp: string; readonly value: T }>();

  constructor(options: FileMemoryOptions<T>) {
    this.#options = options;
  }

  /** Rejects as looking or loading does. */
  async read(file: string): Promise<T> {
    // Taken before the file is read: a change in between is found the next time, not missed.
    const stamp = await this.#options.stamp(file);
    const kept = this.#kept.get(file);
    if (kept?.stamp === stamp) return kept.value;
    const value = await this.#options.load(file);
    this.#kept.set(file, { stamp, value });
    return value;
  }
}
