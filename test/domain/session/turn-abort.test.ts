import { describe, expect, it } from "vitest";
import type { SessionEffect } from "../../../src/domain/session/session-state.js";
import type { AgentEvent } from "../../../src/ports/agent-messages.js";
import { ReducerWorld } from "./reducer-world.js";

const question: AgentEvent = { type: "dialog-opened", dialogId: "d1", method: "confirm", title: "Go on?", options: [] };
const done = { type: "ok", value: null } as const;

function running(): { readonly world: ReducerWorld; readonly turnId: string } {
  const world = new ReducerWorld().ready();
  return { world, turnId: world.turn() };
}

/** What was done from the interrupt on, in short. */
function afterwards(world: ReducerWorld, act: () => void): readonly string[] {
  const before = world.effects.length;
  act();
  return world.effects.slice(before).flatMap((effect: SessionEffect) => {
    if (effect.type === "command") return [effect.command.type];
    if (effect.type === "answer-dialog") return [`answer ${effect.answer.type}`];
    return effect.type === "emit" ? [effect.draft.type] : [];
  });
}

describe("an interrupt", () => {
  it("tells the agent to abort and returns; the turn ends when the agent has settled", () => {
    const { world, turnId } = running();
    const call = world.interrupt();
    expect([world.asked, world.results.get(call), world.state.phase.type]).toEqual([["abort"], { type: "ok" }, "aborting"]);
    world.settle();
    expect(world.events.at(-1)).toMatchObject({ type: "turn.completed", turnId, payload: { state: "interrupted", stopReason: "abort" } });
    expect([...world.timers]).toEqual([]);
    expect(world.rules.conclude()).toEqual([]);
  });

  it("first cancels the open question, then forgets the queued texts, then aborts", () => {
    const { world } = running();
    world.send("and this");
    world.reply("steer", { type: "ok", value: { disposition: "queued" } });
    world.event(question);
    const order = [...afterwards(world, () => world.interrupt()), ...afterwards(world, () => world.reply("clear-queue", { type: "ok", value: { cleared: 1 } }))];
    expect(order).toEqual(["answer cancelled", "user-input.resolved", "clear-queue", "abort"]);
  });

  it.each<[what: string, outcome: Parameters<typeof ReducerWorld.prototype.reply<"clear-queue">>[1]]>([
    ["is refused", { type: "refused", message: "No.", reason: "other" }],
    ["is not answered", { type: "unanswered", detail: "No answer." }],
  ])("aborts although forgetting the queue %s", (_what, outcome) => {
    const { world } = running();
    world.send("and this");
    world.interrupt();
    expect(world.asked).toEqual(["steer", "clear-queue"]);
    world.reply("clear-queue", outcome);
    expect(world.asked).toEqual(["steer", "abort"]);
  });

  it("ends the process of an agent that would go on with a queue that it cannot forget", () => {
    const world = new ReducerWorld().ready(undefined, { commands: [] });
    const turnId = world.turn();
    world.send("and this");
    const call = world.interrupt();
    expect([world.asked, world.disposing, world.results.get(call)]).toEqual([["steer"], true, { type: "ok" }]);
    world.disposed();
    expect(world.events.some((event) => event.type === "turn.completed" && event.turnId === turnId && event.payload.state === "interrupted")).toBe(true);
    expect([world.state.phase.type, world.types.includes("session.exited"), [...world.openCalls]]).toEqual(["closed", false, []]);
    expect(world.rules.conclude()).toEqual([]);
  });

  it("aborts where the queue that the agent cannot forget is empty", () => {
    const world = new ReducerWorld().ready(undefined, { commands: [] });
    world.turn();
    world.send("and this");
    world.reply("steer", { type: "ok", value: { disposition: "queued" } });
    world.event({ type: "queue-changed", queued: 0 });
    world.interrupt();
    expect([world.asked, world.disposing]).toEqual([["abort"], false]);
  });

  it("does not overtake the prompt's answer, or it would be lost", () => {
    const world = new ReducerWorld().ready();
    const call = world.send("hello");
    world.interrupt();
    expect(world.asked).toEqual(["prompt"]);
    world.reply("prompt", { type: "ok", value: { disposition: "started" } });
    expect([world.asked, world.results.get(call)?.type]).toEqual([["abort"], "turn"]);
    world.settle();
    expect(world.types.slice(3)).toEqual(["turn.started", "turn.completed"]);
  });

  it("takes the messages back that were not sent yet", () => {
    const world = new ReducerWorld().ready();
    world.send("hello");
    const held = world.send("and this");
    world.interrupt();
    expect(world.errorOf(held)).toBe("aborted");
    world.reply("prompt", { type: "ok", value: { disposition: "started" } });
    expect(world.asked).toEqual(["abort"]);
    world.settle();
    expect([world.types.slice(3), world.answeredTwice]).toEqual([["turn.started", "turn.completed"], []]);
  });

  it("of another turn does nothing", () => {
    const { world } = running();
    const call = world.interrupt("another");
    expect([world.results.get(call), world.asked, world.state.phase.type]).toEqual([{ type: "ok" }, [], "running"]);
  });

  it("that comes twice is one", () => {
    const { world, turnId } = running();
    world.interrupt(turnId);
    const again = world.interrupt(turnId);
    expect([world.results.get(again), world.asked]).toEqual([{ type: "ok" }, ["abort"]]);
  });

  it("without a turn does nothing", () => {
    const world = new ReducerWorld().ready();
    const call = world.interrupt();
    expect([world.results.get(call), world.asked, world.types]).toEqual([{ type: "ok" }, [], ["session.started", "session.configured", "thread.started"]]);
  });

  it("while the turn is about to end tells the agent all the same, and ends the turn as interrupted", () => {
    const { world } = running();
    world.event({ type: "settled", aborted: false });
    world.interrupt();
    expect(world.asked).toContain("abort");
    world.reply("abort", done);
    for (let answer = 0; answer < 2; answer += 1) world.idle();
    expect(world.events.at(-1)).toMatchObject({ type: "turn.completed", payload: { state: "interrupted" } });
  });
});

