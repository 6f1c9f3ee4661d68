import { readdirSync, readFileSync } from "node:fs";
import { vi } from "vitest";
import { processMarkVariable } from "../src/adapters/node/process-mark.js";

export interface LeftoverProcess {
  readonly pid: number;
  readonly commandLine: string;
}

/**
 * The living processes that these hosts started as agents, and whatever those have started in turn, orphans included. Default host:
 * this test file's own process (each has one); a test that runs a host of its own passes that one's id.
 *
 * Recognised by the spawner's mark, which begins with the host's process id, in `/proc/<pid>/environ`; on systems without `/proc` the
 * answer is always "none". A zombie has no environment any more and is none either.
 */
export function markedProcesses({ startedBy = [process.pid] }: { startedBy?: readonly number[] } = {}): readonly LeftoverProcess[] {
  const marks = startedBy.map((pid) => `${processMarkVariable}=${pid}-`);
  return read(() => readdirSync("/proc"), [])
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      const environment = read(() => readFileSync(`/proc/${pid}/environ`, "latin1"), "").split("\0");
      return environment.some((entry) => marks.some((mark) => entry.startsWith(mark)));
    })
    .map((pid) => ({ pid: Number(pid), commandLine: read(() => readFileSync(`/proc/${pid}/cmdline`, "utf8"), "").replaceAll("\0", " ").trim() }));
}

/**
 * For `afterAll` in every test file that starts real processes: fails, naming them, if any is left. What was just killed gets a
 * moment to be gone.
 */
export async function expectNoLeftoverProcesses(options: { startedBy?: readonly number[]; patienceMs?: number } = {}): Promise<void> {
  await vi.waitFor(
    () => {
      const left = markedProcesses(options).map(({ pid, commandLine }) => `${pid} (${commandLine})`);
      if (left.length > 0) throw new Error(`Processes outlived their test: ${left.join(", ")}`);
    },
    { timeout: options.patienceMs ?? 10_000 },
  );
}

/** Whether the process lives. A zombie is dead, even where nobody ever collects it. */
export function isAlive(pid: number): boolean {
  if (process.platform !== "linux") return read(() => process.kill(pid, 0), false);
  const stat = read(() => readFileSync(`/proc/${pid}/stat`, "latin1"), "");
  return stat !== "" && !stat.slice(stat.lastIndexOf(")")).startsWith(") Z");
}

function read<T>(attempt: () => T, otherwise: T): T {
  try {
    return attempt();
  } catch {
    return otherwise;
  }
}
