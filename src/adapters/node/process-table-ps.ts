import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { ProcessEntry, ProcessTable } from "./process-table.js";

/**
 * Asks `ps`, for the systems without `/proc`. It shows no environments, so a descendant that lost its parent before the first
 * look cannot be recognised there.
 */
export class PsProcessTable implements ProcessTable {
  async list(): Promise<readonly ProcessEntry[]> {
    try {
      // The C locale fixes the form of the start time.
      const { stdout } = await promisify(execFile)("/bin/ps", ["-A", "-o", "pid=,ppid=,pgid=,stat=,lstart="], {
        env: { LC_ALL: "C" },
        maxBuffer: 16 * 1024 * 1024,
      });
      return stdout.split("\n").flatMap((line) => parsePsLine(line) ?? []);
    } catch {
      return [];
    }
  }

  carries(): boolean {
    return false;
  }
}

/** One line of `ps -o pid=,ppid=,pgid=,stat=,lstart=`; `undefined` for a dead process. */
export function parsePsLine(line: string): ProcessEntry | undefined {
  const [, pid, parent, group, state = "", startedAt = ""] = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(.+?)\s*$/.exec(line) ?? [];
  if (pid === undefined || state.startsWith("Z")) return undefined;
  return { pid: Number(pid), parent: Number(parent), group: Number(group), startedAt: Date.parse(startedAt) };
}
