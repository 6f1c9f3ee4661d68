import { rmSync } from "node:fs";
import { lstat, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onExit } from "signal-exit";
import type { CompanionFile } from "../../ports/agent-dialect.js";
import type { CompanionFiles } from "../../ports/companion-files.js";

/** Each file in a folder of its own in the system's temporary folder, which nobody but the user may enter. */
export class TemporaryCompanionFiles implements CompanionFiles {
  readonly #parent: string;
  readonly #folders: string[] = [];
  /** Paths by content. */
  readonly #paths = new Map<string, string>();
  #latest: Promise<unknown> = Promise.resolve();
  #forgetHostExit: (() => void) | undefined;

  constructor(options: { readonly parent?: string } = {}) {
    this.#parent = options.parent ?? tmpdir();
  }

  /** One after the other, so that sessions that start at once share one file. */
  provide(file: CompanionFile): Promise<string> {
    const provided = this.#latest.then(() => this.#provide(file));
    this.#latest = provided.catch(() => undefined);
    return provided;
  }

  async dispose(): Promise<void> {
    await this.#latest;
    this.#forgetHostExit?.();
    this.#forgetHostExit = undefined;
    this.#paths.clear();
    await Promise.allSettled(this.#folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
  }

  async #provide(file: CompanionFile): Promise<string> {
    const key = JSON.stringify(file);
    const known = this.#paths.get(key);
    if (known !== undefined && (await isUntouched(known, file.text))) return known;
    // What somebody has changed, or a cleaner of temporary files has removed, is not repaired but left alone until the end.
    const folder = await mkdtemp(join(this.#parent, "agent-companion-"));
    this.#folders.push(folder);
    // A host that ends without a disposal has no time for promises.
    this.#forgetHostExit ??= onExit(() => {
      for (const left of this.#folders) rmSync(left, { recursive: true, force: true });
    });
    const path = join(folder, file.name);
    await writeFile(path, file.text, { flag: "wx", mode: 0o600 });
    this.#paths.set(key, path);
    return path;
  }
}

/** Whether the file is still what was written, and nobody else could have a hand in it. */
async function isUntouched(path: string, text: string): Promise<boolean> {
  try {
    const [folder, file] = await Promise.all([lstat(dirname(path)), lstat(path)]);
    return folder.isDirectory() && isPrivate(folder) && file.isFile() && isPrivate(file) && (await readFile(path, "utf8")) === text;
  } catch {
    return false;
  }
}

/** Windows has no such bits, and keeps its temporary folders in the user's own. */
function isPrivate({ mode, uid }: { readonly mode: number; readonly uid: number }): boolean {
  return process.getuid === undefined || (uid === process.getuid() && (mode & 0o077) === 0);
}
