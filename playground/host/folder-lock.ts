import { mkdir, open, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { StartError } from "./start-error.js";

/**
 * Takes a folder for this process alone, until it is disposed of: two hosts in one folder would overwrite each other's threads, and lead
 * each other's agents to the wrong model. What a killed host has left is taken over.
 */
export async function lockFolder(folder: string): Promise<AsyncDisposable> {
  const file = join(folder, "host.pid");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if (!(await create(file))) {
    const holder = Number(await readFile(file, "utf8").catch(() => ""));
    if (isRunning(holder)) throw new StartError(`Another playground (process ${holder}) uses ${folder}. End it, or choose another folder with --state.`);
    await rm(file, { force: true });
    if (!(await create(file))) throw new StartError(`Another playground has just begun to use ${folder}. Choose another folder with --state.`);
  }
  return { [Symbol.asyncDispose]: () => rm(file, { force: true }) };
}

async function create(file: string): Promise<boolean> {
  try {
    await using handle = await open(file, "wx", 0o600);
    await handle.writeFile(String(process.pid));
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

/** Signal 0 asks only whether the process is there; one that is somebody else's is as well. */
function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
