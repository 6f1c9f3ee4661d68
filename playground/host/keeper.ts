import type { DurableFolder } from "./durable-folder.js";

/**
 * Writes values behind the back of those who change them: of a value that changes while it is being written only the latest version
 * is written next, so that nobody waits for the disk.
 */
export class Keeper {
  readonly #folder: Pick<DurableFolder, "write" | "remove">;
  readonly #onFailure: (error: unknown) => void;
  readonly #waiting = new Map<string, () => string | undefined>();
  #work: Promise<void> | undefined;

  constructor({ folder, onFailure }: { readonly folder: Pick<DurableFolder, "write" | "remove">; readonly onFailure: (error: unknown) => void }) {
    this.#folder = folder;
    this.#onFailure = onFailure;
  }

  /** `text` is asked for when it is written; `undefined` removes what is kept under the name. */
  keep(name: string, text: () => string | undefined): void {
    this.#waiting.set(name, text);
    this.#work ??= this.#write();
  }

  /** Resolves when everything is on the disk, or its failure told. */
  async flushed(): Promise<void> {
    await this.#work;
  }

  async #write(): Promise<void> {
    for (;;) {
      const [next] = this.#waiting;
      if (next === undefined) break;
      const [name, text] = next;
      this.#waiting.delete(name);
      try {
        const content = text();
        await (content === undefined ? this.#folder.remove(name) : this.#folder.write(name, content));
      } catch (error) {
        this.#onFailure(error);
      }
    }
    this.#work = undefined;
  }
}
