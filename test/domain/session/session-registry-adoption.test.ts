import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { echoAgent } from "../../../src/adapters/fake/echo-agent.js";
import { echoDialect } from "../../../src/adapters/fake/echo-dialect.js";
import type { InMemoryProgram, ProgramIo } from "../../../src/adapters/fake/in-memory-program.js";
import type { AgentDialect, LaunchPlan } from "../../../src/ports/agent-dialect.js";
import type { LocatedBinary } from "../../../src/ports/binary-locator.js";
import type { ProviderSessionStartInput } from "../../../src/ports/provider.js";
import { foundEcho, locatedEcho, type EchoPartsOptions } from "../echo-parts.js";
import { failureOf, RegistryBench, startInput } from "./registry-bench.js";

/** A model with levels where nobody chooses one. */
const deepAtFirst: InMemoryProgram = (io) => echoAgent({ ...io, args: ["--model=echo/deep", ...io.args] });

/** What a machine may change between a discovery and a start. */
interface Machine {
  binary: LocatedBinary;
  plan: LaunchPlan;
}

/** A bench on a machine that changes, with a process that waits for a session. */
async function warmBench(options: EchoPartsOptions = {}): Promise<{ readonly bench: RegistryBench; readonly machine: Machine }> {
  const machine: Machine = { binary: locatedEcho, plan: { args: [], environment: {} } };
  const launch: AgentDialect["launch"] = (request) => {
    const { args, environment } = echoDialect.launch(request);
    return { args: [...args, ...machine.plan.args], environment: { ...environment, ...machine.plan.environment } };
  };
  const bench = new RegistryBench({ lookup: () => ({ ...foundEcho, binary: machine.binary }), ...options, dialect: { launch, ...options.dialect } });
  bench.parts.stamps.touch("/agent-home/echo/settings.json");
  await bench.warmUp();
  return { bench, machine };
}

/** Keeps the processes of a program within a test's reach, oldest first. */
function observed(program: InMemoryProgram = echoAgent): { readonly program: InMemoryProgram; readonly processes: readonly ProgramIo[] } {
  const processes: ProgramIo[] = [];
  return {
    processes,
    program: (io) => {
      processes.push(io);
      return program(io);
    },
  };
}

