import { chmod, lstat, mkdir, readdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { TemporaryCompanionFiles } from "../../../src/adapters/node/temporary-companion-files.js";
import { describeCompanionFiles } from "../../contract/companion-files.js";
import { temporaryFolder } from "../../temporary-folder.js";

const file = { name: "companion.cjs", text: "text" };

describeCompanionFiles({
  name: "TemporaryCompanionFiles",
  setup: async () => ({
    companions: new TemporaryCompanionFiles({ parent: await temporaryFolder() }),
    read: (path) => readFile(path, "utf8").catch(() => undefined),
    change: (path, text) => writeFile(path, text),
    remove: (path) => rm(path),
  }),
});

describe("TemporaryCompanionFiles", () => {
  it("lets nobody else read or write the file, or put another in its place", async () => {
    const path = await new TemporaryCompanionFiles({ parent: await temporaryFolder() }).provide(file);
    const [folder, written] = await Promise.all([lstat(dirname(path)), lstat(path)]);
    expect([folder.mode & 0o777, written.mode & 0o777]).toEqual([0o700, 0o600]);
  });

  it.each([
    { change: "others may write it", make: (path: string) => chmod(path, 0o622) },
    { change: "others may enter its folder", make: (path: string) => chmod(dirname(path), 0o755) },
    {
      change: "it is a link to the same text",
      make: async (path: string) => {
        await rename(path, `${path}.moved`);
        await symlink(`${path}.moved`, path);
      },
    },
    {
      change: "a folder is in its place",
      make: async (path: string) => {
        await rm(path);
        await mkdir(path);
      },
    },
  ])("does not trust the file any more when $change", async ({ make }) => {
    const companions = new TemporaryCompanionFiles({ parent: await temporaryFolder() });
    const path = await companions.provide(file);
    await make(path);
    const again = await companions.provide(file);
    expect(dirname(again)).not.toBe(dirname(path));
    expect(await companions.provide(file)).toBe(again);
  });

  it("says that it could not be written, and tries again the next time", async () => {
    const parent = join(await temporaryFolder(), "missing");
    const companions = new TemporaryCompanionFiles({ parent });
    await expect(companions.provide(file)).rejects.toMatchObject({ code: "ENOENT" });
    await mkdir(parent);
    expect(await readFile(await companions.provide(file), "utf8")).toBe("text");
  });

  it("touches no folder before a file is wanted", async () => {
    const parent = await temporaryFolder();
    await new TemporaryCompanionFiles({ parent }).dispose();
    expect(await readdir(parent)).toEqual([]);
  });
});
