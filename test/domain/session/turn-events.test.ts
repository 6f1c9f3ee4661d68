import { describe, expect, it } from "vitest";
import { promptRequestId } from "../../../src/domain/session/turn-events.js";
import { idleState, ReducerWorld } from "./reducer-world.js";

const refused = { type: "refused", message: "No API key.", reason: "other" } as const;

/** A turn that began although its prompt has not been answered. */
function unanswered(): { readonly world: ReducerWorld; readonly turnId: string } {
  const world = new ReducerWorld().ready();
  world.send("hello");
  const turnId = world.commands[0]?.tag.turnId ?? "";
  world.fire("accept");
  return { world, turnId };
}

/** A turn whose prompt was refused when the agent worked on it already. */
function refusedButActive(): ReducerWorld {
  const world = new ReducerWorld().ready();
  world.send("hello");
  world.event({ type: "run-started" });
  world.reply("prompt", refused);
  return world;
}

describe("a refusal of the prompt", () => {
  it("before the turn began fails the call, and shows an error but no turn", () => {
    const world = new ReducerWorld().ready();
    const call = world.send("hello");
    world.reply("prompt", refused);
    expect(world.results.get(call)).toMatchObject({ type: "error", error: { kind: "request", code: "request-rejected", operation: "sendTurn", detail: "No API key." } });
    expect(world.events.slice(3)).toMatchObject([{ type: "runtime.error", payload: { message: "No API key.", class: "provider_error" } }]);
    expect([world.events[3]?.turnId, world.state.phase.type, world.timers.size]).toEqual([undefined, "idle", 0]);
    expect(world.state.core.lastError).toBe("No API key.");
  });

  it.each<[how: string, refuse: (world: ReducerWorld, turnId: string) => void]>([
    ["late", (world) => world.reply("prompt", refused)],
    ["by a second answer", (world, turnId) => world.event({ type: "stray-reply", requestId: promptRequestId(turnId), refusal: "No API key." })],
  ])("that comes %s ends its turn as failed", (_how, refuse) => {
    const { world, turnId } = unanswered();
    refuse(world, turnId);
    expect(world.events.slice(-2)).toMatchObject([
      { type: "runtime.error", turnId, payload: { message: "No API key." } },
      { type: "turn.completed", turnId, payload: { state: "failed", errorMessage: "No API key." } },
    ]);
    expect(world.state.phase.type).toBe("idle");
    expect(world.rules.conclude()).toEqual([]);
  });

  it("that comes late after an interrupt ends the turn as interrupted", () => {
    const { world, turnId } = unanswered();
    world.interrupt();
    world.reply("prompt", refused);
    expect(world.events.at(-1)).toMatchObject({ type: "turn.completed", turnId, payload: { state: "interrupted" } });
    expect(world.types).not.toContain("runtime.error");
  });

  it("without words says so", () => {
    const { world } = unanswered();
    world.reply("prompt", { ...refused, message: " " });
    expect(world.events.at(-1)?.payload).toMatchObject({ errorMessage: "The agent reported an error without words." });
  });

  it.each<[what: string, reply: (turnId: string) => { readonly requestId?: string; readonly refusal?: string }]>([
    ["of another turn's prompt", () => ({ requestId: promptRequestId("another"), refusal: "No API key." })],
    ["of another request", () => ({ requestId: "r7", refusal: "No." })],
    ["without an id", () => ({ refusal: "No." })],
    ["that is none", (turnId) => ({ requestId: promptRequestId(turnId) })],
  ])("%s changes nothing", (_what, reply) => {
    const { world, turnId } = unanswered();
    world.event({ type: "stray-reply", ...reply(turnId) });
    expect([world.state.phase.type, world.types.at(-1)]).toEqual(["running", "turn.started"]);
  });

  it("for want of a login says what to do", () => {
    const { world } = unanswered();
    world.reply("prompt", { ...refused, reason: "not-authenticated" });
    expect(world.events.at(-1)?.payload).toMatchObject({ state: "failed", errorMessage: expect.stringContaining("log in") as unknown });
  });
});