describe("a session in a folder in which the agent was asked for its models", () => {
  it.each<[what: string, input: Partial<ProviderSessionStartInput>]>([
    ["that leaves everything to the agent", {}],
    ["with the model that it uses anyway", { model: "echo/deep" }],
    ["with the level that it uses anyway", { modelOptions: { echo: { thinkingLevel: "brief" } } }],
    ["with both of them", { model: "echo/deep", modelOptions: { echo: { thinkingLevel: "brief" } } }],
    ["with the agent's own choice, by its word", { model: "default", modelOptions: { echo: { thinkingLevel: "default" } } }],
    ["whose folders are named", { cwd: "/default", providerOptions: { echo: { agentDir: "/agent-home/echo" } } }],
    ["that remembers a model and no conversation", { resumeCursor: { version: 1, provider: "echo", sessionId: "echo", model: "echo/deep", thinkingLevel: "brief" } }],
  ])("%s gets the process that answered", async (_what, input) => {
    const { bench } = await warmBench({ program: deepAtFirst });
    await using _bench = bench;
    expect(await bench.start(input)).toMatchObject({ status: "ready", model: "echo/deep", cwd: "/default" });
    expect([bench.parts.spawner.spawned.length, bench.parts.spawner.running, bench.spareOutcomes]).toEqual([1, 1, ["adopted"]]);
  });

  it("gets one that was started as a session is: not ephemeral, and without a model and a level", async () => {
    const launches: unknown[] = [];
    const launch: AgentDialect["launch"] = (request) => {
      const { mode, model, thinkingLevel, sessionFile } = request;
      launches.push([mode, model, thinkingLevel, sessionFile]);
      return echoDialect.launch(request);
    };
    const { bench } = await warmBench({ dialect: { launch } });
    await using _bench = bench;
    await bench.start();
    expect(launches).toEqual(launches.map(() => ["session", undefined, undefined, undefined]));
    expect(bench.parts.spawner.spawned).toMatchObject([{ cwd: "/default", args: [], environment: { ECHO_HOME: "/agent-home/echo" } }]);
  });

  it("may be had again once its process is in use", async () => {
    const { bench } = await warmBench();
    await using _bench = bench;
    await bench.start();
    await bench.warmUp({ refresh: true });
    await bench.start({ threadId: "t2" });
    expect([bench.parts.spawner.spawned.length, bench.parts.spawner.running, bench.spareOutcomes]).toEqual([2, 2, ["adopted", "adopted"]]);
  });

  it.each<[field: string, misfit: { readonly change?: (machine: Machine) => void; readonly input?: Partial<ProviderSessionStartInput> }]>([
    ["the program", { change: (machine) => (machine.binary = { ...locatedEcho, command: "/opt/echo/other" }) }],
    ["the program's file", { change: (machine) => (machine.binary = { ...locatedEcho, identity: "second" }) }],
    ["the program's version", { change: (machine) => (machine.binary = { ...locatedEcho, packageVersion: "1.2.4" }) }],
    ["the script of the program", { change: (machine) => (machine.binary = { ...locatedEcho, leadingArgs: ["--level=brief"] }) }],
    ["an argument", { change: (machine) => (machine.plan = { args: ["--level=brief"], environment: {} }) }],
    ["a variable's value", { change: (machine) => (machine.plan = { args: [], environment: { PATH: "/other" } }) }],
    ["a variable more", { change: (machine) => (machine.plan = { args: [], environment: { ECHO_KEY: "new" } }) }],
    ["the folder", { input: { cwd: "/other" } }],
    ["the agent's folder", { input: { providerOptions: { echo: { agentDir: "/agent-home/other" } } } }],
    ["the model", { input: { model: "echo/plain" } }],
    ["the level", { input: { modelOptions: { echo: { thinkingLevel: "thorough" } } } }],
    ["the model that a cursor remembers", { input: { resumeCursor: { version: 1, provider: "echo", sessionId: "echo", model: "echo/plain" } } }],
    ["a conversation to continue", { input: { resumeCursor: { version: 1, provider: "echo", sessionId: "echo", sessionFile: "/sessions/echo" } } }],
  ])("gets one of its own where another is %s, and the first goes on waiting", async (_field, { change, input = {} }) => {
    const { bench, machine } = await warmBench({ program: deepAtFirst });
    await using _bench = bench;
    change?.(machine);
    await bench.start(input);
    expect([bench.parts.spawner.spawned.length, bench.parts.spawner.running, bench.spareOutcomes]).toEqual([2, 2, []]);
  });

  it.each<[what: string, change: (bench: RegistryBench) => void]>([
    ["written", ({ parts }) => parts.stamps.touch("/agent-home/echo/settings.json")],
    ["removed", ({ parts }) => parts.stamps.remove("/agent-home/echo/settings.json")],
  ])("gets one of its own where a file of the agent's was %s, and the first is ended", async (_what, change) => {
    const { bench } = await warmBench();
    await using _bench = bench;
    change(bench);
    await bench.start();
    expect([bench.parts.spawner.spawned.length, bench.spareOutcomes]).toEqual([2, ["outdated"]]);
    await expect.poll(() => bench.parts.spawner.running).toBe(1);
  });

  it("gets the process although a file appeared while that came up: the agent made it itself", async () => {
    const stamped = "/agent-home/echo/settings.json";
    const bench: RegistryBench = new RegistryBench({
      program: (io) => {
        bench.parts.stamps.touch(stamped);
        return echoAgent(io);
      },
    });
    await using _bench = bench;
    await bench.warmUp();
    await bench.start();
    expect([bench.parts.spawner.spawned.length, bench.spareOutcomes]).toEqual([1, ["adopted"]]);
  });

  it("gets one of its own where a file changed while the first came up, for that may have read the old one", async () => {
    const { program, processes } = observed((io) => {
      if (processes.length === 1) bench.parts.stamps.touch("/agent-home/echo/settings.json");
      return echoAgent(io);
    });
    const bench: RegistryBench = new RegistryBench({ program });
    await using _bench = bench;
    bench.parts.stamps.touch("/agent-home/echo/settings.json");
    await bench.warmUp();
    await bench.start();
    expect([processes.length, bench.spareOutcomes]).toEqual([2, ["outdated"]]);
  });

  it("gets one of its own where warm starts are switched off: nothing waits", async () => {
    const { bench } = await warmBench({ inventory: { warmStartMs: 0 } });
    await using _bench = bench;
    expect([bench.parts.spawner.running, bench.parts.clock.pendingTimers]).toEqual([0, 0]);
    await bench.start();
    expect([bench.parts.spawner.spawned.length, bench.spareOutcomes]).toEqual([2, []]);
  });

  it("gets one of its own where the question named no folder", async () => {
    await using bench = new RegistryBench();
    await bench.warmUp({ cwd: undefined });
    expect(bench.parts.spawner.running).toBe(0);
    await bench.start();
    expect([bench.parts.spawner.spawned.map(({ cwd }) => cwd), bench.spareOutcomes]).toEqual([["/neutral", "/default"], []]);
  });
});

