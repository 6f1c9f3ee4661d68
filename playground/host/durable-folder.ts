import { randomUUID } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";

const draftEnding = ".draft";

/** A folder of small texts that survive crashes and power cuts: what is read is always one whole version. */
export class DurableFolder {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** All texts by name. What an interrupted write has left is none, and is removed: nobody may be writing yet. */
  async readAll(): Promise<ReadonlyMap<string, string>> {
    const texts = new Map<string, string>();
    for (const name of await this.#names()) {
      if (name.endsWith(draftEnding)) await rm(join(this.#folder, name), { force: true });
      if (name.endsWith(".json")) texts.set(name, await readFile(join(this.#folder, name), "utf8"));
    }
    return texts;
  }

  async write(name: string, text: string): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const draft = join(this.#folder, `${name}.${randomUUID()}${draftEnding}`);
    try {
      await writeSynchronised(draft, text);
      await rename(draft, join(this.#folder, name));
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
    await this.#synchronise();
  }

  async remove(name: string): Promise<void> {
    await rm(join(this.#folder, name), { force: true });
    await this.#synchronise();
  }

  async #names(): Promise<readonly string[]> {
    try {
      return await readdir(this.#folder);
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  }

  /** A new name is certain only once its folder is written. */
  async #synchronise(): Promise<void> {
    if (process.platform === "win32") return;
    try {
      await using folder = await open(this.#folder, "r");
      await folder.sync();
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
}

async function writeSynchronised(file: string, text: string): Promise<void> {
  await using handle = await open(file, "wx", 0o600);
  await handle.writeFile(text);
  await handle.sync();
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
