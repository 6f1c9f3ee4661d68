/**
 * A whole provider in memory, put together as a host does it, around an agent that misbehaves as its scenario says:
 *
 * ```ts
 * await using host = new HostileProvider({ agent: { on: { prompt: [piEndlessTurn("Hm.")] } } });
 * await host.start();
 * const turnId = await host.send("Hello?");
 * await host.interrupt();
 * expect((await host.log.turn(turnId)).payload.state).toBe("interrupted");
 * ```
 *
 * - `start`, `send`, `turn`, `interrupt`, `recover` do what T3 does, for one thread; everything else is called on `host.provider`.
 * - `rest()` lets everything happen that needs no time, `pass(ms)` lets time pass: nothing here waits by itself, and no test sleeps.
 * - `open(gate)` opens a gate of the scenario; `received(type)` is what the agent's processes were sent.
 * - `shown(turnId)` is what T3 was told of a turn, `thread()` what its server makes of all events so far.
 * - `expect(await host.turn("And now?")).toMatchObject(usualTurn)` proves that the next message works.
 * - `replacement` is the scenario of every process after the first; without it each process begins the first one anew.
 * - `spawner`, `locator`, `stamps`, `sessionFiles`, `companions`, `telemetry`, `clock` are the ports' twins, to be asked and provoked.
 *
 * Its disposal is the end check of every test: all events obeyed the rules, no turn and no question is left open, no process runs, no
 * timer is pending, and T3 shows nothing as working.
 */
import assert from "node:assert/strict";
import { ContainerModule } from "inversify";
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
import { ScriptedAgent, type ScriptedAgentOptions } from "../../src/adapters/fake/scripted-agent.js";
import type { AgentScenario } from "../../src/adapters/fake/scripted-agent/scenario.js";
import { JsonlRpcConnector } from "../../src/adapters/node/jsonl-rpc-connector.js";
import { createProviderContainer, ports, services, type Provider, type ProviderOptions } from "../../src/app/index.js";
import { EventLog } from "../../src/app/testing.js";
import type { BinaryLookup, BinaryQuery } from "../../src/ports/binary-locator.js";
import type { ProviderSendTurnInput, ProviderSession, ProviderSessionStartInput } from "../../src/ports/provider.js";
import type { ProviderRuntimeEvent, RuntimeEventType } from "../../src/ports/runtime-event.js";
import type { RpcRecord } from "../../src/ports/rpc-transport.js";
import { t3Thread, type T3Thread } from "./t3-thread-view.js";

export interface HostileProviderOptions {
  /** What the agent's first process does. */
  readonly agent?: AgentScenario;
  /** What each later process does. */
  readonly replacement?: AgentScenario;
  /** Of all processes; decides which commands exist. 0.87.1 unless told. */
  readonly version?: string;
  readonly options?: ProviderOptions;
  /** Where the agent is. Found, with the version of its package, unless told. */
  readonly lookup?: BinaryLookup | ((query: BinaryQuery) => BinaryLookup);
  /** What a process prints that is asked for the list of models for people. Nothing unless told. */
  readonly listing?: string;
  /** By their ids. */
  readonly attachments?: Readonly<Record<string, Uint8Array>>;
}

/** What T3 was told of one turn, oldest first. */
export interface ShownTurn {
  readonly types: readonly RuntimeEventType[];
  /** Of the assistant's messages. */
  readonly texts: readonly string[];
  readonly warnings: readonly string[];
  readonly errors: readonly string[];
  /** Every end: exactly one, or the turn is broken. */
  readonly ends: readonly Extract<ProviderRuntimeEvent, { type: "turn.completed" }>["payload"][];
}

/** A Pi that is found; without a `packageVersion` it has to be asked for its version. */
export function foundPi({ path = "/bin/pi", packageVersion }: { readonly path?: string; readonly packageVersion?: string }): BinaryLookup {
  const binary = { path, command: path, leadingArgs: [], identity: path, ...(packageVersion === undefined ? {} : { packageVersion }) };
  return { type: "found", binary, searched: [{ place: path, source: "path", outcome: "found" }] };
}

/** What a process was started with, but for the gate, which every session has. */
export function ownArguments({ args }: { readonly args: readonly string[] }): readonly string[] {
  const gate = args.findIndex((argument) => argument.endsWith("/gate.cjs"));
  return gate === -1 ? args : args.toSpliced(gate - 1, 2);
}

/** What comes of a message that is answered as usual: the proof that nothing of an earlier failure is left. */
export const usualTurn = { texts: ["Done."], warnings: [], errors: [], ends: [{ state: "completed" }] } as const;

export class HostileProvider implements AsyncDisposable {
  readonly threadId = "thread-1";
  readonly clock = new ManualClock();
  readonly telemetry = new RecordingTelemetry();
  readonly stamps = new InMemoryFileStamps();
  readonly sessionFiles = new InMemorySessionFiles();
  readonly companions = new InMemoryCompanionFiles();
  readonly locator: FixedBinaryLocator;
  readonly spawner: InMemoryProcessSpawner;
  readonly provider: Provider;
  readonly log: EventLog;
  /** As T3 stores it: that of the latest result that carried one. */
  #cursor: unknown;
  readonly #first: ScriptedAgent;
  readonly #later: ScriptedAgent;

