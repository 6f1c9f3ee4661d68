import { describe, expect, it } from "vitest";
import { idleState, ReducerWorld } from "./reducer-world.js";
import { modelList, otherModel } from "./session-phases.js";

const supervised = (): ReducerWorld => new ReducerWorld({ mode: "approval-required" }).ready();
const errors = (world: ReducerWorld): readonly string[] => world.events.flatMap((event) => (event.type === "runtime.error" ? [event.payload.message] : []));
const ends = (world: ReducerWorld): readonly string[] => world.events.flatMap((event) => (event.type === "turn.completed" ? [event.payload.state] : []));

describe("an agent that does not ask, in a mode that does", () => {
  it.each([
    ["a tool that nobody asked about succeeds", (world: ReducerWorld) => world.toolEnds("a")],
    ["a tool that nobody asked about fails", (world: ReducerWorld) => world.toolEnds("a", true)],
    ["a tool that nobody asked about is at work", (world: ReducerWorld) => world.event({ type: "tool-progressed", toolCallId: "a", outputBytes: 1 })],
    [
      "a tool that was declined succeeds",
      (world: ReducerWorld) => {
        world.asks({ toolCallId: "a" });
        world.approve("decline");
        world.toolEnds("a");
      },
    ],
    [
      "a tool is at work while its user is asked",
      (world: ReducerWorld) => {
        world.asks({ toolCallId: "a" });
        world.event({ type: "tool-progressed", toolCallId: "a", outputBytes: 1 });
      },
    ],
    [
      "a tool that was refused by the agent itself succeeds",
      (world: ReducerWorld) => {
        world.event({ type: "tool-refused", toolCallId: "a" });
        world.toolEnds("a");
      },
    ],
  ])("is ended at once when %s", (_what, happens) => {
    const world = supervised();
    world.turn();
    world.event({ type: "tool-started", toolCallId: "a", toolName: "bash", kind: "command", input: {} });
    happens(world);
    expect(world.state.phase).toMatchObject({ type: "stopping", why: { type: "ungated" } });
    expect(world.effects.findLast((effect) => effect.type === "dispose")).toEqual({ type: "dispose", graceMs: 0 });
    world.disposed();
    expect(world.state.phase.type).toBe("closed");
    expect([ends(world), errors(world)]).toEqual([["failed"], [expect.stringContaining("ran a tool that nobody had allowed")]]);
    expect(world.types).not.toContain("session.exited");
    expect(world.rules.conclude()).toEqual([]);
  });

  it("is ended while no turn is on, too", () => {
    const world = supervised();
    world.toolEnds("a");
    world.disposed();
    expect([world.state.phase.type, errors(world).length]).toEqual(["closed", 1]);
    expect(world.rules.conclude()).toEqual([]);
  });

  it("is ended as gracefully as asked where its session was to be stopped", () => {
    const world = supervised();
    world.turn();
    world.toolEnds("a");
    const stop = world.stop();
    world.disposed();
    expect([world.results.get(stop), world.types.at(-1)]).toEqual([{ type: "ok" }, "session.exited"]);
  });

  it("is let be with full access", () => {
    const world = new ReducerWorld().ready();
    world.turn();
    world.event({ type: "tool-started", toolCallId: "a", toolName: "bash", kind: "command", input: {} });
    world.event({ type: "tool-progressed", toolCallId: "a", outputBytes: 1 });
    world.toolEnds("a");
    world.settle();
    expect(ends(world)).toEqual(["completed"]);
  });
});

describe("a call that the agent itself refuses", () => {
  it("fails without having been asked about", () => {
    const world = supervised();
    world.turn();
    world.event({ type: "tool-started", toolCallId: "a", toolName: "no-such-tool", kind: "other", input: {} });
    world.event({ type: "tool-refused", toolCallId: "a" });
    world.toolEnds("a", true);
    // The same id may be used again.
    world.asks({ toolCallId: "a" });
    world.settle();
    expect([world.types.filter((type) => type === "request.opened").length, ends(world)]).toEqual([1, ["completed"]]);
  });
});

describe("late progress of a tool that has ended", () => {
  it("proves nothing", () => {
    const world = supervised();
    world.turn();
    world.asks({ toolCallId: "a" });
    world.approve("accept");
    world.toolEnds("a");
    world.event({ type: "tool-progressed", toolCallId: "a", outputBytes: 1 });
    world.settle();
    expect(ends(world)).toEqual(["completed"]);
  });
});

describe("a prompt", () => {
  it("goes to no agent that has gone over to another session and does not ask there", () => {
    const world = supervised();
    world.event({ type: "gate-withdrawn" });
    const call = world.send();
    expect(world.errorOf(call)).toBe("supervision-missing");
    expect([world.asked, world.state.phase.type]).toEqual([[], "closed"]);
    expect(errors(world)).toEqual([expect.stringContaining("is not in place any more")]);
    expect(world.rules.conclude()).toEqual([]);
  });

  it("goes into no turn of such an agent either", () => {
    const world = supervised();
    world.turn();
    world.event({ type: "gate-withdrawn" });
    const call = world.send("more");
    expect([world.errorOf(call), world.asked, world.state.phase.type]).toEqual(["supervision-missing", [], "running"]);
    world.event({ type: "gate-announced", sessionId: "s2" });
    world.send("again");
    expect(world.asked).toEqual(["steer"]);
  });

  it("goes into no run that another process began without asking", () => {
    const world = new ReducerWorld({ mode: "approval-required" }).ready(idleState, { modelSwitch: "relaunch" });
    world.turn();
    world.settle();
    const call = world.send("next", { model: otherModel });
    world.reply("list-models", { type: "ok", value: modelList });
    world.disposed();
    expect(world.state.core.epoch).toBe(2);
    world.opened({ modelSwitch: "relaunch" });
    world.event({ type: "run-started" });
    expect([world.errorOf(call), world.asked.includes("steer")]).toEqual(["supervision-missing", false]);
  });

  it("goes to one that asks there again", () => {
    const world = supervised();
    world.event({ type: "gate-withdrawn" });
    world.event({ type: "gate-announced", sessionId: "s2" });
    world.turn();
    expect(world.state.phase.type).toBe("running");
  });
});

describe("a start in a mode that asks", () => {
  it.each([
    ["nothing was announced", undefined],
    ["something was announced in another session", "another"],
  ])("fails when %s", (_what, sessionId) => {
    const world = new ReducerWorld({ mode: "auto-accept-edits" });
    const call = world.start();
    expect(world.effects.find((effect) => effect.type === "open")).toMatchObject({ launch: { supervised: true } });
    world.opened();
    if (sessionId !== undefined) world.event({ type: "gate-announced", sessionId });
    world.reply("get-state", { type: "ok", value: idleState });
    expect(world.disposing).toBe(true);
    world.disposed();
    expect([world.errorOf(call), world.types]).toEqual(["supervision-missing", ["runtime.error", "session.exited"]]);
  });

  it("asks for nothing where nothing has to be asked", () => {
    const world = new ReducerWorld();
    const call = world.start();
    expect(world.effects.find((effect) => effect.type === "open")).toMatchObject({ launch: {} });
    world.opened();
    world.reply("get-state", { type: "ok", value: idleState });
    expect(world.results.get(call)).toEqual({ type: "ok" });
  });
});
