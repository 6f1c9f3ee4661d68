import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { SystemClock } from "../../../src/adapters/node/system-clock.js";
import { describeClock } from "../../contract/clock.js";

describeClock({ name: "SystemClock", create: () => ({ clock: new SystemClock(), elapse: (ms) => delay(ms) }) });

describe("SystemClock", () => {
  it("keeps no process alive by a timer", () => {
    const before = timersThatKeepAlive();
    const timer = new SystemClock().schedule(60_000, () => {});
    const during = timersThatKeepAlive();
    timer.cancel();
    expect(during).toBe(before);
  });

  it.each([2 ** 31, Infinity])("does not run an action at once that is due in %d ms", async (delayMs) => {
    const clock = new SystemClock();
    let ran = false;
    const timer = clock.schedule(delayMs, () => {
      ran = true;
    });
    await delay(10);
    timer.cancel();
    expect(ran).toBe(false);
  });
});

function timersThatKeepAlive(): number {
  return process.getActiveResourcesInfo().filter((resource) => resource === "Timeout").length;
}
