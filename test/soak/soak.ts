import { ContainerModule } from "inversify";
import { echoAgent } from "../../src/adapters/fake/echo-agent.ts";
import { echoDialect } from "../../src/adapters/fake/echo-dialect.ts";
import { FixedBinaryLocator } from "../../src/adapters/fake/fixed-binary-locator.ts";
import { InMemoryCompanionFiles } from "../../src/adapters/fake/in-memory-companion-files.ts";
import { InMemoryProcessSpawner } from "../../src/adapters/fake/in-memory-process-spawner.ts";
import { InstalledAgent } from "../../src/adapters/fake/installed-agent.ts";
import { SystemClock } from "../../src/adapters/node/system-clock.ts";
import { createProviderContainer } from "../../src/app/container.ts";
import { ports, services } from "../../src/app/identifiers.ts";
import type { Provider } from "../../src/app/provider-facade.ts";
import { EventStreamRules, type RuleViolation } from "../../src/domain/turn/event-stream-rules.ts";
import type { Clock, Timer } from "../../src/ports/clock.ts";
import { ProviderError } from "../../src/ports/errors.ts";
import { sourceNodeArguments } from "../child-agent.ts";

/**
 * Many threads live long lives at once: turns of every sort, steered, interrupted, answered, crashed and restarted in random order.
 * Afterwards nothing may be left: no broken rule, no process, no timer, no unanswered call, and no memory that grew with the turns.
 */
export interface SoakOptions {
  readonly threads: number;
  readonly turns: number;
  /** Threads alive at once. */
  readonly width: number;
  readonly agent: "in-memory" | "process";
  readonly seed: number;
  /**
   * Compares the heap after turn 5 of all threads with that after their last; `node --expose-gc` is needed. All threads live at once
   * then, and the rules are not checked, because their checker remembers every event.
   */
  readonly measureHeap?: boolean;
}

export interface SoakResult {
  readonly turns: number;
  readonly interrupted: number;
  readonly crashed: number;
  readonly restarted: number;
  readonly violations: readonly RuleViolation[];
  readonly pendingTimers: number;
  readonly runningPrograms: number;
  /** Bytes in use, where they were measured. */
  readonly heap?: { readonly early: number; readonly late: number };
}

export async function soak(options: SoakOptions): Promise<SoakResult> {
  const clock = new CountingClock();
  await using world = await createWorld(options, clock);
  const measureHeap = options.measureHeap === true;
  const observer = new Observer(world.provider, { checkRules: !measureHeap });
  const tally = { turns: 0, interrupted: 0, crashed: 0, restarted: 0 };
  const early = new Milestone(options.threads);
  const late = new Milestone(options.threads);
  const pending = Array.from({ length: options.threads }, (_, index) => index);
  const worker = async (): Promise<void> => {
    for (let index = pending.shift(); index !== undefined; index = pending.shift()) {
      await liveThread({ provider: world.provider, observer, threadId: `thread-${index}`, random: seeded(options.seed + index), turns: options.turns, tally, ...(measureHeap ? { milestones: { early, late } } : {}) });
    }
  };
  await Promise.all(Array.from({ length: measureHeap ? options.threads : options.width }, worker));
  await world.provider[Symbol.asyncDispose]();
  await observer.ended;
  return {
    ...tally,
    violations: observer.rules.conclude(),
    pendingTimers: clock.pending,
    runningPrograms: world.running(),
    ...(early.heapUsed === undefined || late.heapUsed === undefined ? {} : { heap: { early: early.heapUsed, late: late.heapUsed } }),
  };
}

interface Life {
  readonly provider: Provider;
  readonly observer: Observer;
  readonly threadId: string;
  readonly random: () => number;
  readonly turns: number;
  readonly tally: { turns: number; interrupted: number; crashed: number; restarted: number };
  readonly milestones?: { readonly early: Milestone; readonly late: Milestone };
}

const acts = ["hello", "think first", "tool please", "think tool twice tool", "fail now", "wait to be stopped", "wait to be steered", "ask me", "crash here"] as const;

async function liveThread(life: Life): Promise<void> {
  const { provider, threadId, random, tally } = life;
  await provider.startSession({ threadId, runtimeMode: "full-access" });
  for (let turn = 0; turn < life.turns; turn += 1) {
    if (!provider.hasSession(threadId)) {
      await provider.startSession({ threadId, runtimeMode: "full-access" });
      tally.restarted += 1;
    }
    if (turn === 5) await life.milestones?.early.reach();
    await liveTurn(life, acts[Math.floor(random() * acts.length)] ?? "hello");
    tally.turns += 1;
  }
  await life.milestones?.late.reach();
  if (provider.hasSession(threadId)) await provider.stopSession(threadId);
}

