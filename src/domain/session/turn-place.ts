import type { AgentHistory } from "../../ports/agent-messages.js";
import type { Turn } from "./session-state.js";

/** The agent's own references at a turn's end. */
export interface TurnPlace {
  /** The turn's first message of the user. Absent for a turn without one: a command that began no run, a run that the agent began. */
  readonly turn?: string;
  /** Where the conversation stands. */
  readonly head?: string;
}

/**
 * Agents have no turns of ours, so a turn is named by the entry with which it began: counted from the end, because what was told may
 * begin anywhere before it.
 */
export function placeOf(turn: Turn, { entries, head }: AgentHistory): TurnPlace {
  const messages = entries.filter(({ role }) => role === "user");
  const first = turn.view.userMessages === 0 ? undefined : messages.at(-turn.view.userMessages);
  return { ...(first === undefined ? {} : { turn: first.id }), ...(head === undefined ? {} : { head }) };
}
