import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Contender } from "./interleave.js";
import type { Sample } from "./stopwatch.js";

const run = promisify(execFile);
const program = fileURLToPath(new URL("importing-program.ts", import.meta.url));

/** What somebody who imports the package pays for anyway. */
export const dependencies: readonly string[] = ["reflect-metadata", "inversify", "execa", "valibot"];

/** Imports, in a process that has imported nothing yet. This package's own name means its build. */
export function importing(specifiers: readonly string[]): Contender {
  return async () => {
    const { stdout } = await run(process.execPath, [program, ...specifiers], { env: { ...process.env, NODE_DISABLE_COMPILE_CACHE: "1" } });
    return JSON.parse(stdout) as Sample;
  };
}
