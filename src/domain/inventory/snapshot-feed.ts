import type { ProviderSnapshot } from "../../ports/provider-inventory.js";

/** The latest snapshot and its changes, for any number of consumers; a slow one skips to the newest. */
export class SnapshotFeed implements AsyncIterable<ProviderSnapshot> {
  #current: ProviderSnapshot;
  #closed = false;
  #changed = Promise.withResolvers<void>();

  constructor(initial: ProviderSnapshot) {
    this.#current = initial;
  }

  get current(): ProviderSnapshot {
    return this.#current;
  }

  publish(snapshot: ProviderSnapshot): void {
    if (this.#closed) return;
    this.#current = snapshot;
    this.#wake();
  }

  close(): void {
    this.#closed = true;
    this.#wake();
  }

  [Symbol.asyncIterator](): AsyncIterator<ProviderSnapshot> {
    let seen = this.#current;
    const stopped = Promise.withResolvers<void>();
    let listening = true;
    return {
      next: async () => {
        while (true) {
          if (!listening) return { done: true, value: undefined };
          if (this.#current !== seen) {
            seen = this.#current;
            return { done: false, value: seen };
          }
          if (this.#closed) return { done: true, value: undefined };
          await Promise.race([this.#changed.promise, stopped.promise]);
        }
      },
      // Whoever waits for the next change is let go at once.
      return: () => {
        listening = false;
        stopped.resolve();
        return Promise.resolve({ done: true, value: undefined });
      },
    };
  }

  #wake(): void {
    const changed = this.#changed;
    this.#changed = Promise.withResolvers<void>();
    changed.resolve();
  }
}
