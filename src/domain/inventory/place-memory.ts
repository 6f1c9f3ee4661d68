import type { AgentPlace } from "./agent-survey.js";

/** A host that names ever new folders must not make this grow. */
const maxPlaces = 64;

/** One thing for each place, of the places that were last asked about. */
export class PlaceMemory<Thing> {
  /** The one kept last stands last. */
  readonly #things = new Map<string, Thing>();
  #latest: string | undefined;

  get(place: AgentPlace): Thing | undefined {
    return this.#things.get(placeKey(place));
  }

  /** What was kept last. */
  get latest(): Thing | undefined {
    return this.#latest === undefined ? undefined : this.#things.get(this.#latest);
  }

  all(): readonly Thing[] {
    return [...this.#things.values()];
  }

  keep(place: AgentPlace, thing: Thing): void {
    const key = placeKey(place);
    this.#things.delete(key);
    this.#things.set(key, thing);
    this.#latest = key;
    const [oldest] = this.#things.keys();
    if (this.#things.size > maxPlaces && oldest !== undefined) this.#things.delete(oldest);
  }

  /** Something newer about a place that nobody asked about anew. */
  replace(place: AgentPlace, thing: Thing): void {
    this.#things.set(placeKey(place), thing);
  }
}

export function placeKey({ binaryPath, agentDir, cwd, launchArguments }: AgentPlace): string {
  return JSON.stringify([binaryPath ?? null, agentDir ?? null, cwd ?? null, launchArguments ?? null]);
}
