import type { CompanionFile } from "../../ports/agent-dialect.js";
import type { CompanionFiles } from "../../ports/companion-files.js";

/** Files that are only names, for agents that are no programs. A test can have them fail, or be lost. */
export class InMemoryCompanionFiles implements CompanionFiles {
  /** What is there now, by path. */
  readonly files = new Map<string, string>();
  /** Why nothing can be put there; absent: it can. */
  failure: Error | undefined;
  #count = 0;

  provide(file: CompanionFile): Promise<string> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    for (const [path, text] of this.files) if (path.endsWith(`/${file.name}`) && text === file.text) return Promise.resolve(path);
    this.#count += 1;
    const path = `/companions/${this.#count}/${file.name}`;
    this.files.set(path, file.text);
    return Promise.resolve(path);
  }

  dispose(): Promise<void> {
    this.files.clear();
    return Promise.resolve();
  }
}
