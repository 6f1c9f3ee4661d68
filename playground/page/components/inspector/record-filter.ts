import type { InspectorRow } from "../../state/inspector-log.js";

export type RecordKind = "all" | "event" | "native";

/** The rows of a kind that contain every word, in their label or their content. */
export function matching({ rows, kind, words }: { readonly rows: readonly InspectorRow[]; readonly kind: RecordKind; readonly words: string }): readonly InspectorRow[] {
  const wanted = words.toLowerCase().split(/\s+/).filter((word) => word !== "");
  if (kind === "all" && wanted.length === 0) return rows;
  return rows.filter((row) => isOf(row, kind) && contains(row, wanted));
}

function isOf(row: InspectorRow, kind: RecordKind): boolean {
  return kind === "all" || (kind === "event") === (row.kind === "event");
}

function contains(row: InspectorRow, words: readonly string[]): boolean {
  if (words.length === 0) return true;
  const text = `${row.label}\n${JSON.stringify(row.content)}`.toLowerCase();
  return words.every((word) => text.includes(word));
}
