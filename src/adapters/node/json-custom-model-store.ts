import { randomUUID } from "node:crypto";
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import * as v from "valibot";
import type { CustomModelEntry, CustomModelRead, CustomModelStore } from "../../ports/custom-model-store.js";
import { unreadableCustomModels } from "../unreadable-custom-models.js";
import { withFileLock } from "./file-lock.js";

/** Strict, because what is not kept here would be lost with the next update: a file with more in it is not ours to rewrite. */
const contentSchema = v.strictObject({
  version: v.literal(1),
  models: v.array(v.strictObject({ slug: v.pipe(v.string(), v.regex(/^[^/]+\/.+$/)), verified: v.boolean() })),
});

/** Keeps custom models in one JSON file: `{ "version": 1, "models": [{ "slug": …, "verified": … }] }`. A missing file means none. */
export class JsonCustomModelStore implements CustomModelStore {
  readonly #file: string;
  /** The end of the last update. Updates of one store queue here and need not compete for the lock. */
  #updated: Promise<unknown> = Promise.resolve();

  constructor(options: { readonly file: string }) {
    this.#file = options.file;
  }

  async read(): Promise<CustomModelRead> {
    let text: string;
    try {
      text = await readFile(this.#file, "utf8");
    } catch (error) {
      const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
      return code === "ENOENT" ? { type: "entries", entries: [] } : { type: "unreadable", detail: `The file system answered ${code}.` };
    }
    return entriesOf(text);
  }

  update(change: (entries: readonly CustomModelEntry[]) => readonly CustomModelEntry[]): Promise<readonly CustomModelEntry[]> {
    const update = this.#updated.then(() => this.#updateLocked(change));
    this.#updated = update.catch(() => {});
    return update;
  }

  async #updateLocked(change: (entries: readonly CustomModelEntry[]) => readonly CustomModelEntry[]): Promise<readonly CustomModelEntry[]> {
    await mkdir(dirname(this.#file), { recursive: true });
    return withFileLock({
      lockFile: `${this.#file}.lock`,
      action: async () => {
        const current = await this.read();
        if (current.type === "unreadable") throw unreadableCustomModels(current.detail);
        const entries = change(current.entries);
        await this.#replace(entries);
        return entries;
      },
    });
  }

  /** Whoever reads meanwhile, or after a power cut, finds the old file or the new one, never a part of it. */
  async #replace(models: readonly CustomModelEntry[]): Promise<void> {
    const draft = `${this.#file}.${randomUUID()}`;
    try {
      const handle = await open(draft, "wx");
      try {
        await handle.writeFile(`${JSON.stringify({ version: 1, models }, null, 2)}\n`);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(draft, this.#file);
    } finally {
      await rm(draft, { force: true });
    }
  }
}

function entriesOf(text: string): CustomModelRead {
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
