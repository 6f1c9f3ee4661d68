import { describe, expect, it } from "vitest";
import type { AgentForkPoint, AgentMessageEnded, AgentState } from "../../../src/ports/agent-messages.js";
import type { RollbackTarget } from "../../../src/ports/provider.js";
import { idleState, ReducerWorld } from "./reducer-world.js";

const points: readonly AgentForkPoint[] = [1, 2, 3, 4].map((number) => ({ entryId: `e${number}`, text: `message ${number}` }));
const forked: AgentState = { ...idleState, sessionId: "s2", sessionFile: "/sessions/s2.jsonl" };
const heard: AgentMessageEnded = { type: "message-ended", role: "user", text: [{ block: 0, text: "hello" }], reasoning: [], stopReason: "stop" };

/** A session that had turns with so many messages of the user, and a rollback of it. */
function rollingBack(options: { readonly turns: RollbackTarget; readonly messages?: readonly number[] }): { readonly world: ReducerWorld; readonly call: number } {
  const world = new ReducerWorld().ready();
  for (const count of options.messages ?? []) {
    world.turn();
    for (let message = 0; message < count; message += 1) world.event(heard);
    world.settle();
  }
  world.events.length = 0;
  return { world, call: world.rollback(options.turns) };
}

function forkedAt(world: ReducerWorld): string | undefined {
  const command = world.commands.at(-1)?.command;
  return command?.type === "fork" ? command.entryId : undefined;
}

