import type { ScriptStep } from "../../src/adapters/fake/scripted-agent/scenario.js";

type Reason = "manual" | "threshold" | "overflow";

/** Pi begins to shorten its conversation. */
export function compactionStart(reason: Reason): ScriptStep {
  return { emit: { type: "compaction_start", reason } };
}

/** Pi has shortened it. `willRetry`: the run goes on. */
export function compactionEnd(reason: Reason, { willRetry = false }: { readonly willRetry?: boolean } = {}): ScriptStep {
  return { emit: { type: "compaction_end", reason, result: { tokensBefore: 150_000, estimatedTokensAfter: 9_000 }, aborted: false, willRetry } };
}

/** Pi has not. */
export function compactionFailure(reason: Reason, end: { readonly aborted: boolean; readonly errorMessage?: string }): ScriptStep {
  return { emit: { type: "compaction_end", reason, willRetry: false, ...end } };
}
