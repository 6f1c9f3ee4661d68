import { describe, expect, it } from "vitest";
import { InMemoryCustomModelStore } from "../../../src/adapters/fake/in-memory-custom-model-store.js";
import { echoAgent } from "../../../src/adapters/fake/echo-agent.js";
import { CustomModels } from "../../../src/domain/inventory/custom-models.js";
import type { CustomModelEntry, CustomModelRead, CustomModelStore } from "../../../src/ports/custom-model-store.js";
import { ProviderError } from "../../../src/ports/errors.js";
import { echoParts } from "../echo-parts.js";
import { agentDir, changingWorld, type ChangingWorld } from "./changing-agent.js";

const limits = { count: 3, length: 64 };
const defaults = { binaryPath: undefined, agentDir };

/** A store that counts what is asked of it. */
class CountingStore extends InMemoryCustomModelStore {
  reads = 0;
  /** A read that begins now ends only when this does. */
  gate: Promise<void> | undefined;

  override async read(): Promise<CustomModelRead> {
    this.reads += 1;
    const [content, gate] = [await super.read(), this.gate];
    await gate;
    return content;
  }
}

interface World extends ChangingWorld {
  readonly store: CountingStore;
  readonly custom: CustomModels;
  /** How often it was told that something may have changed. */
  readonly changes: () => number;
}

function world(entries: readonly CustomModelEntry[] = [], content: CustomModelRead = { type: "entries", entries }): World {
  const made = changingWorld();
  const store = new CountingStore(content);
  const custom = new CustomModels({ ...made.parts, store, displayName: "Echo", limits, recheckMs: 1_000, defaults });
  let changes = 0;
  custom.watch(() => (changes += 1));
  return { ...made, store, custom, changes: () => changes };
}

async function kept(store: CustomModelStore): Promise<readonly (readonly [slug: string, verified: boolean])[]> {
  const content = await store.read();
  return content.type === "entries" ? content.entries.map(({ slug, verified }) => [slug, verified]) : [];
}

function codeOf(error: unknown): unknown {
  return ProviderError.is(error) ? error.code : error;
}

