import { randomUUID } from "node:crypto";
import { link, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { systemCode } from "./system-error.js";

/** Nothing done under a lock takes longer. */
const longestHoldMs = 10_000;
const retryMs = 20;

/** A lock that its owner, which lives, does not let go of. */
export class FileLockHeld extends Error {
  constructor(lockFile: string) {
    super(`Another process holds the lock ${lockFile}.`);
    this.name = "FileLockHeld";
  }
}

/**
 * Runs `action` while no other process on this machine does so for the same lock file. Takes over a lock whose owner is gone, however
 * young, and none whose owner lives, however old: for that it waits, and rejects with {@link FileLockHeld} after `waitMs`.
 */
export async function withFileLock<T>(input: { readonly lockFile: string; readonly action: () => Promise<T>; readonly waitMs?: number }): Promise<T> {
  const { lockFile, action, waitMs = longestHoldMs } = input;
  const ticket = `${process.pid} ${randomUUID()}`;
  const deadline = Date.now() + waitMs;
  while (!(await tryTake(lockFile, ticket))) {
    const abandoned = await abandonedTicket(lockFile);
    if (abandoned !== undefined) await removeTicket(lockFile, abandoned);
    else if (Date.now() < deadline) await delay(retryMs);
    else throw new FileLockHeld(lockFile);
  }
  try {
    return await action();
  } finally {
    await removeTicket(lockFile, ticket);
  }
}

async function tryTake(lockFile: string, ticket: string): Promise<boolean> {
  try {
    await writeFile(lockFile, ticket, { flag: "wx" });
    return true;
  } catch (error) {
    if (systemCode(error) === "EEXIST") return false;
    throw error;
  }
}

/** The ticket in the lock file, if its owner will never remove it. */
async function abandonedTicket(lockFile: string): Promise<string | undefined> {
  try {
    const [ticket, { mtimeMs }] = await Promise.all([readFile(lockFile, "utf8"), stat(lockFile)]);
    return isAbandoned(Number.parseInt(ticket, 10), mtimeMs) ? ticket : undefined;
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

function isAbandoned(pid: number, takenAt: number): boolean {
  // A lock that was created a moment ago may not have its ticket yet: then only its age counts.
  if (!(pid > 0)) return Date.now() - takenAt > longestHoldMs;
  // In a container every start of a program may have the same id: a lock that is older than this process was left by one before it.
  if (pid === process.pid) return takenAt < Date.now() - process.uptime() * 1_000;
  return !isRunning(pid);
}

/**
 * Removes the lock file if it still holds this ticket. Two processes may both have found the same lock abandoned; the slower one must
 * not remove the lock that the quicker one has taken since. So the file is moved aside first and put back if it is another's.
 */
async function removeTicket(lockFile: string, ticket: string): Promise<void> {
  const aside = `${lockFile}.${randomUUID()}`;
  try {
    await rename(lockFile, aside);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return;
    throw error;
  }
  if ((await readFile(aside, "utf8")) !== ticket) await link(aside, lockFile).catch(() => {});
  await rm(aside);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) !== "ESRCH";
  }
}
