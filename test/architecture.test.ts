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
  ports: { layers: ["ports"], packages: [], types: [] },
  domain: { layers: ["ports", "domain"], packages: ["valibot"], types: [] },
  // OpenTelemetry's own packages are the host's: of them only types are known here.
  adapters: { layers: ["ports", "adapters"], packages: ["valibot", "execa", "signal-exit", "node:"], types: ["@opentelemetry/api"] },
  app: { layers: ["ports", "domain", "adapters", "app"], packages: ["inversify", "reflect-metadata", "valibot", "node:"], types: [] },
} as const satisfies Record<string, { readonly layers: readonly string[]; readonly packages: readonly string[]; readonly types: readonly string[] }>;

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

interface Import {
  readonly target: string;
  /** Nothing of it is left at run time. */
  readonly isType: boolean;
}

function importsOf(file: SourceFile): readonly Import[] {
  const { module } = parseSync(file.path, file.text);
  return [
    ...module.staticImports.map(({ moduleRequest, entries }) => ({ target: moduleRequest.value, isType: entries.length > 0 && entries.every((entry) => entry.isType) })),
    ...module.staticExports.flatMap(({ entries }) => entries.flatMap(({ moduleRequest, isType }) => (moduleRequest === null ? [] : { target: moduleRequest.value, isType }))),
    ...module.dynamicImports.map(({ moduleRequest }) => ({ target: file.text.slice(moduleRequest.start + 1, moduleRequest.end - 1), isType: false })),
  ];
}

function violationsOf(layer: Layer, file: SourceFile): readonly string[] {
  const rule = layers[layer];
  return importsOf(file)
    .filter(({ target, isType }) => {
      if (isType && rule.types.some((name) => target === name)) return false;
      if (!target.startsWith(".")) return !rule.packages.some((name) => target === name || target.startsWith(name.endsWith(":") ? name : `${name}/`));
      const [source, targetLayer] = relative(root, resolve(dirname(file.path), target)).split(/[\\/]/);
      return source !== "src" || !rule.layers.some((allowed) => allowed === targetLayer);
    })
    .map(({ target }) => `${posix.normalize(relative(root, file.path))} imports ${target}`);
}

/** What runs in a browser as well: of everything but itself it may know the shapes of the ports, which are gone at run time. */
const browserParts = [
  { entry: "src/app/picker.ts", folder: "src/domain/picker" },
  { entry: "src/app/transcript.ts", folder: "src/domain/transcript" },
] as const;

type BrowserPart = (typeof browserParts)[number];

function filesOfPart(part: BrowserPart): readonly SourceFile[] {
  return [...filesOf("app"), ...filesOf("domain")].filter((file) => isOfPart(part, file.path));
}

function isOfPart({ entry, folder }: BrowserPart, path: string): boolean {
  const name = relative(root, path).replaceAll("\\", "/");
  return name === entry || name.startsWith(`${folder}/`);
}

function partViolationsOf(part: BrowserPart, file: SourceFile): readonly string[] {
  return importsOf(file)
    .filter(({ target, isType }) => {
      const path = resolve(dirname(file.path), target).replace(/\.js$/, ".ts");
      const isOfPorts = dirname(path) === join(root, "src", "ports");
      return !target.startsWith(".") || !(isOfPart(part, path) || (isOfPorts && isType));
    })
    .map(({ target }) => `${posix.normalize(relative(root, file.path))} imports ${target}`);
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
    ["adapters", "src/adapters/planted.ts", 'import { trace } from "@opentelemetry/api";'],
    ["domain", "src/domain/planted.ts", 'import type { Span } from "@opentelemetry/api";'],
  ] as const)("bites on a violation planted in %s: %s %s", (layer, path, text) => {
    expect(violationsOf(layer, { path: join(root, path), text })).toHaveLength(1);
  });

  it("keeps every agent's name out of the domain and the ports", () => {
    const named = [...filesOf("domain"), ...filesOf("ports")].filter((file) => /\bpi\b/i.test(file.text));
    expect(named.map((file) => relative(root, file.path))).toEqual([]);
  });
});

describe.each(browserParts)("what runs in a browser: $folder", (part) => {
  it("imports nothing but itself, and the ports as types", () => {
    const files = filesOfPart(part);
    expect(files.map(({ path }) => relative(root, path).replaceAll("\\", "/"))).toContain(part.entry);
    expect(files.length).toBeGreaterThan(1);
    expect(files.flatMap((file) => partViolationsOf(part, file))).toEqual([]);
  });

  it.each([
    ["folder", 'import { modelSlug } from "../inventory/model-slug.js";'],
    ["folder", 'import type { ModelCatalog } from "../inventory/model-catalog.js";'],
    ["folder", 'import { absentFile } from "../../ports/file-stamps.js";'],
    ["folder", 'import { type ServerProvider, absentFile } from "../../ports/index.js";'],
    ["folder", 'import * as v from "valibot";'],
    ["folder", 'import "node:path";'],
    ["entry", 'export { ports } from "./identifiers.js";'],
    ["entry", 'export { ProviderError } from "../ports/index.js";'],
    ["entry", 'const x = await import("./container.js");'],
  ] as const)("is guarded against a violation planted in its %s: %s", (place, text) => {
    expect(partViolationsOf(part, planted(part, { place, text }))).toHaveLength(1);
  });

  it.each([
    ["folder", 'import { something } from "./planted-beside.js";'],
    ["folder", 'import type { ServerProvider } from "../../ports/server-provider.js";'],
    ["entry", 'export type { ServerProvider } from "../ports/server-provider.js";'],
  ] as const)("may say in its %s: %s", (place, text) => {
    expect(partViolationsOf(part, planted(part, { place, text }))).toEqual([]);
  });

  it("does not know the other parts", () => {
    const others = browserParts.filter((other) => other !== part);
    const texts = others.map(({ folder }) => `import { x } from "../${posix.basename(folder)}/x.js";`);
    expect(texts.flatMap((text) => partViolationsOf(part, planted(part, { place: "folder", text })))).toHaveLength(others.length);
  });
});

function planted({ entry, folder }: BrowserPart, { place, text }: { readonly place: "entry" | "folder"; readonly text: string }): SourceFile {
  return { path: join(root, place === "entry" ? entry : `${folder}/planted.ts`), text };
}
