import { describe, expect, it } from "vitest";
import { repeatWarnings } from "../../../src/domain/session/start-warnings.js";
import { emit, warn, withCore, withPhase } from "../../../src/domain/session/step.js";
import type { SessionEffect, SessionState } from "../../../src/domain/session/session-state.js";
import { ReducerWorld } from "./reducer-world.js";

const idle: SessionState = new ReducerWorld().ready().state;
const preparing: SessionState = withPhase(idle, { type: "preparing", send: { call: 1, request: { text: "hi", images: [], wanted: {} } }, interrupted: false, step: { type: "selecting", selection: { lenient: "nothing", step: "check" } } });
const started: SessionEffect = emit({ type: "turn.started", turnId: "turn-1", payload: {} });

/** What is said, as `turn: message`. */
function said(effects: readonly SessionEffect[]): readonly string[] {
  return effects.flatMap((effect) => {
    if (effect.type !== "emit") return [];
    const { draft } = effect;
    return [`${draft.turnId ?? "-"}: ${draft.type === "runtime.warning" ? draft.payload.message : draft.type}`];
  });
}

describe("a warning on the way to a turn", () => {
  it("is said at once, and again as the turn's first word, once", () => {
    const first = repeatWarnings(preparing, { state: preparing, effects: [warn("It is lost."), warn("It is clamped.")] });
    expect(said(first.effects)).toEqual(["-: It is lost.", "-: It is clamped."]);
    const second = repeatWarnings(first.state, { state: first.state, effects: [started] });
    expect(said(second.effects)).toEqual(["turn-1: turn.started", "turn-1: It is lost.", "turn-1: It is clamped."]);
    const third = repeatWarnings(second.state, { state: second.state, effects: [started] });
    expect(said(third.effects)).toEqual(["turn-1: turn.started"]);
  });

  it("is said in the very turn that it leads to", () => {
    expect(said(repeatWarnings(preparing, { state: idle, effects: [warn("It is clamped."), started] }).effects)).toEqual([
      "-: It is clamped.",
      "turn-1: turn.started",
      "turn-1: It is clamped.",
    ]);
  });

  it("is one of not too many", () => {
    const many = Array.from({ length: 100 }, (_, index) => warn(`Question ${index}.`));
    expect(repeatWarnings(preparing, { state: preparing, effects: many }).state.core.unreadWarnings).toHaveLength(20);
  });
});

describe("any other warning", () => {
  it("is said once: between turns, or within one", () => {
    const between = repeatWarnings(idle, { state: idle, effects: [warn("A notice.")] });
    expect(between.state).toBe(idle);
    const within = repeatWarnings(preparing, { state: preparing, effects: [warn("Of this turn.", "turn-1")] });
    expect([said(within.effects), within.state.core.unreadWarnings]).toEqual([["turn-1: Of this turn."], []]);
  });

  it("does not touch what waits", () => {
    const waiting = withCore(idle, { unreadWarnings: ["It is lost."] });
    expect(repeatWarnings(waiting, { state: waiting, effects: [warn("A notice.")] }).state).toBe(waiting);
  });
});
