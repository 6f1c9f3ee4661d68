import type { ProviderSnapshot } from "../../ports/provider.js";

/** The latest snapshot and its changes, for any number of consumers; a slow one skips to the newest. */
export class SnapshotFeed implements AsyncIterable<ProviderSnapshot> {
  #current: ProviderSnapshot;
  #closed = false;
  #next = Promise.withResolvers<void>();

  constructor(initial: ProviderSnapshot) {
    this.#current = initial;
  }

  get current(): ProviderSnapshot {
    return this.#current;
  }

  publish(change: Partial<ProviderSnapshot>): void {
    if (this.#closed) return;
    this.#current = { ...this.#current, ...change };
    this.#wake();
  }

  close(): void {
    this.#closed = true;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ProviderSnapshot> {
    let seen = this.#current;
    while (true) {
      const next = this.#next.promise;
      if (this.#current !== seen) {
        seen = this.#current;
        yield seen;
      } else if (this.#closed) {
        return;
      } else {
        await next;
      }
    }
  }

  #wake(): void {
    const woken = this.#next;
    this.#next = Promise.withResolvers<void>();
    woken.resolve();
  }
}
