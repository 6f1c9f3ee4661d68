/** A model as Pi reports it, as far as hosts read it. */
export interface PiModelRecord {
  readonly provider: string;
  readonly id: string;
  readonly name?: string;
  readonly reasoning?: boolean;
  readonly thinkingLevelMap?: Readonly<Record<string, string | null>>;
  readonly input?: readonly ("text" | "image")[];
  readonly contextWindow?: number;
  readonly maxTokens?: number;
}

export const scriptedModels: readonly PiModelRecord[] = [
  { provider: "lab", id: "plain", name: "Plain", reasoning: false, input: ["text"], contextWindow: 128_000, maxTokens: 16_384 },
  {
    provider: "lab",
    id: "thinker",
    name: "Thinker",
    reasoning: true,
    thinkingLevelMap: { minimal: null, medium: null },
    input: ["text", "image"],
    contextWindow: 200_000,
    maxTokens: 32_768,
  },
];

const levels = ["off", "minimal", "low", "medium", "high", "xhigh", "max"];
const onlyWhenMapped = new Set(["xhigh", "max"]);

/** The levels a model offers: all but the two highest, unless its map says otherwise. */
export function levelsOf(model: PiModelRecord | undefined): readonly string[] {
  if (model?.reasoning !== true) return ["off"];
  const { thinkingLevelMap: map = {} } = model;
  return levels.filter((level) => map[level] !== null && (level in map || !onlyWhenMapped.has(level)));
}

/** What becomes of a level the model lacks: the next higher one, else the highest; the lowest for a word that is no level. */
export function clampedLevel(model: PiModelRecord | undefined, level: string): string {
  const offered = levelsOf(model);
  const wanted = levels.indexOf(level);
  if (wanted === -1) return offered[0] ?? "off";
  return offered.find((candidate) => levels.indexOf(candidate) >= wanted) ?? offered.at(-1) ?? "off";
}
