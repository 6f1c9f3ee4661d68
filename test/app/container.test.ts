import type { Container, ServiceIdentifier } from "inversify";
import { ContainerModule } from "inversify";
import { describe, expect, it } from "vitest";
import { createPiProvider, createProviderContainer, piDialect, ports, ProviderError, services, type Provider } from "../../src/app/index.js";
import { EventLog, InMemoryCustomModelStore } from "../../src/app/testing.js";
import { echoAgent } from "../../src/adapters/fake/echo-agent.js";
import type { InMemoryProgram } from "../../src/adapters/fake/in-memory-program.js";
import { idleProgram } from "../domain/echo-parts.js";
import { EchoInfrastructure, foundEcho, type EchoInfrastructureOptions } from "./echo-module.js";

const fullAccess = { runtimeMode: "full-access" } as const;

/** A provider of echo sessions with two of them at work and its models being asked for. */
async function busyProvider(): Promise<{ readonly infrastructure: EchoInfrastructure; readonly container: Container; readonly provider: Provider; readonly log: EventLog; readonly asking: Promise<unknown> }> {
  const infrastructure = new EchoInfrastructure();
  const container = createProviderContainer({ coalesceMs: 0, modules: [infrastructure.module] });
  const provider = container.get(services.provider);
  const log = new EventLog(provider.events);
  for (const threadId of ["t1", "t2"]) await provider.startSession({ threadId, ...fullAccess });
  await provider.sendTurn({ threadId: "t1", input: "wait" });
  const asking = provider.listModels().then(
    () => "answered",
    () => "called off",
  );
  return { infrastructure, container, provider, log, asking };
}

describe("a container", () => {
  it("locates, starts and reads nothing when it is made, nor when the provider is taken from it", () => {
    const infrastructure = new EchoInfrastructure();
    const provider = createProviderContainer({ modules: [infrastructure.module] }).get(services.provider);
    expect([provider.listSessions(), provider.snapshot().health]).toEqual([[], undefined]);
    expect([infrastructure.locator.queries, infrastructure.stamps.requests, infrastructure.spawner.spawned, infrastructure.clock.pendingTimers]).toEqual([[], [], [], 0]);
  });

  it("has one provider, with its identity", () => {
    const container = createProviderContainer();
    const provider = container.get(services.provider);
    expect(container.get(services.provider)).toBe(provider);
    expect(provider.provider).toBe("pi");
    expect(container.get(ports.agentDialect)).toBe(piDialect);
  });

  it.each(Object.entries(ports))("lets a host's module that is loaded after ours replace the port %s", (_name, identifier: ServiceIdentifier) => {
    const standIn = {};
    const modules = [new ContainerModule(({ rebind }) => void rebind(identifier).toConstantValue(standIn))];
    expect(createProviderContainer({ modules }).get(identifier)).toBe(standIn);
  });

  it("keeps its defaults where an option is undefined", () => {
    const options = createProviderContainer({ cwd: undefined, neutralFolder: undefined, binaryPath: "/bin/mine" }).get(services.options);
    expect(options).toMatchObject({ cwd: process.cwd(), neutralFolder: expect.any(String) as unknown, binaryPath: "/bin/mine" });
  });
});

