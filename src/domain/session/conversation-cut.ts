import type { AgentForkPoint } from "../../ports/agent-messages.js";
import type { RollbackTarget } from "../../ports/provider.js";
import { knownCounts, turnBegins, turnsWithin, type TurnMessages } from "./turn-messages.js";

/** Where a conversation is cut. */
export type ConversationCut =
  /** Before this message of its user; without one there is nothing to cut off. */
  | { readonly type: "cut"; readonly entryId?: string; readonly left: TurnMessages }
  | { readonly type: "impossible"; readonly reason: string };

/** `points` are the messages of the user on the active branch: what an abandoned branch holds cannot be cut to. */
export function cutOf(turns: TurnMessages, target: RollbackTarget, points: readonly AgentForkPoint[]): ConversationCut {
  return typeof target === "number" ? cutTurns(turns, target, points) : cutAfter(turns, target, points);
}

/** Turns that were not counted are taken for turns of one message. */
function cutTurns(turns: TurnMessages, gone: number, points: readonly AgentForkPoint[]): ConversationCut {
  const counted = knownCounts(turns, points.length).slice(-gone);
  const messages = counted.reduce((sum, count) => sum + count, gone - counted.length);
  const left = turns.slice(0, Math.max(0, turns.length - gone));
  if (messages === 0) return { type: "cut", left };
  const point = points[points.length - messages];
  if (point === undefined) return { type: "impossible", reason: `the conversation has only ${points.length} messages of its user` };
  return { type: "cut", entryId: point.entryId, left };
}

function cutAfter(turns: TurnMessages, target: Exclude<RollbackTarget, number>, points: readonly AgentForkPoint[]): ConversationCut {
  const total = points.length;
  const last = "toTurn" in target ? points.findIndex(({ entryId }) => entryId === target.toTurn) : -1;
  if ("toTurn" in target && last === -1) return { type: "impossible", reason: `the conversation, as it stands, has no turn "${target.toTurn.slice(0, 100)}"` };
  const begins = turnBegins(total, turns);
  const next = points.findIndex((_point, message) => message > last && begins.has(message));
  const kept = next === -1 ? total : next;
  const point = points[kept];
  return { type: "cut", ...(point === undefined ? {} : { entryId: point.entryId }), left: turnsWithin(turns, { total, kept }) };
}
