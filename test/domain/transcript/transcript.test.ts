import { describe, expect, it } from "vitest";
import { chronicle, rewound, turnsOf } from "../../../src/domain/transcript/transcript.ts";
import { turnCompleted, turnStarted, warned } from "../turn/drafts.ts";
import { transcriptOf } from "./folding.ts";

const threeTurns = transcriptOf([
  warned("First"),
  ...["A", "B", "C"].flatMap((turnId) => [turnStarted({ turnId }), warned(`During ${turnId}`), turnCompleted({ turnId })]),
  warned("Last"),
]);

describe("a chronicle", () => {
  it("has turns and asides in the order in which they began", () => {
    const rows = chronicle(threeTurns).map((row) => ("items" in row ? row.id : row.type === "notice" ? row.message : row.type));
    expect(rows).toEqual(["First", "A", "During A", "B", "During B", "C", "During C", "Last"]);
  });
});

describe("a conversation that was cut back", () => {
  it.each([
    ["A", []],
    ["B", ["A"]],
    ["C", ["A", "B"]],
    ["unknown", ["A", "B", "C"]],
  ])("to before %s has the turns %j", (fromTurnId, expected) => {
    expect(turnsOf(rewound({ transcript: threeTurns, fromTurnId })).map(({ id }) => id)).toEqual(expected);
  });
});
