import { fileURLToPath } from "node:url";

type Extension = "awaited-question-at-start" | "compaction" | "decoration" | "no-forks" | "own-work" | "question-at-start" | "questions";

/** Settings for a sandbox with extensions of `test/fixtures/extensions`. */
export function withExtensions(...names: readonly Extension[]): { readonly extensions: readonly string[] } {
  return { extensions: names.map((name) => fileURLToPath(new URL(`../fixtures/extensions/${name}.ts`, import.meta.url))) };
}
