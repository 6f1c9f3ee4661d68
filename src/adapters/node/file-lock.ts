import { randomUUID } from "node:crypto";
import { link, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { systemCode } from "./system-error.js";

/** Nothing done under a lock takes longer; a lock this old belongs to a program that hung, or whose id another one has now. */
const longestHoldMs = 10_000;
const retryMs = 20;

/**
 * Runs `action` while no other process on this machine does so for the same lock file. Waits for whoever holds the lock, and takes over
 * a lock whose owner is gone.
 */
export async function withFileLock<T>(input: { readonly lockFile: string; readonly action: () => Promise<T> }): Promise<T> {
  const { lockFile, action } = input;
  const ticket = `${process.pid} ${randomUUID()}`;
  while (!(await tryTake(lockFile, ticket))) {
    const holder = await abandonedTicket(lockFile);
    if (holder === undefined) await delay(retryMs);
    else await removeTicket(lockFile, holder);
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
    const pid = Number.parseInt(ticket, 10);
    // A lock that was created a moment ago may not have its ticket yet: then only its age counts.
    const ownerGone = pid > 0 && !isRunning(pid);
    return ownerGone || Date.now() - mtimeMs > longestHoldMs ? ticket : undefined;
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw error;
  }
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
