import { describe, expect, it } from "vitest";
import { ManualClock } from "../../../src/adapters/fake/manual-clock.js";
import { CloseVerdict } from "../../../src/adapters/node/close-verdict.js";
import type { RpcClose } from "../../../src/ports/rpc-transport.js";

interface Started {
  readonly verdict: CloseVerdict;
  readonly clock: ManualClock;
  readonly closes: readonly RpcClose[];
}

function start(): Started {
  const clock = new ManualClock();
  const closes: RpcClose[] = [];
  const verdict = new CloseVerdict({
    clock,
    waitMs: 100,
    onVerdict: (close) => {
      closes.push(close);
    },
  });
  return { verdict, clock, closes };
}

const exit = { code: null, signal: "SIGKILL" };

describe("CloseVerdict", () => {
  it.each([
    ["outputEnded", "output-ended"],
    ["writeFailed", "write-failed"],
  ] as const)("lets %s wait a bounded time for the exit", async (symptom, cause) => {
    const { verdict, clock, closes } = start();
    verdict[symptom]();
    await clock.advance(99);
    expect(closes).toEqual([]);
    await clock.advance(1);
    expect(closes).toEqual([{ cause }]);
  });

  it("names the first of two symptoms, and the second prolongs nothing", async () => {
    const { verdict, clock, closes } = start();
    verdict.writeFailed();
    await clock.advance(60);
    verdict.outputEnded();
    await clock.advance(40);
    expect(closes).toEqual([{ cause: "write-failed" }]);
  });

  it("decides at once when both the program and its output have ended, in either order", () => {
    const exitLast = start();
    exitLast.verdict.outputEnded();
    exitLast.verdict.exited(exit);
    const outputLast = start();
    outputLast.verdict.exited(exit);
    outputLast.verdict.outputEnded();
    expect([...exitLast.closes, ...outputLast.closes]).toEqual([
      { cause: "exited", exit },
      { cause: "exited", exit },
    ]);
    expect([exitLast.clock.pendingTimers, outputLast.clock.pendingTimers]).toEqual([0, 0]);
  });

  it("gives the output its full time from the exit, whatever went before", async () => {
    const { verdict, clock, closes } = start();
    verdict.writeFailed();
    await clock.advance(60);
    verdict.exited(exit);
    await clock.advance(99);
    expect(closes).toEqual([]);
    await clock.advance(1);
    expect(closes).toEqual([{ cause: "exited", exit }]);
  });

  it("gives the output its full time again after each chunk", async () => {
    const { verdict, clock, closes } = start();
    verdict.exited(exit);
    for (let chunk = 0; chunk < 3; chunk += 1) {
      await clock.advance(99);
      verdict.outputBusy();
      verdict.outputQuiet();
    }
    await clock.advance(99);
    expect(closes).toEqual([]);
    await clock.advance(1);
    expect(closes).toEqual([{ cause: "exited", exit }]);
  });

  it("does not count the time in which a chunk is handled", async () => {
    const { verdict, clock, closes } = start();
    verdict.exited(exit);
    verdict.outputBusy();
    await clock.advance(1000);
    expect(closes).toEqual([]);
    verdict.outputQuiet();
    await clock.advance(100);
    expect(closes).toEqual([{ cause: "exited", exit }]);
  });

  it("does not count it either when the exit comes meanwhile", async () => {
    const { verdict, clock, closes } = start();
    verdict.writeFailed();
    verdict.outputBusy();
    await clock.advance(60);
    verdict.exited(exit);
    await clock.advance(1000);
    expect(closes).toEqual([]);
    verdict.outputEnded();
    expect(closes).toEqual([{ cause: "exited", exit }]);
  });

  it("does not wait longer after an exit because a write fails then", async () => {
    const { verdict, clock, closes } = start();
    verdict.exited(exit);
    await clock.advance(60);
    verdict.writeFailed();
    await clock.advance(40);
    expect(closes).toEqual([{ cause: "exited", exit }]);
  });

  it("decides once", async () => {
    const { verdict, clock, closes } = start();
    verdict.writeFailed();
    await clock.advance(100);
    verdict.outputBusy();
    verdict.exited(exit);
    verdict.outputQuiet();
    verdict.outputEnded();
    await clock.advance(1000);
    expect(closes).toEqual([{ cause: "write-failed" }]);
    expect(clock.pendingTimers).toBe(0);
  });

  it("decides nothing once it is cancelled", async () => {
    const { verdict, clock, closes } = start();
    verdict.writeFailed();
    verdict.cancel();
    verdict.exited(exit);
    verdict.outputEnded();
    await clock.advance(1000);
    expect(closes).toEqual([]);
    expect(clock.pendingTimers).toBe(0);
  });
});
