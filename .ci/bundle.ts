import { chmodSync, globSync, readFileSync } from "node:fs";
import { relative, resolve } from "node:path";
import { build } from "rolldown";
import manifest from "../package.json" with { type: "json" };

/**
 * Makes the programs in `dist`: one file for each that somebody names, and files for what several of them need, so that nothing exists
 * twice. Whoever imports the package reads a few files instead of two hundred.
 */

const commandLine = manifest.bin["t3-pi"];
const entries = Object.values(manifest.exports).flatMap((target) => (typeof target === "string" ? [] : target.default));
/** Started as processes of their own. */
const agents = globSync("src/adapters/fake/*-main.ts");
/** They find other files from where they lie themselves, and so keep their place. */
const anchored = globSync("src/**/*.ts").filter((path) => /new URL\([^)]*import\.meta\.url/.test(readFileSync(path, "utf8")));

await build({
  input: Object.fromEntries([...[commandLine, ...entries].map(sourceOf), ...agents].map((path) => [nameOf(path), path])),
  platform: "node",
  external: Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }),
  // The oldest Node of `engines`.
  transform: { target: "node22.19" },
  experimental: { attachDebugInfo: "none" },
  output: {
    dir: "dist",
    cleanDir: true,
    comments: false,
    entryFileNames: "[name].js",
    chunkFileNames: ({ name }) => (name.includes("/") ? "[name].js" : "shared/[name].js"),
    codeSplitting: {
      groups: [
        ...anchored.map((path) => ({ name: nameOf(path), test: (id: string) => id === resolve(path) })),
        { name: "ports", test: (id) => nameOf(id).startsWith("ports/") },
      ],
    },
  },
  onwarn({ message }) {
    throw new Error(message);
  },
});
chmodSync(commandLine, 0o755);

/** `./dist/app/index.js` is made of `src/app/index.ts`. */
function sourceOf(target: string): string {
  return target.replace(/^\.\/dist\//, "src/").replace(/\.js$/, ".ts");
}

/** `src/app/index.ts` is called `app/index`. */
function nameOf(path: string): string {
  return relative("src", path).replaceAll("\\", "/").replace(/\.ts$/, "");
}
