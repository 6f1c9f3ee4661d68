import assert from "node:assert/strict";
import { ContainerModule } from "inversify";
import type { AgentIo } from "../../../src/adapters/fake/agent-io.js";
import { InMemoryCompanionFiles } from "../../../src/adapters/fake/in-memory-companion-files.js";
import { CountedIds } from "../../../src/adapters/fake/counted-ids.js";
import { FixedBinaryLocator } from "../../../src/adapters/fake/fixed-binary-locator.js";
import { FixedChildEnvironment } from "../../../src/adapters/fake/fixed-child-environment.js";
import { T3HostModel } from "../../../src/adapters/fake/host-model/t3-host-model.js";
import type { Screen } from "../../../src/adapters/fake/host-model/screen.js";
import { InMemoryFileStamps } from "../../../src/adapters/fake/in-memory-file-stamps.js";
import { InMemoryProcessSpawner } from "../../../src/adapters/fake/in-memory-process-spawner.js";
import { InMemorySessionFiles } from "../../../src/adapters/fake/in-memory-session-files.js";
import { ManualClock } from "../../../src/adapters/fake/manual-clock.js";
import { RecordingTelemetry } from "../../../src/adapters/fake/recording-telemetry.js";
import { ScriptedAgent } from "../../../src/adapters/fake/scripted-agent.js";
import type { AgentScenario } from "../../../src/adapters/fake/scripted-agent/scenario.js";
import { JsonlRpcConnector } from "../../../src/adapters/node/jsonl-rpc-connector.js";
import { createProviderContainer, ports, services, type Provider } from "../../../src/app/index.js";
import { EventStreamRules } from "../../../src/domain/turn/event-stream-rules.js";
import type { RpcRecord } from "../../../src/ports/rpc-transport.js";

/** Sees what agents write. */
export interface OutputObserver {
  write(record: RpcRecord): void;
  /** The process has ended. */
  end(): void;
}

/** The words on a screen: who said what, in the order of the chat. */
export type Chat = readonly string[];

/** `["> Hello?", "Hello!"]`: what the user says begins with an angle; what is still coming ends with dots. */
export function chat({ messages }: Screen): Chat {
  return messages.map(({ from, text, streaming }) => `${from === "user" ? "> " : ""}${text}${streaming ? " ..." : ""}`);
}

/**
 * The real provider in T3's hands, with agents in memory: the n-th process plays the n-th scenario, later ones the last.
 *
 * Its disposal is the end check of every test: no event broke a rule, no process runs, no timer is pending.
 */
export class InMemoryHost implements AsyncDisposable {
  readonly clock = new ManualClock();
  readonly spawner: InMemoryProcessSpawner;
  readonly sessionFiles = new InMemorySessionFiles();
  readonly host: T3HostModel;
  readonly threadId: string;
  readonly #rules = new EventStreamRules();
  readonly #ids = new CountedIds();
  readonly #scenario: (process: number) => AgentScenario;
  readonly #observer: OutputObserver | undefined;
  readonly #agents: ScriptedAgent[] = [];
  #latest: AgentIo | undefined;
  #opened: readonly string[] = [];

