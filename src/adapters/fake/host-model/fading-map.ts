/** T3 forgets a message that it has heard nothing of for two hours (host-contract D.2). */
const lifetimeMs = 120 * 60_000;

/** What T3 remembers while a message is coming. Time is that of the events. */
export class FadingMap<V> {
  readonly #entries = new Map<string, { readonly value: V; readonly at: number }>();

  get(key: string, now: string): V | undefined {
    const entry = this.#entries.get(key);
    return entry === undefined || Date.parse(now) - entry.at > lifetimeMs ? undefined : entry.value;
  }

  set(key: string, value: V, now: string): void {
    this.#entries.set(key, { value, at: Date.parse(now) });
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  deleteWhere(matches: (value: V) => boolean): void {
    for (const [key, { value }] of this.#entries) if (matches(value)) this.#entries.delete(key);
  }
}
