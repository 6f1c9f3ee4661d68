import { describe, expect, it } from "vitest";
import { activeBranch } from "../../../src/adapters/pi/history.js";

const message = (id: string, parentId: string | null, fields: object) => ({ type: "message", id, parentId, message: fields });
const user = (id: string, parentId: string | null, content: unknown) => message(id, parentId, { role: "user", content });

describe("activeBranch", () => {
  it("is the way from where Pi stands back to the root, oldest first, without abandoned branches and bookkeeping", () => {
    const entries = [
      { type: "model_change", id: "0", parentId: null, provider: "p", modelId: "m" },
      message("1", "0", { role: "system", content: "you are" }),
      user("2", "1", "first"),
      message("3", "2", { role: "assistant", content: [{ type: "thinking", thinking: "hm" }, { type: "text", text: "answer" }] }),
      user("4", "3", "abandoned"),
      { type: "thinking_level_change", id: "5", parentId: "3", thinkingLevel: "low" },
      user("6", "5", [{ type: "text", text: "second" }, { type: "image", data: "…", mimeType: "image/png" }]),
      message("7", "6", { role: "assistant", content: [{ type: "toolCall", id: "c", name: "bash", arguments: {} }] }),
      message("8", "7", { role: "toolResult", toolCallId: "c", content: [{ type: "text", text: "out" }] }),
      message("9", "8", { role: "bashExecution", command: "ls", output: "a" }),
      { type: "custom_message", id: "10", parentId: "9", customType: "x", content: "note" },
      { type: "compaction", id: "11", parentId: "10", summary: "so far", firstKeptEntryId: "9" },
      { type: "label", id: "12", parentId: "11", targetId: "2", label: "x" },
    ];
    expect(activeBranch({ entries, leafId: "12" })).toEqual([
      { id: "2", role: "user", text: "first" },
      { id: "3", role: "assistant", text: "answer" },
      { id: "6", role: "user", text: "second" },
      { id: "7", role: "assistant", text: "" },
      { id: "8", role: "tool", text: "out" },
      { id: "9", role: "other", text: "ls" },
      { id: "10", role: "other", text: "note" },
      { id: "11", role: "other", text: "so far" },
    ]);
  });

  it("is empty for an empty conversation, and for a place that is not there", () => {
    expect(activeBranch({ entries: [], leafId: null })).toEqual([]);
    expect(activeBranch({ entries: [user("1", null, "x")], leafId: "2" })).toEqual([]);
  });

  it("ends where the chain is broken, and where it bites its tail", () => {
    expect(activeBranch({ entries: [{ id: "1" }, user("2", "1", "x")], leafId: "2" })).toEqual([{ id: "2", role: "user", text: "x" }]);
    const ring = [user("1", "2", "a"), user("2", "1", "b")];
    expect(activeBranch({ entries: ring, leafId: "2" }).map((entry) => entry.id)).toEqual(["1", "2"]);
  });

  it("bounds the output of a tool, and no one else's text", () => {
    const long = "x".repeat(100_000);
    const entries = [user("1", null, long), message("2", "1", { role: "toolResult", content: long })];
    const lengths = activeBranch({ entries, leafId: "2" }).map((entry) => entry.text.length);
    expect(lengths[0]).toBe(100_000);
    expect(lengths[1]).toBeLessThan(17_000);
  });
});
