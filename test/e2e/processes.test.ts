import { mkdir } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { type HostEnd, HostProgram } from "../host-program.js";
import { expectNoLeftoverProcesses, markedProcesses } from "../process-census.js";
import { type ProviderFixture, type RealPi, realPiVersions, sharedProvider, withProvider } from "./real-pi.js";
import { runningPrograms, type UniqueSleep, uniqueSleep } from "./running-programs.js";

const threadId = "processes";

/** A host of its own around this Pi and the fixture's model, with a session that was sent a message if there is one. */
async function hostOf(pi: RealPi, { sandbox, spareFolder }: ProviderFixture, message?: string): Promise<HostProgram> {
  const [home, temporary] = [join(spareFolder, "host-home"), join(spareFolder, "host-tmp")];
  for (const folder of [home, temporary]) await mkdir(folder, { recursive: true });
  // Pi's script asks for "node": the one that runs the tests.
  const path = [dirname(process.execPath), process.env["PATH"] ?? ""].join(delimiter);
  return HostProgram.start(
    { options: { binaryPath: pi.binaryPath, agentDir: sandbox.agentDir, cwd: sandbox.projectDir }, starts: [{ threadId }], ...(message === undefined ? {} : { message }) },
    { ...sandbox.environment, PATH: path, HOME: home, TMPDIR: temporary },
  );
}

/** What the model has Pi do: one command that leaves a program in the background, and one that does not come to an end. */
function commands(fixture: ProviderFixture): { readonly background: UniqueSleep; readonly running: UniqueSleep } {
  const [background, running] = [uniqueSleep(), uniqueSleep()];
  fixture.model.willAnswer(bash(`${background.command} >/dev/null 2>&1 &`), bash(running.command));
  return { background, running };
}

function bash(command: string) {
  return [{ toolCall: { name: "bash", arguments: { command } } }];
}

/** Of these programs none runs any more, whatever became of their environment. */
async function expectGone(...programs: readonly UniqueSleep[]): Promise<void> {
  await vi.waitFor(() => expect(programs.flatMap(({ argument }) => runningPrograms(argument))).toEqual([]), { timeout: 10_000 });
}

describe.each(realPiVersions)("Pi $version, when its host ends", (pi) => {
  const shared = sharedProvider({ pi });

  it.each<HostEnd | NodeJS.Signals>(["exit", "throw", "SIGTERM"])("by %s in the middle of a command, ends with all that it has started", async (how) => {
    const fixture = shared();
    const { background, running } = commands(fixture);
    await using host = await hostOf(pi, fixture, "Sleep twice.");
    await running.begun();
    expect(host.agents().length).toBeGreaterThan(2);
    host.end(how);

    await host.ended;
    await expectNoLeftoverProcesses({ startedBy: [host.pid] });
    await expectGone(background, running);
  });

  it("by SIGKILL in the middle of a command, hears it from the end of its input, and ends with its command", async () => {
    const fixture = shared();
    const running = uniqueSleep();
    fixture.model.willAnswer(bash(running.command));
    await using host = await hostOf(pi, fixture, "Sleep.");
    await running.begun();
    host.end("SIGKILL");

    expect(await host.ended).toEqual({ code: null, signal: "SIGKILL" });
    await expectNoLeftoverProcesses({ startedBy: [host.pid] });
    await expectGone(running);
  });

  it.each<HostEnd | NodeJS.Signals>(["exit", "SIGKILL"])("by %s between two turns, ends", async (how) => {
    await using host = await hostOf(pi, shared());
    expect(host.agents()).toHaveLength(1);
    host.end(how);

    await host.ended;
    await expectNoLeftoverProcesses({ startedBy: [host.pid] });
  });

  it("by the disposal of its container in the middle of a command, is gone before its host is, with all that it has started", async () => {
    const fixture = shared();
    const { background, running } = commands(fixture);
    await using host = await hostOf(pi, fixture, "Sleep twice.");
    await running.begun();
    host.end("unbind");

    expect(await host.ended).toEqual({ code: 0, signal: null });
    expect(host.agents()).toEqual([]);
    expect([background, running].flatMap(({ argument }) => runningPrograms(argument))).toEqual([]);
  });
});

describe.each(realPiVersions)("Pi $version", (pi) => {
  it("is stopped with all that it has started", async () => {
    await withProvider({ pi }, async (fixture) => {
      const { background, running } = commands(fixture);
      await fixture.start({ threadId });
      await fixture.provider.sendTurn({ threadId, input: "Sleep twice." });
      await running.begun();
      expect(runningPrograms(background.argument)).toHaveLength(1);
      await fixture.provider.stopSession(threadId);

      expect(markedProcesses()).toEqual([]);
      expect([background, running].flatMap(({ argument }) => runningPrograms(argument))).toEqual([]);
    });
  });

  it.each([
    { why: "its model is unknown", input: { model: "demo/no-such-model" }, settings: {}, code: "model-unavailable" },
    { why: "it takes too long", input: {}, settings: { readyMs: 1 }, code: "start-timeout" },
  ])("is gone when its start has failed because $why", async ({ input, settings, code }) => {
    await withProvider({ pi, provider: { session: settings } }, async (fixture) => {
      await expect(fixture.start({ threadId, ...input })).rejects.toMatchObject({ code });
      expect(markedProcesses()).toEqual([]);
      expect(fixture.provider.listSessions()).toEqual([]);
    });
  });
});
