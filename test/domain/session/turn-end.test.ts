import { describe, expect, it } from "vitest";
import type { AgentEvent, AgentMessageEnded } from "../../../src/ports/agent-messages.js";
import { idleState, ReducerWorld } from "./reducer-world.js";

const usage = { inputTokens: 10, outputTokens: 5, cacheReadTokens: 3, cacheWriteTokens: 2, totalTokens: 20, costUsd: 0.25 };

function messageEnded(change: Partial<AgentMessageEnded> = {}): AgentMessageEnded {
  return { type: "message-ended", role: "assistant", text: [], reasoning: [], stopReason: "stop", ...change };
}

const failed = messageEnded({ stopReason: "error", errorMessage: "Overloaded." });

/** A turn in which all of this happened before the agent settled. */
function turnOf(...events: readonly AgentEvent[]): ReducerWorld {
  const world = new ReducerWorld().ready();
  world.turn();
  for (const event of events) world.event(event);
  world.settle();
  return world;
}

describe("the end of a turn", () => {
  it.each<[what: string, events: readonly AgentEvent[], payload: object]>([
    ["is a completion with the agent's reason and what it cost", [messageEnded({ usage })], { state: "completed", stopReason: "stop", usage: { inputTokens: 10, outputTokens: 5, cachedInputTokens: 3, cacheWriteTokens: 2, totalTokens: 20 }, totalCostUsd: 0.25 }],
    ["is a completion where the model ran into its limit", [messageEnded({ stopReason: "length" })], { state: "completed", stopReason: "length" }],
    ["is a completion where nothing was said", [], { state: "completed", stopReason: null }],
    ["is a completion where a retry succeeded", [failed, { type: "retry-started", attempt: 1, maxAttempts: 3, delayMs: 1, errorMessage: "Overloaded." }, { type: "retry-ended", success: true }, messageEnded()], { state: "completed", stopReason: "stop" }],
    ["is a failure where the model failed", [failed], { state: "failed", stopReason: "error", errorMessage: "Overloaded." }],
    ["is an interrupt where the agent aborted by itself", [messageEnded({ stopReason: "aborted" })], { state: "interrupted", stopReason: "abort" }],
  ])("%s", (_what, events, payload) => {
    const world = turnOf(...events);
    expect(world.events.at(-1)).toMatchObject({ type: "turn.completed" });
    expect(world.events.at(-1)?.payload).toEqual(payload);
    expect(world.rules.conclude()).toEqual([]);
  });

  it("is an interrupt where the agent says at its end that it aborted", () => {
    const world = new ReducerWorld().ready();
    world.turn();
    world.event({ type: "settled", aborted: true });
    world.idle();
    expect(world.events.at(-1)?.payload).toMatchObject({ state: "interrupted" });
  });

  it("first closes what is open, then tells the usage and the error", () => {
    const world = new ReducerWorld().ready();
    world.turn();
    world.event({ type: "run-started" });
    world.event(failed);
    world.event({ type: "tool-started", toolCallId: "c1", toolName: "bash", kind: "command", input: {} });
    world.event({ type: "text-delta", block: 0, delta: "Hel" });
    world.event({ type: "dialog-opened", dialogId: "d1", method: "confirm", title: "Go on?", options: [] });
    world.event({ type: "settled", aborted: false });
    const before = world.events.length;
    world.reply("get-stats", { type: "ok", value: { totals: usage } });
    world.reply("get-state", { type: "ok", value: idleState });
    expect(world.types.slice(before)).toEqual(["item.completed", "item.completed", "user-input.resolved", "thread.token-usage.updated", "runtime.error", "turn.completed"]);
    expect(world.dialogAnswers).toMatchObject([{ dialogId: "d1", answer: { type: "cancelled" } }]);
    expect(world.rules.conclude()).toEqual([]);
  });

  it("keeps its failure as the session's last error until the next turn begins", () => {
    const world = turnOf(failed);
    expect(world.state.core.lastError).toBe("Overloaded.");
    world.send("again");
    expect(world.state.core.lastError).toBe("Overloaded.");
    world.reply("prompt", { type: "ok", value: { disposition: "started" } });
    expect(world.state.core.lastError).toBeUndefined();
  });

  it("leaves no timer, neither of the turn nor of its questions", () => {
    const world = turnOf({ type: "dialog-opened", dialogId: "d1", method: "confirm", title: "Go on?", options: [], timeoutMs: 60_000 });
    expect([...world.timers]).toEqual([]);
  });

  it("happens once, however often the agent says so", () => {
    const world = turnOf();
    world.event({ type: "settled", aborted: false });
    world.idle();
    expect(world.types.filter((type) => type === "turn.completed")).toHaveLength(1);
  });

  it("counts the messages of its user", () => {
    const heard = messageEnded({ role: "user", text: [{ block: 0, text: "hello" }] });
    const world = turnOf(heard, heard);
    expect(world.state.core.turnMessages).toEqual([2]);
    world.turn();
    world.settle();
    expect(world.state.core.turnMessages).toEqual([2, 0]);
  });
});
