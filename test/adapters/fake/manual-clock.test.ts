import { describe, expect, it } from "vitest";
import { ManualClock } from "../../../src/adapters/fake/manual-clock.js";
import { describeClock } from "../../contract/clock.js";

describeClock({
  name: "ManualClock",
  create: () => {
    const clock = new ManualClock();
    return { clock, elapse: (ms) => clock.advance(ms) };
  },
});

describe("ManualClock", () => {
  it("stands still until it is advanced, and shows each action the time it was due", async () => {
    const clock = new ManualClock(1000);
    const seen: number[] = [];
    for (const delayMs of [30, 10]) {
      clock.schedule(delayMs, () => {
        seen.push(clock.now());
      });
    }
    expect(clock.now()).toBe(1000);
    await clock.advance(29);
    expect(clock.now()).toBe(1029);
    expect(seen).toEqual([1010]);
    await clock.advance(1);
    expect(seen).toEqual([1010, 1030]);
  });

  it("counts the timers that neither ran nor were cancelled", async () => {
    const clock = new ManualClock();
    const cancelled = clock.schedule(5, () => {});
    clock.schedule(5, () => {});
    clock.schedule(50, () => {});
    expect(clock.pendingTimers).toBe(3);
    cancelled.cancel();
    expect(clock.pendingTimers).toBe(2);
    await clock.advance(5);
    expect(clock.pendingTimers).toBe(1);
  });

  it("runs actions of the same time in the order they were scheduled", async () => {
    const clock = new ManualClock();
    const order: number[] = [];
    for (const index of [1, 2, 3]) {
      clock.schedule(5, () => {
        order.push(index);
      });
    }
    await clock.advance(5);
    expect(order).toEqual([1, 2, 3]);
  });

  it("lets promises react between two timers", async () => {
    const clock = new ManualClock();
    const order: string[] = [];
    const react = async (): Promise<void> => {
      await Promise.resolve();
      await Promise.resolve();
      order.push("reaction");
      clock.schedule(1, () => {
        order.push("scheduled by the reaction");
      });
    };
    clock.schedule(1, () => {
      void react();
    });
    clock.schedule(3, () => {
      order.push("later timer");
    });
    await clock.advance(3);
    expect(order).toEqual(["reaction", "scheduled by the reaction", "later timer"]);
  });

  it("passes on what an action throws", async () => {
    const clock = new ManualClock();
    clock.schedule(1, () => {
      throw new Error("planted");
    });
    await expect(clock.advance(1)).rejects.toThrow("planted");
  });
});