async function liveTurn({ provider, observer, threadId, tally }: Life, act: (typeof acts)[number]): Promise<void> {
  const { turnId } = await provider.sendTurn({ threadId, input: act });
  const ended = observer.turnEnd(turnId);
  if (act === "wait to be stopped") {
    await provider.interruptTurn(threadId);
    tally.interrupted += 1;
  } else if (act === "wait to be steered") {
    await provider.sendTurn({ threadId, input: "go on" });
  } else if (act === "ask me") {
    const requestId = await observer.question(threadId);
    await provider.respondToUserInput(threadId, requestId, { answer: "red" }).catch(expectGone);
  } else if (act === "crash here") {
    tally.crashed += 1;
  }
  await ended;
}

function expectGone(error: unknown): void {
  if (!ProviderError.is(error)) throw error;
}

// ---------------------------------------------------------------------------------------------------------------------- world

interface World extends AsyncDisposable {
  readonly provider: Provider;
  readonly running: () => number;
}

async function createWorld(options: SoakOptions, clock: Clock): Promise<World> {
  const clockModule = new ContainerModule(({ bind, unbind }) => {
    unbind(ports.clock);
    unbind(ports.agentDialect);
    bind(ports.clock).toConstantValue(clock);
    bind(ports.agentDialect).toConstantValue(echoDialect);
  });
  if (options.agent === "process") {
    const installed = await InstalledAgent.echoAgent({ nodeArguments: sourceNodeArguments });
    const provider = createProviderContainer({ binaryPath: installed.path, coalesceMs: 5, modules: [clockModule] }).get(services.provider);
    return { provider, running: () => 0, [Symbol.asyncDispose]: () => installed[Symbol.asyncDispose]() };
  }
  const spawner = new InMemoryProcessSpawner({ program: (io) => echoAgent(io) });
  const inMemory = new ContainerModule(({ bind, unbind }) => {
    unbind(ports.processSpawner);
    unbind(ports.binaryLocator);
    bind(ports.processSpawner).toConstantValue(spawner);
    unbind(ports.companionFiles);
    bind(ports.companionFiles).toConstantValue(new InMemoryCompanionFiles());
    bind(ports.binaryLocator).toConstantValue(
      new FixedBinaryLocator({ type: "found", binary: { path: "/echo", command: "/echo", leadingArgs: [], identity: "echo", packageVersion: "1.0.0" }, searched: [] }),
    );
  });
  const provider = createProviderContainer({ coalesceMs: 1, modules: [clockModule, inMemory] }).get(services.provider);
  return { provider, running: () => spawner.running, [Symbol.asyncDispose]: () => Promise.resolve() };
}

/** Keeps no events, so that only the provider's own memory is measured. */
class Observer {
  readonly rules = new EventStreamRules();
  readonly ended: Promise<void>;
  readonly #turnEnds = new Map<string, PromiseWithResolvers<void>>();
  readonly #questions = new Map<string, PromiseWithResolvers<string>>();

  constructor(provider: Provider, options: { readonly checkRules: boolean }) {
    this.ended = this.#consume(provider, options.checkRules);
  }

  async turnEnd(turnId: string): Promise<void> {
    await entry(this.#turnEnds, turnId).promise;
    this.#turnEnds.delete(turnId);
  }

  question(threadId: string): Promise<string> {
    return entry(this.#questions, threadId).promise;
  }

  async #consume(provider: Provider, checkRules: boolean): Promise<void> {
    for await (const event of provider.events) {
      if (checkRules) this.rules.check(event);
      if (event.type === "turn.completed" && event.turnId !== undefined) entry(this.#turnEnds, event.turnId).resolve();
      if (event.type === "user-input.requested" && event.requestId !== undefined) entry(this.#questions, event.threadId).resolve(event.requestId);
      if (event.type === "user-input.resolved") this.#questions.delete(event.threadId);
    }
  }
}

function entry<T>(map: Map<string, PromiseWithResolvers<T>>, key: string): PromiseWithResolvers<T> {
  let waiting = map.get(key);
  if (waiting === undefined) {
    waiting = Promise.withResolvers<T>();
    map.set(key, waiting);
  }
  return waiting;
}

class CountingClock implements Clock {
  readonly #clock = new SystemClock();
  readonly #open = new Set<object>();

  get pending(): number {
    return this.#open.size;
  }

  now(): number {
    return this.#clock.now();
  }

  schedule(delayMs: number, action: () => void): Timer {
    const mark = {};
    this.#open.add(mark);
    const timer = this.#clock.schedule(delayMs, () => {
      this.#open.delete(mark);
      action();
    });
    return {
      cancel: () => {
        this.#open.delete(mark);
        timer.cancel();
      },
    };
  }
}

/** A point that all threads wait for each other at; the last one to arrive weighs the heap. */
class Milestone {
  heapUsed: number | undefined;
  readonly #threads: number;
  readonly #reached = Promise.withResolvers<void>();
  #arrived = 0;

  constructor(threads: number) {
    this.#threads = threads;
  }

  async reach(): Promise<void> {
    this.#arrived += 1;
    if (this.#arrived === this.#threads) {
      (globalThis as { gc?: () => void }).gc?.();
      this.heapUsed = process.memoryUsage().heapUsed;
      this.#reached.resolve();
    }
    await this.#reached.promise;
  }
}

/** A small, repeatable random number generator (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d_2b_79_f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
