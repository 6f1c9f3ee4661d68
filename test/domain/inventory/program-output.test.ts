import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { InMemoryProgram } from "../../../src/adapters/fake/in-memory-program.js";
import type { ShortRun, ShortRunEnd } from "../../../src/domain/inventory/program-output.js";
import { SpawnError } from "../../../src/ports/errors.js";
import { echoParts, locatedEcho, type EchoParts } from "../echo-parts.js";

const endless: InMemoryProgram = () => new Promise<void>(() => undefined);

function run(parts: EchoParts, change: Partial<ShortRun> = {}): Promise<ShortRunEnd> {
  return parts.outputs.of({ binary: { ...locatedEcho, leadingArgs: ["main.js"] }, args: ["--list"], environment: { PATH: "/bin" }, signal: new AbortController().signal, ...change });
}

function left({ spawner, clock }: EchoParts): readonly [processes: number, timers: number] {
  return [spawner.running, clock.pendingTimers];
}

describe("a short run of the program", () => {
  it("tells what it wrote on both outputs, and how it ended", async () => {
    const parts = echoParts({
      program: async (io) => {
        await io.write("models: ");
        await io.write("none");
        io.writeError("settings.json is broken");
        return 4;
      },
    });
    expect(await run(parts)).toEqual({ type: "ended", text: "models: none\nsettings.json is broken", exitCode: 4 });
    expect(left(parts)).toEqual([0, 0]);
  });

  it("gets the arguments, the environment and a folder that is no project, and an input that is closed", async () => {
    const inputs: string[] = [];
    const parts = echoParts({
      program: async ({ input }) => {
        for await (const bytes of input) inputs.push(Buffer.from(bytes).toString());
      },
    });
    await run(parts);
    expect(parts.spawner.spawned).toMatchObject([{ command: "/opt/echo/main", args: ["main.js", "--list"], environment: { PATH: "/bin" }, cwd: "/neutral" }]);
    expect(inputs).toEqual([]);
  });

  it("keeps a character that arrives in two pieces", async () => {
    const bytes = Buffer.from("für");
    const parts = echoParts({
      program: async (io) => {
        await io.write(bytes.subarray(0, 2));
        await io.write(bytes.subarray(2));
      },
    });
    expect(await run(parts)).toMatchObject({ text: "für\n" });
  });

  it("keeps only the beginning of a flood, and lets the program end", async () => {
    const parts = echoParts({
      program: async (io) => {
        for (let piece = 0; piece < 200; piece += 1) await io.write("x".repeat(10_000));
      },
    });
    const ended = await run(parts);
    expect([ended.type, ended.type === "ended" && ended.text.length]).toEqual(["ended", 8 * 1024 + 1]);
  });

  it("has no exit code when a signal ended it", async () => {
    expect(await run(echoParts({ program: (io) => io.crash("SIGSEGV") }))).toMatchObject({ type: "ended", exitCode: null });
  });

  it("is late when its time is over, and gone then", async () => {
    const parts = echoParts({ program: endless });
    const running = run(parts);
    await parts.clock.advance(9_999);
    expect(left(parts)).toEqual([1, 1]);
    await parts.clock.advance(1);
    expect([await running, ...left(parts)]).toEqual([{ type: "late", afterMs: 10_000 }, 0, 0]);
  });

  it("can be called off, and is gone then", async () => {
    const parts = echoParts({ program: endless });
    const abort = new AbortController();
    const running = run(parts, { signal: abort.signal });
    await setImmediate();
    expect(left(parts)).toEqual([1, 1]);
    abort.abort();
    expect([await running, ...left(parts)]).toEqual([{ type: "called off" }, 0, 0]);
  });

  it("that was called off before does not begin", async () => {
    const parts = echoParts({ program: endless });
    expect(await run(parts, { signal: AbortSignal.abort() })).toMatchObject({ type: "not started", cause: { reason: "aborted" } });
    expect(left(parts)).toEqual([0, 0]);
  });

  it("says why it did not begin", async () => {
    const parts = echoParts();
    parts.spawner.refuse = "permission-denied";
    const ended = await run(parts);
    expect(ended).toEqual({ type: "not started", cause: expect.any(SpawnError) as unknown });
    expect(left(parts)).toEqual([0, 0]);
  });
});
