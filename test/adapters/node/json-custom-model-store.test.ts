import { mkdirSync } from "node:fs";
import { readFile, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { JsonCustomModelStore } from "../../../src/adapters/node/json-custom-model-store.js";
import { describeCustomModelStore } from "../../contract/custom-model-store.js";
import { temporaryFolder } from "../../temporary-folder.js";

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
    await expect(
      new JsonCustomModelStore({ file }).update(() => {
        mkdirSync(file);
        return [];
      }),
    ).rejects.toMatchObject({ code: "EISDIR" });
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
});
