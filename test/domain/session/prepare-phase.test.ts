import { describe, expect, it } from "vitest";
import { isLive } from "../../../src/domain/session/session-view.js";
import type { CommandOutcome, WantedModel } from "../../../src/domain/session/session-state.js";
import type { AgentModelRef, AgentState } from "../../../src/ports/agent-messages.js";
import { idleState, ReducerWorld } from "./reducer-world.js";
import { modelList, otherModel } from "./session-phases.js";

const onOther: AgentState = { ...idleState, model: otherModel, thinkingLevel: "low" };
const failedToOpen = { kind: "process", code: "start-failed", operation: "startSession", detail: "Demo could not be started." } as const;

/** A session that knows it can only switch by a new process, with a message on the way that needs one. */
function switching(state: AgentState = { ...idleState, messageCount: 2 }): { readonly world: ReducerWorld; readonly call: number } {
  const world = new ReducerWorld().ready(state, { modelSwitch: "relaunch" });
  const call = world.send("hello", { model: otherModel, level: "low" });
  world.reply("list-models", { type: "ok", value: modelList });
  return { world, call };
}

describe("a message", () => {
  it.each([
    ["wants nothing else", {}],
    ["wants the model and level that are in use", { model: { provider: "demo", id: "plain" }, level: "off" }],
  ])("is sent at once if it %s", (_what, wanted) => {
    const world = new ReducerWorld().ready();
    world.send("hello", wanted);
    expect(world.asked).toEqual(["prompt"]);
  });

  it("that wants another model is sent once that is switched to and read back", () => {
    const world = new ReducerWorld().ready();
    const call = world.send("hello", { model: otherModel, level: "low" });
    const order = [...world.asked];
    world.reply("list-models", { type: "ok", value: modelList });
    order.push(...world.asked);
    world.reply("set-model", { type: "ok", value: {} });
    order.push(...world.asked);
    world.reply("set-thinking-level", { type: "ok", value: null });
    order.push(...world.asked);
    world.reply("get-state", { type: "ok", value: onOther });
    expect(order).toEqual(["list-models", "set-model", "set-thinking-level", "get-state"]);
    expect(world.events.at(-1)).toMatchObject({ type: "session.configured", payload: { config: { model: "demo/other", thinkingLevel: "low" } } });
    expect(world.asked).toEqual(["prompt"]);
    world.reply("prompt", { type: "ok", value: { disposition: "started" } });
    expect(world.events.at(-1)).toMatchObject({ type: "turn.started", payload: { model: "demo/other", effort: "low" } });
    expect(world.results.get(call)).toMatchObject({ turn: { resumeCursor: { model: "demo/other", thinkingLevel: "low" } } });
  });

  it("is sent although its level was clamped, with a warning", () => {
    const world = new ReducerWorld().ready();
    world.send("hello", { level: "high" });
    world.reply("list-thinking-levels", { type: "ok", value: { levels: ["off", "high"] } });
    world.reply("set-thinking-level", { type: "ok", value: null });
    world.reply("get-state", { type: "ok", value: idleState });
    expect(world.types.slice(3)).toEqual(["session.configured", "runtime.warning"]);
    expect(world.asked).toEqual(["prompt"]);
  });

  it.each<[what: string, wanted: AgentModelRef, refuse: (world: ReducerWorld) => void]>([
    ["does not exist", { provider: "demo", id: "unknown" }, (world) => world.reply("list-models", { type: "ok", value: modelList })],
    ["is not told about", otherModel, (world) => world.reply("list-models", { type: "unanswered", detail: "No answer." })],
    [
      "is refused",
      otherModel,
      (world) => {
        world.reply("list-models", { type: "ok", value: modelList });
        world.reply("set-model", { type: "refused", message: "No.", reason: "other" });
      },
    ],
  ])("whose model %s fails and leaves the session on the model it had", (_what, wanted, refuse) => {
    const world = new ReducerWorld().ready();
    const call = world.send("hello", { model: wanted });
    refuse(world);
    world.idle();
    expect(world.results.get(call)).toMatchObject({ type: "error", error: { operation: "sendTurn" } });
    expect(world.types.slice(3)).toEqual(["runtime.error"]);
    expect(world.state.core).toMatchObject({ agent: { model: idleState.model }, lastError: expect.any(String) as unknown });
    world.turn();
    expect(world.events.at(-1)).toMatchObject({ type: "turn.started", payload: { model: "demo/plain" } });
    expect(world.state.core).not.toHaveProperty("lastError");
  });

  it.each<[what: string, outcomes: { readonly setModel: CommandOutcome<"set-model">; readonly setLevel: CommandOutcome<"set-thinking-level"> }]>([
    ["its level is refused after its model was switched to", { setModel: { type: "ok", value: {} }, setLevel: { type: "refused", message: "No.", reason: "other" } }],
    ["the switch is made but not acknowledged", { setModel: { type: "unanswered", detail: "No answer." }, setLevel: { type: "ok", value: null } }],
  ])("fails without a lie about the model that is in use if %s", (_what, outcomes) => {
    let model = idleState.model;
    const world = new ReducerWorld().ready();
    const call = world.send("hello", { model: otherModel, level: "low" });
    for (let [next] = world.commands; next !== undefined && next.command.type !== "prompt"; [next] = world.commands) {
      const { command } = next;
      if (command.type === "set-model") model = command.model;
      if (command.type === "list-models") world.reply("list-models", { type: "ok", value: modelList });
      else if (command.type === "set-model") world.reply("set-model", outcomes.setModel);
      else if (command.type === "set-thinking-level") world.reply("set-thinking-level", outcomes.setLevel);
      else world.reply("get-state", { type: "ok", value: { ...idleState, ...(model === undefined ? {} : { model }) } });
    }
    expect([world.results.get(call)?.type, world.state.phase.type]).toEqual(["error", "idle"]);
    expect(world.state.core.agent?.model).toEqual(model);
  });

  it("is not delayed by a question: that is dismissed", () => {
    const world = new ReducerWorld().ready();
    world.send("hello", { model: otherModel });
    world.event({ type: "dialog-opened", dialogId: "d1", method: "input", title: "Name?", options: [] });
    expect(world.dialogAnswers).toMatchObject([{ dialogId: "d1", answer: { type: "cancelled" } }]);
    expect(world.types.slice(3)).toEqual(["runtime.warning"]);
  });

  it("goes into the run that the agent begins by itself in that moment", () => {
    const world = new ReducerWorld().ready();
    const call = world.send("hello", { model: otherModel });
    world.event({ type: "run-started" });
    expect(world.types.slice(3)).toEqual(["turn.started", "runtime.warning"]);
    expect(world.asked).toContain("steer");
    world.reply("steer", { type: "ok", value: { disposition: "queued" } });
    expect(world.results.get(call)).toMatchObject({ type: "turn", turn: { turnId: world.events[3]?.turnId } });
  });

  it("that is interrupted before it was sent begins and ends a turn without a prompt", () => {
    const world = new ReducerWorld().ready();
    const call = world.send("hello", { model: otherModel });
    const interrupt = world.interrupt();
    expect(world.results.get(interrupt)).toEqual({ type: "ok" });
    world.reply("list-models", { type: "ok", value: modelList });
    world.reply("set-model", { type: "ok", value: {} });
    world.reply("get-state", { type: "ok", value: onOther });
    expect(world.types.slice(3)).toEqual(["session.configured", "turn.started", "turn.completed"]);
    expect(world.events.at(-1)?.payload).toEqual({ state: "interrupted", stopReason: "abort" });
    expect([world.results.get(call)?.type, world.asked, world.state.phase.type]).toEqual(["turn", [], "idle"]);
    expect(world.rules.conclude()).toEqual([]);
  });
});

