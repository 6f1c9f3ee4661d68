import { readdirSync, readFileSync } from "node:fs";
import type { EnvironmentVariable, ProcessEntry, ProcessTable } from "./process-table.js";

/**
 * Reads `/proc`. The reads are synchronous on purpose: they come from memory and take microseconds each, the same scan through
 * the thread pool takes several times as long, and nothing can change between the scan and a signal sent right after it.
 */
export class LinuxProcessTable implements ProcessTable {
  list(): Promise<readonly ProcessEntry[]> {
    return Promise.resolve(this.listNow());
  }

  listNow(): readonly ProcessEntry[] {
    const pids = readOrUndefined(() => readdirSync("/proc"))?.filter((name) => /^\d+$/.test(name)) ?? [];
    return pids.flatMap((pid) => this.#read(pid) ?? []);
  }

  carries(entry: ProcessEntry, variable: EnvironmentVariable): boolean {
    // Unreadable for processes of other users, which are none of ours.
    const environment = readOrUndefined(() => readFileSync(`/proc/${entry.pid}/environ`, "latin1"));
    return environment?.split("\0").includes(`${variable.name}=${variable.value}`) ?? false;
  }

  #read(pid: string): ProcessEntry | undefined {
    const stat = readOrUndefined(() => readFileSync(`/proc/${pid}/stat`, "latin1"));
    return stat === undefined ? undefined : parseStat(stat);
  }
}

/** One line of `/proc/<pid>/stat`; `undefined` for a dead process. */
export function parseStat(stat: string): ProcessEntry | undefined {
  // The second field is the program's name in parentheses and may itself hold spaces and parentheses.
  const [state = "", parent, group, ...rest] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  if ("ZXx".includes(state)) return undefined;
  return { pid: Number.parseInt(stat, 10), parent: Number(parent), group: Number(group), startedAt: Number(rest[16]) };
}

/** A process may end between any two reads. */
function readOrUndefined<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
