import { execFile } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import manifest from "../package.json" with { type: "json" };
import { temporaryFolder } from "./temporary-folder.js";

/** Guards on the repository itself: what is published, what is committed, and that lint bites. */

const root = resolve(import.meta.dirname, "..");
const run = promisify(execFile);

describe("package.json", () => {
  it("publishes nothing that has no source", () => {
    const targets = [manifest.bin, ...Object.values(manifest.exports)].flatMap((target) => (typeof target === "string" ? [target] : Object.values(target)));
    expect(targets).toContain("./dist/app/index.js");
    const sources = targets.map((target) => target.replace(/^\.\/dist\//, "src/").replace(/\.(?:d\.ts|js)$/, ".ts"));
    expect(sources.filter((source) => !existsSync(join(root, source)))).toEqual([]);
  });
});

describe("package-lock.json", () => {
  it("names no registry host, and the integrity of every package", () => {
    const text = readFileSync(join(root, "package-lock.json"), "utf8");
    expect(text).not.toContain('"resolved": "http');
    const lock = JSON.parse(text) as { readonly packages: Readonly<Record<string, { readonly integrity?: string; readonly link?: boolean }>> };
    const fetched = Object.entries(lock.packages).filter(([path, { link }]) => path.startsWith("node_modules/") && link !== true);
    expect(fetched.length).toBeGreaterThan(100);
    expect(fetched.filter(([, { integrity }]) => integrity === undefined)).toEqual([]);
  });
});

/** A folder of one person's machine. Names that stand for anybody are none, and neither is the place that Homebrew always takes. */
const machinePath = /\/root\/|(?:\/home\/|\/Users\/|\b[A-Z]:\\+Users\\+)(?!(?:me|user|someone|linuxbrew)\b|\$\{|\\)/;

// Only git tells what belongs to the project.
describe.runIf(existsSync(join(root, ".git")))("the files that git tracks", () => {
  it("name no folder of the machine they were written on", async () => {
    // In many a CI container the files belong to another user than the one who runs the tests.
    const { stdout } = await run("git", ["-c", "safe.directory=*", "ls-files", "-z"], { cwd: root });
    const files = stdout.split("\0").filter((path) => path !== "" && existsSync(join(root, path)));
    expect(files).toContain("package.json");
    expect(files.filter((path) => machinePath.test(readFileSync(join(root, path), "utf8")))).toEqual([]);
  });

  // Put together here, or this file would be found out.
  it.each([
    ["", "root", "x"].join("/"),
    ["", "home", "ada"].join("/"),
    ["", "Users", "ada"].join("/"),
    ["C:", "Users", "ada", "x"].join("\\"),
    ["C:", "Users", "ada", "x"].join("\\\\"),
  ])("would be caught with %s", (path) => {
    expect(path).toMatch(machinePath);
  });
});

describe("lint", () => {
  it.each([
    ["src/ports", ["../domain/x.js", "../adapters/x.js", "../app/x.js", "valibot", "node:fs", "inversify"]],
    ["src/domain/session", ["../../adapters/node/x.js", "../../app/x.js", "node:fs/promises", "execa", "inversify"]],
    ["src/domain/transcript", ["../turn/x.js", "../picker/x.js", "../../adapters/node/x.js", "valibot"]],
    ["src/adapters/node", ["../../domain/turn/x.js", "../../app/x.js", "inversify", "reflect-metadata"]],
    ["playground/host", ["../../src/domain/turn/x.js", "../../src/adapters/node/x.js", "../../src/app/cli/x.js", "../page/x.js"]],
    ["playground/page/state", ["../../../src/app/index.js", "../../../src/adapters/x.js", "../../../src/ports/x.js", "../../host/x.js", "node:fs"]],
    ["playground/shared", ["../host/x.js", "../../src/ports/clock.js", "hono"]],
  ])("bites on every import that %s may not have: %j", async (folder, targets) => {
    const files = filesImporting({ folder, targets });
    expect(await filesThatBreakLayers(files)).toEqual(Object.keys(files));
  });

  it("bites on a type import, on a bare one and on one at run time, too", async () => {
    const files = {
      "src/domain/bare.ts": 'import "inversify";\n',
      "src/domain/run-time.ts": 'export const x = await import("inversify");\n',
      "src/domain/type.ts": 'import type { Container } from "inversify";\n\nexport type X = Container;\n',
    };
    expect(await filesThatBreakLayers(files)).toEqual(Object.keys(files));
  });

  it.each([
    ["src/ports", ["./x.js"]],
    ["src/domain/session", ["./x.js", "../turn/x.js", "../../ports/clock.js", "valibot"]],
    ["src/domain/transcript", ["./x.js", "../../ports/runtime-event.js"]],
    ["src/adapters/node", ["./x.js", "../rpc/x.js", "../../ports/clock.js", "node:fs", "execa", "valibot"]],
    ["src/app", ["../ports/clock.js", "../domain/turn/x.js", "../adapters/node/x.js", "inversify", "node:fs"]],
    ["playground/host", ["./x.js", "../shared/x.js", "../../src/app/index.js", "../../src/ports/index.js", "hono", "node:fs"]],
    ["playground/page/state", ["./x.js", "../../shared/x.js", "../../../src/app/picker.js", "../../../src/domain/transcript/x.js", "preact"]],
  ])("lets %s import %j", async (folder, targets) => {
    expect(await filesThatBreakLayers(filesImporting({ folder, targets }))).toEqual([]);
  });
});

type Files = Readonly<Record<string, string>>;

function filesImporting({ folder, targets }: { readonly folder: string; readonly targets: readonly string[] }): Files {
  return Object.fromEntries(targets.map((target, index) => [`${folder}/file-${index}.ts`, `export { x } from ${JSON.stringify(target)};\n`]));
}

/** Lints these files by the project's own rules, in a tree of their own: nothing is ever planted in `src`. */
async function filesThatBreakLayers(files: Files): Promise<readonly string[]> {
  const folder = await temporaryFolder();
  // The folders that a rule is for are relative to the folder of its file.
  copyFileSync(join(root, ".oxlintrc.json"), join(folder, ".oxlintrc.json"));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const oxlint = join(root, "node_modules/oxlint/bin/oxlint");
  const linting = run(process.execPath, [oxlint, "--config", ".oxlintrc.json", "--format", "json", "."], { cwd: folder });
  // Findings make it exit with 1; whatever else makes it fail leaves no report to be read.
  const { stdout } = await linting.catch((error: { readonly stdout: string }) => error);
  const report = JSON.parse(stdout) as { readonly number_of_files: number; readonly diagnostics: readonly { readonly code: string; readonly filename: string }[] };
  expect(report.number_of_files).toBe(Object.keys(files).length);
  return report.diagnostics
    .filter(({ code }) => code === "eslint(no-restricted-imports)")
    .map(({ filename }) => filename)
    .toSorted();
}
