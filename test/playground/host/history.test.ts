import { describe, expect, it } from "vitest";
import { History, type HistoryEntry } from "../../../playground/host/history.js";
import type { ProviderRuntimeEvent, RuntimeEventDraft } from "../../../src/ports/index.js";

let ids = 0;

function event(draft: RuntimeEventDraft): ProviderRuntimeEvent {
  ids += 1;
  return { ...draft, eventId: `event-${ids}`, provider: "pi", threadId: "thread", createdAt: new Date(ids).toISOString() };
}

function delta(itemId: string, text: string, streamKind: "assistant_text" | "reasoning_text" = "assistant_text"): ProviderRuntimeEvent {
  return event({ type: "content.delta", turnId: "turn", itemId, payload: { streamKind, delta: text } });
}

function completed(itemId: string, itemType: "assistant_message" | "reasoning" | "command_execution", detail?: string, turnId = "turn"): ProviderRuntimeEvent {
  return event({ type: "item.completed", turnId, itemId, payload: { itemType, ...(detail === undefined ? {} : { detail }) } });
}

function historyOf(...events: readonly ProviderRuntimeEvent[]): History {
  const history = new History();
  for (const one of events) history.addEvent(one);
  return history;
}

function addTurn(history: History, turnId: string, size: number): void {
  history.addEvent(event({ type: "turn.started", turnId, payload: {} }));
  history.addMessage({ messageId: turnId, turnId, text: turnId, steers: false, createdAt: "" });
  history.addEvent(completed(`${turnId}-a`, "assistant_message", "x".repeat(size), turnId));
  history.addEvent(event({ type: "turn.completed", turnId, payload: { state: "completed" } }));
}

/** What is told, in short. */
function told({ record }: History): readonly string[] {
  return record.entries.map((entry: HistoryEntry) => {
    if (entry.type === "message") return `message ${entry.message.text}`;
    const { type, itemId, payload } = entry.event;
    const text = "delta" in payload ? payload.delta : "detail" in payload && typeof payload.detail === "string" ? payload.detail : undefined;
    return [type, itemId, text].filter((part) => part !== undefined).join(" ");
  });
}

describe("the history of a thread", () => {
  it("joins the deltas of an item that is not completed", () => {
    expect(told(historyOf(delta("a", "One, "), delta("a", "two, "), delta("a", "three")))).toEqual(["content.delta a One, two, three"]);
  });

  it("tells a completed message by its whole text, where it was first seen", () => {
    const history = historyOf(
      delta("a", "Look"),
      event({ type: "item.started", turnId: "turn", itemId: "tool", payload: { itemType: "command_execution" } }),
      delta("a", "!"),
      completed("a", "assistant_message", "Look!"),
    );
    expect(told(history)).toEqual(["item.completed a Look!", "item.started tool"]);
  });

  it("keeps the text of reasoning, which its completion does not repeat", () => {
    expect(told(historyOf(delta("r", "Hm, ", "reasoning_text"), delta("r", "yes.", "reasoning_text"), completed("r", "reasoning")))).toEqual(["content.delta r Hm, yes.", "item.completed r"]);
  });

  it("keeps items apart that alternate", () => {
    expect(told(historyOf(delta("r", "Hm", "reasoning_text"), delta("a", "Yes"), delta("r", ".", "reasoning_text"), delta("a", "!")))).toEqual(["content.delta r Hm.", "content.delta a Yes!"]);
  });

  it("tells all of a tool, whose input only its update holds, and of the usage only the newest", () => {
    const usage = (total: number): ProviderRuntimeEvent =>
      event({ type: "thread.token-usage.updated", payload: { usage: { totalCostUsd: total, totals: { inputTokens: 0, outputTokens: 0, cachedInputTokens: 0, cacheWriteTokens: 0, totalTokens: total } } } });
    const updated = event({ type: "item.updated", turnId: "turn", itemId: "tool", payload: { itemType: "command_execution", detail: "half" } });
    expect(told(historyOf(usage(1), updated, usage(2)))).toEqual(["item.updated tool half", "thread.token-usage.updated"]);
    expect(told(historyOf(updated, completed("tool", "command_execution", "all")))).toEqual(["item.updated tool half", "item.completed tool all"]);
  });

  it("leaves out the passing states of a session", () => {
    expect(told(historyOf(event({ type: "session.state.changed", payload: { state: "running" } })))).toEqual([]);
  });

  it("is cut back to before a turn", () => {
    const history = historyOf(event({ type: "turn.started", turnId: "turn", payload: {} }), event({ type: "turn.started", turnId: "next", payload: {} }), completed("a", "assistant_message", "Hello", "next"));
    history.cutFrom("next");
    expect(told(history)).toEqual(["turn.started"]);
    history.cutFrom("never was");
    expect(told(history)).toEqual(["turn.started"]);
  });

  it("comes back as it was kept", () => {
    const history = historyOf(delta("a", "Hello"));
    const restored = new History({ record: JSON.parse(JSON.stringify(history.record)) as History["record"] });
    restored.addEvent(delta("a", " again"));
    expect(told(restored)).toEqual(["content.delta a Hello again"]);
  });
});

describe("the history's bounds", () => {
  it("let whole turns go, the oldest first", () => {
    const history = new History({ limit: 10_000 });
    for (let index = 1; index <= 20; index += 1) addTurn(history, `turn-${index}`, 2_000);
    const { entries, truncated } = history.record;
    expect(truncated).toBe(true);
    expect(JSON.stringify(entries).length).toBeLessThan(12_000);
    expect(entries[0]).toMatchObject({ type: "runtime-event", event: { type: "turn.started", turnId: "turn-18" } });
    expect(entries.at(-1)).toMatchObject({ event: { type: "turn.completed", turnId: "turn-20" } });
  });

  it("keep the latest turn, even if it is larger than all of them may be", () => {
    const history = new History({ limit: 10_000 });
    addTurn(history, "small", 10);
    addTurn(history, "large", 30_000);
    expect(new Set(history.record.entries.map((entry) => (entry.type === "message" ? entry.message.turnId : entry.event.turnId)))).toEqual(new Set(["large"]));
  });

  it("hold within a turn that never ends, whose beginning stays known", () => {
    const history = new History({ limit: 1_000 });
    history.addEvent(event({ type: "turn.started", turnId: "turn", payload: {} }));
    history.addMessage({ messageId: "m", turnId: "turn", text: "Go on for ever.", steers: false, createdAt: "" });
    for (let index = 0; index < 1_000; index += 1) history.addEvent(completed(`tool-${index}`, "command_execution", `output ${index}`));
    const { entries, truncated } = history.record;
    expect([truncated, JSON.stringify(entries).length < 6_000]).toEqual([true, true]);
    expect(told(history).slice(0, 2)).toEqual(["turn.started", "message Go on for ever."]);
    expect(told(history).at(-1)).toBe("item.completed tool-999 output 999");
  });

  it("take a text of ten thousand deltas without copying it ten thousand times", () => {
    const history = new History();
    for (let index = 0; index < 10_000; index += 1) history.addEvent(delta("a", `${index} `.padStart(7, "0")));
    const [entry] = history.record.entries;
    expect(entry?.type === "runtime-event" && entry.event.type === "content.delta" && entry.event.payload.delta.length).toBe(70_000);
  });
});
