import { describe, expect, it } from "vitest";
import type { AgentEvent, AgentState } from "../../../src/ports/agent-messages.js";
import { idleState, ReducerWorld } from "./reducer-world.js";

const settled: AgentEvent = { type: "settled", aborted: false };
const totals = { inputTokens: 1, outputTokens: 2, cacheReadTokens: 0, cacheWriteTokens: 0, totalTokens: 3, costUsd: 0.1 };

/** A turn whose agent has just said that it is done; its state and statistics are asked for. */
function announced(): ReducerWorld {
  const world = new ReducerWorld().ready();
  world.turn();
  world.event(settled);
  return world;
}

function looksIdle(world: ReducerWorld): boolean {
  return world.reply("get-state", { type: "ok", value: idleState });
}

/** Answers everything that was asked so far, also before something happened. */
function answerAll(world: ReducerWorld): void {
  const questions = world.asked.length;
  for (let answer = 0; answer < questions; answer += 1) world.idle();
}

function ended(world: ReducerWorld): boolean {
  return world.types.at(-1) === "turn.completed" && world.state.phase.type === "idle";
}

/** How long each pause between two looks was. */
function pauses(world: ReducerWorld): readonly number[] {
  return world.effects.flatMap((effect) => (effect.type === "timer" && effect.key === "probe" ? [effect.delayMs] : []));
}

describe("a turn whose agent says that it is done", () => {
  it("ends when the agent is idle, with its usage", () => {
    const world = announced();
    expect(world.asked).toEqual(["get-state", "get-stats"]);
    world.reply("get-stats", { type: "ok", value: { totals, context: { usedTokens: 5, windowTokens: 10 } } });
    expect(ended(world)).toBe(false);
    world.reply("get-state", { type: "ok", value: { ...idleState, messageCount: 2 } });
    expect(world.types.slice(-2)).toEqual(["thread.token-usage.updated", "turn.completed"]);
    expect(world.state.core.agent?.messageCount).toBe(2);
    expect([...world.timers]).toEqual([]);
  });

  it.each<[what: string, reply: (world: ReducerWorld) => void]>([
    ["are refused", (world) => world.reply("get-stats", { type: "refused", message: "No.", reason: "other" })],
    ["are not answered", (world) => world.reply("get-stats", { type: "unanswered", detail: "No answer." })],
  ])("ends without its usage where the statistics %s", (_what, reply) => {
    const world = announced();
    looksIdle(world);
    expect(ended(world)).toBe(false);
    reply(world);
    expect([ended(world), world.types.includes("thread.token-usage.updated")]).toEqual([true, false]);
  });

  it("ends without its usage where the agent has no statistics", () => {
    const world = new ReducerWorld().ready(undefined, { commands: [] });
    world.turn();
    world.event(settled);
    expect(world.asked).toEqual(["get-state"]);
    looksIdle(world);
    expect(ended(world)).toBe(true);
  });

  it.each<[what: string, state: Partial<AgentState>]>([
    ["still writes", { streaming: true }],
    ["still compacts", { compacting: true }],
  ])("waits for an agent that %s, at growing intervals", (_what, state) => {
    const world = announced();
    for (let look = 0; look < 6; look += 1) {
      world.reply("get-state", { type: "ok", value: { ...idleState, ...state } });
      world.fire("probe");
    }
    expect(pauses(world)).toEqual([200, 400, 800, 1_000, 1_000, 1_000]);
    world.idle();
    expect(ended(world)).toBe(true);
  });

  it("gives up texts that an idle agent leaves in its queue, so that they do not go out with the next prompt", () => {
    const world = announced();
    for (let look = 0; look < 3; look += 1) {
      expect(ended(world)).toBe(false);
      world.reply("get-state", { type: "ok", value: { ...idleState, queued: 1 } });
      world.fire("probe");
    }
    world.idle();
    expect([ended(world), world.asked]).toEqual([true, ["clear-queue"]]);
    expect(world.types.slice(-2)).toEqual(["runtime.warning", "turn.completed"]);
  });

  it("sends no other prompt to a process whose queue it cannot clear", () => {
    const world = new ReducerWorld().ready({ ...idleState, messageCount: 2 }, { commands: [] });
    world.turn();
    world.event(settled);
    for (let look = 0; look < 3; look += 1) {
      world.reply("get-state", { type: "ok", value: { ...idleState, messageCount: 2, queued: 1 } });
      world.fire("probe");
    }
    expect(ended(world)).toBe(true);
    world.send("next");
    expect([world.disposing, world.asked]).toEqual([true, []]);
    world.disposed();
    expect(world.effects.at(-1)).toMatchObject({ type: "open", epoch: 2, launch: { model: idleState.model, resume: { sessionId: "s1" } } });
    world.opened();
    world.reply("get-state", { type: "ok", value: { ...idleState, messageCount: 2 } });
    expect(world.asked).toEqual(["prompt"]);
  });

  it("is failed, and its process ended, if the agent says nothing more", () => {
    const world = announced();
    for (let look = 0; look < 3; look += 1) {
      world.reply("get-state", { type: "unanswered", detail: "No answer." });
      world.fire("probe");
    }
    expect([world.disposing, ended(world)]).toEqual([true, false]);
    world.disposed();
    expect(world.events.slice(-2)).toMatchObject([
      { type: "runtime.error", payload: { class: "transport_error" } },
      { type: "turn.completed", payload: { state: "failed", errorMessage: "Demo stopped answering and was ended." } },
    ]);
    expect(world.state.phase.type).toBe("closed");
    expect(world.rules.conclude()).toEqual([]);
  });
});

