import { describe, expect, it } from "vitest";
import { cursorOf, isLive, sessionView } from "../../../src/domain/session/session-view.js";
import { idleState, ReducerWorld } from "./reducer-world.js";
import { inPhase, phaseNames, type PhaseName } from "./session-phases.js";

const times = { createdAt: "2026-01-01T00:00:00.000Z", updatedAt: "2026-01-01T00:00:01.000Z" };

const views: Readonly<Record<PhaseName, readonly [live: boolean, status: string]>> = {
  new: [false, "connecting"],
  "starting: opening": [false, "connecting"],
  "starting: readying": [false, "connecting"],
  "starting: selecting": [false, "connecting"],
  idle: [true, "ready"],
  "preparing: selecting": [true, "ready"],
  "preparing: old process ending": [true, "ready"],
  "preparing: reopening": [true, "ready"],
  "preparing: readying": [true, "ready"],
  "rolling back": [true, "ready"],
  holding: [true, "ready"],
  "running, not accepted": [true, "running"],
  running: [true, "running"],
  aborting: [true, "running"],
  settling: [true, "running"],
  "settling, with a message waiting": [true, "running"],
  stopping: [false, "closed"],
  closed: [false, "closed"],
};

describe("a session's view", () => {
  it.each(phaseNames.map((name) => ({ name, live: views[name][0], status: views[name][1] })))("($name) is $status; routable: $live", ({ name, live, status }) => {
    const { state } = inPhase[name]();
    expect([isLive(state.phase), sessionView(state, times).status]).toEqual([live, status]);
  });

  it("shows model, folder and cursor of now", () => {
    const world = inPhase.idle();
    expect(sessionView(world.state, times)).toEqual({
      provider: "demo",
      status: "ready",
      runtimeMode: "full-access",
      threadId: "t1",
      cwd: "/project",
      model: "demo/plain",
      resumeCursor: cursorOf(world.state),
      ...times,
    });
  });

  it("names the conversation as the agent can be given it, as soon as there is one", () => {
    const world = inPhase.idle();
    expect(sessionView(world.state, times)).not.toHaveProperty("nativeThread");
    world.turn();
    world.settle({ ...idleState, messageCount: 2 });
    expect(sessionView(world.state, times).nativeThread).toEqual({ driver: "demo", nativeId: "/sessions/s1.jsonl", strength: "strong" });
  });

  it("names no conversation of an agent that keeps none", () => {
    const { sessionFile: _none, ...forgetful } = { ...idleState, messageCount: 2 };
    expect(sessionView(new ReducerWorld().ready(forgetful).state, times)).not.toHaveProperty("nativeThread");
  });

  it("shows nothing that is not known yet", () => {
    expect(sessionView(inPhase["starting: readying"]().state, times)).toEqual({ provider: "demo", status: "connecting", runtimeMode: "full-access", threadId: "t1", cwd: "/project", ...times });
  });

  it.each(["running", "aborting", "settling"] as const)("(%s) names the turn", (name) => {
    const world = inPhase[name]();
    expect(sessionView(world.state, times).activeTurnId).toBe(world.events.find(({ type }) => type === "turn.started")?.turnId);
  });

  it("names no turn that the host has not heard of", () => {
    expect(sessionView(inPhase["running, not accepted"]().state, times)).not.toHaveProperty("activeTurnId");
  });

  it("shows the last error", () => {
    const world = inPhase.running();
    world.lost("Demo crashed.");
    expect(sessionView(world.state, times).lastError).toBe("Demo crashed.");
  });
});

describe("a session's cursor", () => {
  it("is not there before the agent said who it is", () => {
    expect(cursorOf(inPhase["starting: readying"]().state)).toBeUndefined();
  });

  it("names no file before anything was said", () => {
    expect(cursorOf(inPhase.idle().state)).toEqual({ version: 1, provider: "demo", sessionId: "s1", provisional: true, cwd: "/project", model: "demo/plain", thinkingLevel: "off" });
  });

  it("names the file from the first turn on, as provisional until something is known to be saved in it", () => {
    const world = inPhase.running();
    expect(cursorOf(world.state)).toMatchObject({ sessionFile: "/sessions/s1.jsonl", provisional: true, turnMessages: [null] });
    world.settle({ ...idleState, messageCount: 2 });
    const cursor = cursorOf(world.state);
    expect(cursor).toMatchObject({ sessionFile: "/sessions/s1.jsonl", turnMessages: [0] });
    expect(cursor).not.toHaveProperty("provisional");
  });

  it("names no file where the agent keeps none", () => {
    const { sessionFile: _none, ...ephemeral } = idleState;
    const world = new ReducerWorld().ready({ ...ephemeral, messageCount: 2 });
    expect(cursorOf(world.state)).not.toHaveProperty("sessionFile");
  });

  it("counts no more turns than it may", () => {
    const world = new ReducerWorld();
    world.start({ hasCursor: true, turnMessages: Array.from({ length: 300 }, () => 1), resume: { sessionFile: "/sessions/s1.jsonl", sessionId: "s1", provisional: false } });
    world.opened();
    world.idle({ ...idleState, messageCount: 600 });
    expect(cursorOf(world.state)?.turnMessages).toHaveLength(200);
  });

  it("changes when the agent is in another session", () => {
    const world = inPhase.running();
    world.settle({ ...idleState, messageCount: 2, sessionId: "s2", sessionFile: "/sessions/s2.jsonl" });
    expect(cursorOf(world.state)).toMatchObject({ sessionId: "s2", sessionFile: "/sessions/s2.jsonl" });
  });
});
