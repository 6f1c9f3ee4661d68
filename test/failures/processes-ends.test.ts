import { readFile } from "node:fs/promises";
import { describe, expect, it, vi } from "vitest";
import { ContainerModule } from "inversify";
import { piEndlessTurn, piRunStart } from "../../src/adapters/fake/scripted-agent/pi-turns.js";
import { ExecaProcessSpawner } from "../../src/adapters/node/execa-process-spawner.js";
import { ports } from "../../src/app/index.js";
import { isAlive, markedProcesses } from "../process-census.js";
import { InstalledProvider } from "./installed-provider.js";
import { leavesNothingBehind } from "./leaves-nothing.js";

leavesNothingBehind();

const deaf = { inputEnd: [{ stall: true }], terminate: [] } as const;

describe.skipIf(process.platform === "win32")("a process that is ended", () => {
  it("F35: takes along the program it started, which holds its output", async () => {
    await using host = await InstalledProvider.open({ agent: { on: { prompt: [[...piEndlessTurn("I work and").slice(0, -1), { grandchild: true }, { stall: true }]] } } });
    await host.start();
    await host.send("Work.");
    await vi.waitFor(() => expect(isAlive(host.grandchild)).toBe(true));
    await host.provider.stopSession(host.threadId);

    expect(isAlive(host.grandchild)).toBe(false);
    expect(markedProcesses()).toEqual([]);
  });

  it("F35: by its own crash ends its turn at once, although a program of its own holds the output, and that is ended, too", async () => {
    await using host = await InstalledProvider.open({ agent: { on: { prompt: [[...piRunStart, { grandchild: true }, { crash: "SIGKILL" }]] } } });
    await host.start();
    const turnId = await host.send("Work.");
    const end = await host.log.turn(turnId);

    expect(end.payload).toMatchObject({ state: "failed", errorMessage: expect.stringContaining("SIGKILL") });
    await vi.waitFor(() => expect(isAlive(host.grandchild)).toBe(false), { timeout: 10_000 });
    expect(host.provider.hasSession(host.threadId)).toBe(false);
  });

  it("F36: is not signalled any more when it has ended by itself, whoever has its id by then", async () => {
    await using host = await InstalledProvider.open({ agent: { on: { get_commands: [[{ exit: 0 }]] } } });
    await host.start();
    const { pid } = host;
    const kill = vi.spyOn(process, "kill");
    await expect(host.provider.listCommands(host.threadId)).rejects.toMatchObject({ code: "session-ended" });
    await host.provider[Symbol.asyncDispose]();
    const signalled = kill.mock.calls.filter(([target, signal]) => Math.abs(target) === pid && signal !== 0);
    kill.mockRestore();

    expect(signalled).toEqual([]);
  });

  it("F37: is dead when the stop says so, though it obeys nothing", async () => {
    await using host = await InstalledProvider.open({ agent: deaf, options: { session: { stopGraceMs: 100 } } });
    await host.start();
    const { pid } = host;
    await host.provider.stopSession(host.threadId);

    expect(isAlive(pid)).toBe(false);
    expect(host.telemetry.counts.filter(({ name }) => name.startsWith("agent."))).toEqual([{ name: "agent.kills", value: 1, attributes: { reason: "forced" } }]);
  });

  it("F37: is dead when an interrupt was not obeyed, though it is frozen", async () => {
    await using host = await InstalledProvider.open({ agent: { on: { prompt: [piEndlessTurn("I work and")] } }, options: { session: { stopGraceMs: 100, abortMs: 200 } } });
    await host.start();
    const { pid } = host;
    const turnId = await host.send("Work.");
    process.kill(pid, "SIGSTOP");
    await host.provider.interruptTurn(host.threadId, turnId);

    expect((await host.log.turn(turnId)).payload.state).toBe("interrupted");
    expect(isAlive(pid)).toBe(false);
    expect(host.provider.hasSession(host.threadId)).toBe(false);
  });

  it.runIf(process.platform === "linux")("F38: was in a group of its own, or in the host's if the host wants to end it with its own", async () => {
    for (const ownProcessGroup of [true, false]) {
      const spawner = new ContainerModule(({ rebind }) => {
        rebind(ports.processSpawner).toConstantValue(new ExecaProcessSpawner({ ownProcessGroup }));
      });
      await using host = await InstalledProvider.open({ options: { modules: [spawner] } });
      await host.start();
      const group = await groupOf(host.pid);
      expect(group).toBe(ownProcessGroup ? host.pid : await groupOf(process.pid));
    }
  });
});

async function groupOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, "latin1");
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[2]);
}
