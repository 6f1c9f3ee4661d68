/** Pi's level names, ascending. `max` is there since the floor of the supported versions. */
const levels = ["off", "minimal", "low", "medium", "high", "xhigh", "max"] as const;

/** Levels a model has only if its map names a provider value for them; it has each of the others unless its map forbids it. */
const optIn: ReadonlySet<string> = new Set(["xhigh", "max"]);

/** Most models have no map; of thousands they share one list. */
const unmapped: readonly string[] = levels.filter((level) => !optIn.has(level));
const none: readonly string[] = [];

export interface ThinkingModel {
  readonly reasoning: boolean;
  /** From Pi's level names to the provider's values; `null` forbids a level. */
  readonly thinkingLevelMap: Readonly<Record<string, unknown>> | undefined;
}

/**
 * The levels Pi accepts for a model without clamping them to another: its own rule, which agreed with the running program for
 * every built-in model. Empty for a model that does not reason: its one level, `off`, is no choice.
 */
export function thinkingLevelsOf(model: ThinkingModel): readonly string[] {
  const { reasoning, thinkingLevelMap } = model;
  if (!reasoning) return none;
  if (thinkingLevelMap === undefined) return unmapped;
  return levels.filter((level) => {
    const provided = thinkingLevelMap[level];
    if (provided === null) return false;
    return provided !== undefined || !optIn.has(level);
  });
}
