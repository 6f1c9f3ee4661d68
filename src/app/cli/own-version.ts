import { readFile } from "node:fs/promises";
import * as v from "valibot";

const manifest = v.pipe(v.string(), v.parseJson(), v.object({ version: v.string() }));

/** This package's version. Sources and build lie equally deep below its root. */
export async function ownVersion(): Promise<string> {
  return v.parse(manifest, await readFile(new URL("../../../package.json", import.meta.url), "utf8")).version;
}