describe("another agent in the container", () => {
  it("has a whole turn through every port that the host replaced", async () => {
    const infrastructure = new EchoInfrastructure();
    const container = createProviderContainer({ coalesceMs: 0, cwd: "/project", binaryPath: "/bin/mine", modules: [infrastructure.module] });
    await using provider = container.get(services.provider);
    const log = new EventLog(provider.events);
    expect(provider.provider).toBe("echo");

    const session = await provider.startSession({ threadId: "t1", ...fullAccess, model: "echo/deep", modelOptions: { echo: { thinkingLevel: "thorough" } } });
    expect(session).toMatchObject({ provider: "echo", status: "ready", model: "echo/deep", cwd: "/project", createdAt: "2026-01-01T00:00:00.000Z" });
    const image = { type: "image", id: "image-1", name: "shot.png", mimeType: "image/png", sizeBytes: 3 } as const;
    const { turnId } = await provider.sendTurn({ threadId: "t1", input: "think tool and ask", attachments: [image] });
    const { requestId } = await log.first("user-input.requested");
    await provider.respondToUserInput("t1", requestId ?? "", { answer: "green" });
    expect((await log.turn(turnId)).payload.state).toBe("completed");
    expect(log.texts(turnId)).toEqual(["You said green.", "think tool and ask"]);
    expect(log.of("item.completed").map(({ payload }) => payload.itemType)).toContain("command_execution");
    expect(log.of("turn.started")[0]?.payload).toEqual({ model: "echo/deep", effort: "thorough" });
    expect((await provider.readThread("t1")).turns).toHaveLength(1);

    expect(infrastructure.locator.queries[0]).toMatchObject({ configured: "/bin/mine", defaultName: "echo-agent", environment: { ECHO: "yes" } });
    expect(infrastructure.spawner.spawned).toMatchObject([{ command: "/bin/echo-agent", cwd: "/project", environment: { ECHO: "yes" } }]);
    expect(infrastructure.connections).toHaveLength(1);
    expect(infrastructure.telemetry.nativeRecords.find(({ record }) => record.do === "say")?.record).toMatchObject({ pictures: [{ base64: "AQID" }] });
    expect(log.events.every(({ eventId, createdAt }) => eventId.startsWith("00000000-0000-4000-8000-") && createdAt.startsWith("2026-01-01T00:00:0"))).toBe(true);

    await provider.stopSession("t1");
    await expect(provider.startSession({ threadId: "t1", ...fullAccess, resumeCursor: { version: 1, provider: "echo", sessionId: "echo", sessionFile: "/sessions/echo" } })).resolves.toMatchObject({ status: "ready" });
    expect(infrastructure.sessionFiles.requests).toMatchObject([{ file: "/sessions/echo", sessionId: "echo" }]);
    expect(log.violations).toEqual([]);
  });

  it("tells its health and its models", async () => {
    const infrastructure = new EchoInfrastructure();
    await using provider = createPiProvider({ modules: [infrastructure.module] });
    expect(await provider.checkHealth()).toMatchObject({ provider: "echo", status: "ready", authStatus: "authenticated" });
    expect((await provider.listModels()).models.map(({ slug }) => slug)).toEqual(["echo/plain", "echo/deep"]);
    expect(infrastructure.spawner.running).toBe(0);
  });

  it("has a session that adopts the process which told the project's models", async () => {
    const infrastructure = new EchoInfrastructure();
    await using provider = createPiProvider({ cwd: "/project", modules: [infrastructure.module] });
    await provider.listModels({ cwd: "/project" });
    await provider.startSession({ threadId: "t1", ...fullAccess });
    expect([infrastructure.spawner.spawned.length, infrastructure.connections.length, infrastructure.spawner.running]).toEqual([1, 1, 1]);
  });

  it("keeps to the bounds that the host sets", async () => {
    const infrastructure = new EchoInfrastructure();
    await using provider = createPiProvider({ inventory: { warmStartMs: 0, recheckMs: 0 }, customModelLimits: { count: 0 }, modules: [infrastructure.module] });
    await provider.listModels({ cwd: "/project" });
    const { length } = infrastructure.locator.queries;
    await provider.listModels({ cwd: "/project" });
    expect([infrastructure.spawner.running, infrastructure.spawner.spawned.length, infrastructure.locator.queries.length - length]).toEqual([0, 1, 1]);
    await expect(provider.customModels.add("echo/mine")).rejects.toMatchObject({ kind: "validation" });
  });
});

/** A machine with any number of the agent's programs; environment and custom models are each instance's own. */
function sharedMachine(): EchoInfrastructure {
  return new EchoInfrastructure({
    leavesOptions: true,
    lookup: ({ configured = "" }) => ({ ...foundEcho, binary: { path: configured, command: configured, leadingArgs: [], identity: configured, packageVersion: configured === "/bin/one" ? "1.0.0" : "2.0.0" } }),
  });
}

