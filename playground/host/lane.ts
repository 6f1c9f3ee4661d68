/** Does one thing after the other, in the order in which they were asked for. One that fails holds up no other. */
export class Lane {
  #last: Promise<void> | undefined;

  get isIdle(): boolean {
    return this.#last === undefined;
  }

  async run<T>(action: () => Promise<T>): Promise<T> {
    const before = this.#last;
    const { promise: done, resolve: leave } = Promise.withResolvers<void>();
    this.#last = done;
    try {
      await before;
      return await action();
    } finally {
      leave();
      if (this.#last === done) this.#last = undefined;
    }
  }
}
