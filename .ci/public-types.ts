import { globSync, readFileSync, rmSync } from "node:fs";
import { dirname, resolve } from "node:path";
import manifest from "../package.json" with { type: "json" };

/** Leaves of the types in `dist` those that an entry of the package leads to. Most are of things that no user can name. */

const reached = new Set<string>();
const waiting = Object.values(manifest.exports).flatMap((target) => (typeof target === "string" ? [] : resolve(target.types)));
for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
  if (reached.has(path)) continue;
  reached.add(path);
  waiting.push(...namedIn(path));
}
for (const path of globSync("dist/**/*.d.ts")) {
  if (!reached.has(resolve(path))) rmSync(path);
}

/** Every form in which a declaration names another file: `from`, `import`, and `import("./x.js")` in a type. */
function namedIn(path: string): readonly string[] {
  const names = readFileSync(path, "utf8").matchAll(/"(\.{1,2}\/[^"\n]+)\.js"/g);
  return [...names].map(([, name]) => resolve(dirname(path), `${name}.d.ts`));
}
