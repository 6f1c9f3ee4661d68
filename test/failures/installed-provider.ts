/**
 * A provider as a host makes it, nothing in it replaced, around a program of its own: for what only a real process can do.
 *
 * ```ts
 * await using host = await InstalledProvider.open({ agent: { terminate: [] } });
 * await host.start();
 * const turnId = await host.send("Hello?");
 * await host.log.turn(turnId);
 * ```
 *
 * Its disposal is the end check of every test: no event broke a rule, no process and no folder is left.
 */
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ContainerModule } from "inversify";
import { assert } from "vitest";
import { InstalledAgent } from "../../src/adapters/fake/installed-agent.js";
import { RecordingTelemetry } from "../../src/adapters/fake/recording-telemetry.js";
import type { AgentScenario } from "../../src/adapters/fake/scripted-agent/scenario.js";
import { createPiProvider, ports, type Provider, type ProviderContainerOptions } from "../../src/app/index.js";
import { EventLog } from "../../src/app/testing.js";
import type { ProviderSession, ProviderSessionStartInput } from "../../src/ports/provider.js";
import { sourceNodeArguments } from "../child-agent.js";
import { markedProcesses } from "../process-census.js";

export interface InstalledProviderOptions {
  readonly agent?: AgentScenario;
  /** A shell script in the agent's place; asked for its version it needs no answer. */
  readonly script?: string;
  readonly options?: ProviderContainerOptions;
}

export class InstalledProvider implements AsyncDisposable {
  readonly threadId = "thread-1";
  readonly telemetry = new RecordingTelemetry();
  /** Holds the agent's own folder and the project. */
  readonly folder: string;
  readonly binaryPath: string;
  readonly provider: Provider;
  readonly log: EventLog;
  readonly #installed: InstalledAgent;

  private constructor(parts: { readonly folder: string; readonly installed: InstalledAgent; readonly binaryPath: string; readonly options: ProviderContainerOptions }) {
    const { folder, installed, binaryPath, options } = parts;
    this.folder = folder;
    this.binaryPath = binaryPath;
    this.#installed = installed;
    const telemetry = new ContainerModule(({ rebind }) => {
      rebind(ports.telemetry).toConstantValue(this.telemetry);
    });
    this.provider = createPiProvider({ binaryPath, agentDir: this.agentDir, cwd: this.projectDir, coalesceMs: 0, ...options, modules: [telemetry, ...(options.modules ?? [])] });
    this.log = new EventLog(this.provider.events);
  }

  static async open({ agent = {}, script, options = {} }: InstalledProviderOptions): Promise<InstalledProvider> {
    const folder = await mkdtemp(join(await realpath(tmpdir()), "installed-provider-"));
    for (const name of ["agent", "project"]) await mkdir(join(folder, name));
    const installed = await installedAgent(agent);
    if (script !== undefined) await writeFile(installed.path, `#!/bin/sh\n${script}\n`);
    return new InstalledProvider({ folder, installed, binaryPath: installed.path, options });
  }

  get agentDir(): string {
    return join(this.folder, "agent");
  }

  get projectDir(): string {
    return join(this.folder, "project");
  }

  start(input: Partial<ProviderSessionStartInput> = {}): Promise<ProviderSession> {
    return this.provider.startSession({ threadId: this.threadId, runtimeMode: "full-access", ...input });
  }

  async send(input: string): Promise<string> {
    return (await this.provider.sendTurn({ threadId: this.threadId, input })).turnId;
  }

  /** The id of the one process there is. */
  get pid(): number {
    const [agent, ...others] = markedProcesses();
    if (agent === undefined || others.length > 0) throw new Error(`There is not one process: ${JSON.stringify(markedProcesses())}`);
    return agent.pid;
  }

  /** The program that the scenario's `grandchild` step started. */
  get grandchild(): number {
    const told = this.telemetry.nativeRecords.find(({ record }) => record["type"] === "grandchild_started");
    if (told === undefined) throw new Error("No grandchild was started.");
    return Number(told.record["pid"]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.provider[Symbol.asyncDispose]();
      // Read at once: a disposal that has resolved has left nobody.
      assert.deepEqual(markedProcesses(), [], "processes outlived their provider");
      await this.log.ended;
      assert.deepEqual(this.log.conclude(), [], "the events broke the rules");
    } finally {
      await this.#installed[Symbol.asyncDispose]();
      await rm(this.folder, { recursive: true, force: true });
    }
    assert.deepEqual([this.folder, dirname(this.binaryPath)].filter((folder) => existsSync(folder)), [], "folders outlived their provider");
  }
}

/** A scripted agent that its package's manifest vouches for, so that nobody has to start it to learn its version. */
export async function installedAgent(scenario: AgentScenario): Promise<InstalledAgent> {
  const installed = await InstalledAgent.scriptedAgent(scenario, { nodeArguments: sourceNodeArguments });
  const manifest = { name: "@earendil-works/pi-coding-agent", version: scenario.version ?? "0.87.1", bin: { pi: "pi" } };
  await writeFile(join(dirname(installed.path), "package.json"), JSON.stringify(manifest));
  return installed;
}
