import { markedProcesses } from "../process-census.ts";
import { soak, type SoakOptions } from "./soak.ts";

/** The soak at full length. Ends with 1 when anything is left or broken. */
const runs: readonly (SoakOptions & { readonly name: string })[] = [
  { name: "1,000 threads × 20 turns in memory", agent: "in-memory", threads: 1_000, turns: 20, width: 100, seed: 11 },
  { name: "50 threads × 20 turns in processes of their own", agent: "process", threads: 50, turns: 20, width: 4, seed: 12 },
  { name: "heap of 200 threads, turn 5 to turn 20", agent: "in-memory", threads: 200, turns: 20, width: 200, seed: 13, measureHeap: true },
];

const maxGrowth = 0.05;
let sound = true;
for (const { name, ...options } of runs) {
  const startedAt = performance.now();
  const result = await soak(options);
  const left = markedProcesses().length + result.runningPrograms;
  const growth = result.heap === undefined ? undefined : result.heap.late / result.heap.early - 1;
  const good = result.violations.length === 0 && result.pendingTimers === 0 && left === 0 && (growth ?? 0) < maxGrowth;
  sound &&= good;
  console.log(`${good ? "ok  " : "FAIL"} ${name}`);
  console.log(`     ${result.turns} turns in ${((performance.now() - startedAt) / 1000).toFixed(1)} s: ${result.interrupted} interrupted, ${result.crashed} crashed, ${result.restarted} restarts`);
  console.log(`     ${result.violations.length} broken rules, ${result.pendingTimers} timers, ${left} processes left`);
  if (growth !== undefined) console.log(`     heap growth ${(growth * 100).toFixed(1)} % (under ${maxGrowth * 100} % is wanted)`);
  for (const violation of result.violations.slice(0, 5)) console.log(`     rule ${violation.rule}: ${violation.detail}`);
}
process.exitCode = sound ? 0 : 1;
