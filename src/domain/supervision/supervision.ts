import type { AgentVerdict } from "../../ports/agent-messages.js";
import type { OpenApproval } from "./approvals.js";

/** What a session knows of the agent's gate, and of the calls that it asked about. */
export interface Supervision {
  /** The agent's session that the gate is in place in. */
  readonly gatedSession?: string;
  /** How many approvals the user was asked for so far. */
  readonly count: number;
  readonly open: readonly OpenApproval[];
  /** Questions that are answered with a cancel as soon as the abort has been sent. */
  readonly withdrawn: readonly string[];
  /** What the user accepted for as long as the session lives. */
  readonly grants: readonly string[];
  /** What was answered about each call whose end was not told yet. */
  readonly verdicts: ReadonlyMap<string, AgentVerdict>;
}

export const unsupervised: Supervision = { count: 0, open: [], withdrawn: [], grants: [], verdicts: new Map() };

/** For another process of the same session: what the user has accepted holds, and whether there is a gate is to be seen. */
export function withNewProcess({ count, grants }: Supervision): Supervision {
  return { ...unsupervised, count, grants };
}

export function withoutGate({ gatedSession: _gone, ...rest }: Supervision): Supervision {
  return rest;
}

export function withVerdict(supervision: Supervision, toolCallId: string, verdict: AgentVerdict): Supervision {
  return { ...supervision, verdicts: new Map(supervision.verdicts).set(toolCallId, verdict) };
}

export function withoutVerdict(supervision: Supervision, toolCallId: string): Supervision {
  if (!supervision.verdicts.has(toolCallId)) return supervision;
  const verdicts = new Map(supervision.verdicts);
  verdicts.delete(toolCallId);
  return { ...supervision, verdicts };
}