  constructor(agents: readonly AgentScenario[] | ((process: number) => AgentScenario) = [{}], observer?: OutputObserver) {
    this.#observer = observer;
    this.#scenario = typeof agents === "function" ? agents : (process) => agents[Math.min(process, agents.length - 1)] ?? {};
    this.spawner = new InMemoryProcessSpawner({ program: (io) => this.#program(io) });
    this.host = new T3HostModel({ provider: this.createProvider(), clock: this.clock, onEvent: (event) => this.#rules.check(event) });
    this.threadId = this.host.openThread();
  }

  /** One more provider on the same machine, as a new process of the server makes it. */
  readonly createProvider = (): Provider => {
    const container = createProviderContainer({
      // Each delta at once: no timer decides when a test sees a text.
      coalesceMs: 0,
      session: { stopGraceMs: 20 },
      modules: [
        new ContainerModule(({ rebind }) => {
          const binary = { path: "/bin/pi", command: "/bin/pi", leadingArgs: [], identity: "/bin/pi", packageVersion: "0.87.1" };
          rebind(ports.clock).toConstantValue(this.clock);
          rebind(ports.idGenerator).toConstantValue(this.#ids);
          rebind(ports.telemetry).toConstantValue(new RecordingTelemetry());
          rebind(ports.processSpawner).toConstantValue(this.spawner);
          rebind(ports.companionFiles).toConstantValue(new InMemoryCompanionFiles());
          rebind(ports.binaryLocator).toConstantValue(new FixedBinaryLocator({ type: "found", binary, searched: [] }));
          rebind(ports.childEnvironment).toConstantValue(new FixedChildEnvironment());
          rebind(ports.fileStamps).toConstantValue(new InMemoryFileStamps());
          rebind(ports.sessionFiles).toConstantValue(this.sessionFiles);
          rebind(ports.rpcConnector).toConstantValue(new JsonlRpcConnector({ clock: this.clock }));
        }),
      ],
    });
    return container.get(services.provider);
  };

  // ------------------------------------------------------------------------------------------------------- the usual thread

  get screen(): Screen {
    return this.host.screen(this.threadId);
  }

  get chat(): Chat {
    return chat(this.screen);
  }

  /** A user takes a second to type; then everything happens that needs no time. */
  async send(text: string): Promise<Screen> {
    await this.clock.advance(1_000);
    this.host.send(this.threadId, text);
    return await this.settled();
  }

  async interrupt(): Promise<Screen> {
    this.host.interrupt(this.threadId);
    return await this.settled();
  }

  /** The first question on the screen. */
  async answer(text: string): Promise<Screen> {
    const [prompt] = this.screen.questions;
    const [question] = prompt?.questions ?? [];
    assert(prompt !== undefined && question !== undefined, "nothing is asked");
    this.host.answer(this.threadId, prompt.requestId, { [question.id]: text });
    return await this.settled();
  }

  /** Takes a second. */
  async restartServer(): Promise<Screen> {
    await this.patiently(this.host.restartServer({ create: this.createProvider }));
    await this.clock.advance(1_000);
    return await this.settled();
  }

  async settled(): Promise<Screen> {
    await this.host.settled();
    return this.screen;
  }

  async pass(ms: number): Promise<Screen> {
    await this.clock.advance(ms);
    return await this.settled();
  }

  /** Lets time pass, as much as this needs and no more than hours: an agent that does not listen is given its time. */
  async patiently<T>(work: Promise<T>): Promise<T> {
    const progress = { isDone: false };
    const done = work.finally(() => {
      progress.isDone = true;
    });
    await this.clock.advance(0);
    for (let seconds = 0; !progress.isDone && seconds < 10_000; seconds += 1) await this.clock.advance(1_000);
    assert(progress.isDone, "something never came to an end");
    return await done;
  }

  // -------------------------------------------------------------------------------------------------------------- the agent

  /** Of all processes, those to come included. */
  async open(gate: string): Promise<Screen> {
    this.openNow(gate);
    return await this.settled();
  }

  openNow(gate: string): void {
    this.#opened = [...this.#opened, gate];
    for (const agent of this.#agents) agent.gates.open(gate);
  }

  /** Ends the latest process as a signal from outside does. */
  async crash(): Promise<Screen> {
    this.crashNow();
    return await this.settled();
  }

  crashNow(): void {
    this.#latest?.crash("SIGKILL");
  }

  /** What all processes were sent, by the type of the record. */
  received(type: string): readonly RpcRecord[] {
    return this.#agents.flatMap(({ received }) => received.filter((record) => record.type === type));
  }

  async #program(io: AgentIo): Promise<void> {
    const agent = new ScriptedAgent({ scenario: this.#scenario(this.#agents.length) });
    for (const gate of this.#opened) agent.gates.open(gate);
    this.#agents.push(agent);
    const observed = this.#observed(io);
    this.#latest = observed;
    await agent.program(observed);
  }

  #observed(io: AgentIo): AgentIo {
    const observer = this.#observer;
    if (observer === undefined) return io;
    return {
      ...io,
      write: (bytes) => {
        observer.write(JSON.parse(Buffer.from(bytes).toString()) as RpcRecord);
        return io.write(bytes);
      },
      exit: (code) => {
        observer.end();
        io.exit(code);
      },
      crash: (signal) => {
        observer.end();
        io.crash(signal);
      },
    };
  }

  // -------------------------------------------------------------------------------------------------------------------- end

  async [Symbol.asyncDispose](): Promise<void> {
    const disposal = this.host[Symbol.asyncDispose]();
    // More than any interrupt is given before force.
    await this.clock.advance(60_000);
    await disposal;
    assert.deepEqual({ violations: this.#rules.conclude(), running: this.spawner.running, pendingTimers: this.clock.pendingTimers }, { violations: [], running: 0, pendingTimers: 0 });
  }
}
