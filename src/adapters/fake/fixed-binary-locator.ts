import type { BinaryLocator, BinaryLookup, BinaryQuery } from "../../ports/binary-locator.js";

/** Answers as it was told, and remembers what it was asked. */
export class FixedBinaryLocator implements BinaryLocator {
  readonly queries: BinaryQuery[] = [];
  readonly #answer: BinaryLookup | ((query: BinaryQuery) => BinaryLookup);

  constructor(answer: BinaryLookup | ((query: BinaryQuery) => BinaryLookup)) {
    this.#answer = answer;
  }

  locate(query: BinaryQuery): Promise<BinaryLookup> {
    this.queries.push(query);
    return Promise.resolve(typeof this.#answer === "function" ? this.#answer(query) : this.#answer);
  }
}
