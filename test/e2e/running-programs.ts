import { randomInt } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { vi } from "vitest";

export interface UniqueSleep {
  readonly command: string;
  /** Stands on the command line of this sleep and of no other program in the world. */
  readonly argument: string;
  /** Resolves once the program runs. */
  begun(): Promise<void>;
}

/** A command that outlives every test unless it is ended. */
export function uniqueSleep(): UniqueSleep {
  const argument = `600.${process.pid}${randomInt(1_000_000_000)}`;
  return {
    command: `sleep ${argument}`,
    argument,
    begun: () =>
      vi.waitFor(
        () => {
          if (runningPrograms(argument).length === 0) throw new Error(`No program runs with the argument ${argument}.`);
        },
        { timeout: 10_000, interval: 10 },
      ),
  };
}

/** The ids of the programs that were started with exactly this argument. Read from `/proc`, where a dead program has no arguments. */
export function runningPrograms(argument: string): readonly number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && argumentsOf(name).includes(argument))
    .map(Number);
}

function argumentsOf(pid: string): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
  } catch {
    return [];
  }
}
