import assert from "node:assert/strict";
import { Effect, type Fiber, Layer, Logger, ManagedRuntime, Schema, Stream, type Context } from "effect";
import { TestClock } from "effect/testing";
import { ContainerModule } from "inversify";
import { InMemoryCompanionFiles } from "../../src/adapters/fake/in-memory-companion-files.js";
import { FixedBinaryLocator } from "../../src/adapters/fake/fixed-binary-locator.js";
import { FixedChildEnvironment } from "../../src/adapters/fake/fixed-child-environment.js";
import { InMemoryFileStamps } from "../../src/adapters/fake/in-memory-file-stamps.js";
import { InMemoryProcessSpawner } from "../../src/adapters/fake/in-memory-process-spawner.js";
import { InMemorySessionFiles } from "../../src/adapters/fake/in-memory-session-files.js";
import { ScriptedAgent } from "../../src/adapters/fake/scripted-agent.js";
import type { AgentScenario } from "../../src/adapters/fake/scripted-agent/scenario.js";
import { ports } from "../../src/app/index.js";
import { EventLog } from "../../src/app/testing.js";
import type { BinaryLookup } from "../../src/ports/binary-locator.js";
import type { ProviderRuntimeEvent } from "../../src/ports/runtime-event.js";
import { foundPi } from "../failures/hostile-provider.js";
import { makePiLive, PiAdapter, type PiProviderLiveOptions, type PiServices } from "./t3-adapter.js";
import * as T3 from "./t3-contracts.js";

export type PiAdapterService = Context.Service.Shape<typeof PiAdapter>;

/** As T3's server decodes whatever comes from outside. */
export const thread = (id: string): T3.ThreadId => T3.ThreadId.make(id);

export interface InMemoryPiOptions {
  /** How sessions behave. */
  readonly agent?: AgentScenario;
  /** How a process behaves that is only asked. */
  readonly asked?: AgentScenario;
  readonly lookup?: BinaryLookup;
}

export const noPi: BinaryLookup = { type: "missing", reason: "not-on-path", searched: [] };

/** A Pi in memory, as a module that a host loads after ours. */
export class InMemoryPi {
  readonly agent: ScriptedAgent;
  readonly asked: ScriptedAgent;
  readonly spawner: InMemoryProcessSpawner;
  readonly locator: FixedBinaryLocator;

  constructor({ agent = {}, asked = {}, lookup = foundPi({ packageVersion: "0.87.1" }) }: InMemoryPiOptions = {}) {
    this.agent = new ScriptedAgent({ scenario: agent });
    this.asked = new ScriptedAgent({ scenario: asked });
    this.spawner = new InMemoryProcessSpawner({ program: (io) => (io.args.includes("--no-session") ? this.asked : this.agent).program(io) });
    this.locator = new FixedBinaryLocator(lookup);
  }

  get module(): ContainerModule {
    return new ContainerModule(({ rebind }) => {
      rebind(ports.binaryLocator).toConstantValue(this.locator);
      rebind(ports.childEnvironment).toConstantValue(new FixedChildEnvironment());
      rebind(ports.fileStamps).toConstantValue(new InMemoryFileStamps());
      rebind(ports.processSpawner).toConstantValue(this.spawner);
      rebind(ports.companionFiles).toConstantValue(new InMemoryCompanionFiles());
      rebind(ports.sessionFiles).toConstantValue(new InMemorySessionFiles());
    });
  }

  /** How many sessions were started, in a process each. */
  get sessionStarts(): number {
    return this.spawner.spawned.filter(({ args }) => !args.includes("--no-session")).length;
  }
}

export interface T3ServerOptions {
  readonly options: PiProviderLiveOptions;
  readonly cwd?: string;
  readonly stateDir?: string;
  /** What stands between the events and the log, as a slow host would. */
  readonly listen?: (events: Stream.Stream<T3.ProviderRuntimeEvent>) => Stream.Stream<T3.ProviderRuntimeEvent>;
}

/**
 * What of T3's server is around the glue: one scope, its own settings, and one consumer of the events, which decodes each. Effect's
 * clock stands still until a test moves it.
 */
export class T3Server implements AsyncDisposable {
  readonly #runtime: ManagedRuntime.ManagedRuntime<PiServices, never>;
  readonly adapter: PiAdapterService;
  readonly log: EventLog;
  /** What Effect's logger was given. */
  readonly logged: readonly unknown[];

  private constructor(parts: { readonly runtime: ManagedRuntime.ManagedRuntime<PiServices, never> } & Pick<T3Server, "adapter" | "log" | "logged">) {
    this.#runtime = parts.runtime;
    this.adapter = parts.adapter;
    this.log = parts.log;
    this.logged = parts.logged;
  }

  static async open({ options, cwd = "/project", stateDir = "/state", listen = (events) => events }: T3ServerOptions): Promise<T3Server> {
    const logged: unknown[] = [];
    const quiet = Logger.layer([Logger.make(({ message }) => void logged.push(message))]);
    const settings = Layer.succeed(T3.ServerConfig, { cwd, stateDir });
    const runtime = ManagedRuntime.make(makePiLive({ coalesceMs: 0, session: { stopGraceMs: 20 }, ...options }).pipe(Layer.provide(settings), Layer.provideMerge(TestClock.layer()), Layer.provideMerge(quiet)));
    const adapter = await runtime.runPromise(PiAdapter);
    const events = Stream.toAsyncIterable(Stream.mapEffect(listen(adapter.streamEvents), decoded));
    return new T3Server({ runtime, adapter, log: new EventLog(events), logged });
  }

  run<A, E>(effect: Effect.Effect<A, E, PiServices>): Promise<A> {
    return this.#runtime.runPromise(effect);
  }

  fork<A, E>(effect: Effect.Effect<A, E, PiServices>): Fiber.Fiber<A, E> {
    return this.#runtime.runFork(effect);
  }

  /** The failure that T3 would see. */
  failure(effect: Effect.Effect<unknown, T3.ProviderAdapterError, PiServices>): Promise<T3.ProviderAdapterError> {
    return this.run(Effect.flip(effect));
  }

  start(input: Partial<T3.ProviderSessionStartInput> = {}): Effect.Effect<T3.ProviderSession, T3.ProviderAdapterError> {
    return this.adapter.startSession({ threadId: thread("thread-1"), provider: "pi", runtimeMode: "full-access", ...input });
  }

  send(input: string, more: Partial<T3.ProviderSendTurnInput> = {}): Effect.Effect<T3.ProviderTurnStartResult, T3.ProviderAdapterError> {
    return this.adapter.sendTurn({ threadId: thread("thread-1"), input, attachments: [], ...more });
  }

  /** Closes the scope. Afterwards the events have ended, and none of them broke a rule or T3's schema. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#runtime.dispose();
    await this.log.ended;
    assert.deepEqual(this.log.conclude(), []);
  }
}

/** The event, if T3's schema takes it, in which nothing of it may be unknown. */
function decoded(event: T3.ProviderRuntimeEvent): Effect.Effect<ProviderRuntimeEvent> {
  return Schema.decodeUnknownEffect(T3.ProviderRuntimeEvent)(event, { onExcessProperty: "error", errors: "all" }).pipe(Effect.as(event as ProviderRuntimeEvent), Effect.orDie);
}
