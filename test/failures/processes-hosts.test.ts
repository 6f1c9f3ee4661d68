import { dirname } from "node:path";
import { describe, expect, it, vi } from "vitest";
import type { InstalledAgent } from "../../src/adapters/fake/installed-agent.js";
import { piEndlessTurn } from "../../src/adapters/fake/scripted-agent/pi-turns.js";
import type { AgentScenario } from "../../src/adapters/fake/scripted-agent/scenario.js";
import { HostProgram, type HostEnd } from "../host-program.js";
import { expectNoLeftoverProcesses, isAlive } from "../process-census.js";
import { temporaryFolder } from "../temporary-folder.js";
import { installedAgent } from "./installed-provider.js";
import { leavesNothingBehind } from "./leaves-nothing.js";

leavesNothingBehind({ killedHosts: 3 });

const working: AgentScenario = { on: { prompt: [piEndlessTurn("I work and")] } };
/** Does not mind its input, and obeys the polite signal. */
const inputless: AgentScenario = { ...working, inputEnd: [{ stall: true }] };

async function hostOf(agent: InstalledAgent, message?: string): Promise<HostProgram> {
  const folder = await temporaryFolder();
  return HostProgram.start({
    options: { binaryPath: agent.path, agentDir: folder, cwd: folder, session: { stopGraceMs: 500 } },
    starts: [{ threadId: "thread-1" }],
    ...(message === undefined ? {} : { message }),
  });
}

describe.skipIf(process.platform === "win32")("an agent whose host ends", () => {
  it.each(["SIGKILL", "SIGSTOP then SIGKILL"])("F34: by %s hears it from the end of its input and ends, even in a turn", async (how) => {
    await using agent = await installedAgent(working);
    await using host = await hostOf(agent, "Work.");
    await host.event("turn.started");
    const [pi] = host.agents();
    expect(pi).toBeDefined();
    if (how.startsWith("SIGSTOP")) host.end("SIGSTOP");
    host.end("SIGKILL");

    expect(await host.ended).toMatchObject({ signal: "SIGKILL" });
    await expectNoLeftoverProcesses({ startedBy: [host.pid] });
  });

  it("F34: by SIGKILL hears it although another agent of that host lives on: nobody else holds its input", async () => {
    await using agent = await installedAgent(working);
    await using stubborn = await installedAgent({ inputEnd: [{ stall: true }], terminate: [] });
    const folder = await temporaryFolder();
    await using host = await HostProgram.start({
      options: { binaryPath: agent.path, agentDir: folder, cwd: folder },
      starts: [{ threadId: "thread-1" }, { threadId: "thread-2", providerOptions: { pi: { binaryPath: stubborn.path } } }],
    });
    const agents = host.agents();
    const stays = agents.find(({ commandLine }) => commandLine.includes(dirname(stubborn.path)))?.pid ?? 0;
    const hears = agents.find(({ pid }) => pid !== stays)?.pid ?? 0;
    expect([agents.length, isAlive(stays), isAlive(hears)]).toEqual([2, true, true]);
    host.end("SIGKILL");

    await vi.waitFor(() => expect(isAlive(hears)).toBe(false), { timeout: 10_000 });
    expect(isAlive(stays)).toBe(true);
  });

  it.each<{ how: HostEnd | NodeJS.Signals; code: number | null }>([
    { how: "exit", code: 0 },
    { how: "throw", code: 1 },
    { how: "reject", code: 1 },
    { how: "SIGTERM", code: null },
    { how: "SIGINT", code: null },
    { how: "SIGHUP", code: null },
  ])("F34: by $how is told to end, though it does not mind its input", async ({ how, code }) => {
    await using agent = await installedAgent(inputless);
    await using host = await hostOf(agent, "Work.");
    await host.event("turn.started");
    expect(host.agents()).toHaveLength(1);
    host.end(how);

    expect((await host.ended).code).toBe(code);
    await expectNoLeftoverProcesses({ startedBy: [host.pid] });
  });

  it.each<HostEnd>(["dispose", "unbind"])("F34: in good order is gone before its host is: %s", async (how) => {
    await using agent = await installedAgent({ ...inputless, terminate: [] });
    await using host = await hostOf(agent, "Work.");
    await host.event("turn.started");
    host.end(how);
    await host.event("session.exited");
    // The stream ends with the disposal, and with it all that keeps this host alive.
    expect(await host.ended).toEqual({ code: 0, signal: null });
    expect(host.agents()).toEqual([]);
  });

  it.each<HostEnd | NodeJS.Signals>(["exit", "throw", "SIGTERM"])("F34: by %s takes its own programs along, those included that hold its output", async (how) => {
    await using agent = await installedAgent({ ...working, on: { prompt: [[...piEndlessTurn("I work and").slice(0, -1), { grandchild: true }, { stall: true }]] } });
    await using host = await hostOf(agent, "Work.");
    await host.event("turn.started");
    await vi.waitFor(() => expect(host.agents()).toHaveLength(2), { timeout: 10_000 });
    host.end(how);
    await host.ended;

    await expectNoLeftoverProcesses({ startedBy: [host.pid], patienceMs: 5_000 });
  });
});
