import { describe, expect, it } from "vitest";
import { mergedData } from "../../../src/domain/transcript/merged-data.ts";

describe("the data of a tool", () => {
  it.each([
    [{ item: { toolName: "bash", input: { command: "ls" } } }, { item: { toolName: "bash", output: "a" } }, { item: { toolName: "bash", input: { command: "ls" }, output: "a" } }],
    // What lies deeper than the tool's own keys is one value.
    [{ item: { input: { path: "a", old: 1 } } }, { item: { input: { path: "b" } } }, { item: { input: { path: "b" } } }],
    [{ item: { output: "half" } }, { item: { output: "all" } }, { item: { output: "all" } }],
    [undefined, { item: 1 }, { item: 1 }],
    [{ item: 1 }, [1], [1]],
    ["text", { item: 1 }, { item: 1 }],
    [{ item: 1 }, null, null],
  ])("of %j and %j is %j", (earlier, later, expected) => {
    expect(mergedData(earlier, later)).toEqual(expected);
  });
});
