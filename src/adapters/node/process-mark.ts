import { randomUUID } from "node:crypto";

/**
 * The one variable the spawner adds to a program's environment. Descendants inherit it, so that even those that left the program's
 * session, or that its death handed to init, can be told from the rest of the machine.
 */
export const processMarkVariable = "T3_AGENT_PROCESS_MARK";

/** Unique for each spawn. It begins with the host's process id, so that a stray process tells which host it belonged to. */
export function createProcessMark(): string {
  return `${process.pid}-${randomUUID()}`;
}
