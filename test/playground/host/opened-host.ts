import { randomUUID } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { ContainerModule } from "inversify";
import type { Hono } from "hono";
import { onTestFinished } from "vitest";
import type { InstanceDefinition } from "../../../playground/host/instance-definition.js";
import type { JournalLimits } from "../../../playground/host/journal.js";
import { Playground } from "../../../playground/host/playground.js";
import type { ScriptedModel } from "../../../playground/host/scenarios/scripted-model.js";
import { createServer } from "../../../playground/host/server.js";
import type { Command, CommandResult, InstanceSettings } from "../../../playground/shared/protocol.js";
import { createPiProvider, ports } from "../../../src/app/index.js";
import { FixedBinaryLocator, FixedChildEnvironment, InMemoryFileStamps, InMemoryCompanionFiles, InMemoryProcessSpawner, InMemorySessionFiles, ScriptedAgent, type InMemoryProgram } from "../../../src/app/testing.js";
import { JournalReader } from "./journal-reader.js";

export const secret = "the secret of this test";
export const host = "127.0.0.1:4177";
export const noPage = "/nowhere/page";

/** A folder that outlives the host it is given to, as a disk does. */
export class MemoryFolder {
  readonly texts = new Map<string, string>();

  readAll(): Promise<ReadonlyMap<string, string>> {
    return Promise.resolve(new Map(this.texts));
  }

  async write(name: string, text: string): Promise<void> {
    // As a disk, it takes longer than a promise.
    await setImmediate();
    this.texts.set(name, text);
  }

  remove(name: string): Promise<void> {
    this.texts.delete(name);
    return Promise.resolve();
  }
}

export interface FakePi {
  readonly definition: InstanceDefinition;
  readonly agent: ScriptedAgent;
  /** The settings of each provider that was made, the oldest first. */
  readonly made: readonly InstanceSettings[];
  /** The arguments of each process that was started, the oldest first. */
  readonly launches: readonly (readonly string[])[];
}

export const goodPath = "/bin/pi";

/** An instance without Pi, files and processes. Its agent is at `/bin/pi` and nowhere else. */
export function fakePi({ instanceId = "pi", agent = new ScriptedAgent({ scenario: {} }), settings = { binaryPath: "", launchArguments: "" }, isPlaything = true }: { readonly instanceId?: string; readonly agent?: ScriptedAgent; readonly settings?: InstanceSettings; readonly isPlaything?: boolean } = {}): FakePi {
  const made: InstanceSettings[] = [];
  const launches: (readonly string[])[] = [];
  const launched: InMemoryProgram = async (io) => {
    launches.push(io.args);
    await agent.program(io);
  };
  const program = { path: goodPath, command: goodPath, leadingArgs: [], identity: "pi", packageVersion: "0.87.1" };
  const locator = new FixedBinaryLocator({ type: "found", binary: program, searched: [] });
  const definition: InstanceDefinition = {
    instanceId,
    settings,
    cwd: "/project",
    isPlaything,
    create: ({ settings, watch }) => {
      made.push(settings);
      const binaryPath = settings.binaryPath === "" ? goodPath : settings.binaryPath;
      const found = binaryPath === goodPath ? locator : new FixedBinaryLocator({ type: "missing", reason: "configured-path-missing", searched: [{ place: binaryPath, source: "configured", outcome: "absent" }] });
      const fakes = new ContainerModule(({ rebind }) => {
        rebind(ports.binaryLocator).toConstantValue(found);
        rebind(ports.childEnvironment).toConstantValue(new FixedChildEnvironment());
        rebind(ports.fileStamps).toConstantValue(new InMemoryFileStamps());
        rebind(ports.processSpawner).toConstantValue(new InMemoryProcessSpawner({ program: launched }));
        rebind(ports.companionFiles).toConstantValue(new InMemoryCompanionFiles());
        rebind(ports.sessionFiles).toConstantValue(new InMemorySessionFiles());
      });
      return createPiProvider({ instanceId, displayName: instanceId, cwd: "/project", binaryPath, launchArguments: settings.launchArguments, coalesceMs: 0, modules: [fakes, watch] });
    },
  };
  return { definition, agent, made, launches };
}

export interface OpenedHostOptions {
  readonly definitions?: readonly InstanceDefinition[];
  readonly model?: ScriptedModel;
  readonly folder?: MemoryFolder;
  readonly journalLimits?: JournalLimits;
  readonly pageFolder?: string;
}

/** A host without a port: everything but the wire. It ends with its test. */
export class OpenedHost implements AsyncDisposable {
  readonly playground: Playground;
  readonly app: Hono;
  readonly defects: unknown[];

  private constructor({ playground, app, defects }: Pick<OpenedHost, "playground" | "app" | "defects">) {
    this.playground = playground;
    this.app = app;
    this.defects = defects;
  }

  static async open({ definitions = [fakePi().definition], model, folder = new MemoryFolder(), journalLimits, pageFolder = noPage }: OpenedHostOptions = {}): Promise<OpenedHost> {
    const defects: unknown[] = [];
    const onDefect = (error: unknown): void => void defects.push(error);
    const setup = { definitions, model, [Symbol.asyncDispose]: () => Promise.resolve() };
    const playground = await Playground.open({ setup, folder, now: Date.now, newId: randomUUID, onDefect, ...(journalLimits === undefined ? {} : { journalLimits }) });
    const app = createServer({ playground, pageFolder, hosts: [host, "localhost:4177"], secret, onDefect, pulse: () => () => undefined });
    const opened = new OpenedHost({ playground, app, defects });
    onTestFinished(() => opened[Symbol.asyncDispose]());
    return opened;
  }

  /** A request as the page sends it, with these differences. */
  request(path: string, { headers = {}, ...init }: Omit<RequestInit, "headers"> & { readonly headers?: Readonly<Record<string, string | undefined>> } = {}): Promise<Response> {
    const all = { host, authorization: `Bearer ${secret}`, ...(init.method === "POST" ? { "content-type": "application/json" } : {}), ...headers };
    const sent = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined);
    return Promise.resolve(this.app.request(path, { ...init, headers: Object.fromEntries(sent) }));
  }

  async command(command: Command): Promise<CommandResult> {
    const response = await this.request("/api/commands", { method: "POST", body: JSON.stringify(command) });
    return (await response.json()) as CommandResult;
  }

  /** The thread's id. */
  async newThread(instanceId = "pi"): Promise<string> {
    const result = await this.command({ type: "new-thread", instanceId, runtimeMode: "full-access" });
    if (!result.ok || result.threadId === undefined) throw new Error(`No thread began: ${JSON.stringify(result)}`);
    return result.threadId;
  }

  /** The turn's id. */
  async send(threadId: string, text: string): Promise<string> {
    const result = await this.command({ type: "send", threadId, text, selection: { provider: "pi" } });
    if (!result.ok || result.turnId === undefined) throw new Error(`The message was not sent: ${JSON.stringify(result)}`);
    return result.turnId;
  }

  /** A page that looks. */
  async look(query = ""): Promise<JournalReader> {
    const reader = new JournalReader(await this.request(`/api/journal${query}`));
    onTestFinished(() => reader.leave());
    return reader;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.playground[Symbol.asyncDispose]();
  }
}
