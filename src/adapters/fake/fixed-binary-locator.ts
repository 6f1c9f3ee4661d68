import type { BinaryLocator, BinaryLookup, BinaryQuery } from "../../ports/binary-locator.js";

/** Answers as it was told, with other programs only when it is asked for them, and remembers what it was asked. */
export class FixedBinaryLocator implements BinaryLocator {
  readonly queries: BinaryQuery[] = [];
  readonly #answer: BinaryLookup | ((query: BinaryQuery) => BinaryLookup);

  constructor(answer: BinaryLookup | ((query: BinaryQuery) => BinaryLookup)) {
    this.#answer = answer;
  }

  locate(query: BinaryQuery): Promise<BinaryLookup> {
    this.queries.push(query);
    const answer = typeof this.#answer === "function" ? this.#answer(query) : this.#answer;
    if (answer.type === "missing") return Promise.resolve(answer);
    const { others = [], ...first } = answer;
    return Promise.resolve(query.findOthers === true ? { ...first, others } : first);
  }
}
