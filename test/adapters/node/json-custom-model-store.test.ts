import { mkdir, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { localDurableFiles, type DurableFiles } from "../../../src/adapters/node/durable-files.js";
import { withFileLock } from "../../../src/adapters/node/file-lock.js";
import { JsonCustomModelStore } from "../../../src/adapters/node/json-custom-model-store.js";
import { describeCustomModelStore } from "../../contract/custom-model-store.js";
import { temporaryFolder } from "../../temporary-folder.js";

/** Waits for no lock. */
const impatient: DurableFiles = { ...localDurableFiles, exclusively: (file, action) => withFileLock({ lockFile: `${file}.lock`, action, waitMs: 0 }) };

const newFile = async (): Promise<string> => join(await temporaryFolder(), "custom-models.json");

describeCustomModelStore({
  name: "JsonCustomModelStore",
  empty: async () => new JsonCustomModelStore({ file: await newFile() }),
  unreadable: async () => {
    const file = await newFile();
    await writeFile(file, "not ours");
    return new JsonCustomModelStore({ file });
  },
});

describe("JsonCustomModelStore", () => {
  it("writes a file that people can read and another store finds again", async () => {
    const file = join(await temporaryFolder(), "not", "there", "yet", "custom-models.json");
    await new JsonCustomModelStore({ file }).update(() => [{ slug: "lab/model", verified: false }]);
    const text = await readFile(file, "utf8");
    expect(JSON.parse(text)).toEqual({ version: 1, models: [{ slug: "lab/model", verified: false }] });
    expect(text.endsWith("\n")).toBe(true);
    expect(await new JsonCustomModelStore({ file }).read()).toEqual({ type: "entries", entries: [{ slug: "lab/model", verified: false }] });
  });

  it("replaces the file rather than writing into it", async () => {
    const file = await newFile();
    const store = new JsonCustomModelStore({ file });
    await store.update(() => [{ slug: "lab/a", verified: true }]);
    const { ino } = await stat(file);
    await store.update(() => [{ slug: "lab/b", verified: true }]);
    expect((await stat(file)).ino).not.toBe(ino);
  });

  it("leaves nothing else in the folder, after a failure either", async () => {
    const folder = await temporaryFolder();
    const store = new JsonCustomModelStore({ file: join(folder, "custom-models.json") });
    await store.update(() => []);
    await expect(
      store.update(() => {
        throw new Error("planted");
      }),
    ).rejects.toThrow("planted");
    expect(await readdir(folder)).toEqual(["custom-models.json"]);
  });

  it("leaves no draft behind that could not take the file's place", async () => {
    const folder = await temporaryFolder();
    const file = join(folder, "custom-models.json");
    const create: DurableFiles["create"] = async (draft, text) => {
      await localDurableFiles.create(draft, text);
      await mkdir(file);
    };
    await expect(new JsonCustomModelStore({ file, files: { ...localDurableFiles, create } }).update(() => [])).rejects.toMatchObject({ code: "custom-models-unwritable", message: expect.stringContaining("EISDIR"), cause: { code: "EISDIR" } });
    expect(await readdir(folder)).toEqual(["custom-models.json"]);
  });

  it.each([
    "",
    "{",
    "[]",
    "null",
    '{"models":[]}',
    '{"version":2,"models":[]}',
    '{"version":1,"models":[],"more":true}',
    '{"version":1,"models":[{"slug":"no-provider","verified":true}]}',
    '{"version":1,"models":[{"slug":"lab/model"}]}',
    '{"version":1,"models":[{"slug":"lab/model","verified":true,"more":true}]}',
  ])("neither understands nor touches a file with %j", async (content) => {
    const file = await newFile();
    await writeFile(file, content);
    const store = new JsonCustomModelStore({ file });
    expect((await store.read()).type).toBe("unreadable");
    await expect(store.update(() => [])).rejects.toThrow("nothing was changed");
    expect(await readFile(file, "utf8")).toBe(content);
  });

  it("names the place that is not as expected, but no content", async () => {
    const file = await newFile();
    await writeFile(file, '{"version":1,"models":[{"slug":"secret","verified":true}]}');
    expect(await new JsonCustomModelStore({ file }).read()).toEqual({
      type: "unreadable",
      detail: "It is no list of custom models: models.0.slug is not as expected.",
    });
  });

  it("calls a file it cannot read unreadable, not empty", async () => {
    expect(await new JsonCustomModelStore({ file: await temporaryFolder() }).read()).toEqual({
      type: "unreadable",
      detail: "The file system answered EISDIR.",
    });
  });

  it("loses no update when several stores share a file", async () => {
    const file = await newFile();
    const slugs = Array.from({ length: 12 }, (_, index) => `lab/model-${index}`);
    await Promise.all(slugs.map((slug) => new JsonCustomModelStore({ file }).update((entries) => [...entries, { slug, verified: true }])));
    const content = await new JsonCustomModelStore({ file }).read();
    expect(content.type === "entries" && new Set(content.entries.map(({ slug }) => slug))).toEqual(new Set(slugs));
  });

  it("sets a file aside beside its place, as it is, and never in the place of another", async () => {
    const file = await newFile();
    const store = new JsonCustomModelStore({ file });
    const contents = ["not ours", "not ours either"];
    const asides: (string | undefined)[] = [];
    for (const content of contents) {
      await writeFile(file, content);
      asides.push(await store.setAside());
    }
    for (const aside of asides) expect(aside?.startsWith(`${file}.unreadable-`)).toBe(true);
    expect(await Promise.all(asides.map((aside) => readFile(aside ?? "", "utf8")))).toEqual(contents);
    expect(new Set(await readdir(dirname(file)))).toEqual(new Set(asides.map((aside) => basename(aside ?? ""))));
  });

  it("leaves a folder in the file's place where it is", async () => {
    const file = await newFile();
    await mkdir(join(file, "of somebody else"), { recursive: true });
    const store = new JsonCustomModelStore({ file });
    expect(await store.read()).toMatchObject({ type: "unreadable" });
    await expect(store.setAside()).rejects.toMatchObject({ name: "ProviderError", code: "custom-models-unwritable" });
    expect(await readdir(file)).toEqual(["of somebody else"]);
  });

  it("does not set aside what another program has repaired meanwhile", async () => {
    const file = await newFile();
    await writeFile(file, "not ours");
    const exclusively: DurableFiles["exclusively"] = async (path, action) => {
      await writeFile(file, '{"version":1,"models":[]}');
      return localDurableFiles.exclusively(path, action);
    };
    expect(await new JsonCustomModelStore({ file, files: { ...localDurableFiles, exclusively } }).setAside()).toBeUndefined();
    expect(await readdir(dirname(file))).toEqual([basename(file)]);
  });

  it("makes no folder to set nothing aside", async () => {
    const folder = await temporaryFolder();
    await new JsonCustomModelStore({ file: join(folder, "not", "there", "custom-models.json") }).setAside();
    expect(await readdir(folder)).toEqual([]);
  });

  it("makes no folder, and waits for nobody, for a change that is refused", async () => {
    const folder = await temporaryFolder();
    const locked = await newFile();
    await writeFile(`${locked}.lock`, `${process.ppid} its-ticket`);
    for (const file of [join(folder, "not", "there", "custom-models.json"), locked]) {
      const change = new JsonCustomModelStore({ file, files: impatient }).update(() => {
        throw new Error("refused by the caller");
      });
      await expect(change).rejects.toThrow("refused by the caller");
    }
    expect(await readdir(folder)).toEqual([]);
  });

  it("refuses in words a change that another program keeps from being made", async () => {
    const file = await newFile();
    await writeFile(`${file}.lock`, `${process.ppid} its-ticket`);
    const store = new JsonCustomModelStore({ file, files: impatient });
    await expect(store.update(() => [{ slug: "lab/a", verified: true }])).rejects.toMatchObject({ kind: "process", code: "custom-models-unwritable", message: expect.stringContaining("another program has them locked") as string });
    expect(await readdir(dirname(file))).toEqual([`${basename(file)}.lock`]);
    await rm(`${file}.lock`);
    expect(await store.update(() => [{ slug: "lab/a", verified: true }])).toHaveLength(1);
  });

  it("reads the file only after it has changed", async () => {
    const file = await newFile();
    let reads = 0;
    const read = (path: string): Promise<string> => {
      reads += 1;
      return localDurableFiles.read(path);
    };
    const store = new JsonCustomModelStore({ file, files: { ...localDurableFiles, read } });
    const other = new JsonCustomModelStore({ file });
    await other.update(() => [{ slug: "lab/a", verified: true }]);
    for (let time = 0; time < 3; time += 1) expect(await store.read()).toEqual({ type: "entries", entries: [{ slug: "lab/a", verified: true }] });
    expect(reads).toBe(1);
    await other.update(() => []);
    for (let time = 0; time < 3; time += 1) expect(await store.read()).toEqual({ type: "entries", entries: [] });
    expect(reads).toBe(2);
    await rm(file);
    expect(await store.read()).toEqual({ type: "entries", entries: [] });
    expect(reads).toBe(2);
  });

  it("is not harmed by the draft and the lock that a killed writer left", async () => {
    const file = await newFile();
    // No system has a process of this id.
    await writeFile(`${file}.lock`, "2000000000 its-ticket");
    await writeFile(`${file}.9c5fc9a4-0f0e-4c9b-8f0c-6a7f1f0f6f0e`, '{"version":1,"mod');
    const store = new JsonCustomModelStore({ file });
    expect(await store.read()).toEqual({ type: "entries", entries: [] });
    expect(await store.update(() => [{ slug: "lab/a", verified: true }])).toHaveLength(1);
    expect(await new JsonCustomModelStore({ file }).read()).toMatchObject({ entries: [{ slug: "lab/a" }] });
    expect((await readdir(dirname(file))).filter((name) => name.includes(".lock"))).toEqual([]);
  });
});
