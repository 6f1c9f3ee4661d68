import type { Model } from "./wire.js";

/** Pi's level names, ascending. `max` is there since the floor of the supported versions. */
const levels = ["off", "minimal", "low", "medium", "high", "xhigh", "max"] as const;

/** Levels a model has only if its map names a provider value for them; it has each of the others unless its map forbids it. */
const optIn: ReadonlySet<string> = new Set(["xhigh", "max"]);

/**
 * The levels Pi accepts for a model without clamping them to another: its own rule, which agreed with the running program for
 * every built-in model. Empty for a model that does not reason: its one level, `off`, is no choice.
 */
export function thinkingLevelsOf(model: Pick<Model, "reasoning" | "thinkingLevelMap">): readonly string[] {
  if (!model.reasoning) return [];
  return levels.filter((level) => {
    const provided = model.thinkingLevelMap[level];
    if (provided === null) return false;
    return provided !== undefined || !optIn.has(level);
  });
}
