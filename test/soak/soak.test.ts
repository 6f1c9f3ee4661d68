import { afterAll, describe, expect, it } from "vitest";
import { expectNoLeftoverProcesses } from "../process-census.ts";
import { soak } from "./soak.ts";

/** The soak in short; `npm run soak` runs it at full length and prints its figures. */
describe("many threads that live long", () => {
  afterAll(() => expectNoLeftoverProcesses());

  it.each([
    { agent: "in-memory", threads: 60, turns: 10, width: 20, seed: 1 },
    { agent: "process", threads: 4, turns: 6, width: 2, seed: 2 },
  ] as const)("leave nothing behind: $threads × $turns turns, $agent", async (options) => {
    const result = await soak(options);
    expect(result.violations).toEqual([]);
    expect(result.turns).toBe(options.threads * options.turns);
    expect(result.interrupted).toBeGreaterThan(0);
    expect(result.pendingTimers).toBe(0);
    expect(result.runningPrograms).toBe(0);
  }, 120_000);
});
