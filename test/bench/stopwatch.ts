import { readFileSync } from "node:fs";

/** Milliseconds. */
export interface Sample {
  /** Time that passed, without the time in which this process was ready to run and stood in the queue for a core. */
  readonly elapsed: number;
  /** Time on the cores, all threads of this process together. */
  readonly cpu: number;
}

/** Starts now; the result stops it. */
export function startStopwatch(): () => Sample {
  const cpuBefore = process.cpuUsage();
  const queuedBefore = queuedForCore();
  const before = performance.now();
  return () => {
    const passed = performance.now() - before;
    const { user, system } = process.cpuUsage(cpuBefore);
    return { elapsed: passed - (queuedForCore() - queuedBefore), cpu: (user + system) / 1000 };
  };
}

/**
 * How long the main thread has waited for a core so far. On a busy machine whoever computes for a second waits for a larger part of it
 * than whoever computes for a third of one, so even a ratio of two times measured side by side says more about the other programs
 * than about these two. Only Linux tells; elsewhere it counts as nothing.
 */
function queuedForCore(): number {
  if (process.platform !== "linux") return 0;
  const [, nanoseconds] = readFileSync("/proc/self/schedstat", "utf8").split(" ");
  return Number(nanoseconds) / 1e6;
}