describe("a switch by a new process", () => {
  it("ends the old process, continues its conversation in a new one, and then sends the message", () => {
    const { world, call } = switching();
    expect([world.disposing, world.state.core.epoch, isLive(world.state.phase)]).toEqual([true, 1, true]);
    world.disposed();
    expect(world.effects.at(-1)).toEqual({
      type: "open",
      epoch: 2,
      launch: { model: otherModel, level: "low", resume: { sessionFile: "/sessions/s1.jsonl", sessionId: "s1", provisional: false } },
    });
    world.opened({ modelSwitch: "relaunch" });
    expect(world.asked).toEqual(["get-state"]);
    world.reply("get-state", { type: "ok", value: onOther });
    world.reply("prompt", { type: "ok", value: { disposition: "started" } });
    expect(world.results.get(call)?.type).toBe("turn");
    expect(world.types.slice(3)).toEqual(["session.configured", "turn.started"]);
  });

  it("begins a new conversation where nothing was said yet", () => {
    const { world } = switching(idleState);
    world.disposed();
    expect(world.effects.at(-1)).toEqual({ type: "open", epoch: 2, launch: { model: otherModel, level: "low" } });
  });

  it("is not begun for a model that does not exist", () => {
    const world = new ReducerWorld().ready(undefined, { modelSwitch: "relaunch" });
    const call = world.send("hello", { model: { provider: "demo", id: "unknown" } });
    world.reply("list-models", { type: "ok", value: modelList });
    expect([world.disposing, world.errorOf(call), world.state.phase.type]).toEqual([false, "model-unavailable", "idle"]);
  });

  it("fails without a lie if the new process came up with another model, and the session stays usable", () => {
    const { world, call } = switching();
    world.disposed();
    world.opened({ modelSwitch: "relaunch" });
    const fallback: AgentModelRef = { provider: "demo", id: "fallback" };
    world.reply("get-state", { type: "ok", value: { ...idleState, model: fallback } });
    // Back to the one that the session had, and only then the refusal.
    expect([world.errorOf(call), world.disposing]).toEqual([undefined, true]);
    world.disposed();
    expect(world.effects.at(-1)).toMatchObject({ type: "open", epoch: 3, launch: { model: idleState.model } });
    world.opened({ modelSwitch: "relaunch" });
    world.reply("get-state", { type: "ok", value: idleState });
    expect([world.errorOf(call), world.state.phase.type, world.types.at(-1)]).toEqual(["model-unavailable", "idle", "runtime.error"]);
    expect(world.state.core.agent?.model).toEqual(idleState.model);
    world.turn();
  });

  it.each<[what: string, lose: (world: ReducerWorld) => void]>([
    ["cannot be started", (world) => world.openFailed(failedToOpen)],
    [
      "ends at once",
      (world) => {
        world.opened({ modelSwitch: "relaunch" });
        world.lost();
      },
    ],
    [
      "does not become ready",
      (world) => {
        world.opened({ modelSwitch: "relaunch" });
        world.reply("get-state", { type: "unanswered", detail: "No answer." });
      },
    ],
  ])("ends the session so that the next message continues the conversation if the new process %s", (_what, lose) => {
    const { world, call } = switching();
    world.disposed();
    lose(world);
    expect([world.errorOf(call), world.state.phase.type]).toEqual(["session-ended", "closed"]);
    expect(world.types.slice(3)).toEqual(["runtime.error"]);
    expect(world.disposing).toBe(true);
  });

  it("hears nothing of the old process any more", () => {
    const { world } = switching();
    world.disposed();
    const { state } = world;
    world.input({ type: "event", epoch: 1, event: { type: "run-started" } });
    world.input({ type: "lost", epoch: 1, detail: "Demo ended.", diagnosis: "crashed" });
    world.input({ type: "disposed", epoch: 1 });
    expect(world.state).toBe(state);
  });

  it("takes the questions of the old process with it", () => {
    const world = new ReducerWorld().ready({ ...idleState, messageCount: 2 }, { modelSwitch: "relaunch" });
    world.event({ type: "dialog-opened", dialogId: "d1", method: "confirm", title: "Go on?", options: [], timeoutMs: 5_000 });
    world.send("hello", { model: otherModel });
    world.reply("list-models", { type: "ok", value: modelList });
    world.disposed();
    expect([world.types.at(-1), world.state.core.dialogs, [...world.timers]]).toEqual(["user-input.resolved", [], []]);
  });

  it("sends nothing if it was interrupted meanwhile", () => {
    const { world, call } = switching();
    world.interrupt();
    world.disposed();
    world.opened({ modelSwitch: "relaunch" });
    world.reply("get-state", { type: "ok", value: onOther });
    expect([world.asked, world.results.get(call)?.type, world.types.at(-1)]).toEqual([[], "turn", "turn.completed"]);
  });

  it("opens no new process if the session is stopped meanwhile", () => {
    const { world, call } = switching();
    const stop = world.stop();
    world.disposed();
    expect([world.opening, world.errorOf(call), world.results.get(stop), world.types.at(-1)]).toEqual([false, "session-ended", { type: "ok" }, "session.exited"]);
  });
});