describe("a model that is added", () => {
  it("is kept as verified once the agent, started with it, takes it for itself", async () => {
    const { custom, store, parts, changes } = world();
    expect(await custom.add(" mine/a/b ")).toEqual({ slug: "mine/a/b", verified: true });
    expect([await kept(store), changes(), parts.spawner.spawned.at(-1)?.args]).toEqual([[["mine/a/b", true]], 1, ["--model=mine/a/b"]]);
    expect([parts.spawner.running, parts.clock.pendingTimers]).toEqual([0, 0]);
  });

  it("is asked about where the host says", async () => {
    const { custom, parts } = world();
    await custom.add("mine/own", { cwd: "/project", agentDir: "/other", binaryPath: "/bin/echo" });
    expect(parts.locator.queries.every(({ configured }) => configured === "/bin/echo")).toBe(true);
    expect(parts.spawner.spawned.at(-1)).toMatchObject({ cwd: "/project", environment: { ECHO_HOME: "/other" } });
    await parts.spares.dispose();
  });

  it.each<[what: string, text: string, code: string]>([
    ["is none", "own", "invalid-model"],
    ["is there already", "mine/there", "custom-model-exists"],
  ])("is refused before anybody is asked when it %s", async (_what, text, code) => {
    const { custom, store, traffic, changes } = world([{ slug: "mine/there", verified: true }]);
    expect(await custom.add(text).catch(codeOf)).toBe(code);
    expect([traffic().located, changes(), await kept(store)]).toEqual([0, 0, [["mine/there", true]]]);
  });

  it("is refused when the agent reports it itself", async () => {
    const { custom, agent } = world();
    await expect(custom.add("echo/plain")).rejects.toMatchObject({ kind: "validation", code: "custom-model-exists", operation: "custom models" });
    expect(agent.starts.rpc).toBe(1);
  });

  it("is refused when there are too many", async () => {
    const { custom } = world(["mine/1", "mine/2", "mine/3"].map((slug) => ({ slug, verified: true })));
    await expect(custom.add("mine/4")).rejects.toMatchObject({ code: "custom-model-limit", nextStep: expect.stringContaining("mine/1") as unknown });
  });

  it("is judged again where it is written: others may have added to the store meanwhile", async () => {
    const { custom, store, agent } = world([{ slug: "mine/1", verified: true }]);
    const release = agent.hold("rpc");
    const adding = [custom.add("mine/2").catch(codeOf), custom.add("mine/3").catch(codeOf)];
    await expect.poll(() => agent.starts.rpc).toBe(1);
    await store.update((entries) => [...entries, { slug: "mine/2", verified: false }]);
    release();
    expect([await Promise.all(adding), await kept(store)]).toEqual([["custom-model-exists", { slug: "mine/3", verified: true }], [["mine/1", true], ["mine/2", false], ["mine/3", true]]]);
  });

  it("that many add at the same time is kept once", async () => {
    const { custom, store, agent } = world();
    const added = await Promise.all(Array.from({ length: 10 }, () => custom.add("mine/own").catch(codeOf)));
    expect([added.filter((outcome) => outcome !== "custom-model-exists"), await kept(store), agent.starts.rpc]).toEqual([[{ slug: "mine/own", verified: true }], [["mine/own", true]], 2]);
  });

  it("that the agent refuses is not kept, and its reason is told", async () => {
    const parts = echoParts({ program: echoAgent });
    const store = new InMemoryCustomModelStore();
    const custom = new CustomModels({ ...parts, store, displayName: "Echo", limits, recheckMs: 1_000, defaults });
    await expect(custom.add("echo/gone", { allowUnverified: true })).rejects.toMatchObject({
      kind: "validation",
      code: "custom-model-refused",
      detail: 'Echo refuses "echo/gone": The echo agent does not know the model it was started with.',
      nextStep: "Check its spelling, and that its provider is set up.",
    });
    expect([await kept(store), parts.spawner.running]).toEqual([[], 0]);
  });

  it("that the agent takes for another one is not kept", async () => {
    const { agent, custom, store } = world();
    agent.takesEveryModelFor = "echo/plain";
    await expect(custom.add("mine/own")).rejects.toMatchObject({ code: "custom-model-refused", detail: 'Echo takes "mine/own" for "echo/plain".' });
    expect(await kept(store)).toEqual([]);
  });

  it.each<[what: string, change: (world: World) => void, reason: string]>([
    ["is not there", ({ agent }) => (agent.isGone = true), "was not found"],
    ["ends at once", ({ agent }) => (agent.health = "fails"), "ended during its start"],
  ])("is refused when the agent %s, unless it may be kept as not verified", async (_what, change, reason) => {
    const there = world();
    change(there);
    await expect(there.custom.add("mine/own")).rejects.toMatchObject({ kind: "validation", code: "custom-model-unverified", detail: expect.stringContaining(reason) as unknown, nextStep: "Make Echo usable first, or add the model as not verified." });
    expect(await kept(there.store)).toEqual([]);
    expect(await there.custom.add("mine/own", { allowUnverified: true })).toEqual({ slug: "mine/own", verified: false });
    expect(await kept(there.store)).toEqual([["mine/own", false]]);
  });

  it("is verified when the agent can be asked, though it need not be", async () => {
    expect(await world().custom.add("mine/own", { allowUnverified: true })).toEqual({ slug: "mine/own", verified: true });
  });

  it("is not kept when the question about it is called off, and no process is left", async () => {
    const { agent, parts, custom, store } = world();
    await parts.catalog.ask(defaults);
    agent.hold("rpc");
    const abort = new AbortController();
    const adding = custom.add("mine/own", { signal: abort.signal, allowUnverified: true }).catch(codeOf);
    await expect.poll(() => agent.starts.rpc).toBe(2);
    abort.abort();
    expect([await adding, await kept(store), parts.spawner.running, parts.clock.pendingTimers]).toEqual(["aborted", [], 0, 0]);
  });

  it("is not kept when all is ended meanwhile, and no process is left", async () => {
    const { agent, parts, custom, store } = world();
    await parts.catalog.ask(defaults);
    agent.hold("rpc");
    const adding = custom.add("mine/own", { allowUnverified: true }).catch(codeOf);
    await expect.poll(() => agent.starts.rpc).toBe(2);
    await custom.dispose();
    expect([await adding, await kept(store), parts.spawner.running]).toEqual(["aborted", [], 0]);
  });
});

