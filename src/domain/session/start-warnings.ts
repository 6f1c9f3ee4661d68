import { warn, withCore } from "./step.js";
import type { SessionEffect, SessionState, Step } from "./session-state.js";

/** More than a start has to say; an extension that asks and asks is cut short. */
const maxRepeated = 20;

/**
 * T3 shows of its warnings only those of the latest turn. What is said on the way to a turn (a conversation that could not be continued,
 * a level that was not to be had) belongs to no turn yet, and nobody would ever read it. So it is said again as that turn's first word.
 */
export function repeatWarnings(before: SessionState, taken: Step): Step {
  const { state, effects } = taken;
  const { type } = before.phase;
  const isOnTheWay = type === "starting" || type === "preparing";
  let waiting = state.core.unreadWarnings;
  // Nearly always, and with every record of an agent.
  if (!isOnTheWay && waiting.length === 0) return taken;
  const told = effects.flatMap((effect): readonly SessionEffect[] => {
    if (effect.type !== "emit") return [effect];
    const { draft } = effect;
    if (isOnTheWay && draft.type === "runtime.warning" && draft.turnId === undefined) waiting = [...waiting, draft.payload.message].slice(0, maxRepeated);
    if (draft.type !== "turn.started" || waiting.length === 0) return [effect];
    const repeated = waiting.map((message) => warn(message, draft.turnId));
    waiting = [];
    return ([effect] as readonly SessionEffect[]).concat(repeated);
  });
  return waiting === state.core.unreadWarnings ? taken : { state: withCore(state, { unreadWarnings: waiting }), effects: told };
}
