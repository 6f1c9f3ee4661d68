import { constants } from "node:os";

/** What the program's end tells a script. */
export const exitCode = { ok: 0, failed: 1, usage: 2 } as const;

/** Shells tell a program that was ended by a signal like this. */
export function exitCodeOf(signal: "SIGINT" | "SIGTERM" | "SIGHUP" | "SIGPIPE"): number {
  return 128 + constants.signals[signal];
}
