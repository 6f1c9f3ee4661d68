import { mkdir, open, readdir, rename, rm, stat, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { systemCode } from "./system-error.js";
import { isLogFileName, logFileName } from "./thread-log-names.js";

export interface LogFolderOptions {
  readonly folder: string;
  readonly maxFileBytes: number;
  /** The file that is written, and the older ones of the same log. */
  readonly maxFilesPerLog: number;
  /** Of all logs. */
  readonly maxFiles: number;
}

/**
 * Logs of many threads in one folder, bounded in all ways. Nothing is held open or remembered between two calls, so that a thousand
 * threads cost nothing, and a folder that somebody has emptied is simply filled again. One call at a time.
 */
export class LogFolder {
  readonly #options: LogFolderOptions;

  constructor(options: LogFolderOptions) {
    this.#options = options;
  }

  /** Tells how many of the lines, from the first on, were written. Never rejects. No line may be larger than a file. */
  async append(log: string, lines: readonly string[]): Promise<number> {
    let written = 0;
    try {
      while (written < lines.length) {
        const count = await this.#fill(log, lines.slice(written));
        if (count === 0) await this.#rotate(log);
        written += count;
      }
    } catch {
      // A disk that is full, a folder that is not ours: nobody here can mend it.
    }
    return written;
  }

  /** Writes as many of the lines as the log's file has room for. */
  async #fill(log: string, lines: readonly string[]): Promise<number> {
    const name = logFileName(log, 0);
    await using file = await this.#open(this.#pathOf(name));
    const { size } = await file.stat();
    const fitting = linesThatFit(lines, this.#options.maxFileBytes - size);
    if (fitting.length > 0) await file.appendFile(fitting.join(""));
    if (size === 0) await this.#removeOldest(name);
    return fitting.length;
  }

  async #open(path: string): Promise<FileHandle> {
    const openFile = (): Promise<FileHandle> => open(path, "a", 0o600);
    try {
      return await openFile();
    } catch (error) {
      if (systemCode(error) !== "ENOENT") throw error;
      await mkdir(this.#options.folder, { recursive: true, mode: 0o700 });
      return await openFile();
    }
  }

  async #rotate(log: string): Promise<void> {
    const oldest = this.#options.maxFilesPerLog - 1;
    await rm(this.#pathOf(logFileName(log, oldest)), { force: true });
    for (let age = oldest - 1; age >= 0; age -= 1) await this.#moveIfThere(logFileName(log, age), logFileName(log, age + 1));
  }

  async #moveIfThere(from: string, to: string): Promise<void> {
    try {
      await rename(this.#pathOf(from), this.#pathOf(to));
    } catch (error) {
      if (systemCode(error) !== "ENOENT") throw error;
    }
  }

  /** A file was added; it may be one too many. */
  async #removeOldest(added: string): Promise<void> {
    const others = (await readdir(this.#options.folder)).filter((name) => isLogFileName(name) && name !== added);
    const excess = others.length + 1 - this.#options.maxFiles;
    if (excess <= 0) return;
    const dated = await Promise.all(others.map(async (name) => ({ name, at: (await stat(this.#pathOf(name))).mtimeMs })));
    const oldest = dated.sort((one, other) => one.at - other.at).slice(0, excess);
    await Promise.all(oldest.map(({ name }) => rm(this.#pathOf(name), { force: true })));
  }

  #pathOf(name: string): string {
    return join(this.#options.folder, name);
  }
}

function linesThatFit(lines: readonly string[], room: number): readonly string[] {
  let used = 0;
  const beyond = lines.findIndex((line) => {
    used += Buffer.byteLength(line);
    return used > room;
  });
  return beyond === -1 ? lines : lines.slice(0, beyond);
}