describe("an interrupted turn", () => {
  it("shows its tools as interrupted and its failures as no error", () => {
    const { world } = running();
    world.event({ type: "tool-started", toolCallId: "c1", toolName: "bash", kind: "command", input: {} });
    world.interrupt();
    world.event({ type: "tool-ended", toolCallId: "c1", toolName: "bash", failed: true, output: "killed" });
    world.event({ type: "message-ended", role: "assistant", text: [], reasoning: [], stopReason: "error", errorMessage: "Aborted." });
    world.settle();
    expect(world.events.find(({ type }) => type === "item.completed")?.payload).toMatchObject({ title: "Command run interrupted", detail: "Interrupted" });
    expect(world.types).not.toContain("runtime.error");
    expect(world.events.at(-1)?.payload).toMatchObject({ state: "interrupted" });
  });

  it("ends by the agent's state if the agent says nothing but that it obeyed", () => {
    const { world } = running();
    world.interrupt();
    world.reply("abort", done);
    world.idle();
    expect(world.events.at(-1)).toMatchObject({ type: "turn.completed", payload: { state: "interrupted" } });
  });

  it("goes on being interrupted if the agent obeyed and still works", () => {
    const { world } = running();
    world.interrupt();
    world.reply("abort", done);
    world.event({ type: "tool-started", toolCallId: "c1", toolName: "bash", kind: "command", input: {} });
    expect([world.state.phase.type, world.timers.has("abort")]).toEqual(["aborting", true]);
  });

  it("lets one message wait for its end", () => {
    const { world } = running();
    world.interrupt();
    const waiting = world.send("next");
    expect([world.asked, world.errorOf(world.send("too many"))]).toEqual([["abort"], "busy"]);
    world.settle();
    expect(world.asked.at(-1)).toBe("prompt");
    world.reply("prompt", { type: "ok", value: { disposition: "started" } });
    expect(world.results.get(waiting)?.type).toBe("turn");
  });
});

describe("a message that waits for an interrupted turn", () => {
  it("keeps its caller waiting for a bounded time only", () => {
    const { world } = running();
    world.interrupt();
    const waiting = world.send("next");
    expect(world.effects.at(-1)).toEqual({ type: "timer", key: `call:${waiting}`, delayMs: 10_000 });
    world.fire(`call:${waiting}`);
    expect([world.errorOf(waiting), world.state.phase.type]).toEqual(["busy", "aborting"]);
    world.settle();
    expect([world.asked.includes("prompt"), world.types.at(-1)]).toEqual([false, "turn.completed"]);
  });
});

describe("an agent that does not obey", () => {
  it("is told again at half time, and ended when time is up", () => {
    const { world, turnId } = running();
    world.interrupt();
    expect(world.effects.filter((effect) => effect.type === "timer" && effect.key === "abort")).toEqual([{ type: "timer", key: "abort", delayMs: 2_000 }]);
    world.fire("abort");
    expect([world.asked, world.disposing]).toEqual([["abort", "abort"], false]);
    world.fire("abort");
    expect([world.disposing, world.types.at(-1)]).toEqual([true, "turn.started"]);
    world.disposed();
    expect(world.events.at(-1)).toMatchObject({ type: "turn.completed", turnId, payload: { state: "interrupted" } });
    expect([world.state.phase.type, world.types.includes("session.exited"), world.types.includes("runtime.error")]).toEqual(["closed", false, false]);
  });

  it("is told at half time even if it never answered the prompt", () => {
    const world = new ReducerWorld().ready();
    const call = world.send("hello");
    world.interrupt();
    world.fire("abort");
    expect(world.asked).toEqual(["prompt", "abort"]);
    world.fire("abort");
    world.disposed();
    expect(world.results.get(call)?.type).toBe("turn");
    expect(world.types.slice(3)).toEqual(["turn.started", "turn.completed"]);
    expect(world.rules.conclude()).toEqual([]);
  });

  it("is ended if it does not even tell its state", () => {
    const { world } = running();
    world.interrupt();
    world.reply("abort", done);
    for (let look = 0; look < 3; look += 1) {
      world.reply("get-state", { type: "unanswered", detail: "No answer." });
      world.fire("probe");
    }
    expect(world.disposing).toBe(true);
    world.disposed();
    expect(world.events.at(-1)).toMatchObject({ type: "turn.completed", payload: { state: "interrupted" } });
  });

  it("takes the message with it that waited for the end", () => {
    const { world } = running();
    world.interrupt();
    const waiting = world.send("next");
    world.fire("abort");
    world.fire("abort");
    world.disposed();
    expect(world.errorOf(waiting)).toBe("session-ended");
  });
});
