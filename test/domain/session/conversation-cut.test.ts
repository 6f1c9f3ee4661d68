import { describe, expect, it } from "vitest";
import { cutOf } from "../../../src/domain/session/conversation-cut.js";
import type { TurnMessages } from "../../../src/domain/session/turn-messages.js";
import type { AgentForkPoint } from "../../../src/ports/agent-messages.js";
import type { RollbackTarget } from "../../../src/ports/provider.js";

const points: readonly AgentForkPoint[] = [1, 2, 3, 4].map((number) => ({ entryId: `e${number}`, text: `message ${number}` }));

interface Cut {
  readonly what: string;
  readonly turns: TurnMessages;
  readonly target: RollbackTarget;
  readonly before?: string;
  readonly left: TurnMessages;
}

const cuts: readonly Cut[] = [
  { what: "behind a turn of one message", turns: [1, 1, 1, 1], target: { toTurn: "e2" }, before: "e3", left: [1, 1] },
  { what: "behind a turn that was steered", turns: [1, 2, 1], target: { toTurn: "e2" }, before: "e4", left: [1, 2] },
  { what: "behind the turn into which a message went", turns: [1, 2, 1], target: { toTurn: "e3" }, before: "e4", left: [1, 2] },
  { what: "behind a turn that nobody counted", turns: [], target: { toTurn: "e1" }, before: "e2", left: [] },
  { what: "behind a turn before those that were counted", turns: [1, 1], target: { toTurn: "e1" }, before: "e2", left: [] },
  { what: "behind a turn whose end nobody saw", turns: [1, null, 1], target: { toTurn: "e2" }, before: "e4", left: [1, null] },
  { what: "behind the latest turn: nowhere", turns: [1, 1, 1, 1], target: { toTurn: "e4" }, left: [1, 1, 1, 1] },
  { what: "behind the latest turn that left something", turns: [1, 1, 2, 0], target: { toTurn: "e3" }, left: [1, 1, 2] },
  { what: "at its beginning", turns: [1, 2, 1], target: { toStart: true }, before: "e1", left: [] },
  { what: "before its latest turn", turns: [1, 1, 2], target: 1, before: "e3", left: [1, 1] },
];

describe("where a conversation is cut", () => {
  it.each(cuts)("$what", ({ turns, target, before, left }) => {
    expect(cutOf(turns, target, points)).toEqual({ type: "cut", ...(before === undefined ? {} : { entryId: before }), left });
  });

  it("is nowhere where nothing was said", () => {
    expect(cutOf([0], { toStart: true }, [])).toEqual({ type: "cut", left: [] });
  });

  it.each<[what: string, target: RollbackTarget, words: string]>([
    ["a turn that is not on its branch", { toTurn: "e9" }, 'no turn "e9"'],
    ["more turns than it has", 5, "only 4 messages"],
  ])("is not behind %s", (_what, target, words) => {
    expect(cutOf([1, 1, 1, 1], target, points)).toEqual({ type: "impossible", reason: expect.stringContaining(words) as unknown });
  });
});
