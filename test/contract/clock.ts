import { describe, expect, it } from "vitest";
import type { Clock } from "../../src/ports/clock.js";

export interface ClockSubject {
  readonly clock: Clock;
  /** Resolves once that much of the clock's time has passed. */
  readonly elapse: (ms: number) => Promise<void>;
}

export function describeClock(input: { readonly name: string; readonly create: () => ClockSubject }): void {
  const { name, create } = input;

  describe(`${name}: Clock`, () => {
    it.each([0, 5])("runs an action once after %d ms, never synchronously", async (delayMs) => {
      const { clock, elapse } = create();
      let runs = 0;
      clock.schedule(delayMs, () => {
        runs += 1;
      });
      expect(runs).toBe(0);
      await elapse(delayMs + 10);
      await elapse(delayMs + 10);
      expect(runs).toBe(1);
    });

    it("runs actions in the order they fall due", async () => {
      const { clock, elapse } = create();
      const order: string[] = [];
      for (const delayMs of [30, 1, 15]) {
        clock.schedule(delayMs, () => {
          order.push(`after ${delayMs}`);
        });
      }
      await elapse(50);
      expect(order).toEqual(["after 1", "after 15", "after 30"]);
    });

    it("does not run what was cancelled", async () => {
      const { clock, elapse } = create();
      let ran = false;
      const timer = clock.schedule(5, () => {
        ran = true;
      });
      timer.cancel();
      timer.cancel();
      await elapse(20);
      expect(ran).toBe(false);
    });

    it("lets a timer be cancelled after it ran, and within its own action", async () => {
      const { clock, elapse } = create();
      let runs = 0;
      const timer = clock.schedule(1, () => {
        runs += 1;
        timer.cancel();
      });
      await elapse(20);
      timer.cancel();
      expect(runs).toBe(1);
    });

    it("runs what an action schedules", async () => {
      const { clock, elapse } = create();
      const order: string[] = [];
      clock.schedule(1, () => {
        order.push("first");
        clock.schedule(1, () => {
          order.push("second");
        });
      });
      // A machine that is busy at the wrong moment may need more than the two milliseconds.
      while (order.length < 2) await elapse(1);
      expect(order).toEqual(["first", "second"]);
    });

    it("tells a time that a date can be made of", () => {
      expect(new Date(create().clock.now()).toISOString()).toMatch(/^\d{4}-/);
    });
  });
}
