import { realpath } from "node:fs/promises";
import { dirname, join } from "node:path";
import * as v from "valibot";

const manifestSchema = v.object({
  name: v.string(),
  version: v.string(),
  bin: v.optional(v.union([v.string(), v.record(v.string(), v.string())]), {}),
});

export interface PackageVersionInput {
  /** The program's real path, links resolved. */
  readonly file: string;
  readonly packageNames: readonly string[];
  /** Rejects where there is no such file. */
  readonly readText: (file: string) => Promise<string>;
}

/**
 * The version of the package that a program belongs to. Certain only when the nearest named package is one of those that ship the
 * program and declares this very file as a program of its own; otherwise `undefined`, and the program itself has to be asked.
 */
export async function packageVersion({ file, packageNames, readText }: PackageVersionInput): Promise<string | undefined> {
  for (let folder = dirname(file), below = ""; folder !== below; below = folder, folder = dirname(folder)) {
    const manifest = await readManifest({ folder, readText });
    if (manifest === undefined) continue;
    const isShipped = packageNames.includes(manifest.name) && (await declares({ folder, bin: manifest.bin, file }));
    return isShipped ? manifest.version : undefined;
  }
  return undefined;
}

interface ManifestInput extends Pick<PackageVersionInput, "readText"> {
  readonly folder: string;
}

/** `undefined` where there is no package, which includes a nameless `package.json` that only sets a folder's module type. */
async function readManifest({ folder, readText }: ManifestInput): Promise<v.InferOutput<typeof manifestSchema> | undefined> {
  try {
    const result = v.safeParse(manifestSchema, JSON.parse(await readText(join(folder, "package.json"))));
    return result.success ? result.output : undefined;
  } catch {
    return undefined;
  }
}

interface DeclarationInput {
  readonly folder: string;
  readonly bin: string | Readonly<Record<string, string>>;
  readonly file: string;
}

async function declares({ folder, bin, file }: DeclarationInput): Promise<boolean> {
  const programs = typeof bin === "string" ? [bin] : Object.values(bin);
  const files = await Promise.all(programs.map((program) => realpath(join(folder, program)).catch(() => undefined)));
  return files.includes(file);
}
