import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import type { CatalogQuestion } from "../../../src/domain/inventory/model-catalog.js";
import { ask, gist, quiet } from "./catalog-answers.js";
import { changingWorld } from "./changing-agent.js";

function inFolder(number: number): Partial<CatalogQuestion> {
  return { agentDir: `/agents/${number}` };
}

function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
}

describe("the memory of a catalog", () => {
  it("holds 64 places, and forgets the one that was asked about longest ago", async () => {
    const world = changingWorld();
    for (let number = 1; number <= 64; number += 1) await ask(world, inFolder(number));
    // The first is asked about again, so the second is the oldest when one more comes.
    await ask(world, inFolder(1));
    await ask(world, inFolder(65));
    expect(world.agent.starts.rpc).toBe(65);
    await ask(world, inFolder(1));
    await ask(world, inFolder(65));
    expect(world.agent.starts.rpc).toBe(65);
    await ask(world, inFolder(2));
    expect(world.agent.starts.rpc).toBe(66);
  });

  it("holds the last answer of a place, and none before it", async () => {
    const world = changingWorld();
    const answers: WeakRef<object>[] = [];
    for (let question = 0; question < 5; question += 1) answers.push(new WeakRef((await ask(world, { refresh: true })).knowledge.answer ?? {}));
    await world.parts.clock.advance(0);
    collectGarbage();
    expect(answers.map((answer) => answer.deref() !== undefined)).toEqual([false, false, false, false, true]);
  });

  it("is not shared with another instance", async () => {
    const [one, other] = [changingWorld(), changingWorld()];
    other.agent.models = ["echo/other"];
    await Promise.all([ask(one), ask(other)]);
    await one.parts.catalog.dispose();
    expect(gist(await ask(other))).toEqual({ ...quiet, ids: ["other"] });
    expect(gist(await ask(other, { refresh: true })).live).toBe(true);
    expect([one.agent.starts.rpc, other.agent.starts.rpc]).toEqual([1, 2]);
  });
});

describe("a question about a project", () => {
  it("leaves the process that answered waiting there for a session, for a bounded time", async () => {
    const world = changingWorld();
    await ask(world, { cwd: "/project" });
    expect([world.parts.spares.isEmpty, world.parts.spawner.running, world.parts.spawner.spawned.at(-1)?.cwd]).toEqual([false, 1, "/project"]);
    await world.parts.clock.advance(60_000);
    await expect.poll(() => world.parts.spawner.running).toBe(0);
    expect([world.parts.spares.isEmpty, world.parts.clock.pendingTimers]).toEqual([true, 0]);
  });

  it("leaves none where the question wants none", async () => {
    const world = changingWorld();
    await ask(world, { cwd: "/project", hold: false });
    expect([world.parts.spares.isEmpty, world.parts.spawner.running]).toEqual([true, 0]);
    // The answer is as good as any other about that place.
    expect(gist(await ask(world, { cwd: "/project" }))).toEqual({ ...quiet, ids: ["plain"] });
  });

  it("leaves none where the host wants none", async () => {
    const world = changingWorld({ inventory: { warmStartMs: 0 } });
    await ask(world, { cwd: "/project" });
    expect([world.parts.spares.isEmpty, world.parts.spawner.running]).toEqual([true, 0]);
  });

  it("keeps at most one process: the one of the last question", async () => {
    const world = changingWorld();
    await ask(world, { cwd: "/project" });
    await ask(world, { cwd: "/other" });
    await expect.poll(() => world.parts.spawner.running).toBe(1);
    await world.parts.spares.dispose();
    expect([world.parts.spawner.running, world.parts.clock.pendingTimers]).toEqual([0, 0]);
  });

  it("keeps no process that has no model to use", async () => {
    const world = changingWorld();
    world.agent.models = [];
    expect(gist(await ask(world, { cwd: "/project" })).ids).toEqual([]);
    expect([world.parts.spares.isEmpty, world.parts.spawner.running]).toEqual([true, 0]);
  });
});
