import { expect, it } from "vitest";
import { InMemoryCompanionFiles } from "../../../src/adapters/fake/in-memory-companion-files.js";
import { describeCompanionFiles } from "../../contract/companion-files.js";

describeCompanionFiles({
  name: "InMemoryCompanionFiles",
  setup: async () => {
    const companions = new InMemoryCompanionFiles();
    return {
      companions,
      read: async (path) => companions.files.get(path),
      change: async (path, text) => void companions.files.set(path, text),
      remove: async (path) => void companions.files.delete(path),
    };
  },
});

it("InMemoryCompanionFiles fails when it is told to", async () => {
  const companions = new InMemoryCompanionFiles();
  companions.failure = new Error("The disk is full.");
  await expect(companions.provide({ name: "a", text: "" })).rejects.toThrow("The disk is full.");
});
