import { describe, expect, it } from "vitest";
import type { AgentEvent } from "../../../src/ports/agent-messages.js";
import { idleState, ReducerWorld } from "./reducer-world.js";

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

/** A session whose host decides for each such run; one has just begun, and has said something. */
function asking(): ReducerWorld {
  const world = new ReducerWorld({ settings: { unsolicitedRuns: "ask" } }).ready();
  world.event({ type: "run-started" });
  world.event({ type: "message-started", role: "assistant" });
  world.event({ type: "text-delta", block: 0, delta: "Hi" });
  return world;
}

const question: AgentEvent = { type: "dialog-opened", dialogId: "d1", method: "confirm", title: "Sure?", options: [] };

describe("a run that the host decides about", () => {
  it("is not shown before it has, while the session takes part in everything else", () => {
    const world = asking();
    const reading = world.call((call) => ({ type: "read", call, what: "history" }));
    world.reply("get-history", { type: "ok", value: { entries: [] } });
    expect([world.types.slice(3), world.asked, world.runAskedFor, world.results.get(reading)?.type]).toEqual([[], [], 1, "history"]);
  });

  it("becomes a turn that begins with all that was held back, in order", () => {
    const world = asking();
    world.event(question);
    world.decide("adopt");
    expect(world.types.slice(3)).toEqual(["turn.started", "content.delta", "user-input.requested"]);
    expect([world.state.phase.type, world.timers.has("decision")]).toEqual(["running", false]);
    world.settle();
    expect(world.events.at(-1)).toMatchObject({ type: "turn.completed", payload: { state: "completed" } });
    expect(world.rules.conclude()).toEqual([]);
  });

  it("becomes a turn that ends at once, where it has ended meanwhile", () => {
    const world = asking();
    world.event({ type: "settled", aborted: false });
    expect(world.asked).toEqual([]);
    world.decide("adopt");
    world.idle();
    expect(world.types.slice(3)).toEqual(["turn.started", "content.delta", "item.completed", "turn.completed"]);
  });

  it("is ended, and nothing of it is shown, where the host discards it", () => {
    const world = asking();
    world.event(question);
    world.decide("discard");
    expect([world.dialogAnswers.map(({ answer }) => answer.type), world.asked]).toEqual([["cancelled"], ["abort"]]);
    world.event({ ...question, dialogId: "d2" });
    world.event({ type: "text-delta", block: 0, delta: "Oh" });
    const waiting = world.send("hello");
    world.event({ type: "settled", aborted: true });
    expect([world.dialogAnswers.length, world.types.slice(3), world.asked, world.openCalls.has(waiting)]).toEqual([2, [], ["abort", "prompt"], true]);
  });

  it("has nothing to be ended where it has ended by itself", () => {
    const world = asking();
    world.event({ type: "settled", aborted: false });
    world.decide("discard");
    expect([world.asked, world.types.slice(3), world.state.phase.type, [...world.timers]]).toEqual([[], [], "idle", []]);
    world.send("hello");
    expect(world.asked).toEqual(["prompt"]);
  });

  it("is adopted by a message of the user, which goes into it", () => {
    const world = asking();
    const call = world.send("What is that?");
    expect([world.types.slice(3), world.asked]).toEqual([["turn.started", "content.delta"], ["steer"]]);
    world.reply("steer", { type: "ok", value: { disposition: "queued" } });
    expect(world.results.get(call)).toMatchObject({ type: "turn", turn: { turnId: world.events[3]?.turnId } });
  });

  it("is adopted by a message of the user, which comes after it, where it has ended meanwhile", () => {
    const world = asking();
    world.event({ type: "settled", aborted: false });
    world.send("What was that?");
    world.idle();
    expect([world.types.slice(-1), world.asked]).toEqual([["turn.completed"], ["prompt"]]);
  });

  it("is adopted when time is up, and a decision that comes later changes nothing", () => {
    const world = asking();
    world.fire("decision");
    expect(world.types.slice(3)).toEqual(["turn.started", "content.delta"]);
    world.decide("discard");
    expect([world.asked, world.state.phase.type]).toEqual([[], "running"]);
  });

  it("is not decided by what was said of an earlier one", () => {
    const world = asking();
    world.event({ type: "settled", aborted: false });
    world.decide("discard");
    world.event({ type: "run-started" });
    expect(world.runAskedFor).toBe(2);
    world.decide("discard", 1);
    expect([world.state.phase.type, world.asked]).toEqual(["holding", []]);
    world.decide("adopt");
    expect(world.types.slice(3)).toEqual(["turn.started"]);
  });

  it("that has more to say than is held back is adopted", () => {
    const world = new ReducerWorld({ settings: { unsolicitedRuns: "ask" } }).ready();
    for (let event = 0; event <= 2_000; event += 1) world.event({ type: "text-delta", block: 0, delta: "x" });
    expect([world.state.phase.type, world.types.filter((type) => type === "content.delta").length]).toEqual(["running", 2_001]);
  });

  it("lets nothing else begin meanwhile", () => {
    const world = asking();
    const rollback = world.rollback();
    const compaction = world.call((call) => ({ type: "send", call, request: { text: "", images: [], wanted: {}, compaction: {} } }));
    expect([world.errorOf(rollback), world.errorOf(compaction), world.state.phase.type, world.types.length]).toEqual(["busy", "busy", "holding", 3]);
  });

  it("that was under way when the session started is held back, too", () => {
    const world = new ReducerWorld({ settings: { unsolicitedRuns: "ask" } }).ready({ ...idleState, streaming: true });
    expect([world.state.phase.type, world.types.length]).toEqual(["holding", 3]);
    world.decide("adopt");
    expect(world.types.slice(3)).toEqual(["turn.started"]);
  });

  it.each<[how: string, end: (world: ReducerWorld) => void, said: readonly string[]]>([
    ["is stopped", (world) => void world.stop(), ["session.exited"]],
    ["crashes", (world) => world.lost(), ["runtime.warning"]],
  ])("goes with the session that %s", (_how, end, said) => {
    const world = asking();
    world.interrupt();
    end(world);
    world.disposed();
    world.decide("adopt");
    expect([world.state.phase.type, world.types.slice(3), [...world.timers], [...world.openCalls]]).toEqual(["closed", said, [], []]);
  });

  it("is discarded by whoever stops it, and no decision brings it back", () => {
    const world = asking();
    const call = world.interrupt();
    expect([world.results.get(call), world.asked, world.state.phase.type]).toEqual([{ type: "ok" }, ["abort"], "idle"]);
    world.decide("adopt");
    expect([world.state.phase.type, world.types.includes("turn.started")]).toEqual(["idle", false]);
  });
});