describe("a refusal of the prompt by an agent that works all the same", () => {
  it("is only a warning in the turn", () => {
    const world = refusedButActive();
    expect(world.types.slice(3)).toEqual(["turn.started", "runtime.warning"]);
    world.settle();
    expect(world.events.at(-1)).toMatchObject({ type: "turn.completed", payload: { state: "completed" } });
  });

  it("is an answer: an abort need not wait for another one", () => {
    const world = refusedButActive();
    world.interrupt();
    expect(world.asked).toEqual(["abort"]);
  });

  it("is an answer: an abort that waited for one is sent", () => {
    const world = new ReducerWorld().ready();
    world.send("hello");
    world.event({ type: "run-started" });
    world.interrupt();
    world.reply("prompt", refused);
    expect(world.asked).toEqual(["abort"]);
  });

  it("is an answer: a message need not wait for another one", () => {
    const world = refusedButActive();
    world.send("and this");
    expect(world.asked).toEqual(["steer"]);
  });

  it("is an answer: silence tells that the turn is over", () => {
    const world = refusedButActive();
    world.fire("quiet");
    world.fire("quiet");
    expect(world.asked).toContain("get-state");
  });
});

describe("what the agent says of itself in a turn", () => {
  it("names the thread", () => {
    const { world } = unanswered();
    world.event({ type: "session-named", name: " Greetings " });
    expect(world.events.at(-1)).toMatchObject({ type: "thread.metadata.updated", payload: { name: "Greetings" } });
  });

  it.each([{}, { name: " " }])("names no thread by %o", (named) => {
    const { world } = unanswered();
    world.event({ type: "session-named", ...named });
    expect(world.types.at(-1)).toBe("turn.started");
  });

  it("changes the level that the next turn begins with", () => {
    const { world } = unanswered();
    world.event({ type: "thinking-level-changed", level: "high" });
    expect(world.state.core.agent?.thinkingLevel).toBe("high");
  });
});

describe("the end of an earlier run", () => {
  it("does not end a turn whose prompt was neither answered nor taken up", () => {
    const { world } = unanswered();
    world.event({ type: "settled", aborted: false });
    expect([world.state.phase.type, world.asked]).toEqual(["running", ["prompt"]]);
  });

  it("answers a prompt that was taken up", () => {
    const world = new ReducerWorld().ready();
    world.send("hello");
    world.event({ type: "run-started" });
    world.settle();
    expect(world.types.at(-1)).toBe("turn.completed");
  });
});

describe("a question in a turn", () => {
  const question = { type: "dialog-opened", dialogId: "d1", method: "confirm", title: "Go on?", options: [] } as const;

  it("belongs to it", () => {
    const { world, turnId } = unanswered();
    world.event(question);
    expect(world.events.at(-1)).toMatchObject({ type: "user-input.requested", turnId });
  });

  it("is cancelled unseen while the turn is being interrupted", () => {
    const { world } = unanswered();
    world.interrupt();
    world.event(question);
    expect([world.types.at(-1), world.dialogAnswers]).toEqual(["turn.started", [{ type: "answer-dialog", dialogId: "d1", answer: { type: "cancelled" } }]]);
  });
});

describe("a record that was too large", () => {
  it("is told as a warning, and its turn goes on", () => {
    const { world } = unanswered();
    world.input({ type: "record-dropped", epoch: 1, bytes: 99_000_000 });
    expect(world.events.at(-1)).toMatchObject({ type: "runtime.warning", payload: { message: expect.stringContaining("99000000 bytes") as unknown } });
    expect(world.state.phase.type).toBe("running");
    world.reply("prompt", { type: "ok", value: { disposition: "started" } });
    world.settle({ ...idleState, messageCount: 2 });
    expect(world.rules.conclude()).toEqual([]);
  });
});
