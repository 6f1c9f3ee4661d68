import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { createContext, runInContext } from "node:vm";
import { parseSync, type Rolldown } from "vite";
import { beforeAll, describe, expect, it } from "vitest";
import { codexSnapshot, piSnapshot } from "../domain/picker/snapshots.js";
import { BrowserBundle } from "./browser-bundle.js";

/**
 * The `./picker` entry as a browser gets it: bundled, and run where there is nothing but the language. A bundler replaces what a browser
 * lacks by an empty module, so the files that went in are looked at, and not only what came out.
 */

const picker = new BrowserBundle("picker");
const { root, entry, home } = picker;
const maxBytes = 12_000;

/** What a file imports that is neither the picker's own nor, as a type, a port. */
function strangeImportsOf({ path, text }: { readonly path: string; readonly text: string }): readonly string[] {
  const { module } = parseSync(path, text);
  const imports = [
    ...module.staticImports.map(({ moduleRequest, entries }) => ({ target: moduleRequest.value, isType: entries.length > 0 && entries.every((entry) => entry.isType) })),
    ...module.staticExports.flatMap(({ entries }) => entries.flatMap((entry) => (entry.moduleRequest === null ? [] : { target: entry.moduleRequest.value, isType: entry.isType }))),
    ...module.dynamicImports.map(({ moduleRequest }) => ({ target: text.slice(moduleRequest.start + 1, moduleRequest.end - 1), isType: false })),
  ];
  return imports
    .filter(({ target, isType }) => {
      const folder = dirname(resolve(dirname(path), target));
      return !target.startsWith(".") || !(folder === home || (isType && folder === join(root, "src/ports")));
    })
    .map(({ target }) => `${relative(root, path)} imports ${target}`);
}

describe("the sources of ./picker", () => {
  it("import only each other, and ports as types", () => {
    const paths = [entry, ...readdirSync(home).map((name) => join(home, name))];
    expect(paths.length).toBeGreaterThan(5);
    expect(paths.flatMap((path) => strangeImportsOf({ path, text: readFileSync(path, "utf8") }))).toEqual([]);
  });

  it.each([
    'import { object } from "valibot";',
    'import "node:fs";',
    'export { absentFile } from "../../ports/file-stamps.js";',
    'import { modelSlug } from "../inventory/model-slug.js";',
    'import type { Container } from "inversify";',
    'export type { AgentState } from "../session/session-state.js";',
    'const fs = await import("node:fs");',
  ])("would be caught with %s", (text) => {
    expect(strangeImportsOf({ path: join(home, "planted.ts"), text })).toHaveLength(1);
  });
});

describe("./picker in a browser", () => {
  let chunk: Rolldown.OutputChunk;
  beforeAll(async () => {
    chunk = await picker.build();
  });

  it("is made of its own files alone", () => {
    expect(picker.strangersIn(chunk)).toEqual([]);
    expect(chunk.moduleIds).toContain(join(home, "reconcile-selection.ts"));
    expect(chunk.code).not.toMatch(/\bimport\b|\brequire\b|node:|inversify|execa|valibot|reflect-metadata/);
  });

  it("is small", () => {
    expect(Buffer.byteLength(chunk.code)).toBeLessThan(maxBytes);
  });

  it("would be caught with anything of Node's, or of a package", async () => {
    const planted = await picker.build('import { readFileSync } from "node:fs"; import { object } from "valibot"; globalThis.x = [readFileSync, object];');
    expect(picker.strangersIn(planted)).toEqual(expect.arrayContaining([expect.stringContaining("browser-external"), expect.stringContaining("valibot")]));
    expect(planted.code.length).toBeGreaterThan(chunk.code.length);
  });

  it("runs where there is nothing but the language", () => {
    const context = createContext({ snapshots: JSON.stringify([piSnapshot(), codexSnapshot(), piSnapshot({ instanceId: "pi-work", displayName: "Pi at work" })]) });
    expect(runInContext("[typeof process, typeof require, typeof Buffer, typeof setTimeout, typeof structuredClone]", context)).toEqual(Array(5).fill("undefined"));
    const page = `
      const instances = picker.readInstances(JSON.parse(snapshots));
      const previous = picker.firstSelection({ instances, preferred: ["pi-work"] });
      const chosen = { ...previous, model: "anthropic/claude-haiku", options: [{ id: "thinkingLevel", value: "high" }] };
      const { selection, notices } = picker.reconcileSelection({ instances, selection: chosen, lock: { type: "instance", instanceId: "pi-work" } });
      JSON.stringify({
        groups: instances.map(({ label, models }) => [label, picker.modelGroups({ models, search: "CODEX" }).length]),
        controls: picker.optionControls({ instances, selection: previous }).map(({ id, value }) => [id, value]),
        notices: notices.map(({ type }) => type),
        sent: picker.toTurnSelection({ driver: "pi", selection: picker.spellOut({ previous: chosen, next: selection }) }),
      });`;
    const shown: unknown = JSON.parse(String(runInContext(`${chunk.code};${page}`, context)));
    expect(shown).toEqual({
      groups: [["Pi", 0], ["Codex", 1], ["Pi at work", 0]],
      controls: [["thinkingLevel", "medium"]],
      notices: ["option-dropped"],
      sent: { provider: "pi", model: "anthropic/claude-haiku", modelOptions: { pi: { thinkingLevel: "default" } } },
    });
  });
});
