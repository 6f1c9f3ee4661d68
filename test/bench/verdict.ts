import type { Sample } from "./stopwatch.js";

export interface Bound {
  readonly kind: "at least" | "more than" | "at most";
  readonly value: number;
}

/** One ratio, one per round, and what is demanded of the median. */
export interface Verdict {
  readonly title: string;
  readonly rounds: number;
  readonly min: number;
  readonly median: number;
  readonly max: number;
  /** The same median over processor time: the second opinion on a busy machine. Absent where other processes do the work. */
  readonly cpuMedian?: number;
  readonly bound: Bound;
  readonly met: boolean;
}

export interface Comparison {
  readonly title: string;
  /** Divided by the other, both of one round. */
  readonly pairs: readonly { readonly dividend: Sample; readonly divisor: Sample }[];
  readonly bound: Bound;
  /** Whether this process does the work itself. Default: yes. */
  readonly ownWork?: boolean;
}

export function judge({ title, pairs, bound, ownWork = true }: Comparison): Verdict {
  const ratios = ascending(pairs.map(({ dividend, divisor }) => dividend.elapsed / divisor.elapsed));
  const cpuRatios = ascending(pairs.map(({ dividend, divisor }) => dividend.cpu / divisor.cpu));
  const median = middle(ratios);
  return {
    title,
    rounds: pairs.length,
    min: ratios.at(0) ?? Number.NaN,
    median,
    max: ratios.at(-1) ?? Number.NaN,
    ...(ownWork && { cpuMedian: middle(cpuRatios) }),
    bound,
    met: meets(median, bound),
  };
}

function meets(value: number, { kind, value: limit }: Bound): boolean {
  switch (kind) {
    case "at least":
      return value >= limit;
    case "more than":
      return value > limit;
    case "at most":
      return value <= limit;
  }
}

function ascending(values: readonly number[]): readonly number[] {
  return values.toSorted((left, right) => left - right);
}

function middle(sorted: readonly number[]): number {
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
  return (lower + upper) / 2;
}