describe("an idle state that was read before something happened", () => {
  it.each<AgentEvent>([
    { type: "run-started" },
    { type: "text-delta", block: 0, delta: "More." },
    { type: "tool-started", toolCallId: "c1", toolName: "bash", kind: "command", input: {} },
    { type: "retry-started", attempt: 1, maxAttempts: 3, delayMs: 1_000, errorMessage: "Overloaded." },
    { type: "compaction-started", reason: "threshold" },
  ])("does not end the turn after $type", (event) => {
    const world = announced();
    world.event(event);
    expect(world.state.phase.type).toBe("running");
    world.event(settled);
    expect(world.asked).toEqual(["get-state", "get-stats", "get-state", "get-stats"]);
    for (let answer = 0; answer < 2; answer += 1) world.reply("get-stats", { type: "ok", value: { totals } });
    looksIdle(world);
    expect(ended(world)).toBe(false);
    looksIdle(world);
    expect(ended(world)).toBe(true);
    expect(world.rules.conclude()).toEqual([]);
  });

  it("does not end the turn after a message went into it", () => {
    const world = announced();
    world.event({ type: "run-started" });
    const steer = world.send("and this");
    world.event(settled);
    answerAll(world);
    expect(ended(world)).toBe(false);
    world.reply("steer", { type: "ok", value: { disposition: "started" } });
    expect(world.results.get(steer)?.type).toBe("turn");
    answerAll(world);
    expect(ended(world)).toBe(false);
    world.event({ type: "run-started" });
    world.event(settled);
    answerAll(world);
    expect(ended(world)).toBe(true);
  });

  it("does not make the turn wait long for an end if that was all", () => {
    const world = announced();
    world.event({ type: "run-started" });
    world.commands.length = 0;
    expect(world.effects.at(-1)).toEqual({ type: "timer", key: "quiet", delayMs: 5_000 });
    world.fire("quiet");
    expect(world.asked).toContain("get-state");
  });
});

describe("a prompt that begins no run", () => {
  it("ends its turn with one look if the agent says that it handled it", () => {
    const world = new ReducerWorld().ready();
    world.send("/name test");
    world.reply("prompt", { type: "ok", value: { disposition: "handled" } });
    world.idle();
    expect(world.events.at(-1)).toMatchObject({ type: "turn.completed", payload: { state: "completed", stopReason: null } });
  });

  it("ends its turn with three looks if the agent's version does not say so", () => {
    const world = new ReducerWorld().ready();
    world.send("/name test");
    world.reply("prompt", { type: "ok", value: { disposition: "unknown" } });
    world.reply("get-stats", { type: "ok", value: { totals } });
    for (let look = 1; look <= 3; look += 1) {
      expect(ended(world)).toBe(false);
      looksIdle(world);
      world.fire("probe");
    }
    expect([ended(world), pauses(world)]).toEqual([true, [100, 100]]);
  });

  it("fails its turn if the agent never answers and does nothing", () => {
    const world = new ReducerWorld().ready();
    world.send("hello");
    world.fire("accept");
    world.reply("prompt", { type: "unanswered", detail: "Demo did not answer within 600 s." });
    for (let look = 1; look <= 3; look += 1) {
      world.idle();
      world.fire("probe");
    }
    expect(world.events.at(-1)).toMatchObject({ type: "turn.completed", payload: { state: "failed", errorMessage: "Demo did not answer within 600 s." } });
    expect(world.rules.conclude()).toEqual([]);
  });

  it("does not end its turn if the run begins after all", () => {
    const world = new ReducerWorld().ready();
    world.send("hello");
    world.reply("prompt", { type: "ok", value: { disposition: "unknown" } });
    looksIdle(world);
    world.event({ type: "run-started" });
    expect([world.state.phase.type, world.timers.has("probe")]).toEqual(["running", false]);
    world.event(settled);
    answerAll(world);
    expect(ended(world)).toBe(true);
  });
});

