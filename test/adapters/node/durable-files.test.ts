import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { localDurableFiles, type DurableFiles } from "../../../src/adapters/node/durable-files.js";
import { temporaryFolder } from "../../temporary-folder.js";
import { SimulatedDisk } from "./simulated-disk.js";

interface Subject {
  readonly name: string;
  readonly setup: () => Promise<{ readonly files: DurableFiles; readonly folder: string }>;
}

const subjects: readonly Subject[] = [
  { name: "this machine's", setup: async () => ({ files: localDurableFiles, folder: await temporaryFolder() }) },
  { name: "the simulated disk's", setup: async () => ({ files: new SimulatedDisk({ entries: new Map([["/folder", "folder"]]) }), folder: "/folder" }) },
];

// The simulation proves something only for as long as it behaves as a real disk does.
describe.each(subjects)("durable files of $name", ({ setup }) => {
  it("make folders and tell the outermost new one", async () => {
    const { files, folder } = await setup();
    expect(await files.makeFolder(join(folder, "a", "b"))).toBe(join(folder, "a"));
    expect(await files.makeFolder(join(folder, "a", "b"))).toBeUndefined();
    await files.create(join(folder, "a", "b", "file"), "text");
    await files.syncFolder(join(folder, "a"));
  });

  it("create a file once, in a folder that is there", async () => {
    const { files, folder } = await setup();
    const file = join(folder, "file");
    await files.create(file, "text");
    await files.syncFile(file);
    expect(await files.read(file)).toBe("text");
    await expect(files.create(file, "other text")).rejects.toMatchObject({ code: "EEXIST" });
    expect(await files.read(file)).toBe("text");
    await expect(files.create(join(folder, "none", "file"), "text")).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("replace a file with a renamed one, whose stamp it then has not", async () => {
    const { files, folder } = await setup();
    const [old, replacement] = [join(folder, "old"), join(folder, "new")];
    await files.create(old, "old");
    const stamp = await files.stamp(old);
    expect(await files.stamp(old)).toBe(stamp);
    await files.create(replacement, "new");
    await files.rename(replacement, old);
    await files.syncFolder(folder);
    expect(await files.read(old)).toBe("new");
    expect(await files.stamp(old)).not.toBe(stamp);
    await expect(files.read(replacement)).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("remove a file, and do not mind that it is gone", async () => {
    const { files, folder } = await setup();
    const file = join(folder, "file");
    await files.create(file, "text");
    await files.remove(file);
    await files.remove(file);
    await expect(files.stamp(file)).rejects.toMatchObject({ code: "ENOENT" });
    await expect(files.read(file)).rejects.toMatchObject({ code: "ENOENT" });
    await expect(files.syncFile(file)).rejects.toMatchObject({ code: "ENOENT" });
    await expect(files.rename(file, `${file}.new`)).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("cannot read a folder", async () => {
    const { files, folder } = await setup();
    await expect(files.read(folder)).rejects.toMatchObject({ code: "EISDIR" });
  });
});

it("one at a time has a file of this machine's to itself", async () => {
  const file = join(await temporaryFolder(), "file");
  const running = new Set<number>();
  const alone = async (id: number): Promise<boolean> => {
    running.add(id);
    await mkdir(`${file}-${id}`);
    return running.delete(id) && running.size === 0;
  };
  const all = [1, 2, 3, 4].map((id) => localDurableFiles.exclusively(file, () => alone(id)));
  expect(await Promise.all(all)).toEqual([true, true, true, true]);
});
