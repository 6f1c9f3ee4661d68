import { describe, expect, it } from "vitest";
import type { AgentEvent, AgentState } from "../../../src/ports/agent-messages.js";
import { idleState, ReducerWorld } from "./reducer-world.js";

const busy: AgentState = { ...idleState, streaming: true };
const toolStarted: AgentEvent = { type: "tool-started", toolCallId: "c1", toolName: "bash", kind: "command", input: {} };

/** A turn that was silent for so long that its agent's state is asked for. */
function silent(): ReducerWorld {
  const world = new ReducerWorld().ready();
  world.turn();
  world.fire("quiet");
  world.fire("quiet");
  return world;
}

/** Lets one more silence pass in which the agent says that it works. */
function saysBusy(world: ReducerWorld): void {
  world.reply("get-state", { type: "ok", value: busy });
  world.fire("quiet");
}

function saysNothing(world: ReducerWorld): void {
  for (let look = 0; look < 3; look += 1) {
    world.reply("get-state", { type: "unanswered", detail: "No answer." });
    world.fire("probe");
  }
}

function warnings(world: ReducerWorld): number {
  return world.types.filter((type) => type === "runtime.warning").length;
}

describe("a turn that is silent for long", () => {
  it("goes on if the agent still works, and the agent is asked again after the next silence", () => {
    const world = silent();
    expect(world.asked).toContain("get-state");
    world.reply("get-state", { type: "ok", value: busy });
    expect([world.state.phase.type, world.timers.has("quiet"), world.timers.has("probe")]).toEqual(["running", true, false]);
    world.fire("quiet");
    expect(world.asked).toContain("get-state");
  });

  it("ends if the agent turns out to be idle", () => {
    const world = silent();
    world.idle();
    expect([world.types.at(-1), world.state.phase.type]).toEqual(["turn.completed", "idle"]);
  });

  it("goes on with a warning, once, if the agent does not answer: it may be busy", () => {
    const world = silent();
    saysNothing(world);
    expect([world.state.phase.type, warnings(world), world.disposing]).toEqual(["running", 1, false]);
    world.fire("quiet");
    saysNothing(world);
    expect([world.state.phase.type, warnings(world)]).toEqual(["running", 1]);
  });

  it("is not asked about while it is lively", () => {
    const world = new ReducerWorld().ready();
    world.turn();
    world.event({ type: "run-started" });
    world.fire("quiet");
    world.event({ type: "text-delta", block: 0, delta: "Hi" });
    world.fire("quiet");
    expect(world.asked).toEqual([]);
  });

  it("is told, once, when the agent has said for minutes that it works and has shown nothing", () => {
    const world = silent();
    saysBusy(world);
    expect(warnings(world)).toBe(0);
    for (let silence = 0; silence < 20; silence += 1) saysBusy(world);
    expect([warnings(world), world.state.phase.type]).toEqual([1, "settling"]);
  });

  it("is told again when the agent was heard in between", () => {
    const world = silent();
    for (let silence = 0; silence < 20; silence += 1) saysBusy(world);
    world.event({ type: "run-started" });
    for (let silence = 0; silence < 20; silence += 1) saysBusy(world);
    expect(warnings(world)).toBe(2);
  });

  it("is not told while a tool runs, which explains itself", () => {
    const world = new ReducerWorld().ready();
    world.turn();
    world.event(toolStarted);
    for (let silence = 0; silence < 20; silence += 1) saysBusy(world);
    expect([warnings(world), world.state.phase.type]).toEqual([0, "settling"]);
  });
});
