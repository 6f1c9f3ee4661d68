import { describe, expect, it } from "vitest";
import { ConnectionRate } from "../../../playground/host/connection-rate.js";
import { Lane } from "../../../playground/host/lane.js";

describe("a lane", () => {
  it("does one thing after the other, whatever becomes of them", async () => {
    const lane = new Lane();
    const gate = Promise.withResolvers<void>();
    const done: string[] = [];
    const first = lane.run(async () => {
      await gate.promise;
      done.push("first");
    });
    const second = lane.run(() => {
      done.push("second");
      return Promise.reject(new Error("The second fails."));
    });
    const third = lane.run(() => Promise.resolve(done.length));
    expect([lane.isIdle, done]).toEqual([false, []]);
    gate.resolve();
    await first;
    await expect(second).rejects.toThrow("The second fails.");
    expect(await third).toBe(2);
    expect([lane.isIdle, done]).toEqual([true, ["first", "second"]]);
  });
});

describe("the rate of connections", () => {
  it("is bounded by the second", () => {
    const rate = new ConnectionRate({ limit: 2 });
    expect([0, 999, 999, 1_000, 1_001, 1_002, 5_000].map((now) => rate.allows(now))).toEqual([true, true, false, true, true, false, true]);
  });
});
