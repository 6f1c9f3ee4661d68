/** Lets only so many through at once; the others wait, in the order in which they came. */
export class Turnstile {
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(places: number) {
    this.#free = places;
  }

  /** Rejects with the signal's reason when it fires first. */
  async pass<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    signal.throwIfAborted();
    if (this.#free > 0) this.#free -= 1;
    else await this.#turn(signal);
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  async #turn(signal: AbortSignal): Promise<void> {
    const turn = Promise.withResolvers<void>();
    const enter = (): void => turn.resolve();
    const giveUp = (): void => {
      const index = this.#waiting.indexOf(enter);
      if (index !== -1) this.#waiting.splice(index, 1);
      // Whoever has been let in already goes in, and sees for itself that it was called off.
      turn.reject(signal.reason);
    };
    this.#waiting.push(enter);
    signal.addEventListener("abort", giveUp, { once: true });
    try {
      await turn.promise;
    } finally {
      signal.removeEventListener("abort", giveUp);
    }
  }

  /** A place goes from hand to hand, so that nobody who comes later can take it. */
  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free += 1;
    else next();
  }
}
