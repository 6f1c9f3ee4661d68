import type { Clock, Timer } from "../../ports/clock.js";

/** Node fires a timer of more than 2^31-1 ms at once. */
const longestDelayMs = 2_147_483_647;

/** The system's own time. */
export class SystemClock implements Clock {
  now(): number {
    return Date.now();
  }

  schedule(delayMs: number, action: () => void): Timer {
    const timeout = setTimeout(action, Math.min(delayMs, longestDelayMs)).unref();
    return {
      cancel: () => {
        clearTimeout(timeout);
      },
    };
  }
}
