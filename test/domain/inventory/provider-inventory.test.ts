import { describe, expect, it } from "vitest";
import { echoAgent } from "../../../src/adapters/fake/echo-agent.js";
import type { InMemoryProgram } from "../../../src/adapters/fake/in-memory-program.js";
import { AgentDiscovery } from "../../../src/domain/inventory/agent-discovery.js";
import { AgentInstallations } from "../../../src/domain/inventory/agent-installation.js";
import { AgentInventory } from "../../../src/domain/inventory/provider-inventory.js";
import type { BinaryLocator } from "../../../src/ports/binary-locator.js";
import { ProviderError } from "../../../src/ports/errors.js";
import type { ProviderCapabilities, ProviderSnapshot } from "../../../src/ports/provider.js";
import { echoParts, idleProgram, locatedEcho, type EchoParts, type EchoPartsOptions } from "../echo-parts.js";

const capabilities: ProviderCapabilities = { sessionModelSwitch: "in-session", runtimeModes: [], steering: true, userInput: true, attachments: [], resume: true, readThread: true, rollback: true, commands: true, compaction: true };
const { packageVersion: _unknown, ...unversioned } = locatedEcho;

/** An inventory around an agent in memory; its processes are gone at the end. */
class InventoryBench implements AsyncDisposable {
  readonly parts: EchoParts;
  readonly inventory: AgentInventory;

  constructor(options: EchoPartsOptions & { readonly locator?: BinaryLocator } = {}) {
    const parts = echoParts(options);
    this.parts = parts;
    const installations = options.locator === undefined ? parts.installations : new AgentInstallations({ ...parts, locator: options.locator, probeMs: 10_000 });
    const discovery = new AgentDiscovery({ ...parts, answerMs: 60_000, neutralFolder: "/neutral" });
    this.inventory = new AgentInventory({ ...parts, installations, discovery, capabilities, defaultBinaryPath: "/default", defaultAgentDir: "/agent-home/echo" });
  }

  get started(): number {
    return this.parts.spawner.spawned.length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.inventory.dispose();
    const { running } = this.parts.spawner;
    if (running > 0) throw new Error(`The inventory left ${running} processes.`);
  }
}

function codeOf(error: unknown): unknown {
  return ProviderError.is(error) ? error.code : error;
}

describe("an inventory", () => {
  it("looks for nothing and starts nothing until someone asks", async () => {
    await using bench = new InventoryBench();
    expect(bench.inventory.snapshot()).toEqual({ provider: "echo", displayName: "Echo", capabilities });
    expect([bench.started, bench.parts.locator.queries.length]).toEqual([0, 0]);
  });

  it("checks the health by asking the agent itself", async () => {
    await using bench = new InventoryBench();
    expect(await bench.inventory.checkHealth()).toEqual({ provider: "echo", status: "ready", available: true, authStatus: "authenticated", checkedAt: "2026-01-01T00:00:00.000Z" });
    expect(await bench.inventory.inspect()).toMatchObject({ verdict: "ready", modelCount: 2, version: "1.2.3", binaryPath: "/usr/bin/echo-agent" });
    expect(bench.inventory.snapshot().health?.verdict).toBe("ready");
  });

  it("lists the agent's models", async () => {
    await using bench = new InventoryBench();
    const catalog = await bench.inventory.listModels();
    expect(catalog).toMatchObject({ defaultModel: "echo/plain", models: [{ slug: "echo/plain" }, { slug: "echo/deep" }], freshness: { readAt: "2026-01-01T00:00:00.000Z", source: "live" } });
    expect(bench.inventory.snapshot().catalog).toBe(catalog);
  });

  it("uses the provider's own program and folder unless it is told others", async () => {
    await using bench = new InventoryBench();
    await bench.inventory.listModels();
    await bench.inventory.listModels({ binaryPath: "/mine", agentDir: "/other" });
    expect(bench.parts.locator.queries.map(({ configured }) => configured)).toEqual(["/default", "/mine"]);
    expect(bench.parts.spawner.spawned.map(({ environment }) => environment.ECHO_HOME)).toEqual(["/agent-home/echo", "/other"]);
  });

  it("asks one process for all who ask at the same time, and another for who asks later", async () => {
    await using bench = new InventoryBench();
    await Promise.all([bench.inventory.listModels(), bench.inventory.checkHealth(), bench.inventory.listModels()]);
    expect(bench.started).toBe(1);
    await bench.inventory.listModels();
    expect(bench.started).toBe(2);
  });

  it("asks another process for another program or folder", async () => {
    await using bench = new InventoryBench();
    await Promise.all([bench.inventory.listModels(), bench.inventory.listModels({ agentDir: "/other" }), bench.inventory.listModels({ binaryPath: "/mine" })]);
    expect(bench.started).toBe(3);
  });

  it("tells of each change", async () => {
    await using bench = new InventoryBench();
    const changes = bench.inventory.changes[Symbol.asyncIterator]();
    const next = changes.next();
    await bench.inventory.listModels();
    const change: ProviderSnapshot = (await next).value;
    expect([change.catalog?.models.length, change.health]).toEqual([2, undefined]);
  });
});

