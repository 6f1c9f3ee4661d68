import { describe, expect, it } from "vitest";
import { ProcessTree } from "../../../src/adapters/node/process-tree.js";
import { stopProcessTree, type StoppableProgram } from "../../../src/adapters/node/stop-ladder.js";
import type { ProcessExit, StopVerdict } from "../../../src/ports/process-spawner.js";

type Step = "close input" | "terminate" | "kill";

/** A program that ends on the steps it is told to end on, and no system behind it. */
class ScriptedProgram implements StoppableProgram {
  readonly pid = 2 ** 22 + 1;
  readonly steps: Step[] = [];
  readonly ended: Promise<unknown>;
  exit: ProcessExit | undefined;
  readonly #endsOn: readonly Step[];
  readonly #settle: () => void;

  constructor(endsOn: readonly Step[]) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ended = promise;
    this.#settle = resolve;
    this.#endsOn = endsOn;
  }

  closeInput(): void {
    this.#step("close input");
  }

  terminate(): void {
    this.#step("terminate");
  }

  kill(): void {
    this.#step("kill");
  }

  #step(step: Step): void {
    this.steps.push(step);
    if (!this.#endsOn.includes(step)) return;
    this.exit = { code: 0, signal: null };
    this.#settle();
  }
}

function stop(program: ScriptedProgram, graceMs: number): Promise<StopVerdict> {
  const table = { list: () => Promise.resolve([]), listNow: () => [], carries: () => false };
  const tree = new ProcessTree({ table, root: program.pid, mark: { name: "MARK", value: "none" }, isRootAlive: () => program.exit === undefined });
  return stopProcessTree({ program, tree, graceMs });
}

describe("the stop ladder", () => {
  it.each<[endsOn: Step, graceMs: number, steps: readonly Step[], forced: boolean]>([
    ["close input", 60_000, ["close input"], false],
    ["terminate", 20, ["close input", "terminate"], false],
    ["kill", 20, ["close input", "terminate", "kill"], true],
    ["kill", 0, ["close input", "kill"], true],
  ])("goes as far as it must: %s within %d ms", async (endsOn, graceMs, steps, forced) => {
    const program = new ScriptedProgram([endsOn]);
    expect(await stop(program, graceMs)).toEqual({ exit: { code: 0, signal: null }, forced, descendantsKilled: 0, survivors: [] });
    expect(program.steps).toEqual(steps);
  });

  it("reports a program that cannot be killed instead of waiting for it for ever", async () => {
    const program = new ScriptedProgram([]);
    expect(await stop(program, 0)).toEqual({ exit: { code: null, signal: null }, forced: true, descendantsKilled: 0, survivors: [program.pid] });
    expect(program.steps).toEqual(["close input", "kill"]);
  });
});
