/**
 * Cuts an agent's tool input to what a host can keep: T3 stores every activity twice and pushes it to the browser. What is cut
 * says so, and the keys T3 reads its previews from (`command`, `path`, …) stay where they are.
 */
const maxString = 2_000;
const maxEntries = 40;
const maxDepth = 4;
/** For the whole, in characters of JSON. */
const maxTotal = 30_000;

export function boundedData(value: unknown): unknown {
  return bounded(value, { depth: maxDepth, budget: { left: maxTotal } });
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

/** The last line with something on it, trimmed and cut: where a failed command says how it ended. */
export function lastLine(text: string, limit: number): string | undefined {
  for (const line of text.slice(-10_000).split("\n").toReversed()) {
    const trimmed = line.trim();
    if (trimmed !== "") return cutText(trimmed, limit);
  }
  return undefined;
}

interface Bounds {
  readonly depth: number;
  /** Spent in the order of the keys; what comes after is left out. */
  readonly budget: { left: number };
}

function bounded(value: unknown, bounds: Bounds): unknown {
  if (typeof value === "string") return spend(cutText(value, maxString), bounds);
  if (typeof value !== "object" || value === null) return spend(typeof value === "bigint" ? String(value) : value, bounds);
  if (bounds.depth === 0 || bounds.budget.left <= 0) return spend("…", bounds);
  const inner: Bounds = { ...bounds, depth: bounds.depth - 1 };
  if (Array.isArray(value)) return Array.from(within<unknown>(value.slice(0, maxEntries), bounds), (entry) => bounded(entry, inner));
  return Object.fromEntries(
    Array.from(within(Object.entries(value).slice(0, maxEntries), bounds), ([key, entry]) => [spend(cutText(key, 200), bounds), bounded(entry, inner)]),
  );
}

/** Nothing is begun that could not be paid for any more. */
function* within<T>(entries: readonly T[], { budget }: Bounds): Generator<T> {
  for (const entry of entries) {
    if (budget.left <= 0) return;
    yield entry;
  }
}

function spend<T>(value: T, { budget }: Bounds): T | string {
  const cost = (JSON.stringify(value) ?? "null").length + 1;
  if (cost > budget.left) {
    budget.left = 0;
    return "…";
  }
  budget.left -= cost;
  return value;
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd8_00 && code <= 0xdb_ff;
}
