export interface FrameBatchDeps<Item> {
  readonly apply: (items: readonly Item[]) => void;
  /** Calls back once, soon: with the next frame where frames are drawn. */
  readonly schedule: (callback: () => void) => void;
  /** At most so many items are applied at a time, so that a flood leaves room for a click. */
  readonly limit: number;
}

/** Gathers what arrives and applies it once per frame, in order. */
export class FrameBatch<Item> {
  readonly #deps: FrameBatchDeps<Item>;
  #waiting: Item[] = [];
  #scheduled = false;

  constructor(deps: FrameBatchDeps<Item>) {
    this.#deps = deps;
  }

  push(items: readonly Item[]): void {
    for (const item of items) this.#waiting.push(item);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled || this.#waiting.length === 0) return;
    this.#scheduled = true;
    this.#deps.schedule(() => {
      this.#scheduled = false;
      const due = this.#waiting.slice(0, this.#deps.limit);
      this.#waiting = this.#waiting.slice(this.#deps.limit);
      this.#schedule();
      this.#deps.apply(due);
    });
  }
}

/** A page in the background draws no frames, but its queue must not grow for ever. */
export function nextFrame(callback: () => void): void {
  let called = false;
  const once = (): void => {
    if (called) return;
    called = true;
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    callback();
  };
  const frame = requestAnimationFrame(once);
  const timer = setTimeout(once, 500);
}
