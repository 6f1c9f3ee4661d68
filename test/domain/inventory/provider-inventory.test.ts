import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { InMemoryCustomModelStore } from "../../../src/adapters/fake/in-memory-custom-model-store.js";
import { CustomModels } from "../../../src/domain/inventory/custom-models.js";
import { AgentInventory } from "../../../src/domain/inventory/provider-inventory.js";
import type { CustomModelRead, CustomModelStore } from "../../../src/ports/custom-model-store.js";
import { ProviderError } from "../../../src/ports/errors.js";
import type { ProviderCapabilities } from "../../../src/ports/provider.js";
import type { ProviderHealthVerdict, ProviderSnapshot } from "../../../src/ports/provider-inventory.js";
import { agentDir, changingWorld, checkedDialect, settingsFile, type ChangingAgent, type ChangingWorld } from "./changing-agent.js";

const capabilities: ProviderCapabilities = { sessionModelSwitch: "in-session", runtimeModes: [], steering: true, userInput: true, attachments: [], resume: true, readThread: true, rollback: true, fork: true, commands: true, compaction: true, textGeneration: true };
const identity = { provider: "echo", instanceId: "echo-work", displayName: "Echo at work", capabilities };
const defaults = { binaryPath: "/default", agentDir };

/** An inventory around an agent that changes; its processes are gone at the end. */
class InventoryBench implements AsyncDisposable {
  readonly world: ChangingWorld;
  readonly agent: ChangingAgent;
  readonly custom: CustomModels;
  readonly inventory: AgentInventory;
  /** Every change that a consumer saw, oldest first. */
  readonly seen: ProviderSnapshot[] = [];

  constructor({ store = new InMemoryCustomModelStore() }: { readonly store?: CustomModelStore } = {}) {
    this.world = changingWorld({ dialect: checkedDialect });
    this.agent = this.world.agent;
    const { parts } = this.world;
    parts.stamps.touch(settingsFile);
    const limits = { count: 32, length: 256 };
    this.custom = new CustomModels({ ...parts, store, displayName: "Echo", limits, recheckMs: parts.settings.recheckMs, defaults });
    this.inventory = new AgentInventory({ ...parts, customModels: this.custom, identity, defaults });
    void this.#listen();
  }

  async pass(ms: number): Promise<void> {
    await this.world.parts.clock.advance(ms);
  }

  /** What is left of all work. */
  get left(): readonly [processes: number, timers: number] {
    const { spawner, clock } = this.world.parts;
    return [spawner.running, clock.pendingTimers];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { catalog, installations, spares } = this.world.parts;
    this.inventory.close();
    await Promise.all([catalog.dispose(), this.custom.dispose()]);
    await Promise.all([installations.dispose(), spares.dispose()]);
    const [processes, timers] = this.left;
    if (processes + timers > 0) throw new Error(`The inventory left ${processes} processes and ${timers} timers.`);
  }

  async #listen(): Promise<void> {
    for await (const snapshot of this.inventory.changes) this.seen.push(snapshot);
  }
}

function codeOf(error: unknown): unknown {
  return ProviderError.is(error) ? error.code : error;
}