describe("a rollback", () => {
  it("finds where the turns began, forks there, and reads back which session it is in now", () => {
    const { world, call } = rollingBack({ turns: 1, messages: [1, 1] });
    expect(world.asked).toEqual(["list-fork-points"]);
    world.reply("list-fork-points", { type: "ok", value: { points: points.slice(0, 2) } });
    expect([world.asked, forkedAt(world)]).toEqual([["fork"], "e2"]);
    world.reply("fork", { type: "ok", value: { cancelled: false } });
    expect([world.asked, world.openCalls.has(call)]).toEqual([["get-state"], true]);
    world.reply("get-state", { type: "ok", value: forked });
    expect(world.results.get(call)).toEqual({ type: "ok" });
    expect(world.events).toMatchObject([{ type: "thread.started", payload: { providerThreadId: "s2" } }]);
    expect(world.state).toMatchObject({ phase: { type: "idle" }, core: { agent: { sessionId: "s2" }, turnMessages: [1] } });
  });

  it.each([
    ["a turn of one message", { turns: 1, messages: [1, 1, 1, 1] }, "e4"],
    ["a turn that was steered", { turns: 1, messages: [1, 1, 2] }, "e3"],
    ["several turns", { turns: 2, messages: [1, 1, 2] }, "e2"],
    ["turns that were counted by nobody", { turns: 2, messages: [] }, "e3"],
    ["a turn that was interrupted before it was sent", { turns: 2, messages: [3, 1, 0] }, "e4"],
  ])("counts the user's messages of %s", (_what, options, entryId) => {
    const { world } = rollingBack(options);
    world.reply("list-fork-points", { type: "ok", value: { points } });
    expect(forkedAt(world)).toBe(entryId);
  });

  it("of turns that left nothing with the agent only forgets them", () => {
    const { world, call } = rollingBack({ turns: 1, messages: [1, 0] });
    world.reply("list-fork-points", { type: "ok", value: { points } });
    expect([world.asked, world.results.get(call), world.state.core.turnMessages]).toEqual([[], { type: "ok" }, [1]]);
  });

  it.each<[what: string, refuse: (world: ReducerWorld) => void, words: string]>([
    ["the agent does not tell its messages", (world) => world.reply("list-fork-points", { type: "refused", message: "Not now", reason: "busy" }), "Not now"],
    ["the agent does not answer", (world) => world.reply("list-fork-points", { type: "unanswered", detail: "No answer" }), "No answer"],
    ["there are not so many turns", (world) => world.reply("list-fork-points", { type: "ok", value: { points: [] } }), "only 0 messages"],
    [
      "the agent refuses to fork",
      (world) => {
        world.reply("list-fork-points", { type: "ok", value: { points } });
        world.reply("fork", { type: "refused", message: "No such entry", reason: "other" });
      },
      "No such entry",
    ],
    [
      "an extension vetoes it",
      (world) => {
        world.reply("list-fork-points", { type: "ok", value: { points } });
        world.reply("fork", { type: "ok", value: { cancelled: true } });
      },
      "vetoed",
    ],
    [
      "the agent stays in the session it was in",
      (world) => {
        world.reply("list-fork-points", { type: "ok", value: { points } });
        world.reply("fork", { type: "ok", value: { cancelled: false } });
        world.reply("get-state", { type: "ok", value: idleState });
      },
      "stayed",
    ],
  ])("is refused, and the conversation stays, where %s", (_what, refuse, words) => {
    const { world, call } = rollingBack({ turns: 1, messages: [1] });
    refuse(world);
    expect(world.results.get(call)).toMatchObject({ error: { kind: "request", code: "rollback-refused", operation: "rollbackThread", detail: expect.stringContaining(words) as unknown } });
    expect([world.state.phase.type, world.state.core.turnMessages, world.events]).toEqual(["idle", [1], []]);
    world.send();
    expect(world.asked).toEqual(["prompt"]);
  });

  it("leads to a turn by the agent's own reference, and behind all that was said into it", () => {
    const { world, call } = rollingBack({ turns: { toTurn: "e2" }, messages: [1, 2, 1] });
    world.reply("list-fork-points", { type: "ok", value: { points } });
    expect([world.asked, forkedAt(world)]).toEqual([["fork"], "e4"]);
    world.reply("fork", { type: "ok", value: { cancelled: false } });
    world.reply("get-state", { type: "ok", value: forked });
    expect([world.results.get(call), world.state.core.turnMessages]).toEqual([{ type: "ok" }, [1, 2]]);
  });

  it("to the latest turn has nothing to do", () => {
    const { world, call } = rollingBack({ turns: { toTurn: "e1" }, messages: [1] });
    world.reply("list-fork-points", { type: "ok", value: { points: points.slice(0, 1) } });
    expect([world.asked, world.results.get(call), world.state.core.turnMessages]).toEqual([[], { type: "ok" }, [1]]);
  });

  it("to a turn of another branch is refused", () => {
    const { world, call } = rollingBack({ turns: { toTurn: "elsewhere" }, messages: [1] });
    world.reply("list-fork-points", { type: "ok", value: { points } });
    expect(world.results.get(call)).toMatchObject({ error: { code: "rollback-refused", detail: expect.stringContaining('no turn "elsewhere"') as unknown } });
    expect(world.state).toMatchObject({ phase: { type: "idle" }, core: { turnMessages: [1] } });
  });

  it("leaves nothing of where the conversation stood", () => {
    const { world } = rollingBack({ turns: { toStart: true }, messages: [1] });
    world.state = { ...world.state, core: { ...world.state.core, head: "e9" } };
    world.reply("list-fork-points", { type: "ok", value: { points: points.slice(0, 1) } });
    world.reply("fork", { type: "ok", value: { cancelled: false } });
    world.reply("get-state", { type: "ok", value: forked });
    expect(world.state.core).toMatchObject({ head: undefined, turnMessages: [] });
  });

  it("that was not acknowledged has happened if the agent is in another session", () => {
    const { world, call } = rollingBack({ turns: 1, messages: [1] });
    world.reply("list-fork-points", { type: "ok", value: { points } });
    world.reply("fork", { type: "unanswered", detail: "No answer" });
    world.reply("get-state", { type: "ok", value: forked });
    expect([world.results.get(call), world.state.core.turnMessages]).toEqual([{ type: "ok" }, []]);
  });

  it("ends the session if nobody knows which one the agent is in", () => {
    const { world, call } = rollingBack({ turns: 1, messages: [1] });
    world.reply("list-fork-points", { type: "ok", value: { points } });
    world.reply("fork", { type: "ok", value: { cancelled: false } });
    world.reply("get-state", { type: "unanswered", detail: "No answer" });
    expect([world.errorOf(call), world.state.phase.type, world.disposing, world.types]).toEqual(["rollback-refused", "closed", true, ["runtime.error"]]);
  });

  it("is unsupported by a version that cannot do it, and nothing is asked", () => {
    const world = new ReducerWorld().ready(undefined, { commands: [] });
    const call = world.rollback();
    expect(world.results.get(call)).toMatchObject({ error: { kind: "unsupported", code: "not-supported" } });
    expect([world.asked, world.state.phase.type]).toEqual([[], "idle"]);
  });

  it("gives way to a run that the agent begins by itself", () => {
    const { world, call } = rollingBack({ turns: 1, messages: [1] });
    world.event({ type: "run-started" });
    expect([world.errorOf(call), world.types, world.state.phase.type]).toEqual(["busy", ["turn.started"], "running"]);
  });

  it("gives way to it also where the host decides what becomes of it", () => {
    const world = new ReducerWorld({ settings: { unsolicitedRuns: "ask" } }).ready();
    const call = world.rollback();
    world.event({ type: "run-started" });
    expect([world.errorOf(call), world.state.phase.type, world.runAskedFor]).toEqual(["busy", "holding", 1]);
  });

  it("lets nobody wait for a question", () => {
    const { world } = rollingBack({ turns: 1 });
    world.event({ type: "dialog-opened", dialogId: "d1", method: "confirm", title: "Sure?", options: [] });
    expect([world.dialogAnswers.length, world.types]).toEqual([1, ["runtime.warning"]]);
  });
});
