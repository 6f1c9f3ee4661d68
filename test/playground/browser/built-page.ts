import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const vite = fileURLToPath(new URL("../../../node_modules/vite/bin/vite.js", import.meta.url));
const page = fileURLToPath(new URL("../../../playground/page", import.meta.url));

/** Builds the page into a folder: not where a host that somebody uses has it. */
export async function buildPage(outDir: string): Promise<void> {
  // A test runner's own mode would make another page of it.
  const { NODE_ENV: _test, VITEST: _runner, ...environment } = process.env;
  const build = spawn(process.execPath, [vite, "build", page, "--outDir", outDir, "--emptyOutDir", "--logLevel", "error"], { env: environment, stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  build.stderr.on("data", (text) => (said += String(text)));
  const [code] = (await once(build, "close")) as readonly (number | null)[];
  if (code !== 0) throw new Error(`The page could not be built: ${said}`);
}
