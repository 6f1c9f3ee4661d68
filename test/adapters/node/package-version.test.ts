import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { packageVersion } from "../../../src/adapters/node/package-version.js";

describe("packageVersion", () => {
  let folder: string;

  beforeEach(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), "package-version-")));
  });

  afterEach(() => rm(folder, { recursive: true }));

  async function write(path: string, content: unknown): Promise<string> {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, typeof content === "string" ? content : JSON.stringify(content));
    return file;
  }

  const manifest = { name: "agent", version: "1.2.3", bin: { agent: "./dist/cli.js" } };

  async function versionOf(files: Readonly<Record<string, unknown>>): Promise<string | undefined> {
    const program = await write("agent/dist/cli.js", "");
    for (const [path, content] of Object.entries(files)) await write(path, content);
    return packageVersion({ file: program, packageNames: ["@old/agent", "agent"], readText: (file) => readFile(file, "utf8") });
  }

  it.each([
    ["declared under a name", { "agent/package.json": manifest }],
    ["declared as the only program", { "agent/package.json": { ...manifest, bin: "dist/cli.js" } }],
    ["in a folder that only sets a module type", { "agent/package.json": manifest, "agent/dist/package.json": { type: "module" } }],
  ])("is known for a program %s", async (_, files) => {
    expect(await versionOf(files)).toBe("1.2.3");
  });

  it.each([
    ["without a package", {}],
    ["of another package", { "agent/package.json": { ...manifest, name: "wrapper" } }],
    ["that its package does not declare", { "agent/package.json": { ...manifest, bin: { agent: "dist/other.js" } } }],
    ["of a package without programs", { "agent/package.json": { name: "agent", version: "1.2.3" } }],
    ["bundled by another package inside the right one", { "package.json": manifest, "agent/package.json": { ...manifest, name: "wrapper" } }],
    ["beside a broken manifest", { "agent/package.json": "{" }],
    ["beside a manifest without a version", { "agent/package.json": { ...manifest, version: 1 } }],
  ])("is unknown for a program %s", async (_, files) => {
    expect(await versionOf(files)).toBeUndefined();
  });
});
