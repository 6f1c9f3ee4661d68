export interface FrameBatchDeps<Item> {
  readonly apply: (items: readonly Item[]) => void;
  /** Calls back once, soon: with the next frame where frames are drawn. */
  readonly schedule: (callback: () => void) => void;
  /** At most so many items are applied at a time, so that a flood leaves room for a click. */
  readonly limit: number;
}

/**
 * Applies what arrives at most once per frame, in order. What comes to a page that has nothing to do is applied at once: the next frame
 * then shows it, and need not begin with drawing it.
 */
export class FrameBatch<Item> {
  readonly #deps: FrameBatchDeps<Item>;
  #waiting: Item[] = [];
  #scheduled = false;

  constructor(deps: FrameBatchDeps<Item>) {
    this.#deps = deps;
  }

  push(items: readonly Item[]): void {
    for (const item of items) this.#waiting.push(item);
    if (!this.#scheduled) this.#applyDue();
  }

  #applyDue(): void {
    const { apply, schedule, limit } = this.#deps;
    if (this.#waiting.length === 0) return;
    const due = this.#waiting.slice(0, limit);
    this.#waiting = this.#waiting.slice(limit);
    this.#scheduled = true;
    schedule(() => {
      this.#scheduled = false;
      this.#applyDue();
    });
    apply(due);
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
