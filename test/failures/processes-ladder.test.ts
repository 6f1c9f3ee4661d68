import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { piEndlessTurn } from "../../src/adapters/fake/scripted-agent/pi-turns.js";
import type { AgentScenario } from "../../src/adapters/fake/scripted-agent/scenario.js";
import { isAlive } from "../process-census.js";
import { InstalledProvider } from "./installed-provider.js";
import { leavesNothingBehind } from "./leaves-nothing.js";

leavesNothingBehind();

const program = new URL("../fixtures/children/journalling-agent.mjs", import.meta.url).pathname;
/** Whoever waits for this long fails by the test's own limit first. */
const patience = 120_000;

/** An agent that keeps a journal of what is done to it. */
class JournalledProvider implements AsyncDisposable {
  readonly host: InstalledProvider;

  private constructor(host: InstalledProvider) {
    this.host = host;
  }

  static async open(scenario: AgentScenario, stopGraceMs: number): Promise<JournalledProvider> {
    const host = await InstalledProvider.open({ options: { session: { stopGraceMs } } });
    const scenarioFile = join(host.folder, "scenario.json");
    await writeFile(scenarioFile, JSON.stringify(scenario));
    await writeFile(host.binaryPath, `#!/bin/sh\nexec '${process.execPath}' '${program}' '${join(host.folder, "journal")}' '${scenarioFile}' "$@"\n`);
    return new JournalledProvider(host);
  }

  async journal(): Promise<readonly string[]> {
    return (await readFile(join(this.host.folder, "journal"), "utf8")).trimEnd().split("\n");
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.host[Symbol.asyncDispose]();
  }
}

describe.skipIf(process.platform === "win32")("a stop", () => {
  it("F39: ends the input and then waits: whoever still saves its credentials is not cut short by a signal", async () => {
    await using journalled = await JournalledProvider.open({ inputEnd: [{ delayMs: 300 }, { exit: 0 }], terminate: [{ exit: 1 }] }, patience);
    const { host } = journalled;
    await host.start();
    await host.provider.stopSession(host.threadId);

    expect(await journalled.journal()).toEqual(["end of input", "exit 0"]);
  });

  it("F39: in the middle of a turn aborts it first, and ends the input of an agent at rest", async () => {
    await using journalled = await JournalledProvider.open({ on: { prompt: [piEndlessTurn("I work and")] }, terminate: [{ exit: 1 }] }, patience);
    const { host } = journalled;
    await host.start();
    const turnId = await host.send("Work.");
    await host.provider.stopSession(host.threadId);

    expect((await host.log.turn(turnId)).payload.state).toBe("interrupted");
    expect(host.telemetry.nativeRecords.filter(({ direction }) => direction === "to-agent").map(({ record }) => record["type"])).toContain("abort");
    expect(await journalled.journal()).toEqual(["end of input", "exit 0"]);
  });

  it("F39: sends one polite signal to an agent that does not mind its input", async () => {
    await using journalled = await JournalledProvider.open({ inputEnd: [{ stall: true }], terminate: [{ delayMs: 100 }, { exit: 143 }] }, 4_000);
    const { host } = journalled;
    await host.start();
    await host.provider.stopSession(host.threadId);

    expect(await journalled.journal()).toEqual(["end of input", "SIGTERM", "exit 143"]);
  });

  it("F39: never sends a second one, however often it is asked for, before it kills", async () => {
    await using journalled = await JournalledProvider.open({ inputEnd: [{ stall: true }], terminate: [] }, 400);
    const { host } = journalled;
    await host.start();
    const { pid } = host;
    const { provider, threadId } = host;
    await Promise.all([provider.stopSession(threadId), provider.stopSession(threadId), provider.stopAll(), provider[Symbol.asyncDispose]()]);

    expect(isAlive(pid)).toBe(false);
    expect(await journalled.journal()).toEqual(["end of input", "SIGTERM"]);
  });

  it("F39: by a start that takes the place is as patient as any", async () => {
    await using journalled = await JournalledProvider.open({ inputEnd: [{ delayMs: 300 }, { exit: 0 }], terminate: [{ exit: 1 }] }, patience);
    const { host } = journalled;
    await host.start();
    await host.start({ model: "lab/thinker" });

    expect(await journalled.journal()).toEqual(["end of input", "exit 0"]);
  });
});