describe("an inventory", () => {
  it("locates, spawns and reads nothing until someone asks", async () => {
    await using bench = new InventoryBench();
    await bench.pass(24 * 60 * 60_000);
    expect(bench.inventory.snapshot()).toEqual(identity);
    expect(bench.world.traffic()).toEqual({ located: 0, stamped: 0, spawned: 0, timers: 0 });
  });

  it("checks the health by asking the agent itself, and whether it ignores its settings", async () => {
    await using bench = new InventoryBench();
    expect(await bench.inventory.checkHealth()).toEqual({ provider: "echo", status: "ready", available: true, authStatus: "authenticated", checkedAt: "2026-01-01T00:00:00.000Z" });
    bench.agent.settings = "broken";
    bench.world.parts.stamps.touch(settingsFile);
    await bench.pass(1_000);
    expect(await bench.inventory.inspect()).toMatchObject({ verdict: "ready", modelCount: 1, version: "1.4.0", binaryPath: "/usr/bin/echo-agent", warnings: ["The settings are ignored."], status: { status: "warning", available: true } });
    expect(bench.inventory.snapshot().health?.warnings).toEqual(["The settings are ignored."]);
  });

  it("lists the agent's models and the user's, and publishes them with the verdict and the commands", async () => {
    await using bench = new InventoryBench({ store: new InMemoryCustomModelStore({ type: "entries", entries: [{ slug: "mine/own", verified: true }] }) });
    const catalog = await bench.inventory.listModels();
    expect(catalog).toMatchObject({ defaultModel: "echo/plain", models: [{ slug: "echo/plain" }, { slug: "mine/own", isCustom: true }], freshness: { readAt: "2026-01-01T00:00:00.000Z", source: "live" } });
    expect(bench.inventory.snapshot()).toEqual({ ...identity, catalog, commands: [], health: expect.objectContaining({ verdict: "ready", modelCount: 1 }) as unknown });
  });

  it("does not check the settings for a list of models", async () => {
    await using bench = new InventoryBench();
    await bench.inventory.listModels();
    expect(bench.agent.starts).toEqual({ version: 1, check: 0, rpc: 1 });
  });

  it("uses the provider's own program and folder unless it is told others", async () => {
    await using bench = new InventoryBench();
    await bench.inventory.listModels();
    await bench.inventory.listModels({ binaryPath: "/mine", agentDir: "/other" });
    const { locator, spawner } = bench.world.parts;
    expect(new Set(locator.queries.map(({ configured }) => configured))).toEqual(new Set(["/default", "/mine"]));
    expect(spawner.spawned.filter(({ args }) => args.length === 0).map(({ environment }) => environment["ECHO_HOME"])).toEqual([agentDir, "/other"]);
  });

  it("answers 102 concurrent questions of all kinds with one process, one version check and one check of the settings", async () => {
    await using bench = new InventoryBench();
    const { inventory } = bench;
    await Promise.all(Array.from({ length: 34 }, () => Promise.all([inventory.listModels(), inventory.checkHealth(), inventory.inspect()])));
    expect(bench.agent.starts).toEqual({ version: 1, check: 1, rpc: 1 });
  });

  it("answers a warm question from memory alone: no spawn, no look, no timer, and nothing new to tell", async () => {
    await using bench = new InventoryBench();
    const first = await bench.inventory.listModels();
    await bench.inventory.inspect();
    await bench.pass(500);
    const [traffic, seen] = [bench.world.traffic(), bench.seen.length];
    const second = await bench.inventory.listModels();
    await setImmediate();
    expect([bench.world.traffic(), bench.seen.length]).toEqual([traffic, seen]);
    expect(second).toEqual({ ...first, freshness: { ...first.freshness, source: "remembered" } });
    // Not only alike: whoever shows 5,000 models need not make them again.
    expect(second.models).toBe(first.models);
  });

  it("re-probes with nothing changed without starting anything", async () => {
    await using bench = new InventoryBench();
    await bench.inventory.inspect();
    const { spawned } = bench.world.traffic();
    for (let probe = 0; probe < 10; probe += 1) {
      await bench.pass(60_000);
      expect((await bench.inventory.inspect()).verdict).toBe("ready");
    }
    expect(bench.world.traffic().spawned).toBe(spawned);
  });

  it("says when it was checked, each time anew", async () => {
    await using bench = new InventoryBench();
    await bench.inventory.checkHealth();
    await bench.pass(60_000);
    expect((await bench.inventory.checkHealth()).checkedAt).toBe("2026-01-01T00:01:00.000Z");
  });

  it("asks again when that is wished", async () => {
    await using bench = new InventoryBench();
    await bench.inventory.listModels();
    bench.agent.models = ["echo/new"];
    const catalog = await bench.inventory.listModels({ refresh: true });
    expect([catalog.models.map(({ slug }) => slug), catalog.freshness.source]).toEqual([["echo/new"], "live"]);
  });
});

