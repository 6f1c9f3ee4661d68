/** Handles one thing after the other. What fails is told and does not stop the rest. */
export class SerialWorker<T> {
  readonly #handle: (item: T) => Promise<void>;
  readonly #failed: (error: unknown) => void;
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;
  #isClosed = false;

  constructor({ handle, failed }: { readonly handle: (item: T) => Promise<void>; readonly failed: (error: unknown) => void }) {
    this.#handle = handle;
    this.#failed = failed;
  }

  /** Whether nothing waits and nothing is being handled. */
  get isIdle(): boolean {
    return this.#waiting === 0;
  }

  offer(item: T): void {
    this.#waiting += 1;
    this.#last = this.#last.then(() => this.#next(item));
  }

  /** Resolves when everything that was offered so far has been handled. */
  drained(): Promise<void> {
    return this.#last;
  }

  /** What has not been begun never is, and what fails from now on is told to nobody. */
  close(): void {
    this.#isClosed = true;
  }

  async #next(item: T): Promise<void> {
    try {
      if (!this.#isClosed) await this.#handle(item);
    } catch (error) {
      if (!this.#isClosed) this.#failed(error);
    } finally {
      this.#waiting -= 1;
    }
  }
}