describe("an inventory whose agent fails", () => {
  it.each<[what: string, options: EchoPartsOptions, verdict: string, code: string]>([
    ["is not there", { lookup: { type: "missing", reason: "not-on-path", searched: [] } }, "not-installed", "binary-not-found"],
    ["ends at once", { program: () => 1 }, "cannot-start", "agent-exited"],
  ])("(it %s) has a verdict, and no models for an answer", async (_what, options, verdict, code) => {
    await using bench = new InventoryBench(options);
    expect((await bench.inventory.inspect()).verdict).toBe(verdict);
    await expect(bench.inventory.listModels()).rejects.toMatchObject({ name: "ProviderError", code });
    expect(bench.inventory.snapshot()).toMatchObject({ health: { verdict } });
    expect(bench.inventory.snapshot()).not.toHaveProperty("catalog");
  });

  it("does not start an agent that it cannot use", async () => {
    await using bench = new InventoryBench({ lookup: { type: "found", binary: { ...locatedEcho, packageVersion: "0.1.0" }, searched: [] } });
    expect([(await bench.inventory.inspect()).verdict, bench.started]).toEqual(["too-old", 0]);
  });

  it("has a verdict even where the search itself breaks", async () => {
    await using bench = new InventoryBench({ locator: { locate: () => Promise.reject(new Error("The other machine is gone.")) } });
    expect(await bench.inventory.checkHealth()).toMatchObject({ status: "error", available: false, message: expect.any(String) as unknown });
    expect((await bench.inventory.inspect()).verdict).toBe("cannot-start");
  });

  it("keeps the catalog that it had", async () => {
    let program: InMemoryProgram = echoAgent;
    await using bench = new InventoryBench({ program: (io) => program(io) });
    await bench.inventory.listModels();
    program = () => 1;
    await expect(bench.inventory.listModels()).rejects.toMatchObject({ code: "agent-exited" });
    expect(bench.inventory.snapshot().catalog?.models).toHaveLength(2);
  });
});

describe("a question to the inventory that is called off", () => {
  it("leaves the others waiting, who get their answer", async () => {
    await using bench = new InventoryBench();
    const abort = new AbortController();
    const [calledOff, other] = [bench.inventory.listModels({ signal: abort.signal }).catch(codeOf), bench.inventory.listModels()];
    abort.abort();
    expect([await calledOff, (await other).models.length, bench.started]).toEqual(["aborted", 2, 1]);
  });

  it("before it began says so", async () => {
    await using bench = new InventoryBench();
    expect(await bench.inventory.listModels({ signal: AbortSignal.abort() }).catch(codeOf)).toBe("aborted");
  });

  it("is no verdict on the provider", async () => {
    await using bench = new InventoryBench({ program: idleProgram });
    const abort = new AbortController();
    const inspecting = bench.inventory.inspect({ signal: abort.signal });
    await expect.poll(() => bench.parts.spawner.running).toBe(1);
    abort.abort();
    await inspecting;
    expect(bench.inventory.snapshot()).not.toHaveProperty("health");
  });
});

describe("the end of an inventory", () => {
  it.each<[what: string, options: EchoPartsOptions]>([
    ["a discovery", { program: idleProgram }],
    ["a question for the version", { program: () => new Promise<void>(() => undefined), lookup: { type: "found", binary: unversioned, searched: [] } }],
  ])("leaves no process of %s that is under way", async (_what, options) => {
    const bench = new InventoryBench(options);
    const asking = bench.inventory.checkHealth();
    await expect.poll(() => bench.parts.spawner.running).toBe(1);
    await bench.inventory.dispose();
    expect(bench.parts.spawner.running).toBe(0);
    expect((await asking).available).toBe(false);
  });

  it("ends the changes", async () => {
    const { inventory } = new InventoryBench();
    const next = inventory.changes[Symbol.asyncIterator]().next();
    await inventory.dispose();
    expect((await next).done).toBe(true);
  });
});
