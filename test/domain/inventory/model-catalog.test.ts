import { describe, expect, it } from "vitest";
import type { AgentPlace } from "../../../src/domain/inventory/agent-survey.js";
import type { CatalogAnswer } from "../../../src/domain/inventory/model-catalog.js";
import { ask, gist, problemOf, quiet } from "./catalog-answers.js";
import { agentDir, changingWorld, checkedDialect, settingsFile, type ChangingWorld } from "./changing-agent.js";

describe("a catalog nobody has asked", () => {
  it("locates, spawns and reads nothing", async () => {
    const world = changingWorld();
    await world.parts.clock.advance(24 * 60 * 60_000);
    expect(world.traffic()).toEqual({ located: 0, stamped: 0, spawned: 0, timers: 0 });
  });
});

describe("a cold catalog", () => {
  it("answers 100 concurrent questions with one process and one version check", async () => {
    const world = changingWorld();
    const answers = await Promise.all(Array.from({ length: 100 }, () => ask(world)));
    expect(world.agent.starts).toEqual({ version: 1, check: 0, rpc: 1 });
    expect(new Set(answers).size).toBe(1);
    expect(answers.map(gist)[0]).toEqual({ ids: ["plain"], problem: undefined, stale: false, live: true });
    expect([world.parts.spawner.running, world.parts.clock.pendingTimers]).toEqual([0, 0]);
  });

  it("answers 100 concurrent thorough questions with one check of the settings more", async () => {
    const world = changingWorld({ dialect: checkedDialect });
    world.parts.stamps.touch(settingsFile);
    world.agent.settings = "broken";
    const answers = await Promise.all(Array.from({ length: 100 }, () => ask(world, { thorough: true })));
    expect(world.agent.starts).toEqual({ version: 1, check: 1, rpc: 1 });
    expect(new Set(answers.map(problemOf))).toEqual(new Set(["The settings are ignored."]));
  });

  it("asks one process for each program, folder and project", async () => {
    const world = changingWorld({ inventory: { warmStartMs: 0 } });
    await Promise.all([ask(world), ask(world, { binaryPath: "/mine" }), ask(world, { agentDir: "/other" }), ask(world, { cwd: "/project" }), ask(world)]);
    expect(world.agent.starts).toEqual({ version: 1, check: 0, rpc: 4 });
    expect(world.parts.spawner.spawned.flatMap(({ args, cwd, environment }) => (args.length === 0 ? [[cwd, environment["ECHO_HOME"]]] : []))).toEqual([
      ["/neutral", agentDir],
      ["/neutral", agentDir],
      ["/neutral", "/other"],
      ["/project", agentDir],
    ]);
  });
});

describe("a warm answer", () => {
  it("starts nothing, looks at nothing, reads nothing and sets no timer for a while", async () => {
    const world = changingWorld();
    const first = await ask(world);
    await world.parts.clock.advance(999);
    const before = world.traffic();
    const second = await ask(world);
    expect(world.traffic()).toEqual(before);
    expect([gist(second), second.knowledge === first.knowledge]).toEqual([{ ...quiet, ids: ["plain"] }, true]);
  });

  it("only locates and stamps after that, and is then quiet again", async () => {
    const world = changingWorld();
    const first = await ask(world);
    await world.parts.clock.advance(1_000);
    const before = world.traffic();
    const second = await ask(world);
    expect(world.traffic()).toEqual({ ...before, located: before.located + 1, stamped: before.stamped + 1 });
    // The same value: whoever made something of it need not make it again.
    expect(second.knowledge).toBe(first.knowledge);
    await ask(world);
    expect(world.traffic().located).toBe(before.located + 1);
  });

  it("is checked thoroughly once: a re-probe with nothing changed starts nothing", async () => {
    const world = changingWorld({ dialect: checkedDialect });
    world.parts.stamps.touch(settingsFile);
    await ask(world, { thorough: true });
    for (let probe = 0; probe < 10; probe += 1) {
      await world.parts.clock.advance(60_000);
      await ask(world, { thorough: true });
    }
    expect(world.agent.starts).toEqual({ version: 1, check: 1, rpc: 1 });
  });

  it("is looked at anew when the clock was set back", async () => {
    const world = changingWorld();
    await ask(world);
    await world.parts.clock.advance(-60 * 60_000);
    world.agent.models = ["echo/new"];
    world.parts.stamps.touch(settingsFile);
    expect(gist(await ask(world))).toMatchObject({ ids: ["new"], live: true });
  });
});

