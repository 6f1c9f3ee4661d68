/**
 * Snapshots come over a wire, from servers older and newer than this code. A field is what it should be, or it is as if it were absent:
 * nothing here throws.
 */
export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null;
}

/** Text that says something, unchanged. */
export function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value.trim() !== "" ? value : undefined;
}

/** What can be read of a list; `undefined` where there is no list at all. */
export function listOf<Entry>(value: unknown, read: (fields: Fields) => Entry | undefined): readonly Entry[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.flatMap((entry: unknown) => (isFields(entry) ? (read(entry) ?? []) : []));
}

/** Without the later ones of the same name. */
export function firstOfEach<Entry>(entries: readonly Entry[], nameOf: (entry: Entry) => string): readonly Entry[] {
  const seen = new Set<string>();
  return entries.filter((entry) => {
    const name = nameOf(entry);
    return !seen.has(name) && seen.add(name);
  });
}
