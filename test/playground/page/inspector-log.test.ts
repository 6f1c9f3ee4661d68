import { describe, expect, it } from "vitest";
import { matching } from "../../../playground/page/components/inspector/record-filter.js";
import { appendRow, emptyLog, recordLabel, type InspectorLog, type InspectorRow } from "../../../playground/page/state/inspector-log.js";
import type { RuntimeEventDraft } from "../../../src/ports/runtime-event.js";
import { delta, event, started } from "./journal.js";

const row = (seq: number, draft: RuntimeEventDraft): InspectorRow => ({ seq, at: seq, kind: "event", label: draft.type, count: 1, content: event(draft) });
const logOf = (rows: readonly InspectorRow[]): InspectorLog => rows.reduce(appendRow, emptyLog);

describe("the inspector's log", () => {
  it("makes one row of neighbouring pieces of one text, and of no others", () => {
    const native: InspectorRow = { seq: 4, at: 4, kind: "from-agent", label: "x", count: 1, content: {} };
    const { rows } = logOf([row(1, started("1")), row(2, delta("1", "a")), row(3, delta("1", "b")), native, row(5, delta("1", "c")), row(6, delta("2", "d"))]);
    expect(rows.map(({ seq, count }) => [seq, count])).toEqual([[1, 1], [2, 2], [4, 1], [5, 1], [6, 1]]);
    expect(rows[1]?.content).toMatchObject({ payload: { delta: "b" } });
  });

  it("is bounded, and says how much it has dropped", () => {
    const { rows, dropped } = logOf(Array.from({ length: 6_000 }, (_, index) => row(index, started(`${index}`))));
    expect(rows.length).toBeLessThanOrEqual(2_500);
    expect(rows.at(-1)?.seq).toBe(5_999);
    expect(dropped + rows.length).toBe(6_000);
  });

  it("is filtered by kind and by words, anywhere in a record", () => {
    const rows = [row(1, started("1")), row(2, delta("1", "Needle")), { seq: 3, at: 3, kind: "to-agent", label: "prompt", count: 1, content: { text: "needle" } } as const];
    const found = (kind: "all" | "event" | "native", words: string): readonly number[] => matching({ rows, kind, words }).map(({ seq }) => seq);
    expect(found("all", "")).toEqual([1, 2, 3]);
    expect(found("all", "needle")).toEqual([2, 3]);
    expect(found("event", "needle content")).toEqual([2]);
    expect(found("native", "")).toEqual([3]);
  });

  it("calls a record what it calls itself", () => {
    expect(recordLabel({ type: "response", command: "get_state" })).toBe("response · get_state");
    expect(recordLabel({ type: 7 })).toBe("record");
    expect(recordLabel("text")).toBe("record");
  });
});
