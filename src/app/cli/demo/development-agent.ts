import { readFile } from "node:fs/promises";
import { findPackageJSON } from "node:module";
import { dirname, resolve } from "node:path";
import * as v from "valibot";
import { piDialect } from "../../../adapters/pi/pi-dialect.js";

const manifest = v.pipe(v.string(), v.parseJson(), v.object({ bin: v.record(v.string(), v.string()) }));

/**
 * The Pi that this package is developed with: its program's path. `undefined` where the package was installed by a user, who gets
 * no development dependencies.
 */
export async function developmentAgent(): Promise<string | undefined> {
  for (const name of piDialect.packageNames) {
    const file = manifestFile(name);
    const program = file === undefined ? undefined : v.parse(manifest, await readFile(file, "utf8")).bin[piDialect.binaryName];
    if (file !== undefined && program !== undefined) return resolve(dirname(file), program);
  }
  return undefined;
}

/** Pi's `exports` do not let its `package.json` be resolved; Node finds it all the same. */
function manifestFile(packageName: string): string | undefined {
  try {
    return findPackageJSON(packageName, import.meta.url);
  } catch {
    return undefined;
  }
}
