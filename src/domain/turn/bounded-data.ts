/**
 * Cuts an agent's tool input to what a host can keep: T3 stores every activity twice and pushes it to the browser. What is cut
 * says so, and the keys T3 reads its previews from (`command`, `path`, …) stay where they are.
 */
const maxString = 2_000;
const maxEntries = 40;
const maxDepth = 4;

export function boundedData(value: unknown): unknown {
  return bounded(value, maxDepth);
}

/** A text cut to `limit` characters, never in the middle of a surrogate pair. */
export function cutText(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const end = isHighSurrogate(text.charCodeAt(limit - 2)) ? limit - 2 : limit - 1;
  return `${text.slice(0, end)}…`;
}

/** The first line with something on it, trimmed and cut; `undefined` when there is none. */
export function headline(text: string, limit: number): string | undefined {
  for (const line of text.slice(0, 10_000).split("\n")) {
    const trimmed = line.trim();
    if (trimmed !== "") return cutText(trimmed, limit);
  }
  return undefined;
}

function bounded(value: unknown, depth: number): unknown {
  if (typeof value === "string") return cutText(value, maxString);
  if (typeof value !== "object" || value === null) return typeof value === "bigint" ? String(value) : value;
  if (depth === 0) return "…";
  if (Array.isArray(value)) return value.slice(0, maxEntries).map((entry) => bounded(entry, depth - 1));
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, maxEntries)
      .map(([key, entry]) => [cutText(key, 200), bounded(entry, depth - 1)]),
  );
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd8_00 && code <= 0xdb_ff;
}
