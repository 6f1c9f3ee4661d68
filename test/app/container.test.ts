import type { Container, ServiceIdentifier } from "inversify";
import { ContainerModule } from "inversify";
import { describe, expect, it } from "vitest";
import { createPiProvider, createProviderContainer, piDialect, ports, services, type Provider } from "../../src/app/index.js";
import { EventLog } from "../../src/app/testing.js";
import { EchoInfrastructure } from "./echo-module.js";

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
    expect([infrastructure.locator.queries, infrastructure.spawner.spawned, infrastructure.clock.pendingTimers]).toEqual([[], [], 0]);
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
