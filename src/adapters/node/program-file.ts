import { constants } from "node:fs";
import { access, realpath, stat } from "node:fs/promises";
import type { LocatedBinary, SearchedPlace } from "../../ports/binary-locator.js";
import { packageVersion } from "./package-version.js";
import { resolveCommandShim } from "./windows-shim.js";

export interface ProgramFileInput {
  /** Absolute. */
  readonly path: string;
  readonly packageNames: readonly string[];
  /** The folders of `PATH`, where a script's interpreter is found. */
  readonly searchPath: readonly string[];
  /** Reads what tells a program's start and version. Rejects where there is no such file. */
  readonly readText: (file: string) => Promise<string>;
}

export type ProgramFile =
  | { readonly outcome: "found"; readonly binary: LocatedBinary }
  | { readonly outcome: Exclude<SearchedPlace["outcome"], "found"> };

/** Looks at one file: is it a program that can be started, and which one is it? Never rejects. */
export async function inspectProgramFile({ path, packageNames, searchPath, readText }: ProgramFileInput): Promise<ProgramFile> {
  const outcome = await probe(path);
  if (outcome !== "found") return { outcome };
  const start = await startOf({ path, searchPath, readText });
  if (start === undefined) return { outcome: "refused" };
  try {
    const file = await realpath(start.file);
    const { size, mtimeMs, ino } = await stat(file);
    const version = await packageVersion({ file, packageNames, readText });
    return {
      outcome,
      binary: {
        path,
        command: start.command,
        leadingArgs: start.leadingArgs,
        identity: [file, size, mtimeMs, ino].join(":"),
        ...(version === undefined ? {} : { packageVersion: version }),
      },
    };
  } catch {
    // Removed between two looks, as happens during an update.
    return { outcome: "absent" };
  }
}

interface ProgramStart {
  readonly command: string;
  readonly leadingArgs: readonly string[];
  /** The file that decides what runs. */
  readonly file: string;
}

/**
 * A link is started as it is and not resolved: version managers link one program under many names and go by the name.
 * `undefined` for a batch file that only a shell could run.
 */
async function startOf({ path, searchPath, readText }: Omit<ProgramFileInput, "packageNames">): Promise<ProgramStart | undefined> {
  if (process.platform !== "win32" || !/\.(?:cmd|bat)$/i.test(path)) return { command: path, leadingArgs: [], file: path };
  const text = await readText(path).catch(() => "");
  const shim = await resolveCommandShim({ shim: path, text, searchPath, isFile });
  return shim === undefined ? undefined : { command: shim.interpreter, leadingArgs: [shim.script], file: shim.script };
}

async function isFile(path: string): Promise<boolean> {
  return (await probe(path)) === "found";
}

async function probe(path: string): Promise<"found" | "absent" | "not-a-file" | "not-executable"> {
  try {
    if (!(await stat(path)).isFile()) return "not-a-file";
  } catch {
    return "absent";
  }
  // On Windows this asks for readability: there the extension decides.
  return access(path, constants.X_OK).then(
    () => "found",
    () => "not-executable",
  );
}
