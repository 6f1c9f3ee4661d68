/** In characters of JSON. */
const maxLength = 4_000;

/** A record as it may be shown: whole where it is small, else how it begins. */
export function boundedRecord(record: Readonly<Record<string, unknown>>): unknown {
  const text = JSON.stringify(record);
  if (text.length <= maxLength) return record;
  return { ...(typeof record["type"] === "string" ? { type: record["type"] } : {}), cut: true, characters: text.length, begins: text.slice(0, maxLength / 2) };
}
