import { mkdtemp, readdir, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect } from "vitest";
import { expectNoLeftoverProcesses } from "../process-census.js";

/**
 * For every file of failures: when its tests are over, no process of theirs lives and nothing lies in the temporary folder. The file
 * gets one of its own, which its programs inherit, because other files fill the system's at the same time. Only a host that is killed
 * outright leaves one thing there: the folder of what its agents loaded.
 */
export function leavesNothingBehind({ killedHosts = 0 }: { readonly killedHosts?: number } = {}): void {
  const before = process.env["TMPDIR"];
  let folder: string | undefined;

  beforeAll(async () => {
    folder = await mkdtemp(join(await realpath(tmpdir()), "failures-"));
    process.env["TMPDIR"] = folder;
  });

  afterAll(async () => {
    if (before === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = before;
    if (folder === undefined) return;
    const left = await readdir(folder);
    await rm(folder, { recursive: true });
    expect(left.map((name) => name.replace(/-[^-]*$/, ""))).toEqual(Array.from({ length: killedHosts }, () => "agent-companion"));
    await expectNoLeftoverProcesses();
  });
}
