import { describe, expect, it } from "vitest";
import type { AgentEvent } from "../../../src/ports/agent-messages.js";
import { idleState, ReducerWorld } from "./reducer-world.js";

const question: AgentEvent = { type: "dialog-opened", dialogId: "d1", method: "confirm", title: "Go on?", options: [] };

function sent(): { readonly world: ReducerWorld; readonly call: number } {
  const world = new ReducerWorld().ready();
  const call = world.send("hello");
  world.events.length = 0;
  return { world, call };
}

describe("a prompt", () => {
  it("is sent with everything the user wrote, and given time to be accepted and to be answered", () => {
    const world = new ReducerWorld().ready();
    const images = [{ mimeType: "image/png", base64: "AAAA" }];
    const turnId = world.state.core.nextTurnId;
    world.call((call) => ({ type: "send", call, request: { text: "look", images, wanted: {} } }));
    expect(world.effects.slice(-3)).toEqual([
      { type: "mint-turn-id" },
      { type: "command", command: { type: "prompt", text: "look", images }, tag: { turnId }, deadlineMs: 600_000 },
      { type: "timer", key: "accept", delayMs: 10_000 },
    ]);
    expect(world.state.core.nextTurnId).not.toBe(turnId);
  });

  it("begins nothing before its agent took it up", () => {
    const { world, call } = sent();
    expect([world.events, world.openCalls.has(call)]).toEqual([[], true]);
  });

  it.each<[how: string, accept: (world: ReducerWorld) => void]>([
    ["by the agent's answer", (world) => world.reply("prompt", { type: "ok", value: { disposition: "started" } })],
    ["by the agent's answer that it waits in a queue", (world) => world.reply("prompt", { type: "ok", value: { disposition: "queued" } })],
    ["although the answer never came", (world) => world.reply("prompt", { type: "unanswered", detail: "No answer." })],
    ["by the agent's work", (world) => world.event({ type: "run-started" })],
    ["by a text", (world) => world.event({ type: "text-delta", block: 0, delta: "Hi" })],
    ["by a question", (world) => world.event(question)],
    ["by a warning", (world) => world.event({ type: "notice", severity: "warning", text: "Careful." })],
    ["when time is up", (world) => world.fire("accept")],
  ])("is accepted %s", (_how, accept) => {
    const { world, call } = sent();
    accept(world);
    expect(world.events[0]).toMatchObject({ type: "turn.started", payload: { model: "demo/plain", effort: "off" } });
    expect(world.results.get(call)).toMatchObject({ type: "turn", turn: { threadId: "t1", turnId: world.events[0]?.turnId, resumeCursor: { sessionId: "s1", sessionFile: "/sessions/s1.jsonl" } } });
    expect([world.timers.has("accept"), world.timers.has("quiet")]).toEqual([false, true]);
  });

  it("is accepted once, whatever else comes", () => {
    const { world } = sent();
    world.event({ type: "run-started" });
    world.fire("accept");
    world.reply("prompt", { type: "ok", value: { disposition: "started" } });
    world.event({ type: "text-delta", block: 0, delta: "Hi" });
    expect(world.types).toEqual(["turn.started", "content.delta"]);
    expect(world.answeredTwice).toEqual([]);
  });

  it.each<AgentEvent>([
    { type: "queue-changed", queued: 1 },
    { type: "ignored", recordType: "status" },
    { type: "notice", severity: "info", text: "All is well." },
    { type: "settled", aborted: false },
  ])("is not accepted by $type", (event) => {
    const { world, call } = sent();
    world.event(event);
    expect([world.events, world.openCalls.has(call)]).toEqual([[], true]);
  });

  it("has a turn id of its own each time", () => {
    const world = new ReducerWorld().ready();
    const first = world.turn();
    world.settle();
    expect(world.turn()).not.toBe(first);
  });
});

describe("the model and level that a turn begins with", () => {
  it("are left out where the agent has none", () => {
    const { model: _none, thinkingLevel: _neither, ...state } = idleState;
    const world = new ReducerWorld().ready(state);
    world.turn();
    expect(world.events.at(-1)?.payload).toEqual({});
  });
});
