import { abortable } from "./abortable.js";
import { callAborted, providerDisposed } from "./call-errors.js";

interface Flight<T> {
  readonly work: Promise<T>;
  readonly abandonment: AbortController;
  waiting: number;
}

/** A caller that waits for shared work; its signal ends its own waiting. */
export interface Waiter {
  readonly signal: AbortSignal | undefined;
  /** What the caller is told it called off. */
  readonly operation: string;
}

/**
 * Work that several ask for at the same time and that is done once for all of them. Only when the last of them has called it off is
 * the work itself called off; that one then waits for its end, so that nothing is left running when the call has returned.
 */
export class SharedWork<T> {
  readonly #flights = new Map<string, Flight<T>>();
  /** Work that was called off is no longer joined, but still waited for. */
  readonly #ending = new Set<Promise<T>>();
  #disposed = false;

  async join(key: string, start: (signal: AbortSignal) => Promise<T>, waiter: Waiter): Promise<T> {
    if (this.#disposed) throw providerDisposed(waiter.operation);
    if (isCalledOff(waiter)) throw callAborted({ operation: waiter.operation });
    const flight = this.#flights.get(key) ?? this.#begin(key, start);
    flight.waiting += 1;
    try {
      return await abortable(flight.work, waiter);
    } catch (error) {
      if (isCalledOff(waiter) && flight.waiting === 1) await this.#abandon(key, flight);
      throw error;
    } finally {
      flight.waiting -= 1;
    }
  }

  /** Calls everything off and resolves when it has ended. */
  async dispose(): Promise<void> {
    this.#disposed = true;
    const abandoned = [...this.#flights].map(([key, flight]) => this.#abandon(key, flight));
    await Promise.allSettled([...abandoned, ...this.#ending]);
  }

  #begin(key: string, start: (signal: AbortSignal) => Promise<T>): Flight<T> {
    const abandonment = new AbortController();
    const work = start(abandonment.signal);
    const flight: Flight<T> = { work, abandonment, waiting: 0 };
    this.#flights.set(key, flight);
    void this.#forgetAfter(key, flight);
    return flight;
  }

  async #forgetAfter(key: string, flight: Flight<T>): Promise<void> {
    await flight.work.catch(() => undefined);
    this.#ending.delete(flight.work);
    if (this.#flights.get(key) === flight) this.#flights.delete(key);
  }

  async #abandon(key: string, flight: Flight<T>): Promise<void> {
    if (this.#flights.get(key) === flight) this.#flights.delete(key);
    this.#ending.add(flight.work);
    flight.abandonment.abort();
    await flight.work.catch(() => undefined);
  }
}

function isCalledOff({ signal }: Waiter): boolean {
  return signal?.aborted === true;
}
