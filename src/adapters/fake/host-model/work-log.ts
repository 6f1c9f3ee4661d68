import type { StoredActivity, StoredThread } from "./stored-thread.js";

/** A row of the work log as the web shows it. */
export interface WorkLogRow {
  readonly kind: string;
  readonly tone: StoredActivity["tone"];
  readonly label: string;
  readonly detail?: string;
  /** The command in its own font. */
  readonly command?: string;
  readonly changedFiles: readonly string[];
}

const hidden: ReadonlySet<string> = new Set(["tool.started"]);
const maxFiles = 12;
const maxDepth = 4;
const fileKeys = ["path", "filePath", "relativePath", "filename", "newPath", "oldPath"];
const nestingKeys = ["item", "result", "input", "data", "changes", "files", "edits", "patch", "patches", "operations"];

/** The work log of the latest turn; what names another turn or none is not in it, and nothing is collapsed (host-contract D.4). */
export function workLog({ activities, latestTurnId }: StoredThread): readonly WorkLogRow[] {
  return inOrder(activities)
    .filter(({ turnId, kind }) => turnId === latestTurnId && !hidden.has(kind))
    .map(rowOf);
}

/** By time as text; what came in the same millisecond stands by its id, which says nothing. */
export function inOrder(activities: readonly StoredActivity[]): readonly StoredActivity[] {
  return activities.toSorted((a, b) => compare(a.createdAt, b.createdAt) || compare(a.activityId, b.activityId));
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function rowOf({ kind, tone, summary: label, payload }: StoredActivity): WorkLogRow {
  const detail = textIn(payload["message"]) ?? textIn(payload["detail"]);
  const command = commandIn(payload["data"]);
  return { kind, tone, label, ...(detail === undefined ? {} : { detail }), ...(command === undefined ? {} : { command }), changedFiles: filesIn(payload["data"]) };
}

function commandIn(data: unknown): string | undefined {
  const item = field(data, "item");
  const places = [field(item, "command"), field(field(item, "input"), "command"), field(field(item, "result"), "command"), field(data, "command")];
  return places.map(commandText).find((text) => text !== undefined);
}

function commandText(value: unknown): string | undefined {
  return Array.isArray(value) ? textIn(value.filter((part) => typeof part === "string").join(" ")) : textIn(value);
}

function filesIn(data: unknown): readonly string[] {
  const found = new Set<string>();
  collectFiles(data, { depth: 0, found });
  return [...found].slice(0, maxFiles);
}

function collectFiles(value: unknown, { depth, found }: { readonly depth: number; readonly found: Set<string> }): void {
  if (typeof value !== "object" || value === null || depth > maxDepth || found.size >= maxFiles) return;
  if (Array.isArray(value)) {
    for (const entry of value) collectFiles(entry, { depth: depth + 1, found });
    return;
  }
  for (const key of fileKeys) {
    const path = textIn(field(value, key));
    if (path !== undefined) found.add(path);
  }
  for (const key of nestingKeys) collectFiles(field(value, key), { depth: depth + 1, found });
}

function field(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>)[key] : undefined;
}

function textIn(value: unknown): string | undefined {
  return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
}
