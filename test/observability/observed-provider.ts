import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { inspect } from "node:util";
import { ContainerModule } from "inversify";
import { CombinedTelemetry } from "../../src/adapters/combined-telemetry.js";
import { InMemoryCompanionFiles } from "../../src/adapters/fake/in-memory-companion-files.js";
import { CountedIds } from "../../src/adapters/fake/counted-ids.js";
import { FixedBinaryLocator } from "../../src/adapters/fake/fixed-binary-locator.js";
import { FixedChildEnvironment } from "../../src/adapters/fake/fixed-child-environment.js";
import { InMemoryAttachmentReader } from "../../src/adapters/fake/in-memory-attachment-reader.js";
import { InMemoryFileStamps } from "../../src/adapters/fake/in-memory-file-stamps.js";
import { InMemoryProcessSpawner } from "../../src/adapters/fake/in-memory-process-spawner.js";
import { InMemorySessionFiles } from "../../src/adapters/fake/in-memory-session-files.js";
import { ManualClock } from "../../src/adapters/fake/manual-clock.js";
import { RecordingTelemetry } from "../../src/adapters/fake/recording-telemetry.js";
import { ScriptedAgent } from "../../src/adapters/fake/scripted-agent.js";
import type { AgentScenario } from "../../src/adapters/fake/scripted-agent/scenario.js";
import { JsonlRpcConnector } from "../../src/adapters/node/jsonl-rpc-connector.js";
import { NativeRecordLog } from "../../src/adapters/node/native-record-log.js";
import { OpenTelemetry } from "../../src/adapters/opentelemetry/open-telemetry.js";
import { createProviderContainer, ports, services, type Provider, type ProviderOptions } from "../../src/app/index.js";
import { EventLog } from "../../src/domain/turn/event-log.js";
import type { ProviderSendTurnInput, ProviderSession, ProviderSessionStartInput } from "../../src/ports/provider.js";
import { RecordingApi } from "../adapters/opentelemetry/recording-api.js";

export interface ObservedProviderOptions {
  readonly agent?: AgentScenario;
  /** What each later process does. */
  readonly replacement?: AgentScenario;
  /** The package's version; without one the program is asked for it. */
  readonly packageVersion?: string | undefined;
  /** What a process prints that is asked for the list of models for people. */
  readonly listing?: string;
  readonly options?: ProviderOptions;
  readonly environment?: Readonly<Record<string, string>>;
  readonly images?: Readonly<Record<string, Uint8Array>>;
  /** Where the native log lies. */
  readonly logFolder: string;
  readonly redact?: boolean;
}

/** A whole provider in memory, with everything that can observe it at once. */
export class ObservedProvider implements AsyncDisposable {
  readonly threadId = "thread-1";
  readonly clock = new ManualClock();
  readonly recorded = new RecordingTelemetry();
  readonly api = new RecordingApi();
  readonly nativeLog: NativeRecordLog;
  readonly stamps = new InMemoryFileStamps();
  readonly spawner: InMemoryProcessSpawner;
  readonly provider: Provider;
  readonly log: EventLog;
  /** What calls were rejected with. */
  readonly errors: unknown[] = [];
  readonly #first: ScriptedAgent;
  readonly #later: ScriptedAgent;
  readonly #logFolder: string;