  constructor({ agent = {}, replacement = agent, version = "0.87.1", options = {}, lookup = foundPi({ packageVersion: version }), listing = "", attachments = {} }: HostileProviderOptions) {
    const saved: NonNullable<ScriptedAgentOptions["saved"]> = new Map();
    this.#first = new ScriptedAgent({ scenario: { ...agent, version }, saved });
    this.#later = new ScriptedAgent({ scenario: { ...replacement, version }, saved });
    this.spawner = new InMemoryProcessSpawner({
      program: (io) => {
        if (io.args.includes("--list-models")) return io.write(listing).then(() => 0);
        return (this.spawner.spawned.length === 1 ? this.#first : this.#later).program(io);
      },
    });
    this.locator = new FixedBinaryLocator(lookup);
    const container = createProviderContainer({
      cwd: "/project",
      // Each delta at once: no timer decides when a test sees a text.
      coalesceMs: 0,
      ...options,
      // The grace of a process is the one thing that passes in real time.
      session: { stopGraceMs: 20, ...options.session },
      modules: [
        new ContainerModule(({ rebind }) => {
          rebind(ports.clock).toConstantValue(this.clock);
          rebind(ports.idGenerator).toConstantValue(new CountedIds());
          rebind(ports.telemetry).toConstantValue(this.telemetry);
          rebind(ports.processSpawner).toConstantValue(this.spawner);
          rebind(ports.companionFiles).toConstantValue(this.companions);
          rebind(ports.binaryLocator).toConstantValue(this.locator);
          rebind(ports.childEnvironment).toConstantValue(new FixedChildEnvironment());
          rebind(ports.fileStamps).toConstantValue(this.stamps);
          rebind(ports.sessionFiles).toConstantValue(this.sessionFiles);
          rebind(ports.rpcConnector).toConstantValue(new JsonlRpcConnector({ clock: this.clock }));
          rebind(ports.attachmentReader).toConstantValue(new InMemoryAttachmentReader({ files: attachments }));
        }),
      ],
    });
    this.provider = container.get(services.provider);
    this.log = new EventLog(this.provider.events);
  }

  // -------------------------------------------------------------------------------------------------------------------- calls

  async start(input: Partial<ProviderSessionStartInput> = {}): Promise<ProviderSession> {
    const session = await this.provider.startSession({ threadId: this.threadId, runtimeMode: "full-access", ...input });
    this.#cursor = session.resumeCursor ?? this.#cursor;
    return session;
  }

  /** What T3 does before a message when the thread's session is gone: a start with the cursor it stored, and no model. */
  recover(): Promise<ProviderSession> {
    return this.start({ resumeCursor: this.#cursor });
  }

  /** Tells the id of the turn that took the message. */
  async send(input: string, more: Partial<ProviderSendTurnInput> = {}): Promise<string> {
    const { turnId, resumeCursor } = await this.provider.sendTurn({ threadId: this.threadId, input, ...more });
    this.#cursor = resumeCursor ?? this.#cursor;
    return turnId;
  }

  /** A message and all that came of it. */
  async turn(input: string): Promise<ShownTurn> {
    const turnId = await this.send(input);
    await this.log.turn(turnId);
    return this.shown(turnId);
  }

  /** Without a turn's id, as T3 does. */
  interrupt(): Promise<void> {
    return this.provider.interruptTurn(this.threadId);
  }

  // --------------------------------------------------------------------------------------------------------------------- time

  async rest(): Promise<void> {
    await this.clock.advance(0);
  }

  async pass(ms: number): Promise<void> {
    await this.clock.advance(ms);
  }

  // ---------------------------------------------------------------------------------------------------------------- the agent

  open(gate: string): void {
    this.#first.gates.open(gate);
    this.#later.gates.open(gate);
  }

  /** What all processes were sent, or only the records of one type; oldest first. */
  received(type?: string): readonly RpcRecord[] {
    const all = [...this.#first.received, ...this.#later.received];
    return type === undefined ? all : all.filter((record) => record.type === type);
  }

  // -------------------------------------------------------------------------------------------------------------- what T3 sees

  /** The session as the provider lists it. */
  get session(): ProviderSession | undefined {
    return this.provider.listSessions().find(({ threadId }) => threadId === this.threadId);
  }

  shown(turnId: string): ShownTurn {
    const events = this.log.events.filter((event) => event.turnId === turnId);
    return {
      types: events.map(({ type }) => type),
      texts: this.log.texts(turnId),
      warnings: events.flatMap((event) => (event.type === "runtime.warning" ? [event.payload.message] : [])),
      errors: events.flatMap((event) => (event.type === "runtime.error" ? [event.payload.message] : [])),
      ends: events.flatMap((event) => (event.type === "turn.completed" ? [event.payload] : [])),
    };
  }

  /** The thread in T3's server; `remembered` is what that held before. */
  thread(threadId: string = this.threadId, remembered?: T3Thread): T3Thread {
    return t3Thread(this.log.events.filter((event) => event.threadId === threadId), remembered);
  }

  // ---------------------------------------------------------------------------------------------------------------------- end

  async [Symbol.asyncDispose](): Promise<void> {
    const disposal = this.provider[Symbol.asyncDispose]();
    // More than any interrupt is given before force.
    await this.pass(60_000);
    await disposal;
    await this.log.ended;
    const threads = [...new Set(this.log.events.map(({ threadId }) => threadId))];
    assert.deepEqual(
      {
        violations: this.log.conclude(),
        running: this.spawner.running,
        pendingTimers: this.clock.pendingTimers,
        working: threads.filter((threadId) => this.thread(threadId).activeTurnId !== null || this.thread(threadId).status === "running"),
      },
      { violations: [], running: 0, pendingTimers: 0, working: [] },
    );
  }
}