describe("the changes of an inventory", () => {
  it("are told as they come", async () => {
    await using bench = new InventoryBench();
    await bench.inventory.listModels();
    await bench.custom.add("mine/own");
    await expect.poll(() => bench.seen.at(-1)?.catalog?.models.map(({ slug }) => slug)).toEqual(["echo/plain", "mine/own"]);
    expect(bench.seen.every(({ health }) => health?.verdict === "ready")).toBe(true);
  });

  it("tell that an old answer was given while the agent is asked again, and then the new one", async () => {
    await using bench = new InventoryBench();
    await bench.inventory.listModels();
    bench.agent.models = ["echo/new"];
    await bench.pass(30 * 60_000);
    const release = bench.agent.hold("rpc");
    const { models, freshness } = await bench.inventory.listModels();
    expect([models.map(({ slug }) => slug), freshness]).toEqual([["echo/plain"], { readAt: "2026-01-01T00:00:00.000Z", source: "remembered", stale: true }]);
    release();
    await expect.poll(() => bench.inventory.snapshot().catalog?.models.map(({ slug }) => slug)).toEqual(["echo/new"]);
    expect(bench.inventory.snapshot().catalog?.freshness).toEqual({ readAt: "2026-01-01T00:30:00.000Z", source: "live" });
    await expect.poll(() => bench.seen.at(-1)?.catalog?.freshness.readAt).toBe("2026-01-01T00:30:00.000Z");
  });

  it("tell nothing of custom models while nobody has asked about the agent", async () => {
    await using bench = new InventoryBench();
    await bench.custom.setAside();
    await setImmediate();
    expect([bench.seen, bench.inventory.snapshot()]).toEqual([[], identity]);
  });

  it.each<[what: string, content: CustomModelRead]>([
    ["cannot be read", { type: "unreadable", detail: "It is not JSON." }],
    ["is not there, and read anew each time", { type: "entries", entries: [] }],
  ])("are none while nothing changes, though the store %s", async (_what, content) => {
    const store = new InMemoryCustomModelStore(content);
    store.read = () => Promise.resolve(content.type === "entries" ? { ...content, entries: [...content.entries] } : { ...content });
    await using bench = new InventoryBench({ store });
    const first = await bench.inventory.listModels();
    await setImmediate();
    const seen = bench.seen.length;
    for (let question = 0; question < 5; question += 1) {
      await bench.pass(1_000);
      expect((await bench.inventory.listModels()).models).toBe(first.models);
    }
    expect(bench.seen).toHaveLength(seen);
  });

  it("end with the inventory", async () => {
    const bench = new InventoryBench();
    const next = bench.inventory.changes[Symbol.asyncIterator]().next();
    await bench[Symbol.asyncDispose]();
    expect((await next).done).toBe(true);
  });
});

describe("an inventory whose agent fails", () => {
  it.each<[what: string, change: (agent: ChangingAgent) => void, verdict: ProviderHealthVerdict, code: string]>([
    ["is not there", (agent) => (agent.isGone = true), "not-installed", "binary-not-found"],
    ["is too old", (agent) => (agent.version = "0.1.0"), "too-old", "agent-too-old"],
    ["is another program", (agent) => (agent.version = "none"), "not-the-agent", "agent-unrecognised"],
    ["ends at once", (agent) => (agent.health = "fails"), "cannot-start", "agent-exited"],
  ])("(it %s) has a verdict, and no models for an answer", async (_what, change, verdict, code) => {
    await using bench = new InventoryBench();
    change(bench.agent);
    expect((await bench.inventory.inspect()).verdict).toBe(verdict);
    await expect(bench.inventory.listModels()).rejects.toMatchObject({ name: "ProviderError", code });
    expect(bench.inventory.snapshot()).toMatchObject({ health: { verdict, status: { available: false } } });
    expect(bench.inventory.snapshot()).not.toHaveProperty("catalog");
  });

  it("has a verdict where the agent does not answer", async () => {
    await using bench = new InventoryBench();
    bench.agent.health = "is silent";
    const inspecting = bench.inventory.inspect();
    await expect.poll(() => bench.agent.starts.rpc).toBe(1);
    await bench.pass(60_000);
    expect([(await inspecting).verdict, ...bench.left]).toEqual(["timed-out", 0, 0]);
  });

  it("has a verdict even where the search itself breaks", async () => {
    await using bench = new InventoryBench();
    bench.world.parts.locator.locate = () => Promise.reject(new Error("The other machine is gone."));
    expect(await bench.inventory.checkHealth()).toMatchObject({ status: "error", available: false, message: expect.any(String) as unknown });
    expect((await bench.inventory.inspect()).verdict).toBe("cannot-start");
  });

  it("gives the catalog that it had, and says why it is no newer", async () => {
    await using bench = new InventoryBench();
    await bench.inventory.listModels();
    bench.agent.health = "fails";
    await bench.pass(5_000);
    const { models, freshness } = await bench.inventory.listModels({ refresh: true });
    expect([models.length, freshness]).toEqual([1, { readAt: "2026-01-01T00:00:00.000Z", source: "last-known-good", problem: { code: "agent-exited", message: expect.any(String) as unknown } }]);
    expect(bench.inventory.snapshot()).toMatchObject({ health: { verdict: "cannot-start" }, catalog: { freshness: { source: "last-known-good" } } });
  });

  it("has an empty list only where that is the agent's own answer", async () => {
    await using bench = new InventoryBench();
    bench.agent.models = [];
    expect(await bench.inventory.listModels()).toMatchObject({ defaultModel: null, models: [], freshness: { source: "live" } });
    expect((await bench.inventory.inspect()).verdict).toBe("no-models");
  });

  it("is usable again when the agent is", async () => {
    await using bench = new InventoryBench();
    bench.agent.health = "fails";
    await bench.inventory.listModels().catch(codeOf);
    bench.agent.health = "answers";
    await bench.pass(10_000);
    expect((await bench.inventory.listModels()).freshness).toEqual({ readAt: "2026-01-01T00:00:10.000Z", source: "live" });
    expect(bench.inventory.snapshot().health?.verdict).toBe("ready");
  });
});