/** One configuration of the agent on that machine. */
function instance(machine: EchoInfrastructure, name: string): Provider {
  return createPiProvider({
    instanceId: name,
    displayName: `Echo ${name}`,
    binaryPath: `/bin/${name}`,
    agentDir: `/agent-home/${name}`,
    cwd: "/project",
    environment: { set: { ECHO_KEY: name } },
    coalesceMs: 0,
    modules: [machine.module],
  });
}

/** What each process was started as. */
function started({ spawner }: EchoInfrastructure): readonly unknown[] {
  return spawner.spawned.map(({ command, environment }) => [command, environment.ECHO_HOME, environment.ECHO_KEY]);
}

describe("two configurations of one agent", () => {
  it("are told apart by the host's names, or else by the agent's", async () => {
    const machine = sharedMachine();
    await using one = instance(machine, "one");
    await using two = instance(machine, "two");
    expect([one.snapshot(), two.snapshot()]).toMatchObject([
      { provider: "echo", instanceId: "one", displayName: "Echo one" },
      { provider: "echo", instanceId: "two", displayName: "Echo two" },
    ]);
    await using nameless = createPiProvider();
    expect(nameless.snapshot()).toMatchObject({ provider: "pi", instanceId: "pi", displayName: "Pi" });
  });

  it("have each their own sessions, on threads of the same name", async () => {
    const machine = sharedMachine();
    await using one = instance(machine, "one");
    await using two = instance(machine, "two");
    const logs = [new EventLog(one.events), new EventLog(two.events)] as const;
    for (const provider of [one, two]) await provider.startSession({ threadId: "t1", ...fullAccess });
    expect(started(machine)).toEqual([
      ["/bin/one", "/agent-home/one", "one"],
      ["/bin/two", "/agent-home/two", "two"],
    ]);
    expect(logs.map((log) => log.of("session.configured").map(({ payload }) => payload.config["agentVersion"]))).toEqual([["1.0.0"], ["2.0.0"]]);
    const { turnId } = await one.sendTurn({ threadId: "t1", input: "hello" });
    await logs[0].turn(turnId);
    expect(logs[1].types).toEqual(["session.started", "session.configured", "thread.started"]);
    await one[Symbol.asyncDispose]();
    expect([two.hasSession("t1"), machine.spawner.running]).toEqual([true, 1]);
    await logs[1].turn((await two.sendTurn({ threadId: "t1", input: "hello" })).turnId);
    expect(logs.flatMap((log) => log.violations)).toEqual([]);
  });

  it("learn each of their own agent, and tell nobody else", async () => {
    const machine = sharedMachine();
    await using one = instance(machine, "one");
    await using two = instance(machine, "two");
    await one.listModels();
    expect([one.snapshot().catalog?.models.length, two.snapshot().catalog, two.snapshot().health]).toEqual([2, undefined, undefined]);
    await two.listModels();
    expect(started(machine)).toEqual([
      ["/bin/one", "/agent-home/one", "one"],
      ["/bin/two", "/agent-home/two", "two"],
    ]);
    expect([one.snapshot().health?.version, two.snapshot().health?.version]).toEqual(["1.0.0", "2.0.0"]);
  });

  it("never adopt each other's processes", async () => {
    const machine = sharedMachine();
    await using one = instance(machine, "one");
    await using two = instance(machine, "two");
    await one.listModels({ cwd: "/project" });
    await two.startSession({ threadId: "t1", ...fullAccess });
    await one.startSession({ threadId: "t1", ...fullAccess });
    expect(started(machine)).toEqual([
      ["/bin/one", "/agent-home/one", "one"],
      ["/bin/two", "/agent-home/two", "two"],
    ]);
  });

  it("keep each their own custom models", async () => {
    const machine = sharedMachine();
    await using one = instance(machine, "one");
    await using two = instance(machine, "two");
    machine.spawner.refuse = "permission-denied";
    await one.customModels.add("echo/mine", { allowUnverified: true });
    expect([await one.customModels.list(), await two.customModels.list()]).toEqual([[{ slug: "echo/mine", verified: false }], []]);
  });
});

