import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { FileLockHeld, withFileLock } from "../../../src/adapters/node/file-lock.js";
import { temporaryFolder } from "../../temporary-folder.js";

const newLockFile = async (): Promise<string> => join(await temporaryFolder(), "a.lock");

/** The id of a program that has ended. */
async function endedPid(): Promise<number> {
  const child = spawn(process.execPath, ["-e", ""], { stdio: "ignore" });
  await once(child, "exit");
  if (child.pid === undefined) throw new Error("Node could not be started.");
  return child.pid;
}

describe("withFileLock", () => {
  it("returns what the action returns and leaves no lock behind", async () => {
    const lockFile = await newLockFile();
    expect(await withFileLock({ lockFile, action: () => readdir(dirname(lockFile)) })).toEqual(["a.lock"]);
    expect(await readdir(dirname(lockFile))).toEqual([]);
  });

  it("leaves no lock behind an action that fails", async () => {
    const lockFile = await newLockFile();
    await expect(withFileLock({ lockFile, action: () => Promise.reject(new Error("planted")) })).rejects.toThrow("planted");
    expect(await readdir(dirname(lockFile))).toEqual([]);
  });

  it("lets one action run at a time", async () => {
    const lockFile = await newLockFile();
    let running = 0;
    let most = 0;
    const action = async (): Promise<void> => {
      running += 1;
      most = Math.max(most, running);
      for (let turn = 0; turn < 5; turn += 1) await setImmediate();
      running -= 1;
    };
    await Promise.all(Array.from({ length: 8 }, () => withFileLock({ lockFile, action })));
    expect(most).toBe(1);
  });

  it("waits for a program that is running and has the lock", async () => {
    const lockFile = await newLockFile();
    await writeFile(lockFile, `${process.pid} another-ticket`);
    let released = false;
    const locked = withFileLock({ lockFile, action: async () => released });
    for (let turn = 0; turn < 50; turn += 1) await setImmediate();
    released = true;
    await rm(lockFile);
    expect(await locked).toBe(true);
  });

  it("waits for a lock that has no ticket yet", async () => {
    const lockFile = await newLockFile();
    await writeFile(lockFile, "");
    let released = false;
    const locked = withFileLock({ lockFile, action: async () => released });
    for (let turn = 0; turn < 50; turn += 1) await setImmediate();
    released = true;
    await rm(lockFile);
    expect(await locked).toBe(true);
  });

  it("takes over the lock of a program that has ended, one contender at a time", async () => {
    const lockFile = await newLockFile();
    await writeFile(lockFile, `${await endedPid()} its-ticket`);
    let running = 0;
    let most = 0;
    const action = async (): Promise<void> => {
      running += 1;
      most = Math.max(most, running);
      for (let turn = 0; turn < 5; turn += 1) await setImmediate();
      running -= 1;
    };
    await Promise.all([withFileLock({ lockFile, action }), withFileLock({ lockFile, action })]);
    expect(most).toBe(1);
    expect(await readdir(dirname(lockFile))).toEqual([]);
  });

  it.each([process.ppid, process.pid])("leaves the lock of a program that lives alone, however old it is, and says so (%i)", async (pid) => {
    const lockFile = await newLockFile();
    await writeFile(lockFile, `${pid} its-ticket`);
    // As old as it can be for this process, and far too old for the other.
    const then = pid === process.pid ? new Date() : new Date(Date.now() - 24 * 60 * 60_000);
    await utimes(lockFile, then, then);
    const refused = withFileLock({ lockFile, action: async () => "done", waitMs: 0 });
    await expect(refused).rejects.toBeInstanceOf(FileLockHeld);
    expect(await readFile(lockFile, "utf8")).toBe(`${pid} its-ticket`);
    expect(await readdir(dirname(lockFile))).toEqual(["a.lock"]);
  });

  it("takes over a lock that bears its own id and is older than its process", async () => {
    const lockFile = await newLockFile();
    await writeFile(lockFile, `${process.pid} its-ticket`);
    const before = new Date(Date.now() - process.uptime() * 1_000 - 60_000);
    await utimes(lockFile, before, before);
    expect(await withFileLock({ lockFile, action: async () => "done", waitMs: 0 })).toBe("done");
  });

  it("takes over a lock that never got its ticket", async () => {
    const lockFile = await newLockFile();
    await writeFile(lockFile, "");
    const longAgo = new Date(Date.now() - 60_000);
    await utimes(lockFile, longAgo, longAgo);
    expect(await withFileLock({ lockFile, action: async () => "done", waitMs: 0 })).toBe("done");
  });

  it("does not remove a lock that another program took over", async () => {
    const lockFile = await newLockFile();
    await withFileLock({ lockFile, action: () => writeFile(lockFile, "1 another-ticket") });
    expect(await readFile(lockFile, "utf8")).toBe("1 another-ticket");
    expect(await readdir(dirname(lockFile))).toEqual(["a.lock"]);
  });

  it("reports a lock file that cannot be made", async () => {
    const lockFile = join(await temporaryFolder(), "missing", "a.lock");
    await expect(withFileLock({ lockFile, action: async () => "done" })).rejects.toMatchObject({ code: "ENOENT" });
  });
});
