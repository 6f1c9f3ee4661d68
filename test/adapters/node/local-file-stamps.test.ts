import { rename, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { LocalFileStamps } from "../../../src/adapters/node/local-file-stamps.js";
import { absentFile } from "../../../src/ports/file-stamps.js";
import { describeFileStamps } from "../../contract/file-stamps.js";
import { temporaryFolder } from "../../temporary-folder.js";

const stampOf = async (file: string): Promise<string | undefined> => (await new LocalFileStamps().stamp([file]))[0];

async function newFile(): Promise<string> {
  const file = join(await temporaryFolder(), "file");
  await writeFile(file, "text");
  return file;
}

describeFileStamps({
  name: "LocalFileStamps",
  setup: async () => {
    const folder = await temporaryFolder();
    return { stamps: new LocalFileStamps(), files: [join(folder, "a"), join(folder, "b")], write: (file, text) => writeFile(file, text), remove: (file) => rm(file) };
  },
});

describe("LocalFileStamps", () => {
  it("tells a file from another one of the same length and time in its place", async () => {
    const file = await newFile();
    await utimes(file, 1_000, 1_000);
    const stamp = await stampOf(file);
    await writeFile(`${file}.new`, "TEXT");
    await utimes(`${file}.new`, 1_000, 1_000);
    await rename(`${file}.new`, file);
    expect(await stampOf(file)).not.toBe(stamp);
  });

  it("follows links", async () => {
    const file = await newFile();
    const link = join(dirname(file), "link");
    await symlink(file, link);
    const stamp = await stampOf(link);
    expect(stamp).toBe(await stampOf(file));
    await writeFile(file, "longer text");
    expect(await stampOf(link)).not.toBe(stamp);
    await rm(file);
    expect(await stampOf(link)).toBe(absentFile);
  });

  it("calls a file absent whose folder is none", async () => {
    expect(await stampOf(join(await newFile(), "below"))).toBe(absentFile);
  });

  it.each(["a\0b", "/" + "long".repeat(2_000)])("has a constant of its own for what cannot be looked at", async (file) => {
    expect(await new LocalFileStamps().stamp([file, file])).toEqual(["unreadable", "unreadable"]);
  });

  it("does not mind that a file is a folder", async () => {
    const folder = await temporaryFolder();
    expect([absentFile, "unreadable"]).not.toContain(await stampOf(folder));
  });
});
