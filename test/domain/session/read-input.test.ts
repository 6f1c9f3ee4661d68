import { describe, expect, it } from "vitest";
import type { CallId } from "../../../src/domain/session/session-state.js";
import { ReducerWorld } from "./reducer-world.js";
import { inPhase, type PhaseName } from "./session-phases.js";

const entries = [{ id: "e1", role: "user", text: "hello" }] as const;

function readHistory(world: ReducerWorld): CallId {
  return world.call((call) => ({ type: "read", call, what: "history" }));
}

const answering: readonly PhaseName[] = ["idle", "preparing: selecting", "preparing: readying", "rolling back", "running, not accepted", "running", "aborting", "settling"];

describe("a reading call", () => {
  it.each(answering)("(%s) is answered and changes nothing", (name) => {
    const world = inPhase[name]();
    const { state } = world;
    const call = readHistory(world);
    expect(world.asked.at(-1)).toBe("get-history");
    world.reply("get-history", { type: "ok", value: { entries } });
    expect(world.results.get(call)).toEqual({ type: "history", entries });
    expect(world.state).toEqual(state);
  });

  it("reads the agent's commands", () => {
    const world = new ReducerWorld().ready();
    const commands = [{ name: "ping", source: "extension" }] as const;
    const call = world.call((call) => ({ type: "read", call, what: "commands" }));
    world.reply("list-commands", { type: "ok", value: { commands } });
    expect(world.results.get(call)).toEqual({ type: "commands", commands });
  });

  it("gets its own answer among several", () => {
    const world = new ReducerWorld().ready();
    const [first, second] = [readHistory(world), readHistory(world)];
    world.reply("get-history", { type: "ok", value: { entries } });
    expect([world.results.get(first)?.type, world.openCalls.has(second)]).toEqual(["history", true]);
    world.reply("get-history", { type: "ok", value: { entries: [] } });
    expect(world.results.get(second)).toEqual({ type: "history", entries: [] });
  });

  it.each([
    ["refuses", { type: "refused", message: "Not now.", reason: "busy" }, "request-rejected"],
    ["does not answer", { type: "unanswered", detail: "No answer." }, "request-timeout"],
  ] as const)("fails alone where the agent %s", (_what, outcome, code) => {
    const world = new ReducerWorld().ready();
    const call = readHistory(world);
    world.reply("get-history", outcome);
    expect([world.errorOf(call), world.state.phase.type, world.types.length]).toEqual([code, "idle", 3]);
  });

  it.each<[what: string, end: (world: ReducerWorld) => void]>([
    ["is stopped", (world) => void world.stop()],
    ["crashes", (world) => world.lost()],
  ])("does not outlive a process that %s", (_what, end) => {
    const world = new ReducerWorld().ready();
    const call = readHistory(world);
    end(world);
    expect(world.errorOf(call)).toBe("session-ended");
  });

  it("is not answered twice when its answer comes after all", () => {
    const world = new ReducerWorld().ready();
    const call = readHistory(world);
    world.stop();
    world.input({ type: "reply", epoch: 1, to: "get-history", tag: { call }, outcome: { type: "ok", value: { entries } } });
    expect(world.answeredTwice).toEqual([]);
  });
});