describe("an inventory with custom models that cannot be read", () => {
  it("lists the agent's models, and warns", async () => {
    await using bench = new InventoryBench({ store: new InMemoryCustomModelStore({ type: "unreadable", detail: "It is not JSON." }) });
    expect((await bench.inventory.listModels()).models.map(({ slug }) => slug)).toEqual(["echo/plain"]);
    expect(await bench.inventory.inspect()).toMatchObject({ verdict: "ready", warnings: [expect.stringContaining("It is not JSON.") as unknown] });
  });
});

describe("a question to the inventory that is called off", () => {
  it("leaves the others waiting, who get their answer", async () => {
    await using bench = new InventoryBench();
    const abort = new AbortController();
    const [calledOff, other] = [bench.inventory.listModels({ signal: abort.signal }).catch(codeOf), bench.inventory.listModels()];
    abort.abort();
    expect([await calledOff, (await other).models.length, bench.agent.starts.rpc]).toEqual(["aborted", 1, 1]);
  });

  it("before it began says so", async () => {
    await using bench = new InventoryBench();
    expect([await bench.inventory.listModels({ signal: AbortSignal.abort() }).catch(codeOf), bench.world.traffic().located]).toEqual(["aborted", 0]);
  });

  it("is no verdict on the provider", async () => {
    await using bench = new InventoryBench();
    bench.agent.hold("rpc");
    const abort = new AbortController();
    const inspecting = bench.inventory.inspect({ signal: abort.signal });
    await expect.poll(() => bench.agent.starts.rpc).toBe(1);
    abort.abort();
    await inspecting;
    expect([bench.inventory.snapshot(), ...bench.left]).toEqual([identity, 0, 0]);
  });
});

describe("two inventories", () => {
  it("share nothing: neither answers, nor failures, nor an end", async () => {
    await using one = new InventoryBench();
    await using other = new InventoryBench();
    other.agent.models = ["echo/other"];
    await Promise.all([one.inventory.listModels(), other.inventory.listModels()]);
    one.agent.health = "fails";
    await one.inventory.inspect({ refresh: true });
    one.inventory.close();
    await one.world.parts.catalog.dispose();
    expect((await other.inventory.listModels({ refresh: true })).models.map(({ slug }) => slug)).toEqual(["echo/other"]);
    expect([one.inventory.snapshot().health?.verdict, other.inventory.snapshot().health?.verdict]).toEqual(["cannot-start", "ready"]);
    await other.custom.add("mine/own");
    expect([await one.custom.list(), (await other.custom.list()).length]).toEqual([[], 1]);
  });
});

