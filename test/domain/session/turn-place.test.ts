import { describe, expect, it } from "vitest";
import { placeOf } from "../../../src/domain/session/turn-place.js";
import type { Turn } from "../../../src/domain/session/session-state.js";
import type { AgentHistoryEntry } from "../../../src/ports/agent-messages.js";
import { inPhase } from "./session-phases.js";

function turnOf(userMessages: number): Turn {
  const { phase } = inPhase.running().state;
  if (phase.type !== "running") throw new Error("No turn is running.");
  return { ...phase.turn, view: { ...phase.turn.view, userMessages } };
}

function said(...who: readonly AgentHistoryEntry["role"][]): readonly AgentHistoryEntry[] {
  return who.map((role, number) => ({ id: `e${number}`, role, text: "" }));
}

describe("a turn's place in the conversation", () => {
  it.each([
    { what: "of one message", messages: 1, told: said("user", "assistant"), turn: "e0" },
    { what: "that was steered", messages: 2, told: said("user", "assistant", "user", "assistant"), turn: "e0" },
    { what: "whose agent told the turns before it as well", messages: 1, told: said("user", "assistant", "user", "tool", "assistant"), turn: "e2" },
  ])("is its first message: a turn $what", ({ messages, told, turn }) => {
    expect(placeOf(turnOf(messages), { entries: told, head: "e9" })).toEqual({ turn, head: "e9" });
  });

  it.each([
    { what: "nobody said anything in it", messages: 0, told: said("user", "assistant") },
    { what: "fewer messages were told than it had", messages: 2, told: said("user", "assistant") },
  ])("is not known where $what", ({ messages, told }) => {
    expect(placeOf(turnOf(messages), { entries: told })).toEqual({});
  });
});