describe("the kept models", () => {
  const entries: readonly CustomModelEntry[] = [{ slug: "mine/a", verified: true }, { slug: "mine/b", verified: false }];

  it("are listed without asking the agent", async () => {
    const { custom, traffic } = world(entries);
    expect([await custom.list(), await custom.offer(), await custom.has("mine/a"), await custom.has("mine/c")]).toEqual([entries, { entries }, true, false]);
    expect(traffic().located).toBe(0);
  });

  it("are read once for a while, and again after a change or when the clock was set back", async () => {
    const { custom, parts, store } = world(entries);
    await custom.list();
    await parts.clock.advance(999);
    await custom.offer();
    expect(store.reads).toBe(1);
    await parts.clock.advance(1);
    await custom.list();
    expect(store.reads).toBe(2);
    await parts.clock.advance(-5_000);
    await custom.list();
    expect(store.reads).toBe(3);
    await custom.remove("mine/a");
    expect([await custom.list(), store.reads]).toEqual([[entries[1]], 4]);
  });

  it("that were changed are told as they are, though they were being read meanwhile", async () => {
    const { custom, store } = world(entries);
    const gate = Promise.withResolvers<void>();
    store.gate = gate.promise;
    const reading = custom.list();
    store.gate = undefined;
    await custom.remove("mine/a");
    gate.resolve();
    await reading;
    expect(await custom.list()).toEqual([entries[1]]);
  });

  it("lose one that is removed, however it is written", async () => {
    const { custom, store, changes } = world(entries);
    await custom.remove(" mine/a ");
    expect([await kept(store), changes()]).toEqual([[["mine/b", false]], 1]);
  });

  it("have none of a name that was never added", async () => {
    await expect(world(entries).custom.remove("mine/c")).rejects.toMatchObject({ kind: "validation", code: "invalid-model", nextStep: "These were added: mine/a, mine/b." });
    await expect(world().custom.remove("mine/c")).rejects.toMatchObject({ code: "invalid-model", nextStep: "None has been added." });
  });

  it("that cannot be read are no models to offer, and a sentence to show", async () => {
    const { custom, store } = world([], { type: "unreadable", detail: "It is not JSON." });
    const sentence = "The file of custom models cannot be read. It is not JSON. Correct it, or have it set aside: it is then kept under another name.";
    expect([await custom.offer(), await custom.has("mine/a")]).toEqual([{ entries: [], problem: sentence }, false]);
    for (const call of [custom.list(), custom.add("mine/c")]) await expect(call).rejects.toMatchObject({ kind: "validation", code: "custom-models-unreadable", message: sentence });
    expect(await custom.remove("mine/a").catch(codeOf)).toBe("custom-models-unreadable");
    expect((await store.read()).type).toBe("unreadable");
  });

  it("that cannot be read are set aside on demand, and there is room for others", async () => {
    const { custom, changes } = world([], { type: "unreadable", detail: "It is not JSON." });
    await custom.offer();
    expect([await custom.setAside(), changes(), await custom.list()]).toEqual(["custom-models.unreadable", 1, []]);
    expect(await custom.setAside()).toBeUndefined();
  });
});

describe("a check of the kept models", () => {
  it("asks the agent anew, and keeps what it said of each", async () => {
    const { agent, custom, store } = world([{ slug: "mine/a", verified: false }, { slug: "echo/new", verified: false }]);
    await custom.add("mine/c");
    agent.models = ["echo/plain", "echo/new"];
    expect(await custom.check()).toEqual([
      { slug: "mine/a", verdict: "accepted" },
      { slug: "echo/new", verdict: "discovered" },
      { slug: "mine/c", verdict: "accepted" },
    ]);
    expect(await kept(store)).toEqual([["mine/a", true], ["echo/new", true], ["mine/c", true]]);
    expect(agent.mostAtOnce).toBe(1);
  });

  it("takes the mark from one that the agent refuses", async () => {
    const { agent, custom, store } = world([{ slug: "mine/a", verified: true }]);
    agent.takesEveryModelFor = "echo/plain";
    expect(await custom.check()).toEqual([{ slug: "mine/a", verdict: "refused", detail: 'Echo takes "mine/a" for "echo/plain".' }]);
    expect(await kept(store)).toEqual([["mine/a", false]]);
  });

  it("changes nothing when the agent cannot be asked", async () => {
    const { agent, custom, store } = world([{ slug: "mine/a", verified: true }, { slug: "mine/b", verified: false }]);
    agent.isGone = true;
    expect((await custom.check()).map(({ verdict, detail }) => [verdict, typeof detail])).toEqual([["unknown", "string"], ["unknown", "string"]]);
    expect(await kept(store)).toEqual([["mine/a", true], ["mine/b", false]]);
  });

  it("leaves alone what was added or removed meanwhile", async () => {
    const { agent, custom, store } = world([{ slug: "mine/a", verified: false }, { slug: "mine/b", verified: false }]);
    await custom.list();
    const release = agent.hold("rpc");
    const checking = custom.check();
    await expect.poll(() => agent.starts.rpc).toBe(1);
    await store.update(() => [{ slug: "mine/b", verified: false }, { slug: "mine/c", verified: false }]);
    release();
    await checking;
    expect(await kept(store)).toEqual([["mine/b", true], ["mine/c", false]]);
  });
});

describe("the custom models of two instances", () => {
  it("share nothing", async () => {
    const [one, other] = [world(), world()];
    await one.custom.add("mine/own");
    await one.custom.dispose();
    expect([await other.custom.list(), (await other.custom.add("mine/own")).verified, other.changes()]).toEqual([[], true, 1]);
  });
});