describe("the snapshot of a place", () => {
  it("is what was learnt of that place last, from memory", async () => {
    await using bench = new InventoryBench();
    const { inventory, agent } = bench;
    const shown = (cwd?: string): unknown => inventory.snapshot({ cwd }).catalog?.models.map(({ slug }) => slug);
    await inventory.listModels({ cwd: "/first" });
    agent.models = ["echo/new"];
    await inventory.listModels({ cwd: "/second" });
    const { spawned, located } = bench.world.traffic();
    expect([shown("/first"), shown("/second"), shown("/third"), shown()]).toEqual([["echo/plain"], ["echo/new"], undefined, undefined]);
    expect(inventory.snapshot({ cwd: "/third" })).toEqual(identity);
    expect(inventory.snapshot()).toBe(inventory.snapshot({ cwd: "/second" }));
    // What a call would take for granted counts here, too.
    expect(inventory.snapshot({ ...defaults, cwd: "/first" })).toBe(inventory.snapshot({ cwd: "/first" }));
    expect(inventory.snapshot({ binaryPath: "/another", cwd: "/first" })).toEqual(identity);
    expect(bench.world.traffic()).toMatchObject({ spawned, located });
    await bench.pass(60_000);
  });

  it("has the verdict of a check of that place", async () => {
    await using bench = new InventoryBench();
    await bench.inventory.inspect({ cwd: "/first" });
    bench.agent.isGone = true;
    await bench.inventory.inspect({ cwd: "/second" });
    expect(["/first", "/second"].map((cwd) => bench.inventory.snapshot({ cwd }).health?.verdict)).toEqual(["ready", "not-installed"]);
    await bench.pass(60_000);
  });

  it("has the custom models of now, and tells nobody of places that were not asked about last", async () => {
    await using bench = new InventoryBench();
    const { inventory } = bench;
    await inventory.listModels({ cwd: "/first" });
    await inventory.listModels({ cwd: "/second" });
    await setImmediate();
    const told = bench.seen.length;
    await bench.custom.add("mine/own", { allowUnverified: true });
    const shown = (cwd: string): unknown => inventory.snapshot({ cwd }).catalog?.models.map(({ slug }) => slug);
    await expect.poll(() => [shown("/first"), shown("/second")]).toEqual([["echo/plain", "mine/own"], ["echo/plain", "mine/own"]]);
    expect(bench.seen.slice(told).every((snapshot) => snapshot === inventory.snapshot({ cwd: "/second" }))).toBe(true);
    expect(inventory.snapshot()).toBe(inventory.snapshot({ cwd: "/second" }));
    await bench.pass(60_000);
  });
});

describe("a snapshot", () => {
  it("holds nothing of another configuration than that of its verdict", async () => {
    await using bench = new InventoryBench();
    await bench.inventory.listModels();
    bench.agent.isGone = true;
    await bench.inventory.inspect({ binaryPath: "/wrong" });
    expect(bench.inventory.snapshot()).toEqual({ ...identity, health: expect.objectContaining({ verdict: "not-installed" }) as unknown });
  });

  it("is of the configuration that was asked about last, however long the store takes", async () => {
    const gates: PromiseWithResolvers<void>[] = [];
    const store = new InMemoryCustomModelStore();
    const read = store.read.bind(store);
    store.read = async () => {
      const gate = Promise.withResolvers<void>();
      gates.push(gate);
      await gate.promise;
      return await read();
    };
    await using bench = new InventoryBench({ store });
    const first = bench.inventory.listModels();
    await expect.poll(() => gates.length).toBe(1);
    bench.agent.models = ["echo/new"];
    const second = bench.inventory.listModels({ refresh: true });
    await expect.poll(() => [bench.agent.starts.rpc, bench.world.parts.spawner.running]).toEqual([2, 0]);
    await setImmediate();
    // The later question hears from the store first.
    for (const gate of gates.toReversed()) {
      gate.resolve();
      await setImmediate();
    }
    await Promise.all([first, second]);
    expect(bench.inventory.snapshot().catalog?.models.map(({ slug }) => slug)).toEqual(["echo/new"]);
  });
});