describe("a process that waits for a session", () => {
  it.each<[what: string, outcome: string, end: (bench: RegistryBench, io: ProgramIo | undefined) => unknown]>([
    ["its time is over", "expired", ({ parts }) => parts.clock.advance(parts.settings.warmStartMs)],
    ["it dies", "ended", (_bench, io) => io?.crash("SIGSEGV")],
    ["it begins a run that nobody asked for", "busy", (_bench, io) => io?.write('{"now":"begin"}\n')],
    ["another folder is asked about", "replaced", async (bench) => {
      await bench.warmUp({ cwd: "/other" });
      await bench.parts.clock.advance(bench.parts.settings.warmStartMs);
    }],
    ["everything ends", "disposed", ({ parts }) => parts.spares.dispose()],
  ])("is gone when %s, and the next session has one of its own", async (_what, outcome, end) => {
    const { program, processes } = observed();
    const { bench } = await warmBench({ program });
    await using _bench = bench;
    await end(bench, processes[0]);
    await expect.poll(() => [bench.spareOutcomes[0], bench.parts.spawner.running, bench.parts.clock.pendingTimers]).toEqual([outcome, 0, 0]);
    await bench.start();
    expect([processes.length - bench.spareOutcomes.length, bench.parts.spawner.running, bench.spareOutcomes.includes("adopted")]).toEqual([1, 1, false]);
  });

  it.each<[what: string, dialect: Partial<AgentDialect>]>([
    ["has no model", { decodeReply: (type, record, version) => echoDialect.decodeReply(type, type === "list-models" ? { ...record, models: [] } : record, version) }],
    ["is busy already", { decodeReply: (type, record, version) => echoDialect.decodeReply(type, type === "get-state" ? { ...record, busy: true } : record, version) }],
  ])("is none that %s", async (_what, dialect) => {
    const { bench } = await warmBench({ dialect });
    await using _bench = bench;
    expect([bench.parts.spares.isEmpty, bench.parts.spawner.running, bench.parts.clock.pendingTimers]).toEqual([true, 0, 0]);
  });

  it("and hangs when a session wants it costs that a moment, and not its start", async () => {
    let isHung = false;
    const { program, processes } = observed((io) => {
      const isFirst = processes.length === 1;
      return echoAgent({ ...io, write: (bytes) => (isFirst && isHung ? new Promise<never>(() => undefined) : io.write(bytes)) });
    });
    const { bench } = await warmBench({ program });
    await using _bench = bench;
    isHung = true;
    const starting = bench.start();
    await bench.parts.clock.advance(2_000);
    expect(await starting).toMatchObject({ status: "ready" });
    expect([processes.length, bench.spareOutcomes]).toEqual([2, ["ended"]]);
    await expect.poll(() => bench.parts.spawner.running).toBe(1);
  });

  it("gives way to the one that answers once the agent's files have changed", async () => {
    const { bench } = await warmBench();
    await using _bench = bench;
    bench.parts.stamps.touch("/agent-home/echo/settings.json");
    await bench.parts.clock.advance(bench.parts.settings.recheckMs);
    await bench.warmUp();
    await bench.start();
    expect([bench.parts.spawner.spawned.length, bench.parts.spawner.running, bench.spareOutcomes]).toEqual([2, 1, ["replaced", "adopted"]]);
  });

  it("goes on waiting while nothing has changed, however often that is asked", async () => {
    const { bench } = await warmBench();
    await using _bench = bench;
    for (let asked = 0; asked < 5; asked += 1) {
      await bench.parts.clock.advance(bench.parts.settings.recheckMs);
      await bench.warmUp();
    }
    expect([bench.parts.spawner.spawned.length, bench.parts.spawner.running, bench.spareOutcomes]).toEqual([1, 1, []]);
  });

  it("is one at most, and of two sessions at once one gets it", async () => {
    const { bench } = await warmBench();
    await using _bench = bench;
    await Promise.all([bench.start(), bench.start({ threadId: "t2" })]);
    expect([bench.parts.spawner.spawned.length, bench.parts.spawner.running, bench.spareOutcomes]).toEqual([2, 2, ["adopted"]]);
    for (const threadId of ["t1", "t2"]) {
      const { turnId } = await bench.registry.send({ threadId, input: `hello ${threadId}` });
      await bench.log.turn(turnId);
      expect(bench.log.texts(turnId)).toEqual([`hello ${threadId}`]);
    }
    await bench.registry.stop("t1");
    expect([bench.parts.spawner.running, bench.registry.has("t2")]).toEqual([1, true]);
  });
});

