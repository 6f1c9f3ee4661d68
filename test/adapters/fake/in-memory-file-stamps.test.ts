import { expect, it } from "vitest";
import { InMemoryFileStamps } from "../../../src/adapters/fake/in-memory-file-stamps.js";
import { describeFileStamps } from "../../contract/file-stamps.js";

describeFileStamps({
  name: "InMemoryFileStamps",
  setup: async () => {
    const stamps = new InMemoryFileStamps();
    return { stamps, files: ["/a", "/b"], write: async (file) => stamps.touch(file), remove: async (file) => stamps.remove(file) };
  },
});

it("InMemoryFileStamps remembers what it was asked", async () => {
  const stamps = new InMemoryFileStamps();
  await stamps.stamp(["/a", "/b"]);
  await stamps.stamp([]);
  expect(stamps.requests).toEqual([["/a", "/b"], []]);
});
