import { absentFile, type FileStamps } from "../../ports/file-stamps.js";
import { fileStamp } from "./file-stamp.js";
import { systemCode } from "./system-error.js";

const unreadableFile = "unreadable";

/** A component of the path that is a file and no folder hides the file just as well as one that is not there. */
const absences: ReadonlySet<string> = new Set(["ENOENT", "ENOTDIR"]);

/** Stamps of files on this machine. */
export class LocalFileStamps implements FileStamps {
  stamp(files: readonly string[]): Promise<readonly string[]> {
    return Promise.all(files.map(stampOf));
  }
}

async function stampOf(file: string): Promise<string> {
  try {
    return await fileStamp(file);
  } catch (error) {
    return absences.has(systemCode(error)) ? absentFile : unreadableFile;
  }
}
