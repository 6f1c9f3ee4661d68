import { setImmediate } from "node:timers/promises";
import type { Clock, Timer } from "../../ports/clock.js";

interface ScheduledAction {
  readonly dueAt: number;
  readonly action: () => void;
}

/** Time that passes only when a test says so. */
export class ManualClock implements Clock {
  #now: number;
  readonly #scheduled = new Set<ScheduledAction>();

  /** `startAt` is in milliseconds since the epoch. */
  constructor(startAt: number = Date.UTC(2026, 0, 1)) {
    this.#now = startAt;
  }

  now(): number {
    return this.#now;
  }

  schedule(delayMs: number, action: () => void): Timer {
    const scheduled = { dueAt: this.#now + Math.max(0, delayMs), action };
    this.#scheduled.add(scheduled);
    return {
      cancel: () => {
        this.#scheduled.delete(scheduled);
      },
    };
  }

  /** How many timers neither ran nor were cancelled. */
  get pendingTimers(): number {
    return this.#scheduled.size;
  }

  /**
   * Lets `ms` pass: runs every timer that falls due, in order, those included that are scheduled on the way. Promises that are already
   * resolved run their reactions first and between any two timers. Rejects with what an action throws.
   */
  async advance(ms: number): Promise<void> {
    const until = this.#now + ms;
    await setImmediate();
    for (let next = this.#nextDue(until); next !== undefined; next = this.#nextDue(until)) {
      this.#scheduled.delete(next);
      this.#now = Math.max(this.#now, next.dueAt);
      next.action();
      await setImmediate();
    }
    this.#now = until;
  }

  /** The earliest; of several at the same time, the one scheduled first. */
  #nextDue(until: number): ScheduledAction | undefined {
    let earliest: ScheduledAction | undefined;
    for (const scheduled of this.#scheduled) {
      if (scheduled.dueAt <= until && (earliest === undefined || scheduled.dueAt < earliest.dueAt)) earliest = scheduled;
    }
    return earliest;
  }
}
