import { describe, expect, it } from "vitest";
import type { ReducerWorld } from "./reducer-world.js";
import { inPhase, phaseNames, type PhaseName } from "./session-phases.js";

/** Answers as an obedient agent does, until its process may end. */
function obey(world: ReducerWorld): void {
  for (let round = 0; round < 5 && !world.disposing; round += 1) {
    world.reply("prompt", { type: "ok", value: { disposition: "started" } });
    world.reply("abort", { type: "ok", value: null });
    world.idle();
  }
}

const alive = phaseNames.filter((name) => name !== "new" && name !== "closed");
const withTurn: readonly PhaseName[] = ["running", "aborting", "settling", "settling, with a message waiting"];

describe("a stop", () => {
  it.each(alive)("(%s) is done when the process is gone, and the thread is told last", (name) => {
    const world = inPhase[name]();
    const stop = world.stop();
    obey(world);
    expect([world.disposing, world.openCalls.has(stop)]).toEqual([true, true]);
    world.disposed();
    expect(world.results.get(stop)).toEqual({ type: "ok" });
    expect(world.events.at(-1)).toMatchObject({ type: "session.exited", payload: { recoverable: true, exitKind: "graceful" } });
    expect([world.state.phase.type, [...world.openCalls], [...world.timers], world.answeredTwice]).toEqual(["closed", [], [], []]);
    expect(world.rules.conclude()).toEqual([]);
  });

  it.each(withTurn)("(%s) interrupts the turn before it ends the session", (name) => {
    const world = inPhase[name]();
    world.stop();
    obey(world);
    world.disposed();
    expect(world.events.slice(-2)).toMatchObject([{ type: "turn.completed", payload: { state: "interrupted" } }, { type: "session.exited" }]);
  });

  it.each(withTurn)("(%s) waits half as long as an interrupt for an agent that does not obey", (name) => {
    const world = inPhase[name]();
    const stop = world.stop();
    world.fire("abort");
    expect(world.disposing).toBe(true);
    world.disposed();
    expect([world.results.get(stop), world.types.slice(-2)]).toEqual([{ type: "ok" }, ["turn.completed", "session.exited"]]);
    expect(world.rules.conclude()).toEqual([]);
  });

  it.each(alive)("(%s) may be asked for twice", (name) => {
    const world = inPhase[name]();
    const stops = [world.stop(), world.stop()];
    obey(world);
    world.disposed();
    expect(stops.map((stop) => world.results.get(stop))).toEqual([{ type: "ok" }, { type: "ok" }]);
    expect(world.types.filter((type) => type === "session.exited")).toHaveLength(1);
  });

  it.each(["new", "closed"] as const)("(%s) has nothing to do", (name) => {
    const world = inPhase[name]();
    const events = world.events.length;
    const stop = world.stop();
    expect([world.results.get(stop), world.state.phase.type, world.disposing, world.events.length]).toEqual([{ type: "ok" }, "closed", false, events]);
  });

  it("gives the agent time to end in peace", () => {
    const world = inPhase.idle();
    world.stop();
    expect(world.effects.at(-1)).toEqual({ type: "dispose", graceMs: 3_000 });
  });

  it("frees the host's prompts", () => {
    const world = inPhase.idle();
    world.event({ type: "dialog-opened", dialogId: "d1", method: "confirm", title: "Go on?", options: [], timeoutMs: 1_000 });
    world.stop();
    world.disposed();
    expect([world.types.slice(-2), [...world.timers]]).toEqual([["user-input.resolved", "session.exited"], []]);
    expect(world.rules.conclude()).toEqual([]);
  });

  it("of a session whose agent did not obey an interrupt tells the thread, too", () => {
    const world = inPhase.aborting();
    world.fire("abort");
    world.fire("abort");
    const stop = world.stop();
    world.disposed();
    expect([world.types.slice(-2), world.results.get(stop)]).toEqual([["turn.completed", "session.exited"], { type: "ok" }]);
  });

  it("of a session whose agent went silent tells the thread, too", () => {
    const world = inPhase.settling();
    for (let look = 0; look < 3; look += 1) {
      world.reply("get-state", { type: "unanswered", detail: "No answer." });
      world.fire("probe");
    }
    const stop = world.stop();
    world.disposed();
    expect([world.types.slice(-3), world.results.get(stop)]).toEqual([["runtime.error", "turn.completed", "session.exited"], { type: "ok" }]);
  });
});

describe("a process that is being ended", () => {
  it("is not listened to any more", () => {
    const world = inPhase.stopping();
    const { state } = world;
    world.event({ type: "run-started" });
    world.input({ type: "lost", epoch: 1, detail: "Demo ended.", diagnosis: "crashed" });
    world.input({ type: "timer", key: "quiet" });
    expect([world.state, world.types.length]).toEqual([state, 3]);
  });

  it("needs no interrupt", () => {
    const world = inPhase.stopping();
    expect(world.results.get(world.interrupt())).toEqual({ type: "ok" });
  });
});