  constructor({ agent = {}, replacement = agent, packageVersion, listing = "", options = {}, environment, images = {}, logFolder, redact }: ObservedProviderOptions) {
    this.#first = new ScriptedAgent({ scenario: agent });
    this.#later = new ScriptedAgent({ scenario: replacement });
    this.#logFolder = logFolder;
    this.nativeLog = new NativeRecordLog({ folder: logFolder, clock: this.clock, redact });
    this.spawner = new InMemoryProcessSpawner({
      program: (io) => {
        if (io.args.includes("--list-models")) return io.write(listing).then(() => 0);
        const sessions = this.spawner.spawned.filter(({ args }) => args.includes("rpc"));
        return (sessions.length <= 1 ? this.#first : this.#later).program(io);
      },
    });
    const path = "/opt/pathmark/pi";
    const binary = { path, command: path, leadingArgs: [], identity: path, ...(packageVersion === undefined ? {} : { packageVersion }) };
    const container = createProviderContainer({
      cwd: "/home/me/pathmark/project",
      agentDir: "/home/me/pathmark/agent",
      coalesceMs: 0,
      ...options,
      session: { stopGraceMs: 20, ...options.session },
      modules: [
        new ContainerModule(({ rebind }) => {
          rebind(ports.clock).toConstantValue(this.clock);
          rebind(ports.idGenerator).toConstantValue(new CountedIds());
          rebind(ports.telemetry).toConstantValue(new CombinedTelemetry([this.recorded, new OpenTelemetry(this.api), this.nativeLog]));
          rebind(ports.processSpawner).toConstantValue(this.spawner);
          rebind(ports.companionFiles).toConstantValue(new InMemoryCompanionFiles());
          rebind(ports.binaryLocator).toConstantValue(new FixedBinaryLocator({ type: "found", binary, searched: [{ place: path, source: "path", outcome: "found" }] }));
          rebind(ports.childEnvironment).toConstantValue(new FixedChildEnvironment(environment));
          rebind(ports.fileStamps).toConstantValue(this.stamps);
          rebind(ports.sessionFiles).toConstantValue(new InMemorySessionFiles());
          rebind(ports.rpcConnector).toConstantValue(new JsonlRpcConnector({ clock: this.clock }));
          rebind(ports.attachmentReader).toConstantValue(new InMemoryAttachmentReader({ files: images }));
        }),
      ],
    });
    this.provider = container.get(services.provider);
    this.log = new EventLog(this.provider.events);
  }

  start(input: Partial<ProviderSessionStartInput> = {}): Promise<ProviderSession> {
    return this.provider.startSession({ threadId: this.threadId, runtimeMode: "full-access", ...input });
  }

  async send(input: string, more: Partial<ProviderSendTurnInput> = {}): Promise<string> {
    return (await this.provider.sendTurn({ threadId: this.threadId, input, ...more })).turnId;
  }

  /** A message and the end of its turn. */
  async turn(input: string, more: Partial<ProviderSendTurnInput> = {}): Promise<void> {
    await this.log.turn(await this.send(input, more));
  }

  /** A call that is to fail; its error is kept. */
  async failing(call: Promise<unknown>): Promise<void> {
    await call.then(
      () => {
        throw new Error("The call did not fail.");
      },
      (error: unknown) => this.errors.push(error),
    );
  }

  /** Everything that an operator could read anywhere. */
  async observed(): Promise<string> {
    await this.nativeLog.flush();
    const { spans, counts } = this.recorded;
    const { api } = this;
    return [spelt({ spans, counts, told: api.spans, added: api.counts, instruments: api.instruments }), ...(await this.#logged())].join("\n");
  }

  /** Everything that calls were rejected with, causes included. */
  get told(): string {
    return spelt(this.errors);
  }

  open(gate: string): void {
    this.#first.gates.open(gate);
    this.#later.gates.open(gate);
  }

  async #logged(): Promise<readonly string[]> {
    const names = await readdir(this.#logFolder).catch(() => []);
    return Promise.all(names.map(async (name) => `${name}\n${await readFile(join(this.#logFolder, name), "utf8")}`));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const disposal = this.provider[Symbol.asyncDispose]();
    // More than any interrupt is given before force.
    await this.clock.advance(60_000);
    await disposal;
    await this.log.ended;
    await this.nativeLog[Symbol.asyncDispose]();
  }
}

function spelt(value: unknown): string {
  return inspect(value, { depth: Infinity, showHidden: true, maxStringLength: Infinity, maxArrayLength: Infinity });
}
