import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { copyFile, mkdtemp, readFile, realpath, rm, stat, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { build } from "rolldown";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import manifest from "../package.json" with { type: "json" };
import { AgentSandbox } from "../src/adapters/fake/agent-sandbox.js";
import { ScriptedModelEndpoint } from "../src/adapters/fake/scripted-model-endpoint.js";
import * as host from "../src/app/index.js";
import * as opentelemetry from "../src/app/opentelemetry.js";
import * as picker from "../src/app/picker.js";
import * as transcript from "../src/app/transcript.js";
import * as testing from "../src/app/testing.js";
import * as ports from "../src/ports/index.js";
import { installPackage, packPackage } from "./packed-package.js";
import { markedProcesses } from "./process-census.js";

/** The package as it is published, on every runtime that T3 starts its server with. */

const run = promisify(execFile);
const root = resolve(import.meta.dirname, "..");
const maxTarballBytes = 300_000;

const entries = Object.keys(manifest.exports)
  .filter((path) => path !== "./package.json")
  .map((path) => path.replace(/^\./, "t3-pi-provider"));

interface Runtime {
  readonly name: string;
  /** Absent where the lockfile brings none for this platform. */
  readonly program: string | undefined;
}

const architecture = process.arch === "arm64" ? { node: "arm64", bun: "aarch64" } : { node: process.arch, bun: process.arch };

const runtimes: readonly Runtime[] = [
  { name: `Node ${process.versions.node}`, program: process.execPath },
  { name: "Node 22.19", program: programOf({ within: "dev-node-22", shippedBy: `node-${process.platform}-${architecture.node}`, version: "22.19.0", path: "bin/node" }) },
  // Where npm runs the package's install script, that moves the program into the package itself.
  { name: "Bun", program: programOf({ within: "bun", shippedBy: `@oven/bun-${process.platform}-${architecture.bun}`, path: "bin/bun" }) ?? programOf({ within: "bun", shippedBy: "bun", path: "bin/bun.exe" }) },
];

let folder = "";
let tarball = "";

beforeAll(async () => {
  folder = await mkdtemp(join(await realpath(tmpdir()), "packed-package-"));
  tarball = await packPackage(folder);
  await installPackage(tarball, folder);
  for (const script of ["entries.cjs", "turns.mjs"]) await copyFile(join(import.meta.dirname, "fixtures/packed", script), join(folder, script));
}, 60_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

describe("the packed package", () => {
  it(`is smaller than ${maxTarballBytes} bytes`, async () => {
    const { size } = await stat(tarball);
    expect(size).toBeGreaterThan(0);
    expect(size).toBeLessThan(maxTarballBytes);
  });

  it.each(["picker", "transcript"])("has ./%s, for a browser, as one file that needs no other", async (name) => {
    const text = await readFile(join(folder, "node_modules/t3-pi-provider/dist/app", `${name}.js`), "utf8");
    expect(text).toMatch(/^export \{/m);
    expect(text).not.toMatch(/^import\b|\bfrom "|\bimport\(/m);
  });

  it("has types that stand by themselves", async () => {
    const modules = join(root, "node_modules");
    // The project has not installed the one peer that is optional.
    const paths = { "@opentelemetry/api": [join(modules, "@opentelemetry/api/dist/index.d.mts")] };
    const compilerOptions = { module: "NodeNext", target: "ES2024", lib: ["ES2024", "ESNext.Disposable"], types: ["node"], typeRoots: [join(modules, "@types")], paths, strict: true, noEmit: true };
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["user.mts"] }));
    await writeFile(join(folder, "user.mts"), entries.map((entry, index) => `export * as entry${index} from ${JSON.stringify(entry)};\n`).join(""));
    const { stdout } = await run(join(modules, ".bin/tsc"), ["-p", folder]).catch((error: { readonly stdout: string }) => error);
    expect(stdout).toBe("");
  });
});

describe("a host that is bundled", () => {
  it("brings along what the container needs to run", async () => {
    expect(await importsOfBundled('export { coreModule } from "t3-pi-provider";')).toContain("reflect-metadata");
  });

  it("leaves out what it does not use", async () => {
    expect(await importsOfBundled('export { ProviderError } from "t3-pi-provider";')).toEqual([]);
  });
});

describe("the runtimes", () => {
  it.runIf(process.platform === "linux" && process.arch === "x64")("are all here where tests are run for a release", () => {
    expect(runtimes.filter(({ program }) => program === undefined)).toEqual([]);
  });
});

describe.each(runtimes)("the packed package on $name", ({ program }) => {
  const none = `no package of the lockfile brings this runtime for ${process.platform}-${process.arch}`;

  it("gives the same things by require as by import, at every entry", async ({ skip }) => {
    if (program === undefined) return skip(none);
    expect(await outputOf(program, "entries.cjs")).toEqual({
      "t3-pi-provider": namesOf(host),
      "t3-pi-provider/ports": namesOf(ports),
      "t3-pi-provider/testing": namesOf(testing),
      "t3-pi-provider/picker": namesOf(picker),
      "t3-pi-provider/transcript": namesOf(transcript),
      "t3-pi-provider/opentelemetry": namesOf(opentelemetry),
    });
  });

  // The fake agent is installed as a shell script.
  it.skipIf(process.platform === "win32")("plays turns with an agent that is a process of its own", async ({ skip }) => {
    if (program === undefined) return skip(none);
    expect(await outputOf(program, "turns.mjs")).toEqual({
      health: "ready",
      models: ["lab/plain", "lab/thinker"],
      first: ["completed", "One file. ✓"],
      second: ["interrupted", "And then"],
      violations: [],
    });
  });
});

describe("the command line", () => {
  it("is what the package installs, and knows its version", async () => {
    const program = join(folder, "node_modules/t3-pi-provider", manifest.bin["t3-pi"]);
    const { stdout } = await run(program, ["--version"], { env: { PATH: dirname(process.execPath) } });
    expect(stdout.trim()).toBe(manifest.version);
  });
});

describe("the script in the README", () => {
  // Pi's own script names no Node but the PATH's.
  it("runs as written", async () => {
    await using endpoint = await ScriptedModelEndpoint.start({ respond: () => [{ text: "There is a README in it." }] });
    await using sandbox = await AgentSandbox.create({ endpoint });
    await writeFile(join(folder, "embed.mjs"), await readmeScript());
    const PATH = [join(root, "node_modules", ".bin"), process.env["PATH"]].join(delimiter);
    const { stdout, stderr } = await run(process.execPath, ["embed.mjs"], { cwd: folder, env: { PATH, HOME: folder, PI_CODING_AGENT_DIR: sandbox.agentDir, PI_OFFLINE: "1" } });
    expect(stdout).toContain("ready");
    expect(stdout).toContain("demo/plain [] (default)");
    expect(stdout).toContain("There is a README in it.");
    expect(stderr).toBe("");
  }, 60_000);
});

/** The first JavaScript block of the README, as it stands. */
async function readmeScript(): Promise<string> {
  const readme = await readFile(join(root, "README.md"), "utf8");
  const script = /```js\n([\s\S]*?)```/.exec(readme)?.[1];
  if (script === undefined) throw new Error("The README shows no script.");
  return script;
}

/** What a script of the project prints as JSON. It may say nothing on standard error, and leave no process. */
async function outputOf(program: string, script: string): Promise<unknown> {
  const running = run(program, [script], { cwd: folder, env: { PATH: process.env["PATH"], HOME: folder, TMPDIR: folder } });
  const { stdout, stderr } = await running;
  expect(stderr).toBe("");
  expect(markedProcesses({ startedBy: [running.child.pid ?? 0] })).toEqual([]);
  return JSON.parse(stdout);
}

/** What is left to import where the package has been made part of a program. */
async function importsOfBundled(program: string): Promise<readonly string[]> {
  const input = join(folder, "bundled.mjs");
  await writeFile(input, program);
  const { output } = await build({ input, platform: "node", write: false, external: Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }) });
  expect(output).toHaveLength(1);
  return output[0].imports;
}

function namesOf(entry: object): readonly string[] {
  return Object.keys(entry).toSorted();
}

/** A program that a package of the lockfile ships for this platform only. */
function programOf(wanted: { readonly within: string; readonly shippedBy: string; readonly version?: string; readonly path: string }): string | undefined {
  try {
    const owner = createRequire(import.meta.url).resolve(`${wanted.within}/package.json`);
    const manifest = createRequire(owner).resolve(`${wanted.shippedBy}/package.json`);
    const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { readonly version: string };
    // Some releases of these packages write it with a "v".
    const program = join(dirname(manifest), wanted.path);
    const isIt = existsSync(program) && (wanted.version === undefined || wanted.version === version.replace(/^v/, ""));
    return isIt ? program : undefined;
  } catch {
    return undefined;
  }
}
