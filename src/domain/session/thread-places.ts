import type { ProviderSession } from "../../ports/provider.js";
import { providerDisposed } from "../call-errors.js";
import type { Session } from "./session.js";
import { threadNotFound } from "./thread-errors.js";

/** One thread's place: its session, and the start or end that is under way, one at a time. */
export interface Place {
  session: Session | undefined;
  /** What was asked for last, so that the same start asked for twice is one start. */
  starting: { readonly key: string; readonly result: Promise<ProviderSession> } | undefined;
  /** Starts and stops of a thread happen one after another. */
  turnstile: Promise<unknown>;
  /** How often the thread was told to stop: a start that was asked for before the last time is called off. */
  stops: number;
  /** Ends what a start waits for before it has touched anything; a new one after each stop. */
  stopped: AbortController;
  /** The last of these of which the host heard an exit. */
  toldStops: number;
  /** The last session ended without telling the host, so the host may hold on to its state. */
  stale: boolean;
}

/** The threads that have a session, one on the way, or something to remember. */
export class ThreadPlaces {
  readonly #places = new Map<string, Place>();
  #closed = false;

  /** Whether no thread gets a session any more. */
  get closed(): boolean {
    return this.#closed;
  }

  close(): void {
    this.#closed = true;
  }

  requireOpen(operation: string): void {
    if (this.#closed) throw providerDisposed(operation);
  }

  get(threadId: string): Place | undefined {
    return this.#places.get(threadId);
  }

  /** The thread's place, made if it has none. */
  at(threadId: string): Place {
    let place = this.#places.get(threadId);
    if (place === undefined) {
      place = { session: undefined, starting: undefined, turnstile: Promise.resolve(), stops: 0, stopped: new AbortController(), toldStops: 0, stale: false };
      this.#places.set(threadId, place);
    }
    return place;
  }

  all(): readonly Place[] {
    return [...this.#places.values()];
  }

  threadIds(): readonly string[] {
    return [...this.#places.keys()];
  }

  /** Throws a `ProviderError` where the thread has none. */
  liveSession(threadId: string, operation: string): Session {
    const session = this.#places.get(threadId)?.session;
    if (session === undefined || !session.live) throw threadNotFound(threadId, operation);
    return session;
  }

  /**
   * Gives the place to a session until that has ended. What it leaves behind is its own: a session that took its place meanwhile is not
   * touched.
   */
  async occupy(place: Place, { threadId, session }: { readonly threadId: string; readonly session: Session }): Promise<void> {
    place.session = session;
    await session.closed;
    if (place.session !== session) return;
    place.session = undefined;
    place.stale = !session.exitIsKnown;
    this.tidy(threadId);
  }

  /** Forgets a thread that has nothing under way and nothing to remember. */
  tidy(threadId: string): void {
    const place = this.#places.get(threadId);
    if (place !== undefined && place.session === undefined && place.starting === undefined && !place.stale) this.#places.delete(threadId);
  }
}

/** Passes the thread's turnstile: what was asked for before comes first. */
export function inTurn<T>(place: Place, action: () => Promise<T>): Promise<T> {
  const result = place.turnstile.then(action);
  place.turnstile = result.catch(() => undefined);
  return result;
}
