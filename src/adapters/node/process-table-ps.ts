import { execFile, execFileSync } from "node:child_process";
import { promisify } from "node:util";
import type { ProcessEntry, ProcessTable } from "./process-table.js";

/**
 * Asks `ps`, for the systems without `/proc`. It shows no environments, so a descendant that lost its parent before the first
 * look cannot be recognised there.
 */
export class PsProcessTable implements ProcessTable {
  async list(): Promise<readonly ProcessEntry[]> {
    try {
      const { stdout } = await promisify(execFile)(ps, listing, options);
      return parsePs(stdout);
    } catch {
      return [];
    }
  }

  listNow(): readonly ProcessEntry[] {
    try {
      return parsePs(execFileSync(ps, listing, options));
    } catch {
      return [];
    }
  }

  carries(): boolean {
    return false;
  }
}

const ps = "/bin/ps";
const listing = ["-A", "-o", "pid=,ppid=,pgid=,stat=,lstart="];
// The C locale fixes the form of the start time.
const options = { env: { LC_ALL: "C" }, encoding: "utf8", maxBuffer: 16 * 1024 * 1024 } as const;

function parsePs(text: string): readonly ProcessEntry[] {
  return text.split("\n").flatMap((line) => parsePsLine(line) ?? []);
}

/** One line of `ps -o pid=,ppid=,pgid=,stat=,lstart=`; `undefined` for a dead process. */
export function parsePsLine(line: string): ProcessEntry | undefined {
  const [, pid, parent, group, state = "", startedAt = ""] = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(.+?)\s*$/.exec(line) ?? [];
  if (pid === undefined || state.startsWith("Z")) return undefined;
  return { pid: Number(pid), parent: Number(parent), group: Number(group), startedAt: Date.parse(startedAt) };
}
