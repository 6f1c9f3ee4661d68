import type { IdGenerator } from "../../ports/id-generator.js";

/** The same ids in every run: `00000000-0000-4000-8000-000000000001`, `…2`, and so on. */
export class CountedIds implements IdGenerator {
  #count = 0;

  uuid(): string {
    this.#count += 1;
    return `00000000-0000-4000-8000-${this.#count.toString(16).padStart(12, "0")}`;
  }
}
