import { createHash } from "node:crypto";

const readableCharacters = 48;

/**
 * A name for a thread's log. Whatever an id holds (separators, dots, names that mean a device, a megabyte), the log stays in its folder;
 * different ids have different names, also where case does not count, and people can still tell whose it is.
 */
export function threadLogName(threadId: string): string {
  const readable = threadId.slice(0, readableCharacters).replaceAll(/[^A-Za-z0-9_-]+/g, "_");
  // As UTF-16, in which halves of a surrogate pair stay different.
  const hash = createHash("sha256").update(threadId, "utf16le").digest("hex").slice(0, 24);
  return `${readable}-${hash}`;
}

/** The file of that log which was begun `age` files ago; 0 is the one that is written. */
export function logFileName(log: string, age: number): string {
  return age === 0 ? `${log}.ndjson` : `${log}.${age}.ndjson`;
}

/** Whether a file has such a name: others in the folder are not ours to remove. */
export function isLogFileName(name: string): boolean {
  return /-[0-9a-f]{24}(?:\.\d+)?\.ndjson$/.test(name);
}