describe("the end", () => {
  it.each<[what: string, end: (busy: { readonly container: Container; readonly provider: Provider }) => PromiseLike<unknown>]>([
    ["of the container", ({ container }) => container.unbindAllAsync()],
    ["of the provider", ({ provider }) => provider[Symbol.asyncDispose]()],
    ["of both", ({ container, provider }) => Promise.all([provider[Symbol.asyncDispose](), container.unbindAllAsync()])],
  ])("%s ends every process and turn, and then the events", async (_what, end) => {
    const busy = await busyProvider();
    expect(busy.infrastructure.spawner.running).toBeGreaterThan(1);
    await end(busy);
    expect([busy.infrastructure.spawner.running, busy.infrastructure.clock.pendingTimers, busy.provider.listSessions()]).toEqual([0, 0, []]);
    await busy.log.ended;
    expect(busy.log.of("turn.completed").map(({ payload }) => payload.state)).toEqual(["interrupted"]);
    expect(busy.log.of("session.exited").map(({ threadId }) => threadId).toSorted((one, other) => one.localeCompare(other))).toEqual(["t1", "t2"]);
    expect(busy.log.conclude()).toEqual([]);
    await expect(busy.provider.startSession({ threadId: "t3", ...fullAccess })).rejects.toMatchObject({ code: "disposed" });
    await busy.asking;
  });

  it("of a container whose provider nobody took is nothing", async () => {
    const infrastructure = new EchoInfrastructure();
    await createProviderContainer({ modules: [infrastructure.module] }).unbindAllAsync();
    expect(infrastructure.spawner.spawned).toEqual([]);
  });
});

/** Echo, but for runs with this argument: those are of another program. */
function echoBut(argument: string, program: InMemoryProgram): InMemoryProgram {
  return (io) => (io.args.includes(argument) ? program(io) : echoAgent(io));
}

/** Never comes to an end, whatever becomes of its input. */
function deafProgram(): Promise<void> {
  return new Promise(() => undefined);
}

/** A store with a model that the user has added. */
function keeping(slug: string): InMemoryCustomModelStore {
  return new InMemoryCustomModelStore({ type: "entries", entries: [{ slug, verified: false }] });
}

/** How a call ends: answered, or with what kind of the provider's own errors. */
async function kindOfOutcome(call: Promise<unknown>): Promise<unknown> {
  try {
    await call;
    return "answered";
  } catch (error) {
    return ProviderError.is(error) ? error.kind : error;
  }
}

const cursor = { version: 1, provider: "echo", sessionId: "echo", model: "echo/deep" };
const unversioned = { ...foundEcho, binary: { path: "/bin/echo-agent", command: "/bin/echo-agent", leadingArgs: [], identity: "echo" } };
const checkedDialect = { configuration: { files: () => [], check: { file: () => "/models", args: ["--check"], read: () => undefined } } };

