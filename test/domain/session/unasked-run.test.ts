import { describe, expect, it } from "vitest";
import type { AgentEvent } from "../../../src/ports/agent-messages.js";
import { ReducerWorld } from "./reducer-world.js";

describe("a run that nobody asked for", () => {
  it.each<AgentEvent>([
    { type: "run-started" },
    { type: "text-delta", block: 0, delta: "Hi" },
    { type: "tool-started", toolCallId: "c1", toolName: "bash", kind: "command", input: {} },
  ])("is shown as a turn of its own from its first $type", (event) => {
    const world = new ReducerWorld().ready();
    world.event(event);
    expect([world.types[3], world.state.phase.type]).toEqual(["turn.started", "running"]);
    world.settle();
    expect(world.events.at(-1)).toMatchObject({ type: "turn.completed", turnId: world.events[3]?.turnId, payload: { state: "completed" } });
    expect(world.rules.conclude()).toEqual([]);
  });

  it("takes a message of the user as any turn does", () => {
    const world = new ReducerWorld().ready();
    world.event({ type: "run-started" });
    world.send("stop that");
    expect(world.asked).toEqual(["steer"]);
  });

  it("is interrupted as any turn is", () => {
    const world = new ReducerWorld().ready();
    world.event({ type: "run-started" });
    world.interrupt();
    expect(world.asked).toEqual(["abort"]);
  });
});

/** A session whose host wants no such run, in which one has just begun. */
function refusing(): ReducerWorld {
  const world = new ReducerWorld({ settings: { unsolicitedRuns: "refuse" } }).ready();
  world.event({ type: "run-started" });
  return world;
}

describe("a run that nobody asked for and nobody wants", () => {
  it("is told to stop, once, and shown as a warning only", () => {
    const world = refusing();
    world.event({ type: "text-delta", block: 0, delta: "Hi" });
    world.event({ type: "run-started" });
    expect([world.types.slice(3), world.asked]).toEqual([["runtime.warning"], ["abort"]]);
  });

  it("lets one message of the user wait for its end, which then is sent", () => {
    const world = refusing();
    const waiting = world.send("hello");
    const another = world.send("and this");
    expect([world.openCalls.has(waiting), world.errorOf(another), world.asked]).toEqual([true, "busy", ["abort"]]);
    world.event({ type: "settled", aborted: true });
    expect([world.timers.has("abort"), world.asked]).toEqual([false, ["abort", "prompt"]]);
    world.reply("prompt", { type: "ok", value: { disposition: "started" } });
    expect(world.results.get(waiting)?.type).toBe("turn");
  });

  it("is over for good once it has settled", () => {
    const world = refusing();
    world.event({ type: "settled", aborted: true });
    world.send("hello");
    expect([world.timers.has("abort"), world.asked]).toEqual([false, ["abort", "prompt"]]);
  });

  it("ends with its process if it does not stop, and the message that waited is rejected", () => {
    const world = refusing();
    const waiting = world.send("hello");
    world.fire("abort");
    expect([world.disposing, world.errorOf(waiting)]).toEqual([true, "session-ended"]);
    world.disposed();
    expect(world.state.phase.type).toBe("closed");
    expect(world.types).not.toContain("turn.started");
    expect(world.rules.conclude()).toEqual([]);
  });

  it("lets no rollback cut the conversation under it", () => {
    const world = refusing();
    const waiting = world.send("hello");
    const rollback = world.rollback();
    expect([world.errorOf(rollback), world.asked]).toEqual(["busy", ["abort"]]);
    world.event({ type: "settled", aborted: true });
    expect([world.asked.at(-1), world.openCalls.has(waiting)]).toEqual(["prompt", true]);
  });

  it.each<[how: string, end: (world: ReducerWorld) => void]>([
    ["is stopped", (world) => void world.stop()],
    ["crashes", (world) => world.lost()],
  ])("answers every call when the session %s", (_how, end) => {
    const world = refusing();
    const waiting = world.send("hello");
    end(world);
    world.disposed();
    expect([world.errorOf(waiting), world.state.phase.type, [...world.timers], [...world.openCalls]]).toEqual(["session-ended", "closed", [], []]);
  });
});
