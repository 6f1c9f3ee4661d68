import { mkdir, open, readFile, rename, rm, type FileHandle } from "node:fs/promises";
import { withFileLock } from "./file-lock.js";
import { fileStamp } from "./file-stamp.js";
import { systemCode } from "./system-error.js";

/**
 * What it takes to keep a file through crashes and power cuts. Nothing is certain to be on the disk until it was synchronised: a file's
 * content with the file, its name with the folder. All of them reject with the system's errors.
 */
export interface DurableFiles {
  /** Changes whenever the file is written or replaced. */
  stamp(file: string): Promise<string>;
  read(file: string): Promise<string>;
  /** Makes the folder and those above it. Resolves to the outermost one it had to make. */
  makeFolder(folder: string): Promise<string | undefined>;
  /** Makes a file that must not be there yet. */
  create(file: string, text: string): Promise<void>;
  syncFile(file: string): Promise<void>;
  syncFolder(folder: string): Promise<void>;
  /** Replaces what is at the new place, at once. */
  rename(from: string, to: string): Promise<void>;
  /** A file that is not there is as good as removed. */
  remove(file: string): Promise<void>;
  /** Runs `action` while nobody else on this machine has the file to themselves. The file's folder has to be there. */
  exclusively<T>(file: string, action: () => Promise<T>): Promise<T>;
}

export const localDurableFiles: DurableFiles = {
  stamp: fileStamp,
  read: (file) => readFile(file, "utf8"),
  makeFolder: (folder) => mkdir(folder, { recursive: true }),
  create: async (file, text) => {
    await using handle = await open(file, "wx");
    await handle.writeFile(text);
  },
  syncFile: async (file) => {
    await using handle = await open(file, "r+");
    await handle.sync();
  },
  syncFolder: async (folder) => {
    // Windows has no such operation, and keeps names safe by itself.
    if (process.platform === "win32") return;
    await using handle = await open(folder, "r");
    await syncIfPossible(handle);
  },
  rename,
  remove: (file) => rm(file, { force: true }),
  exclusively: (file, action) => withFileLock({ lockFile: `${file}.lock`, action }),
};

/** Some file systems, of networks mostly, synchronise no folders. */
async function syncIfPossible(handle: FileHandle): Promise<void> {
  try {
    await handle.sync();
  } catch (error) {
    if (!["EINVAL", "ENOTSUP"].includes(systemCode(error))) throw error;
  }
}
