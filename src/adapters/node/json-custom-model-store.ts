import { randomUUID } from "node:crypto";
import { dirname } from "node:path";
import * as v from "valibot";
import type { CustomModelEntry, CustomModelRead, CustomModelStore } from "../../ports/custom-model-store.js";
import { ProviderError } from "../../ports/errors.js";
import { lockedCustomModels, unreadableCustomModels, unwritableCustomModels } from "../custom-model-store-errors.js";
import { localDurableFiles, type DurableFiles } from "./durable-files.js";
import { FileLockHeld } from "./file-lock.js";
import { FileMemory } from "./file-memory.js";
import { systemCode } from "./system-error.js";

/** Strict, because what is not kept here would be lost with the next update: a file with more in it is not ours to rewrite. */
const contentSchema = v.strictObject({
  version: v.literal(1),
  models: v.array(v.strictObject({ slug: v.pipe(v.string(), v.regex(/^[^/]+\/.+$/)), verified: v.boolean() })),
});

type Change = (entries: readonly CustomModelEntry[]) => readonly CustomModelEntry[];

/** Keeps custom models in one JSON file: `{ "version": 1, "models": [{ "slug": …, "verified": … }] }`. A missing file means none. */
export class JsonCustomModelStore implements CustomModelStore {
  readonly #file: string;
  readonly #files: DurableFiles;
  readonly #memory: FileMemory<CustomModelRead>;
  /** The end of the last change. Changes of one store queue here and need not compete for the lock. */
  #changed: Promise<unknown> = Promise.resolve();

  constructor({ file, files = localDurableFiles }: { readonly file: string; readonly files?: DurableFiles }) {
    this.#file = file;
    this.#files = files;
    this.#memory = new FileMemory({ stamp: (path) => files.stamp(path), load: async (path) => contentOf(await files.read(path)) });
  }

  async read(): Promise<CustomModelRead> {
    try {
      return await this.#memory.read(this.#file);
    } catch (error) {
      const code = systemCode(error);
      return code === "ENOENT" ? { type: "entries", entries: [] } : { type: "unreadable", detail: `The file system answered ${code}.` };
    }
  }

  update(change: Change): Promise<readonly CustomModelEntry[]> {
    return this.#inTurn(async () => {
      // Tried before anything is made: what is refused leaves no folder behind.
      const known = await this.read();
      if (known.type === "entries") change(known.entries);
      await this.#makeFolder();
      return this.#files.exclusively(this.#file, async () => {
        const current = await this.read();
        if (current.type === "unreadable") throw unreadableCustomModels(current.detail);
        const entries = change(current.entries);
        await this.#replace(entries);
        return entries;
      });
    });
  }

  setAside(): Promise<string | undefined> {
    return this.#inTurn(async () => {
      // Looked at before the lock is taken: where nothing is unreadable there may not even be a folder for it.
      if ((await this.read()).type === "entries") return undefined;
      return this.#files.exclusively(this.#file, async () => {
        // Only what can be read is known not to be ours; a folder, or a file of somebody else's, stays where it is.
        if (contentOf(await this.#files.read(this.#file)).type === "entries") return undefined;
        // Random, because renaming to a name that is taken would overwrite what was set aside before.
        const aside = `${this.#file}.unreadable-${randomUUID()}`;
        await this.#files.rename(this.#file, aside);
        await this.#files.syncFolder(dirname(this.#file));
        return aside;
      });
    });
  }

  #inTurn<T>(action: () => Promise<T>): Promise<T> {
    const done = this.#changed.then(action).catch((error: unknown) => {
      if (error instanceof FileLockHeld) throw lockedCustomModels(error);
      const code = systemCode(error);
      throw ProviderError.is(error) || code === "unknown" ? error : unwritableCustomModels(code, error);
    });
    this.#changed = done.catch(() => {});
    return done;
  }

  /** Whoever reads meanwhile, or after a power cut, finds the old file or the new one, never a part of it; from the end on, the new one. */
  async #replace(models: readonly CustomModelEntry[]): Promise<void> {
    const draft = `${this.#file}.${randomUUID()}`;
    try {
      await this.#files.create(draft, `${JSON.stringify({ version: 1, models }, null, 2)}\n`);
      await this.#files.syncFile(draft);
      await this.#files.rename(draft, this.#file);
    } catch (error) {
      await this.#files.remove(draft);
      throw error;
    }
    await this.#files.syncFolder(dirname(this.#file));
  }

  /** A new folder is as easily lost as a new file: its name is kept by the folder above. */
  async #makeFolder(): Promise<void> {
    const folder = dirname(this.#file);
    const outermost = await this.#files.makeFolder(folder);
    if (outermost === undefined) return;
    for (let made = folder; made.length >= outermost.length; made = dirname(made)) await this.#files.syncFolder(dirname(made));
  }
}

function contentOf(text: string): CustomModelRead {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { type: "unreadable", detail: "It is not JSON." };
  }
  const content = v.safeParse(contentSchema, json);
  if (content.success) return { type: "entries", entries: content.output.models };
  const place = v.getDotPath(content.issues[0]);
  return { type: "unreadable", detail: place === null ? "It is no list of custom models." : `It is no list of custom models: ${place} is not as expected.` };
}
