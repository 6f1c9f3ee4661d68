import { absentFile, type FileStamps } from "../../ports/file-stamps.js";

/** Files that are only names; a test says when one is written or removed. None is there at first. */
export class InMemoryFileStamps implements FileStamps {
  /** What was asked, oldest first. */
  readonly requests: (readonly string[])[] = [];
  readonly #stamps = new Map<string, string>();
  #writes = 0;

  /** As if the file were written anew. */
  touch(file: string): void {
    this.#writes += 1;
    this.#stamps.set(file, `write-${this.#writes}`);
  }

  remove(file: string): void {
    this.#stamps.delete(file);
  }

  stamp(files: readonly string[]): Promise<readonly string[]> {
    this.requests.push(files);
    return Promise.resolve(files.map((file) => this.#stamps.get(file) ?? absentFile));
  }
}
