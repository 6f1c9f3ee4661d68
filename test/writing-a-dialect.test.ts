import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "..");
const heron = join(root, "test/embedding/third-party");

/** The lines of a text without their indentation: an excerpt keeps that of the file it is from, or not. */
function linesOf(text: string): string {
  return text.split("\n").map((line) => line.trim()).join("\n").trim();
}

const sources = readdirSync(heron)
  .filter((name) => name.endsWith(".ts"))
  .map((name) => linesOf(readFileSync(join(heron, name), "utf8")));
const blocks = [...readFileSync(join(root, "docs/writing-a-dialect.md"), "utf8").matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = ""]) => linesOf(code));

describe("the page on dialects", () => {
  it("shows code", () => {
    expect(blocks.length).toBeGreaterThan(5);
  });

  it.each(blocks)("shows lines that stand in the dialect as they are: %s", (block) => {
    expect(sources.filter((source) => source.includes(block))).toHaveLength(1);
  });
});
