import type { SettlementStrategy } from "../../ports/agent-dialect.js";
import type { AgentEvent } from "../../ports/agent-messages.js";

type Reading = ReturnType<SettlementStrategy["reads"]>;

/**
 * `agent_settled` is Pi's word that a run is over, and it comes on every way a run can end. `agent_end` is not: retries,
 * compaction and queued texts follow it, and it may be missing.
 *
 * Only what Pi always follows by an end counts as activity. A message that an extension leaves while Pi is idle, a level that
 * changes, a notice: nothing follows these, and whoever waited for an end after them would wait for ever.
 */
const readings: Readonly<Record<AgentEvent["type"], Reading>> = {
  settled: "end",
  "run-started": "activity",
  "step-started": "activity",
  "step-ended": "activity",
  "message-started": "activity",
  "text-delta": "activity",
  "reasoning-delta": "activity",
  "message-ended": "activity",
  "tool-started": "activity",
  "tool-progressed": "activity",
  "tool-ended": "activity",
  "compaction-started": "activity",
  "retry-started": "activity",
  "compaction-ended": "nothing",
  "run-ended": "nothing",
  "retry-ended": "nothing",
  "queue-changed": "nothing",
  "thinking-level-changed": "nothing",
  "session-named": "nothing",
  "extension-failed": "nothing",
  "dialog-opened": "nothing",
  "approval-asked": "nothing",
  "gate-announced": "nothing",
  "gate-withdrawn": "nothing",
  "tool-refused": "nothing",
  notice: "nothing",
  "stray-reply": "nothing",
  ignored: "nothing",
  unrecognised: "nothing",
};

export const piSettlement: SettlementStrategy = {
  reads(event) {
    // Extensions and prompt changes leave such messages outside runs, too.
    if ((event.type === "message-started" || event.type === "message-ended") && (event.role === "custom" || event.role === "system")) return "nothing";
    // A manual compaction is no run: when it comes after `agent_settled`, its end is the last that is heard.
    if (event.type === "compaction-ended" && event.reason === "manual" && !event.willContinue) return "end";
    return readings[event.type];
  },
  isIdle: (state) => !state.streaming && !state.compacting && state.queued === 0,
};
