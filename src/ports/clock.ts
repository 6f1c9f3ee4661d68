/** Time as the domain sees it. No other code in `src/domain` reads a clock or sets a timer. */
export interface Clock {
  /** Milliseconds since the epoch. May repeat, and may jump when the system's clock is set. */
  now(): number;
  /**
   * Runs `action` once, `delayMs` from now, never synchronously. Cancelling after it ran, or twice, does nothing. A pending
   * timer never keeps the host process alive by itself. `action` must not throw.
   */
  schedule(delayMs: number, action: () => void): Timer;
}

export interface Timer {
  cancel(): void;
}
