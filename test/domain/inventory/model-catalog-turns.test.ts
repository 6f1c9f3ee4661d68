import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { ask, codeOf, gist, problemOf } from "./catalog-answers.js";
import { changingWorld, checkedDialect, settingsFile } from "./changing-agent.js";

describe("questions of different kinds at the same time", () => {
  it("ask one process at a time", async () => {
    const world = changingWorld();
    await Promise.all([ask(world), ask(world, { refresh: true }), ask(world)]);
    expect(world.agent.mostAtOnce).toBe(1);
  });

  it("ask one process at a time when something changes under a renewal", async () => {
    const world = changingWorld();
    world.parts.stamps.touch(settingsFile);
    await ask(world);
    const release = world.agent.hold("rpc");
    const refreshing = ask(world, { refresh: true });
    await expect.poll(() => world.agent.starts.rpc).toBe(2);
    await world.parts.clock.advance(1_000);
    world.parts.stamps.touch(settingsFile);
    const asking = ask(world);
    await world.parts.clock.advance(0);
    release();
    await Promise.all([refreshing, asking]);
    expect(world.agent.mostAtOnce).toBe(1);
  });

  it("never put an older answer in the place of a newer one", async () => {
    const world = changingWorld();
    world.parts.stamps.touch(settingsFile);
    await ask(world);
    const release = world.agent.hold("rpc");
    const refreshing = ask(world, { refresh: true });
    await expect.poll(() => world.agent.starts.rpc).toBe(2);
    // Only the refreshing process is held back: whoever starts now reads the new models and says so.
    world.agent.holdNoMore("rpc");
    world.agent.models = ["echo/new"];
    world.parts.stamps.touch(settingsFile);
    await world.parts.clock.advance(1_000);
    const asking = ask(world);
    await world.parts.clock.advance(0);
    release();
    await refreshing;
    expect(gist(await asking).ids).toEqual(["new"]);
    expect(gist(await ask(world)).ids).toEqual(["new"]);
  });

  it("give who wants a new answer no older one, though the settings are still being checked for that", async () => {
    const world = changingWorld({ dialect: checkedDialect });
    world.parts.stamps.touch(settingsFile);
    const release = world.agent.hold("check");
    const first = ask(world, { thorough: true });
    await expect.poll(() => world.agent.starts.check).toBe(1);
    Object.assign(world.agent, { models: ["echo/new"], settings: "broken" });
    world.parts.stamps.touch(settingsFile);
    const second = ask(world, { thorough: true, refresh: true });
    await expect.poll(() => world.agent.starts.rpc).toBe(2);
    await world.parts.clock.advance(0);
    release();
    expect([problemOf(await first), problemOf(await second), gist(await second).ids]).toEqual(["well", "The settings are ignored.", ["new"]]);
  });
});

describe("a question that is called off", () => {
  it.each<[what: string, kind: "version" | "rpc" | "check"]>([
    ["the version check", "version"],
    ["the discovery", "rpc"],
    ["the check of the settings", "check"],
  ])("in the middle of %s leaves no process and no timer, and teaches nothing", async (_what, kind) => {
    const world = changingWorld({ dialect: checkedDialect });
    world.parts.stamps.touch(settingsFile);
    const release = world.agent.hold(kind);
    const abort = new AbortController();
    const asking = ask(world, { thorough: true, signal: abort.signal }).catch(codeOf);
    await expect.poll(() => world.agent.starts[kind]).toBe(1);
    abort.abort();
    expect(await asking).toBe("aborted");
    expect([world.parts.spawner.running, world.parts.clock.pendingTimers]).toEqual([0, 0]);
    release();
    expect(gist(await ask(world))).toMatchObject({ ids: ["plain"], problem: undefined });
  });

  it("leaves the others waiting, who get their answer", async () => {
    const world = changingWorld();
    const abort = new AbortController();
    const [calledOff, other] = [ask(world, { signal: abort.signal }).catch(codeOf), ask(world)];
    abort.abort();
    expect([await calledOff, gist(await other).ids, world.agent.starts.rpc]).toEqual(["aborted", ["plain"], 1]);
  });

  it("while it waits for its turn is let go at once, and the one whose turn it is goes on", async () => {
    const world = changingWorld();
    const release = world.agent.hold("rpc");
    const first = ask(world);
    await expect.poll(() => world.agent.starts.rpc).toBe(1);
    const abort = new AbortController();
    const waiting = ask(world, { refresh: true, signal: abort.signal }).catch(codeOf);
    await setImmediate();
    abort.abort();
    expect(await Promise.race([waiting, setImmediate("still waiting")])).toBe("aborted");
    release();
    expect([gist(await first).ids, world.agent.starts.rpc]).toEqual([["plain"], 1]);
  });

  it("before it began starts nothing", async () => {
    const world = changingWorld();
    expect([await ask(world, { signal: AbortSignal.abort() }).catch(codeOf), world.agent.starts]).toEqual(["aborted", { version: 0, check: 0, rpc: 0 }]);
  });
});

describe("the end of a catalog", () => {
  it.each<[what: string, kind: "version" | "rpc" | "check"]>([
    ["a version check", "version"],
    ["a discovery", "rpc"],
    ["a check of the settings", "check"],
  ])("in the middle of %s leaves no process and no timer", async (_what, kind) => {
    const world = changingWorld({ dialect: checkedDialect });
    world.parts.stamps.touch(settingsFile);
    world.agent.hold(kind);
    const asking = ask(world, { thorough: true }).catch(codeOf);
    await expect.poll(() => world.agent.starts[kind]).toBe(1);
    await world.parts.catalog.dispose();
    expect([world.parts.spawner.running, world.parts.clock.pendingTimers, await asking]).toEqual([0, 0, "aborted"]);
  });

  it("in the middle of a discovery in a project leaves no process, no timer and nothing waiting there", async () => {
    const world = changingWorld();
    world.agent.hold("rpc");
    const asking = ask(world, { cwd: "/project" }).catch(codeOf);
    await expect.poll(() => world.agent.starts.rpc).toBe(1);
    await world.parts.catalog.dispose();
    expect([world.parts.spawner.running, world.parts.clock.pendingTimers, world.parts.spares.isEmpty, await asking]).toEqual([0, 0, true, "aborted"]);
  });

  it("in the middle of a renewal leaves no process and no timer", async () => {
    const world = changingWorld();
    await ask(world);
    await world.parts.clock.advance(30 * 60_000);
    world.agent.hold("rpc");
    await ask(world);
    await expect.poll(() => world.agent.starts.rpc).toBe(2);
    await world.parts.catalog.dispose();
    expect([world.parts.spawner.running, world.parts.clock.pendingTimers]).toEqual([0, 0]);
  });

  it("lets nothing begin any more", async () => {
    const world = changingWorld();
    await world.parts.catalog.dispose();
    await expect(ask(world)).rejects.toMatchObject({ code: "disposed" });
    expect(world.traffic()).toEqual({ located: 0, stamped: 0, spawned: 0, timers: 0 });
  });
});
