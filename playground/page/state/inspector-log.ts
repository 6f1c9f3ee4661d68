import type { ProviderRuntimeEvent } from "../../../src/ports/runtime-event.js";

/** What the inspector shows of one thread, oldest first and bounded. */
export interface InspectorLog {
  readonly rows: readonly InspectorRow[];
  /** How many rows there were before the first one that is kept. */
  readonly dropped: number;
}

export interface InspectorRow {
  /** The journal's number of the row's first entry. */
  readonly seq: number;
  /** When the host saw it (milliseconds). */
  readonly at: number;
  readonly kind: "event" | "to-agent" | "from-agent";
  readonly label: string;
  /** How many entries the row stands for: neighbouring pieces of one text are one row. */
  readonly count: number;
  readonly latencyMs?: number;
  /** The latest entry of the row, as it came. */
  readonly content: unknown;
}

export const emptyLog: InspectorLog = { rows: [], dropped: 0 };

const limit = 2_000;
/** Rows are dropped many at a time, so that a full log is not copied for every new row. */
const slack = 500;

export function appendRow(log: InspectorLog, row: InspectorRow): InspectorLog {
  const last = log.rows.at(-1);
  if (last !== undefined && continues(last, row)) {
    return { ...log, rows: log.rows.with(log.rows.length - 1, { ...row, seq: last.seq, at: last.at, count: last.count + 1 }) };
  }
  const rows = [...log.rows, row];
  return rows.length <= limit + slack ? { ...log, rows } : { rows: rows.slice(-limit), dropped: log.dropped + rows.length - limit };
}

function continues(last: InspectorRow, row: InspectorRow): boolean {
  if (row.kind !== "event" || last.kind !== "event" || row.label !== last.label) return false;
  const before = last.content as ProviderRuntimeEvent;
  const after = row.content as ProviderRuntimeEvent;
  return after.type === "content.delta" && before.type === "content.delta" && before.itemId === after.itemId;
}

/** What a record is called where it says so itself. */
export function recordLabel(record: unknown): string {
  if (typeof record !== "object" || record === null) return "record";
  const { type, command } = record as { readonly type?: unknown; readonly command?: unknown };
  const words = [type, command].filter((word): word is string => typeof word === "string");
  return words.length === 0 ? "record" : words.join(" · ");
}
