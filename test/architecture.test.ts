import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix, relative, resolve } from "node:path";
import { parseSync } from "vite";
import { describe, expect, it } from "vitest";

/**
 * The layer rules, checked with a real parser (type imports and re-exports count). Lint says the same; this test also fails when a
 * layer is empty, so it cannot pass by looking at nothing.
 */
const root = resolve(import.meta.dirname, "..");

const layers = {
  ports: { layers: ["ports"], packages: [] },
  domain: { layers: ["ports", "domain"], packages: ["valibot"] },
  adapters: { layers: ["ports", "adapters"], packages: ["valibot", "execa", "signal-exit", "node:"] },
  app: { layers: ["ports", "domain", "adapters", "app"], packages: ["inversify", "reflect-metadata", "valibot", "node:"] },
} as const;

type Layer = keyof typeof layers;

interface SourceFile {
  readonly path: string;
  readonly text: string;
}

function filesOf(layer: Layer): readonly SourceFile[] {
  const folder = join(root, "src", layer);
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => ({ path: join(folder, name), text: readFileSync(join(folder, name), "utf8") }));
}

function importsOf(file: SourceFile): readonly string[] {
  const { module } = parseSync(file.path, file.text);
  return [
    ...module.staticImports.map((entry) => entry.moduleRequest.value),
    ...module.staticExports.flatMap((statement) => statement.entries.flatMap((entry) => entry.moduleRequest?.value ?? [])),
    ...module.dynamicImports.map((entry) => file.text.slice(entry.moduleRequest.start + 1, entry.moduleRequest.end - 1)),
  ];
}

function violationsOf(layer: Layer, file: SourceFile): readonly string[] {
  const rule = layers[layer];
  return importsOf(file)
    .filter((target) => {
      if (!target.startsWith(".")) return !rule.packages.some((name) => target === name || target.startsWith(name.endsWith(":") ? name : `${name}/`));
      const [source, targetLayer] = relative(root, resolve(dirname(file.path), target)).split(/[\\/]/);
      return source !== "src" || !rule.layers.some((allowed) => allowed === targetLayer);
    })
    .map((target) => `${posix.normalize(relative(root, file.path))} imports ${target}`);
}

describe("layers", () => {
  it.each(Object.keys(layers) as Layer[])("%s holds files and imports only what it may", (layer) => {
    const files = filesOf(layer);
    expect(files.length).toBeGreaterThan(0);
    expect(files.flatMap((file) => violationsOf(layer, file))).toEqual([]);
  });

  it.each([
    ["domain", "src/domain/planted.ts", 'import { x } from "../adapters/node/x.js";'],
    ["domain", "src/domain/planted.ts", 'import type { Container } from "inversify";'],
    ["domain", "src/domain/planted.ts", 'import { readFile } from "node:fs/promises";'],
    ["ports", "src/ports/planted.ts", 'export { x } from "../domain/x.js";'],
    ["ports", "src/ports/planted.ts", 'export * from "valibot";'],
    ["adapters", "src/adapters/planted.ts", 'const x = await import("../domain/x.js");'],
    ["adapters", "src/adapters/planted.ts", 'import "../app/x.js";'],
  ] as const)("bites on a violation planted in %s: %s %s", (layer, path, text) => {
    expect(violationsOf(layer, { path: join(root, path), text })).toHaveLength(1);
  });

  it("keeps every agent's name out of the domain and the ports", () => {
    const named = [...filesOf("domain"), ...filesOf("ports")].filter((file) => /\bpi\b/i.test(file.text));
    expect(named.map((file) => relative(root, file.path))).toEqual([]);
  });
});