describe("the end of a provider", () => {
  it.each<[during: string, infrastructure: EchoInfrastructureOptions, work: (provider: Provider) => Promise<unknown>, before?: (provider: Provider) => Promise<unknown>]>([
    ["a version check", { lookup: unversioned, program: echoBut("--version", deafProgram) }, (provider) => provider.checkHealth()],
    ["a discovery", { program: idleProgram }, (provider) => provider.listModels()],
    ["a discovery in a project", { program: idleProgram }, (provider) => provider.listModels({ cwd: "/project" })],
    ["a discovery that is to be the latest", { program: idleProgram }, (provider) => provider.listModels({ refresh: true })],
    ["a check of the configuration", { dialect: checkedDialect, program: echoBut("--check", deafProgram) }, (provider) => provider.inspect()],
    ["the validation of a custom model", { program: echoBut("--model=echo/mine", idleProgram) }, (provider) => provider.customModels.add("echo/mine")],
    ["the check of the custom models", { program: echoBut("--model=echo/mine", idleProgram), customModels: keeping("echo/mine") }, (provider) => provider.customModels.check()],
    ["a start", { program: idleProgram }, (provider) => provider.startSession({ threadId: "t1", ...fullAccess })],
    ["a start that learns the agent's own model", { program: idleProgram }, (provider) => provider.startSession({ threadId: "t1", ...fullAccess, resumeCursor: cursor, model: "default" })],
    [
      "a start that learns a model's own level",
      { program: echoBut("--model=echo/deep", idleProgram) },
      (provider) => provider.startSession({ threadId: "t1", ...fullAccess, resumeCursor: cursor, modelOptions: { echo: { thinkingLevel: "default" } } }),
    ],
    [
      "a message that learns the agent's own model",
      { program: echoBut("--model=echo/deep", idleProgram) },
      (provider) => provider.sendTurn({ threadId: "t1", input: "hello", model: "echo/deep", modelOptions: { echo: { thinkingLevel: "default" } } }),
      (provider) => provider.startSession({ threadId: "t1", ...fullAccess }),
    ],
  ])("during %s leaves no process and no timer, and nobody waiting", async (_during, options, work, before) => {
    const infrastructure = new EchoInfrastructure(options);
    infrastructure.stamps.touch("/models");
    const provider = createPiProvider({ cwd: "/project", modules: [infrastructure.module] });
    await before?.(provider);
    const spawned = infrastructure.spawner.spawned.length;
    const outcome = kindOfOutcome(work(provider));
    await expect.poll(() => infrastructure.spawner.spawned.length).toBeGreaterThan(spawned);
    await expect.poll(() => infrastructure.spawner.running).toBeGreaterThan(0);
    await provider[Symbol.asyncDispose]();
    expect([infrastructure.spawner.running, infrastructure.clock.pendingTimers]).toEqual([0, 0]);
    expect(["answered", "session-closed"]).toContain(await outcome);
  });

  it("ends a process that waits for a session", async () => {
    const infrastructure = new EchoInfrastructure();
    const provider = createPiProvider({ cwd: "/project", modules: [infrastructure.module] });
    await provider.listModels({ cwd: "/project" });
    expect(infrastructure.spawner.running).toBe(1);
    await provider[Symbol.asyncDispose]();
    expect([infrastructure.spawner.running, infrastructure.clock.pendingTimers]).toEqual([0, 0]);
  });

  it("ends a renewal that nobody waits for", async () => {
    let isSilent = false;
    const infrastructure = new EchoInfrastructure({ program: (io) => (isSilent ? idleProgram(io) : echoAgent(io)) });
    const provider = createPiProvider({ modules: [infrastructure.module] });
    await provider.listModels();
    isSilent = true;
    await infrastructure.clock.advance(30 * 60_000);
    expect(await provider.listModels()).toMatchObject({ freshness: { stale: true } });
    await expect.poll(() => infrastructure.spawner.running).toBe(1);
    await provider[Symbol.asyncDispose]();
    expect([infrastructure.spawner.running, infrastructure.clock.pendingTimers]).toEqual([0, 0]);
  });

  it.each<[what: string, ask: (provider: Provider) => Promise<unknown>]>([
    ["models", (provider) => provider.listModels({ cwd: "/project" })],
    ["a new custom model", (provider) => provider.customModels.add("echo/mine", { allowUnverified: true })],
    ["verdicts on custom models", (provider) => provider.customModels.check()],
    ["its health", (provider) => provider.inspect({ refresh: true })],
  ])("lets nobody start anything by asking for %s", async (_what, ask) => {
    const infrastructure = new EchoInfrastructure();
    const provider = createPiProvider({ modules: [infrastructure.module] });
    await provider[Symbol.asyncDispose]();
    expect(["answered", "session-closed"]).toContain(await kindOfOutcome(ask(provider)));
    expect(infrastructure.spawner.spawned).toEqual([]);
  });
});
