/**
 * The data of a tool from all its events: the one that says what it got, and the one that says what came of it, name it under one key
 * (`item`). Two levels are joined; what lies deeper is the tool's own, and the later one stands.
 */
export function mergedData(earlier: unknown, later: unknown): unknown {
  return merged({ earlier, later, depth: 2 });
}

function merged({ earlier, later, depth }: { readonly earlier: unknown; readonly later: unknown; readonly depth: number }): unknown {
  if (depth === 0 || !isRecord(earlier) || !isRecord(later)) return later;
  const joined = Object.entries(later).map(([key, value]) => [key, merged({ earlier: earlier[key], later: value, depth: depth - 1 })]);
  return { ...earlier, ...Object.fromEntries(joined) };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
