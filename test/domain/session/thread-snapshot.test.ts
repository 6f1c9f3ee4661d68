import { describe, expect, it } from "vitest";
import { threadSnapshot } from "../../../src/domain/session/thread-snapshot.js";
import type { AgentHistoryEntry } from "../../../src/ports/agent-messages.js";
import type { ProviderThreadSnapshot } from "../../../src/ports/provider.js";

function entry(id: string, role: AgentHistoryEntry["role"]): AgentHistoryEntry {
  return { id, role, text: `text of ${id}` };
}

function snapshot(entries: readonly AgentHistoryEntry[], turnMessages: readonly number[] = []): ProviderThreadSnapshot {
  return threadSnapshot({ threadId: "t1", history: { entries }, turnMessages, nativeThread: undefined });
}

/** Four messages of the user, named u1 to u4, each answered. */
const conversation = ["u1", "u2", "u3", "u4"].flatMap((id) => [entry(id, "user"), entry(`answer to ${id}`, "assistant")]);

describe("a thread's snapshot", () => {
  it("is empty where nothing was said", () => {
    expect(snapshot([])).toEqual({ threadId: "t1", turns: [] });
  });

  it("shows each turn with everything that was said in it, named by the message that began it", () => {
    const { turns } = snapshot([entry("a", "user"), entry("b", "assistant"), entry("c", "tool"), entry("d", "other"), entry("e", "user")]);
    expect(turns).toEqual([
      {
        id: "a",
        items: [
          { type: "user_message", id: "a", text: "text of a" },
          { type: "assistant_message", id: "b", text: "text of b" },
          { type: "tool_result", id: "c", text: "text of c" },
          { type: "other", id: "d", text: "text of d" },
        ],
      },
      { id: "e", items: [{ type: "user_message", id: "e", text: "text of e" }] },
    ]);
  });

  it("leaves out what came before the user's first message", () => {
    expect(snapshot([entry("a", "other"), entry("b", "user")]).turns.map(({ id }) => id)).toEqual(["b"]);
  });

  it.each<[what: string, turnMessages: readonly number[], begins: readonly string[]]>([
    ["each message of the user where turns were not counted", [], ["u1", "u2", "u3", "u4"]],
    ["each message of the user where each turn had one", [1, 1, 1, 1], ["u1", "u2", "u3", "u4"]],
    ["the message that was steered afterwards", [1, 2, 1], ["u1", "u2", "u4"]],
    ["what is counted from the latest turn back", [2], ["u1", "u2", "u3"]],
    ["no turn that left nothing behind", [3, 0, 1, 0], ["u1", "u4"]],
    ["no turn that cannot be there any more", [9, 2], ["u1", "u2", "u3"]],
  ])("begins a turn with %s", (_what, turnMessages, begins) => {
    const { turns } = snapshot(conversation, turnMessages);
    expect(turns.map(({ id }) => id)).toEqual(begins);
    expect(turns.flatMap(({ items }) => items)).toHaveLength(conversation.length);
  });
});
