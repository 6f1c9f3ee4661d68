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
    expect(world.results.get(call)).toEqual({ type: "history", history: { entries } });
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
    expect(world.results.get(second)).toEqual({ type: "history", history: { entries: [] } });
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

function nameIt(world: ReducerWorld): CallId {
  return world.call((call) => ({ type: "name", call, name: "Fix the login" }));
}

describe("a name for the conversation", () => {
  it.each(answering)("(%s) is given beside whatever else is going on", (name) => {
    const world = inPhase[name]();
    const { state } = world;
    const call = nameIt(world);
    expect(world.commands.at(-1)?.command).toEqual({ type: "name-session", name: "Fix the login" });
    world.reply("name-session", { type: "ok", value: null });
    expect([world.results.get(call), world.state]).toEqual([{ type: "ok" }, state]);
  });

  it("is told to the host when the agent says that it has it, between two turns as in one", () => {
    for (const world of [inPhase.idle(), inPhase.running()]) {
      world.event({ type: "session-named", name: " Fix the login " });
      world.event({ type: "session-named", name: " " });
      expect(world.events.filter(({ type }) => type === "thread.metadata.updated")).toMatchObject([{ payload: { name: "Fix the login" } }]);
    }
  });

  it("that the agent does not take is its caller's failure, and nobody else's", () => {
    const world = inPhase.running();
    const call = nameIt(world);
    world.reply("name-session", { type: "refused", message: "Too long.", reason: "other" });
    expect(world.results.get(call)).toMatchObject({ error: { code: "request-rejected", operation: "nameThread", detail: "Demo did not take the name: Too long." } });
  });

  it("is refused where there is no session", () => {
    const world = inPhase.closed();
    expect(world.errorOf(nameIt(world))).toBe("session-ended");
  });
});

describe("where a conversation stands", () => {
  it.each([
    { wanted: true, phase: "idle", told: "e2" },
    { wanted: false, phase: "idle", told: undefined },
    { wanted: true, phase: "running", told: undefined },
  ] as const)("is taken from whoever reads it, for a host that wants references ($wanted), between two turns ($phase)", ({ wanted, phase, told }) => {
    const world = new ReducerWorld({ settings: { turnReferences: wanted } }).ready();
    if (phase === "running") world.turn();
    readHistory(world);
    world.reply("get-history", { type: "ok", value: { entries, head: "e2" } });
    expect(world.state.core.head).toBe(told);
  });
});
