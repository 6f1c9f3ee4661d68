import fc from "fast-check";
import { expect, it } from "vitest";
import { playSession, randomSession } from "./random-session.js";

const runs = Number(process.env["PROPERTY_RUNS"] ?? 1_000);

/**
 * Random lives of a thread in T3: messages, interrupts, steering, answers, stops, changes of mode and model, crashes of the agent, programs
 * that cannot be started, restarts of the server, with and without patience.
 */
it("no user is ever stuck, no message lost, doubled or out of order, and the next one is always answered", async () => {
  await expect(fc.assert(fc.asyncProperty(randomSession, playSession), { numRuns: runs })).resolves.toBeUndefined();
}, 600_000);
