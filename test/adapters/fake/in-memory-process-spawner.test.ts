import { describe, expect, it } from "vitest";
import { InMemoryProcessSpawner } from "../../../src/adapters/fake/in-memory-process-spawner.js";
import { inMemoryPrograms } from "../../contract/in-memory-programs.js";
import { describeProcessSpawner, textOf } from "../../contract/process-spawner.js";

describeProcessSpawner({
  name: "InMemoryProcessSpawner",
  setup: () => {
    const spawner = new InMemoryProcessSpawner({ program: inMemoryPrograms });
    return Promise.resolve({
      spawner,
      request: (program, ...args) => ({ command: program, args: args.map(String), environment: {} }),
      refused: (reason) => {
        const request = { command: reason === "not-found" ? "missing" : "echo", args: [], environment: {} };
        if (reason !== "not-found") spawner.refuse = reason;
        return { spawner, request };
      },
      running: () => spawner.running,
      dispose: () => Promise.resolve(),
    });
  },
});

describe("InMemoryProcessSpawner", () => {
  const request = { command: "/bin/agent", args: ["--mode", "rpc"], cwd: "/work", environment: { HOME: "/home/user" } };

  it("runs elsewhere, without a process id, unless told otherwise", async () => {
    const elsewhere = await new InMemoryProcessSpawner({ program: () => 0 }).spawn(request);
    expect(elsewhere.locality).toBe("elsewhere");
    expect(elsewhere.pid).toBeUndefined();
    const local = await new InMemoryProcessSpawner({ program: () => 0, locality: "local" }).spawn(request);
    expect(local.locality).toBe("local");
  });

  it("shows the program what it was started with, and remembers every request", async () => {
    const spawner = new InMemoryProcessSpawner({
      program: async (io) => {
        await io.write(JSON.stringify([io.args, io.cwd, io.environment]));
      },
    });
    const process = await spawner.spawn(request);
    const first = await process.output[Symbol.asyncIterator]().next();
    expect(JSON.parse(textOf(first.value))).toEqual([request.args, request.cwd, request.environment]);
    spawner.refuse = "permission-denied";
    await expect(spawner.spawn(request)).rejects.toMatchObject({ reason: "permission-denied" });
    spawner.refuse = undefined;
    await (await spawner.spawn(request)).stop({ graceMs: 0 });
    expect(spawner.spawned).toEqual([request, request, request]);
  });

  it("counts a program until it has ended", async () => {
    const spawner = new InMemoryProcessSpawner({ program: inMemoryPrograms });
    const process = await spawner.spawn({ ...request, command: "echo" });
    expect(spawner.running).toBe(1);
    process.closeInput();
    await process.exited;
    expect(spawner.running).toBe(0);
  });

  it("exits with code 143 on the polite signal by default", async () => {
    const process = await new InMemoryProcessSpawner({ program: () => new Promise(() => undefined) }).spawn(request);
    expect(await process.stop({ graceMs: 100 })).toMatchObject({ exit: { code: 143, signal: null }, forced: false });
  });

  it("takes an uncaught error for a crash", async () => {
    const process = await new InMemoryProcessSpawner({ program: fails }).spawn(request);
    expect(await process.exited).toEqual({ code: 1, signal: null });
    expect(process.errorTail()).toContain("out of luck");
    const inHandler = await new InMemoryProcessSpawner({
      program: (io) => {
        io.onTerminate(fails);
        return new Promise(() => undefined);
      },
    }).spawn(request);
    expect(await inHandler.stop({ graceMs: 100 })).toMatchObject({ exit: { code: 1 }, forced: false });
  });

  it("stops a killed program where it waits", async () => {
    const steps: string[] = [];
    const spawner = new InMemoryProcessSpawner({
      program: async (io) => {
        for await (const chunk of io.input) steps.push(textOf(chunk));
        steps.push("end of input");
      },
    });
    const process = await spawner.spawn(request);
    await process.write("line");
    await expect.poll(() => steps).toEqual(["line"]);
    await process.stop({ graceMs: 0 });
    await new Promise((resolve) => setImmediate(resolve));
    expect(steps).toEqual(["line"]);
  });
});

function fails(): never {
  throw new Error("out of luck");
}
