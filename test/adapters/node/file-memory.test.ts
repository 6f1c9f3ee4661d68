import { describe, expect, it } from "vitest";
import { FileMemory } from "../../../src/adapters/node/file-memory.js";

describe("FileMemory", () => {
  it("reads a file once for each state it is in", async () => {
    const stamps = new Map([["/a", "1"]]);
    const reads: string[] = [];
    const memory = new FileMemory({
      stamp: async (file) => stamps.get(file) ?? Promise.reject(new Error("absent")),
      load: async (file) => {
        reads.push(file);
        return `${file} ${stamps.get(file)}`;
      },
    });
    expect([await memory.read("/a"), await memory.read("/a")]).toEqual(["/a 1", "/a 1"]);
    expect(reads).toEqual(["/a"]);
    stamps.set("/a", "2");
    expect(await memory.read("/a")).toBe("/a 2");
    stamps.delete("/a");
    await expect(memory.read("/a")).rejects.toThrow("absent");
    await expect(memory.read("/b")).rejects.toThrow("absent");
    expect(reads).toEqual(["/a", "/a"]);
  });

  it("finds a change that happens while it reads the next time", async () => {
    let state = 1;
    const memory = new FileMemory({ stamp: async () => `${state}`, load: async () => `text ${state++}` });
    expect([await memory.read("/a"), await memory.read("/a")]).toEqual(["text 1", "text 2"]);
  });
});