/** A whole life of a session, without the ids and the times of its events. */
async function lifeOf(bench: RegistryBench): Promise<readonly unknown[]> {
  await bench.start();
  for (const input of ["think tool", "fail", "hello"]) await bench.log.turn((await bench.registry.send({ threadId: "t1", input })).turnId);
  const { turnId } = await bench.registry.send({ threadId: "t1", input: "ask" });
  const { requestId } = await bench.log.first("user-input.requested");
  await bench.registry.answer("t1", requestId ?? "", { answer: "green" });
  await bench.log.turn(turnId);
  const deep = await bench.registry.send({ threadId: "t1", input: "hello", model: "echo/deep", modelOptions: { echo: { thinkingLevel: "thorough" } } });
  await bench.log.turn(deep.turnId);
  const [view] = bench.registry.list();
  await bench.registry.stop("t1");
  return [view, ...bench.log.events].map((shown) => {
    const { createdAt: _time, updatedAt: _later, eventId: _id, ...rest } = JSON.parse(JSON.stringify(shown)) as Record<string, unknown>;
    return rest;
  });
}

/** Ids by the order in which they appear, for two streams that may differ in nothing else. */
function withoutIds(life: readonly unknown[]): string {
  const seen = new Map<string, string>();
  return JSON.stringify(life, undefined, 1).replaceAll(/[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/g, (id) => {
    const name = seen.get(id) ?? `id-${seen.size}`;
    seen.set(id, name);
    return name;
  });
}

describe("an adopted process", () => {
  it("is not to be told from a fresh one by anything that the host sees", async () => {
    const { bench: warm } = await warmBench();
    await using _warm = warm;
    await using cold = new RegistryBench();
    const [adopted, fresh] = [await lifeOf(warm), await lifeOf(cold)];
    expect([warm.spareOutcomes, cold.spareOutcomes]).toEqual([["adopted"], []]);
    expect(withoutIds(adopted)).toBe(withoutIds(fresh));
    expect(adopted.length).toBeGreaterThan(20);
  });

  it("is ended when its session is", async () => {
    const { bench } = await warmBench();
    await using _bench = bench;
    await bench.start();
    await bench.registry.stop("t1");
    expect([bench.parts.spawner.running, bench.parts.spawner.spawned.length]).toEqual([0, 1]);
  });

  it("is ended when its session's start fails", async () => {
    // The discovery looks, the adoption does, and then the session.
    let looks = 0;
    const decodeReply: AgentDialect["decodeReply"] = (type, record, version) => {
      if (type === "get-state") looks += 1;
      return echoDialect.decodeReply(type, looks > 2 ? { ok: false, why: "other", because: "No." } : record, version);
    };
    const { bench } = await warmBench({ dialect: { decodeReply } });
    await using _bench = bench;
    expect(await failureOf(bench.start())).toBe("start-failed");
    expect([bench.parts.spawner.running, bench.parts.spawner.spawned.length, bench.spareOutcomes]).toEqual([0, 1, ["adopted"]]);
    expect(bench.log.types).toEqual(["runtime.error", "session.exited"]);
  });

  it("ends its session when it crashes", async () => {
    const { bench } = await warmBench();
    await using _bench = bench;
    await bench.start();
    const { turnId } = await bench.registry.send({ threadId: "t1", input: "crash" });
    expect((await bench.log.turn(turnId)).payload).toMatchObject({ state: "failed", errorMessage: "The echo agent crashed." });
    expect([bench.registry.has("t1"), bench.parts.spawner.running]).toEqual([false, 0]);
  });

  it("says the longest answer whole", async () => {
    const { bench } = await warmBench();
    await using _bench = bench;
    await bench.start();
    const { turnId } = await bench.registry.send({ threadId: "t1", input: "word ".repeat(600) });
    await bench.log.turn(turnId);
    expect(bench.log.texts(turnId)).toEqual(["word ".repeat(600).trim()]);
  });
});

/** What happens in the middle of a start. */
interface Middle {
  readonly bench: RegistryBench;
  readonly starting: Promise<unknown>;
  readonly abort: AbortController;
  readonly processes: readonly ProgramIo[];
}

/** Does something at every moment of a start that may adopt, from its call until it is over: after each turn of the microtask queue. */
async function atEveryMoment(interfere: (middle: Middle) => Promise<void>): Promise<void> {
  for (let moment = 0; ; moment += 1) {
    const { program, processes } = observed();
    const { bench } = await warmBench({ program });
    await using _bench = bench;
    const abort = new AbortController();
    let isOver = false;
    const starting = failureOf(bench.registry.start(startInput(), { signal: abort.signal })).finally(() => (isOver = true));
    for (let turn = 0; turn < moment; turn += 1) await Promise.resolve();
    if (isOver) return;
    await interfere({ bench, starting, abort, processes });
    await starting;
  }
}

describe("a start that may get a process which waits", () => {
  it("leaves no process but the one that waits, whenever it is called off", async () => {
    const waited = new Set<boolean>();
    await atEveryMoment(async ({ bench, starting, abort }) => {
      abort.abort();
      // Called off when it had just succeeded.
      if ((await starting) !== "aborted") return;
      const waits = !bench.parts.spares.isEmpty;
      waited.add(waits);
      expect([bench.registry.has("t1"), bench.parts.spawner.running, bench.parts.spawner.spawned.length]).toEqual([false, waits ? 1 : 0, 1]);
    });
    expect(waited).toEqual(new Set([true, false]));
  });

  it("leaves no process but the one that waits, whenever its thread is stopped", async () => {
    await atEveryMoment(async ({ bench, starting }) => {
      await bench.registry.stop("t1");
      await starting;
      expect([bench.registry.has("t1"), bench.parts.spawner.running]).toEqual([false, bench.parts.spares.isEmpty ? 0 : 1]);
    });
  });

  it("leaves no process at all, whenever everything ends", async () => {
    await atEveryMoment(async ({ bench }) => {
      await bench.registry.dispose();
      await bench.parts.spares.dispose();
      expect([bench.parts.spawner.running, bench.parts.clock.pendingTimers]).toEqual([0, 0]);
    });
  });

  it("is over, in one way or another, whenever its process dies", async () => {
    await atEveryMoment(async ({ bench, starting, processes }) => {
      let isOver = false;
      void starting.finally(() => (isOver = true));
      processes[0]?.exit(1);
      for (let turn = 0; turn < 10; turn += 1) await setImmediate();
      const hangs = !isOver;
      await bench.registry.stop("t1").catch(() => undefined);
      expect(hangs).toBe(false);
    });
  });
});