describe("a switch to a model that the agent does not list but the user added", () => {
  const added: AgentModelRef = { provider: "demo", id: "added" };
  const onAdded: AgentState = { ...idleState, messageCount: 2, model: added, thinkingLevel: "low" };

  /** A conversation whose next message wants it; the list of models has been read. */
  function toAdded(state: AgentState = { ...idleState, messageCount: 2 }): { readonly world: ReducerWorld; readonly call: number } {
    const world = new ReducerWorld().ready(state);
    const call = world.send("hello", { model: added, level: "low", unlisted: true });
    world.reply("list-models", { type: "ok", value: modelList });
    return { world, call };
  }

  it("continues the conversation in a new process that is started with it, whatever else that version can switch", () => {
    const { world, call } = toAdded();
    expect([world.disposing, world.asked]).toEqual([true, []]);
    world.disposed();
    expect(world.effects.at(-1)).toEqual({
      type: "open",
      epoch: 2,
      launch: { model: added, level: "low", resume: { sessionFile: "/sessions/s1.jsonl", sessionId: "s1", provisional: false } },
    });
    world.opened();
    world.reply("get-state", { type: "ok", value: onAdded });
    expect(world.asked).toEqual(["prompt"]);
    world.reply("prompt", { type: "ok", value: { disposition: "started" } });
    expect(world.results.get(call)).toMatchObject({ turn: { resumeCursor: { model: "demo/added", thinkingLevel: "low" } } });
    expect(world.types.slice(3)).toEqual(["session.configured", "turn.started"]);
  });

  it("is told as it is where the agent uses another level with it", () => {
    const { world } = toAdded();
    world.disposed();
    world.opened();
    world.reply("get-state", { type: "ok", value: { ...onAdded, thinkingLevel: "off" } });
    expect(world.types.slice(3)).toEqual(["session.configured", "runtime.warning"]);
  });

  it("fails without a lie where the new process came up with another one, and the session goes on", () => {
    const { world, call } = toAdded();
    world.disposed();
    world.opened();
    world.reply("get-state", { type: "ok", value: { ...idleState, messageCount: 2 } });
    expect([world.errorOf(call), world.state.phase.type, world.types.slice(3)]).toEqual(["model-unavailable", "idle", ["session.configured", "runtime.error"]]);
    expect(world.events[3]).toMatchObject({ payload: { config: { model: "demo/plain" } } });
    world.turn();
  });

  it.each<[what: string, wanted: WantedModel]>([
    ["the agent lists by now", { model: otherModel, level: "low", unlisted: true }],
    ["the agent has always listed", { model: otherModel, level: "low" }],
  ])("is made by a command where it is one that %s", (_what, wanted) => {
    const world = new ReducerWorld().ready();
    world.send("hello", wanted);
    world.reply("list-models", { type: "ok", value: modelList });
    expect([world.disposing, world.asked]).toEqual([false, ["set-model"]]);
  });

  it("is refused, and nothing ended, where nobody added it", () => {
    const world = new ReducerWorld().ready();
    const call = world.send("hello", { model: added, level: "low" });
    world.reply("list-models", { type: "ok", value: modelList });
    expect([world.disposing, world.errorOf(call), world.state.phase.type]).toEqual([false, "model-unavailable", "idle"]);
  });

  it("is none where it is in use already", () => {
    const world = new ReducerWorld().ready(onAdded);
    world.send("hello", { model: added, level: "low", unlisted: true });
    expect(world.asked).toEqual(["prompt"]);
  });

  it("is undone by a command, on the same conversation", () => {
    const world = new ReducerWorld().ready(onAdded);
    world.send("hello", { model: otherModel, level: "high" });
    world.reply("list-models", { type: "ok", value: modelList });
    expect([world.disposing, world.asked]).toEqual([false, ["set-model"]]);
  });
});