/** From which entry on the conversation is asked for. */
function sinceOf(world: ReducerWorld): string | undefined {
  const asked = world.commands.find(({ command }) => command.type === "get-history")?.command;
  return asked?.type === "get-history" ? asked.since : undefined;
}

describe("a turn whose host wants references", () => {
  const history = { entries: [{ id: "e1", role: "user", text: "hello" }, { id: "e2", role: "assistant", text: "hi" }], head: "e3" } as const;
  const heard: AgentEvent = { type: "message-ended", role: "user", text: [{ block: 0, text: "hello" }], reasoning: [], stopReason: "stop" };

  /** A turn with a message of the user whose agent has just said that it is done. */
  function referring(world = new ReducerWorld({ settings: { turnReferences: true } }).ready()): ReducerWorld {
    world.turn();
    world.event(heard);
    world.event(settled);
    return world;
  }

  it("ends with its own and the conversation's, asked for together with all the rest", () => {
    const world = referring();
    expect(world.asked).toEqual(["get-state", "get-stats", "get-history"]);
    world.idle();
    expect(ended(world)).toBe(false);
    world.reply("get-history", { type: "ok", value: history });
    expect(ended(world)).toBe(true);
    expect(world.events.at(-1)).toMatchObject({ providerRefs: { providerTurnId: "e1" }, payload: { conversationHead: "e3" } });
  });

  it("asks for them only when the agent is idle, where it does not say itself that it is done", () => {
    const world = new ReducerWorld({ settings: { turnReferences: true } }).ready();
    const call = world.send();
    world.event(heard);
    world.fire("quiet");
    world.reply("prompt", { type: "ok", value: { disposition: "unknown" } });
    world.fire("quiet");
    expect([world.results.get(call)?.type, world.asked]).toEqual(["turn", ["get-state", "get-stats"]]);
    world.idle();
    expect([world.asked, ended(world)]).toEqual([["get-history"], false]);
    world.reply("get-history", { type: "ok", value: history });
    expect(world.events.at(-1)).toMatchObject({ type: "turn.completed", providerRefs: { providerTurnId: "e1" } });
  });

  it("asks only for what is new, from the second turn on", () => {
    const world = referring();
    expect(sinceOf(world)).toBeUndefined();
    world.idle();
    world.reply("get-history", { type: "ok", value: history });
    referring(world);
    expect(sinceOf(world)).toBe("e3");
  });

  it.each<[what: string, reply: (world: ReducerWorld) => void]>([
    ["are refused", (world) => world.reply("get-history", { type: "refused", message: "Entry not found: e3", reason: "other" })],
    ["are not told in time", (world) => world.reply("get-history", { type: "unanswered", detail: "No answer." })],
  ])("ends without them where they %s, and asks for everything next time", (_what, reply) => {
    const world = referring();
    world.idle();
    reply(world);
    expect(ended(world)).toBe(true);
    expect(world.events.at(-1)).not.toHaveProperty("providerRefs");
    expect(world.events.at(-1)?.payload).not.toHaveProperty("conversationHead");
    referring(world);
    expect(sinceOf(world)).toBeUndefined();
  });

  it("ends without them where the agent cannot tell its conversation", () => {
    const world = referring(new ReducerWorld({ settings: { turnReferences: true } }).ready(undefined, { commands: [] }));
    expect(world.asked).toEqual(["get-state"]);
    looksIdle(world);
    expect(ended(world)).toBe(true);
  });

  it("takes none from before the agent went on", () => {
    const world = referring();
    world.event({ type: "step-started" });
    world.reply("get-history", { type: "ok", value: { ...history, head: "too-early" } });
    world.event(settled);
    answerAll(world);
    world.reply("get-history", { type: "ok", value: history });
    expect(world.events.at(-1)).toMatchObject({ type: "turn.completed", payload: { conversationHead: "e3" } });
  });

  it("gives no cursor of them to a host that wants none", () => {
    const world = announced();
    expect(world.asked).not.toContain("get-history");
    answerAll(world);
    expect([ended(world), world.state.core.head]).toEqual([true, undefined]);
  });
});
