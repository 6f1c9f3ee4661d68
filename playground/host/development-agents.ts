import { readFile } from "node:fs/promises";
import { findPackageJSON } from "node:module";
import { dirname, resolve } from "node:path";
import * as v from "valibot";

const manifest = v.pipe(v.string(), v.parseJson(), v.object({ bin: v.record(v.string(), v.string()) }));

/** The two Pis that this package is developed with. */
export const developmentPi = "@earendil-works/pi-coding-agent";
export const earlierPi = "pi-cumulative-era";

/** The path of the program that an installed package brings. */
export async function programOf({ packageName, program }: { readonly packageName: string; readonly program: string }): Promise<string> {
  const file = findPackageJSON(packageName, import.meta.url);
  const path = file === undefined ? undefined : v.parse(manifest, await readFile(file, "utf8")).bin[program];
  if (file === undefined || path === undefined) throw new Error(`The package ${packageName} is not installed. Run npm ci.`);
  return resolve(dirname(file), path);
}
