import { command, step, warn, withCore } from "./step.js";
import type { SessionState, Step } from "./session-state.js";
import { adoptRun } from "./turn-begin.js";

/**
 * A run that nobody asked for (an extension began it) is shown as a turn, or ended where the host's policy says so; it is never left
 * invisible. The phase must be `idle`.
 */
export function meetUnaskedRun(state: SessionState): Step {
  const { settings, identity, expelling } = state.core;
  if (settings.unsolicitedRuns === "adopt") return adoptRun(state);
  if (expelling) return step(state);
  return step(withCore(state, { expelling: true }), [
    warn(`${identity.displayName} began to work by itself and was told to stop.`),
    command({ type: "abort" }, { deadlineMs: settings.abortMs }),
    { type: "timer", key: "abort", delayMs: settings.abortMs },
  ]);
}
