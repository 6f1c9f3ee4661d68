import { describe, expect, it } from "vitest";
import { ask, codeOf, gist, problemOf, quiet } from "./catalog-answers.js";
import { changingWorld, checkedDialect, settingsFile, type ChangingWorld } from "./changing-agent.js";

describe("a failure", () => {
  it.each<[what: string, change: (world: ChangingWorld) => void, code: string]>([
    ["the agent ends", ({ agent }) => (agent.health = "fails"), "agent-exited"],
    ["the program is gone", ({ agent }) => (agent.isGone = true), "binary-not-found"],
    ["the program is not allowed to start", ({ parts }) => (parts.spawner.refuse = "permission-denied"), "binary-not-executable"],
    ["the search breaks", ({ parts }) => (parts.locator.locate = () => Promise.reject(new Error("The other machine is gone."))), "start-failed"],
  ])("is never an empty catalog: %s", async (_what, change, code) => {
    const world = changingWorld();
    change(world);
    expect(gist(await ask(world))).toEqual({ ids: undefined, problem: code, stale: false, live: true });
    expect([world.parts.spawner.running, world.parts.clock.pendingTimers]).toEqual([0, 0]);
  });

  it("is an agent's that does not answer in time", async () => {
    const world = changingWorld();
    world.agent.health = "is silent";
    const asking = ask(world);
    await expect.poll(() => world.agent.starts.rpc).toBe(1);
    await world.parts.clock.advance(60_000);
    expect(gist(await asking)).toMatchObject({ ids: undefined, problem: "start-timeout" });
    expect([world.parts.spawner.running, world.parts.clock.pendingTimers]).toEqual([0, 0]);
  });

  it("keeps what was known, with the reason", async () => {
    const world = changingWorld();
    await ask(world);
    world.agent.health = "fails";
    expect(gist(await ask(world, { refresh: true }))).toEqual({ ids: ["plain"], problem: "agent-exited", stale: false, live: true });
    expect(gist(await ask(world))).toEqual({ ids: ["plain"], problem: "agent-exited", stale: false, live: false });
  });

  it("is told again for a while without another try, and then tried again", async () => {
    const world = changingWorld();
    world.agent.health = "fails";
    await ask(world);
    world.agent.health = "answers";
    await world.parts.clock.advance(9_999);
    expect(gist(await ask(world))).toEqual({ ids: undefined, problem: "agent-exited", stale: false, live: false });
    expect(world.agent.starts.rpc).toBe(1);
    await world.parts.clock.advance(1_000);
    expect(gist(await ask(world))).toEqual({ ids: ["plain"], problem: undefined, stale: false, live: true });
  });

  it("is tried again at once when something changes that may mend it", async () => {
    const world = changingWorld();
    world.agent.health = "fails";
    await ask(world);
    world.agent.health = "answers";
    world.parts.stamps.touch(settingsFile);
    await world.parts.clock.advance(1_000);
    expect(gist(await ask(world)).ids).toEqual(["plain"]);
  });

  it("to find the program is over when it is back, without asking it again", async () => {
    const world = changingWorld();
    await ask(world);
    world.agent.isGone = true;
    await world.parts.clock.advance(1_000);
    expect(gist(await ask(world))).toMatchObject({ ids: ["plain"], problem: "binary-not-found" });
    world.agent.isGone = false;
    await world.parts.clock.advance(1_000);
    expect(gist(await ask(world))).toEqual({ ...quiet, ids: ["plain"] });
    expect(world.agent.starts).toEqual({ version: 1, check: 0, rpc: 1 });
  });

  it("needs no check of the settings", async () => {
    const world = changingWorld({ dialect: checkedDialect });
    world.parts.stamps.touch(settingsFile);
    world.agent.health = "fails";
    await ask(world, { thorough: true });
    expect(world.agent.starts.check).toBe(0);
  });
});

describe("a check of the settings that came to no end", () => {
  it("because it was called off is made again", async () => {
    const world = changingWorld({ dialect: checkedDialect });
    world.parts.stamps.touch(settingsFile);
    world.agent.settings = "broken";
    const release = world.agent.hold("check");
    const abort = new AbortController();
    const calledOff = ask(world, { thorough: true, signal: abort.signal }).catch(codeOf);
    await expect.poll(() => world.agent.starts.check).toBe(1);
    abort.abort();
    expect(await calledOff).toBe("aborted");
    release();
    expect(problemOf(await ask(world, { thorough: true }))).toBe("The settings are ignored.");
  });

  it("because it took too long is made again after a while", async () => {
    const world = changingWorld({ dialect: checkedDialect });
    world.parts.stamps.touch(settingsFile);
    world.agent.settings = "broken";
    const release = world.agent.hold("check");
    const first = ask(world, { thorough: true });
    await expect.poll(() => world.agent.starts.check).toBe(1);
    await world.parts.clock.advance(10_000);
    expect(problemOf(await first)).toBe("unknown");
    release();
    await world.parts.clock.advance(10_000);
    expect(problemOf(await ask(world, { thorough: true }))).toBe("The settings are ignored.");
  });
});
