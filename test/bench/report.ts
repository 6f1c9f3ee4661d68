import { availableParallelism, cpus, loadavg } from "node:os";
import type { RecordedRun, RunFacts } from "./recorded-run.js";
import type { Verdict } from "./verdict.js";

export interface Report {
  readonly machine: { readonly cores: number; readonly processor: string; readonly platform: string; readonly node: string; readonly loadBefore: number };
  readonly runs: Readonly<Record<string, RunFacts>>;
  readonly verdicts: readonly Verdict[];
  readonly seconds: number;
}

export function machineFacts(): Report["machine"] {
  const [loadBefore = 0] = loadavg();
  return {
    cores: availableParallelism(),
    processor: cpus()[0]?.model ?? "unknown",
    platform: `${process.platform} ${process.arch}`,
    node: process.version,
    loadBefore,
  };
}

/** What is told of a run: all but where it happened to lie. */
export function factsOf({ source, bytes, records, updates }: RecordedRun): RunFacts {
  return { source, bytes, records, updates };
}

export function allMet({ verdicts }: Report): boolean {
  return verdicts.every((verdict) => verdict.met);
}

/** The report as people read it. */
export function reportText(report: Report): string {
  const { cores, processor, platform, node, loadBefore } = report.machine;
  const missed = report.verdicts.filter((verdict) => !verdict.met).length;
  return [
    `${cores} cores (${processor}), ${platform}, Node ${node}, load ${loadBefore.toFixed(1)} before`,
    ...Object.entries(report.runs).map(([name, run]) => `${name}: ${runText(run)}`),
    "",
    ...table([
      ["ratio", "min", "median", "max", "by CPU", "bound", "verdict"],
      ...report.verdicts.map(({ title, min, median, max, cpuMedian, bound, met }) => [
        title,
        min.toFixed(2),
        median.toFixed(2),
        max.toFixed(2),
        cpuMedian?.toFixed(2) ?? "–",
        `${bound.kind} ${bound.value.toFixed(2)}`,
        met ? "pass" : "MISS",
      ]),
    ]),
    "",
    "Each ratio is taken within one round; the verdict is on the median. Times are without the wait for a core (Linux).",
    `${missed === 0 ? "Every bound is met" : `${missed} of ${report.verdicts.length} bounds missed`}, in ${Math.round(report.seconds)} s.`,
  ].join("\n");
}

function runText({ records, bytes, updates, source }: RunFacts): string {
  const size = `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  if (records === 1) return `one record of ${size} (${source})`;
  const length = `${Math.round(bytes / records).toLocaleString("en")} bytes`;
  return `${records.toLocaleString("en")} records of ${length} on average, ${size}, ${Math.round(updates * 100)} % updates (${source})`;
}

function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows.map((row) => row.map((cell, column) => (column === 0 || column > 4 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join("  ").trimEnd());
}
