/** How many connections may be opened within a second: more than any page needs. */
const usualLimit = 200;

/** Counts connections by the second, whoever opens them. */
export class ConnectionRate {
  readonly #limit: number;
  #second = Number.NEGATIVE_INFINITY;
  #opened = 0;

  constructor({ limit = usualLimit }: { readonly limit?: number } = {}) {
    this.#limit = limit;
  }

  /** Whether one more is within the limit, at this time in milliseconds. */
  allows(now: number): boolean {
    const second = Math.floor(now / 1_000);
    if (second !== this.#second) this.#opened = 0;
    this.#second = second;
    this.#opened += 1;
    return this.#opened <= this.#limit;
  }
}
