import { describe, expect, it } from "vitest";
import type { AgentDialog } from "../../../src/ports/agent-messages.js";
import type { ReducerWorld } from "./reducer-world.js";
import { inPhase, type PhaseName } from "./session-phases.js";

function question(change: Partial<AgentDialog> = {}): AgentDialog {
  return { type: "dialog-opened", dialogId: "d1", method: "confirm", title: "Go on?", options: [], ...change };
}

function asked(name: PhaseName, dialog: AgentDialog = question()): { readonly world: ReducerWorld; readonly requestId: string } {
  const world = inPhase[name]();
  world.event(dialog);
  return { world, requestId: world.events.at(-1)?.requestId ?? "" };
}

const shown: readonly PhaseName[] = ["idle", "running, not accepted", "running", "settling"];
const dismissed: readonly PhaseName[] = ["starting: readying", "starting: selecting", "preparing: selecting", "preparing: readying", "rolling back"];

describe("a question of the agent", () => {
  it.each(shown)("(%s) is shown, answered, and resolved", (name) => {
    const { world, requestId } = asked(name);
    expect(world.events.at(-1)?.type).toBe("user-input.requested");
    const call = world.answer(requestId, { answer: "Yes" });
    expect(world.dialogAnswers).toEqual([{ type: "answer-dialog", dialogId: "d1", answer: { type: "confirmed", confirmed: true } }]);
    expect(world.events.at(-1)).toMatchObject({ type: "user-input.resolved", requestId, payload: { answers: { answer: "Yes" } } });
    expect([world.results.get(call), world.state.core.dialogs]).toEqual([{ type: "ok" }, []]);
  });

  it.each(dismissed)("(%s) is dismissed with a warning: nothing that the host awaits may wait for a person", (name) => {
    const { world } = asked(name);
    expect([world.types.at(-1), world.dialogAnswers]).toEqual(["runtime.warning", [{ type: "answer-dialog", dialogId: "d1", answer: { type: "cancelled" } }]]);
  });

  it("is shown once although the agent asks twice", () => {
    const { world } = asked("idle");
    world.event(question());
    expect(world.types.filter((type) => type === "user-input.requested")).toHaveLength(1);
  });

  it("has a new id when the agent uses its own again", () => {
    const { world, requestId } = asked("idle");
    world.answer(requestId);
    world.event(question());
    expect(world.events.at(-1)).toMatchObject({ type: "user-input.requested", requestId: expect.not.stringMatching(requestId) as unknown });
    expect(world.rules.violations).toEqual([]);
  });

  it("is one of several, each answered by itself", () => {
    const { world, requestId } = asked("idle");
    world.event(question({ dialogId: "d2" }));
    world.answer(world.events.at(-1)?.requestId ?? "", { answer: "No" });
    world.answer(requestId, { answer: "Yes" });
    expect(world.dialogAnswers).toMatchObject([
      { dialogId: "d2", answer: { confirmed: false } },
      { dialogId: "d1", answer: { confirmed: true } },
    ]);
  });
});

describe("a question with a time of its own", () => {
  it.each(["idle", "running"] as const)("(%s) is resolved when it is up, for the agent goes on by itself then", (name) => {
    const { world, requestId } = asked(name, question({ timeoutMs: 5_000 }));
    expect(world.effects.at(-1)).toEqual({ type: "timer", key: `dialog:${requestId}`, delayMs: 5_000 });
    world.fire(`dialog:${requestId}`);
    expect(world.events.at(-1)).toMatchObject({ type: "user-input.resolved", requestId, payload: { answers: {} } });
    expect(world.dialogAnswers).toEqual([]);
  });

  it("cannot be answered any more when it is up", () => {
    const { world, requestId } = asked("running", question({ timeoutMs: 5_000 }));
    world.fire(`dialog:${requestId}`);
    const call = world.answer(requestId);
    expect([world.errorOf(call), world.types.at(-1), world.dialogAnswers]).toEqual(["request-unknown", "user-input.resolved", []]);
  });

  it("has no timer left once it is answered", () => {
    const { world, requestId } = asked("idle", question({ timeoutMs: 5_000 }));
    world.answer(requestId);
    expect([...world.timers]).toEqual([]);
  });

  it("that ran out in the next turn is still resolved", () => {
    const { world, requestId } = asked("idle", question({ timeoutMs: 5_000 }));
    world.send("hello");
    world.fire(`dialog:${requestId}`);
    expect(world.events.at(-1)).toMatchObject({ type: "user-input.resolved", requestId });
  });

  it("that runs out while the model is changed is still resolved", () => {
    const { world, requestId } = asked("idle", question({ timeoutMs: 5_000 }));
    world.send("hello", { model: { provider: "demo", id: "other" } });
    world.fire(`dialog:${requestId}`);
    expect(world.events.at(-1)).toMatchObject({ type: "user-input.resolved", requestId });
    expect(world.state.core.dialogs).toEqual([]);
  });

  it("that is answered while the model is changed reaches the agent", () => {
    const { world, requestId } = asked("idle");
    world.send("hello", { model: { provider: "demo", id: "other" } });
    const call = world.answer(requestId, { answer: "Yes" });
    expect([world.results.get(call), world.dialogAnswers.length]).toEqual([{ type: "ok" }, 1]);
  });

  it("that runs out while the conversation is rolled back is still resolved", () => {
    const { world, requestId } = asked("idle", question({ timeoutMs: 5_000 }));
    world.rollback();
    world.fire(`dialog:${requestId}`);
    expect([world.events.at(-1)?.type, world.state.core.dialogs]).toEqual(["user-input.resolved", []]);
  });
});