describe("a change", () => {
  it.each<[what: string, change: (world: ChangingWorld) => void, versionChecks: number]>([
    ["a configuration file is written", ({ parts }) => parts.stamps.touch(settingsFile), 1],
    ["a configuration file is removed", ({ parts }) => parts.stamps.remove(settingsFile), 1],
    ["another file is the program", ({ agent }) => (agent.identity = "second"), 2],
    ["the program was updated", ({ agent }) => Object.assign(agent, { identity: "second", version: "1.5.0" }), 2],
  ])("makes the agent be asked again: %s", async (_what, change, versionChecks) => {
    const world = changingWorld();
    world.parts.stamps.touch(settingsFile);
    await ask(world);
    change(world);
    world.agent.models = ["echo/new"];
    expect(gist(await ask(world))).toMatchObject({ ids: ["plain"], live: false });
    await world.parts.clock.advance(1_000);
    expect(gist(await ask(world))).toEqual({ ids: ["new"], problem: undefined, stale: false, live: true });
    expect(world.agent.starts).toEqual({ version: versionChecks, check: 0, rpc: 2 });
  });

  it("of the program to one that is too old is told without asking it for models", async () => {
    const world = changingWorld();
    await ask(world);
    Object.assign(world.agent, { identity: "second", version: "0.9.0" });
    await world.parts.clock.advance(1_000);
    const answer = await ask(world);
    expect([gist(answer), answer.knowledge.finding.type, world.agent.starts.rpc]).toEqual([{ ids: ["plain"], problem: "agent-too-old", stale: false, live: true }, "unusable", 1]);
  });

  it("to a file that appears while the agent is asked is the agent's own", async () => {
    const world = changingWorld();
    const release = world.agent.hold("rpc");
    const asking = ask(world);
    await expect.poll(() => world.agent.starts.rpc).toBe(1);
    world.parts.stamps.touch(settingsFile);
    release();
    await asking;
    await world.parts.clock.advance(1_000);
    expect(gist(await ask(world))).toEqual({ ...quiet, ids: ["plain"] });
    expect(world.agent.starts.rpc).toBe(1);
  });

  it("to a file that was there makes the answer that was under way count as old", async () => {
    const world = changingWorld();
    world.parts.stamps.touch(settingsFile);
    const release = world.agent.hold("rpc");
    const asking = ask(world);
    await expect.poll(() => world.agent.starts.rpc).toBe(1);
    world.agent.models = ["echo/new"];
    world.parts.stamps.touch(settingsFile);
    release();
    expect(gist(await asking).ids).toEqual(["plain"]);
    await world.parts.clock.advance(1_000);
    expect(gist(await ask(world))).toMatchObject({ ids: ["new"], live: true });
  });

  it("is followed by another check of the settings", async () => {
    const world = changingWorld({ dialect: checkedDialect });
    world.parts.stamps.touch(settingsFile);
    expect(problemOf(await ask(world, { thorough: true }))).toBe("well");
    world.agent.settings = "broken";
    world.parts.stamps.touch(settingsFile);
    await world.parts.clock.advance(1_000);
    expect(problemOf(await ask(world, { thorough: true }))).toBe("The settings are ignored.");
  });
});

describe("a wish for a new answer", () => {
  it("asks the agent and its version although nothing has changed", async () => {
    const world = changingWorld();
    await ask(world);
    world.agent.models = ["echo/new"];
    expect(gist(await ask(world, { refresh: true }))).toEqual({ ids: ["new"], problem: undefined, stale: false, live: true });
    expect(world.agent.starts).toEqual({ version: 2, check: 0, rpc: 2 });
  });

  it("is fulfilled once for all who have it at the same time", async () => {
    const world = changingWorld();
    await Promise.all(Array.from({ length: 100 }, () => ask(world, { refresh: true })));
    expect(world.agent.starts).toEqual({ version: 1, check: 0, rpc: 1 });
  });

  it("asks an agent again that has just failed", async () => {
    const world = changingWorld();
    world.agent.health = "fails";
    expect(gist(await ask(world)).problem).toBe("agent-exited");
    world.agent.health = "answers";
    expect(gist(await ask(world, { refresh: true }))).toMatchObject({ ids: ["plain"], problem: undefined });
  });
});

describe("an old answer", () => {
  it("is told at once while the agent is asked again, once, and the new one is told to the listener", async () => {
    const world = changingWorld();
    const { parts, agent } = world;
    const renewed = Promise.withResolvers<readonly [AgentPlace, CatalogAnswer]>();
    parts.catalog.watch((...told) => renewed.resolve(told));
    await ask(world);
    agent.models = ["echo/new"];
    await parts.clock.advance(30 * 60_000);
    const release = agent.hold("rpc");
    const stale = await Promise.all(Array.from({ length: 100 }, () => ask(world)));
    expect(new Set(stale.map((answer) => JSON.stringify(gist(answer))))).toEqual(new Set([JSON.stringify({ ids: ["plain"], stale: true, live: false })]));
    // Still under way when the next one asks: it is waited for by nobody, and begun by nobody else.
    await parts.clock.advance(1_000);
    expect(gist(await ask(world)).stale).toBe(true);
    release();
    const [toldPlace, told] = await renewed.promise;
    expect([toldPlace.agentDir, gist(told)]).toEqual([agentDir, { ids: ["new"], problem: undefined, stale: false, live: true }]);
    expect(gist(await ask(world))).toEqual({ ...quiet, ids: ["new"] });
    expect(agent.starts.rpc).toBe(2);
  });

  it("stays when the agent cannot be asked again, and says why", async () => {
    const world = changingWorld();
    const renewed = Promise.withResolvers<CatalogAnswer>();
    world.parts.catalog.watch((_place, answer) => renewed.resolve(answer));
    await ask(world);
    world.agent.health = "fails";
    await world.parts.clock.advance(30 * 60_000);
    await ask(world);
    expect(gist(await renewed.promise)).toEqual({ ids: ["plain"], problem: "agent-exited", stale: false, live: true });
    expect(gist(await ask(world))).toMatchObject({ ids: ["plain"], problem: "agent-exited" });
  });

  it.each([
    ["an answer is young", 29 * 60_000, false],
    ["an answer is old", 30 * 60_000, true],
    ["the clock was set back", -5_000, true],
  ])("is what it is by the clock: %s", async (_what, ms, stale) => {
    const world = changingWorld();
    const renewed = Promise.withResolvers<void>();
    world.parts.catalog.watch(() => renewed.resolve());
    await ask(world);
    await world.parts.clock.advance(ms);
    expect(gist(await ask(world)).stale).toBe(stale);
    if (stale) await renewed.promise;
    expect(world.agent.starts.rpc).toBe(stale ? 2 : 1);
  });
});
