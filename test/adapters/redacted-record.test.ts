import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { redactedRecord } from "../../src/adapters/redacted-record.js";

const recordings = resolve(import.meta.dirname, "../fixtures/recordings");

/** Every record that a real agent was sent or wrote, by the file it stands in. */
function recorded(): ReadonlyMap<string, readonly Readonly<Record<string, unknown>>[]> {
  const files = readdirSync(recordings, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".jsonl"));
  return new Map(
    files.map((file) => {
      const lines = readFileSync(join(recordings, file), "utf8").trimEnd().split("\n");
      const entries = lines.map((line) => JSON.parse(line) as { readonly dir: string; readonly data: Readonly<Record<string, unknown>> });
      return [file, entries.filter(({ dir, data }) => (dir === "in" || dir === "out") && typeof data === "object").map(({ data }) => data)];
    }),
  );
}

/** The texts in a value, with the field they stand in. */
function textsIn(value: unknown, field = ""): readonly { readonly field: string; readonly text: string }[] {
  if (typeof value === "string") return [{ field, text: value }];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => textsIn(inner, Array.isArray(value) ? field : name));
}

const size = /^\[(?:\d+ (?:characters|items|fields|more|other fields)|number|boolean|string)\]$/;

describe("a redacted record", () => {
  it("tells what happened, and of what people and models said only how long it was", () => {
    expect(redactedRecord({ id: "r1", type: "prompt", message: "Fix the login", images: [{ type: "image", data: "aGVsbG8=", mimeType: "image/png" }] })).toEqual({
      id: "r1",
      type: "prompt",
      message: "[13 characters]",
      images: [{ type: "image", data: "[8 characters]", mimeType: "image/png" }],
    });
    expect(redactedRecord({ type: "message_update", assistantMessageEvent: { type: "text_delta", contentIndex: 0, delta: "Sure" } })).toEqual({
      type: "message_update",
      assistantMessageEvent: { type: "text_delta", contentIndex: 0, delta: "[4 characters]" },
    });
  });

  it("keeps tools by name, and nothing of what they got and gave", () => {
    const result = { content: [{ type: "text", text: "root:x:0:0" }], structuredContent: { output: "root:x:0:0" } };
    expect(redactedRecord({ type: "tool_execution_start", toolCallId: "call_1|fc_2", toolName: "bash", args: { command: "cat", path: "/etc/passwd" } })).toEqual({
      type: "tool_execution_start",
      toolCallId: "call_1|fc_2",
      toolName: "bash",
      args: "[2 fields]",
    });
    expect(redactedRecord({ type: "tool_execution_end", toolName: "bash", isError: false, durationMs: 211, result })).toEqual({
      type: "tool_execution_end",
      toolName: "bash",
      isError: false,
      durationMs: 211,
      result: { content: [{ type: "text", text: "[10 characters]" }], structuredContent: "[1 fields]" },
    });
    expect(redactedRecord({ type: "message_end", message: { content: [{ type: "toolCall", id: "c1", name: "edit", arguments: { path: "a" } }] } })).toEqual({
      type: "message_end",
      message: { content: [{ type: "toolCall", id: "c1", name: "edit", arguments: "[1 fields]" }] },
    });
  });

  it("keeps models and usage", () => {
    const usage = { input: 100, output: 20, cost: { total: 0.5 } };
    expect(redactedRecord({ type: "message_end", message: { role: "assistant", provider: "lab", model: "org/think:free", stopReason: "stop", usage } })).toEqual({
      type: "message_end",
      message: { role: "assistant", provider: "lab", model: "org/think:free", stopReason: "stop", usage },
    });
    expect(redactedRecord({ type: "response", command: "get_state", success: true, data: { model: { id: "plain", provider: "lab", baseUrl: "http://user:key@host" }, messageCount: 3 } })).toEqual({
      type: "response",
      command: "get_state",
      success: true,
      data: { model: { id: "plain", provider: "lab", "…": "[1 other fields]" }, messageCount: 3 },
    });
  });

  it.each([
    { what: "the words of a question", record: { type: "extension_ui_request", id: "d", method: "select", title: "canary", message: "canary", options: ["canary"], placeholder: "canary", prefill: "canary" } },
    { what: "an answer", record: { type: "extension_ui_response", id: "d", value: "canary" } },
    { what: "a confirmation", record: { type: "extension_ui_response", id: "d", confirmed: true, label: "canary" } },
    { what: "an error", record: { type: "response", id: "r", command: "prompt", success: false, error: "canary" } },
    { what: "why a model failed", record: { type: "auto_retry_start", attempt: 1, errorMessage: "canary" } },
    { what: "where a session lies", record: { type: "response", command: "get_state", data: { sessionId: "s", sessionFile: "/home/user/canary.jsonl", sessionName: "canary" } } },
    { what: "what waits", record: { type: "queue_update", steering: ["canary"], followUp: ["canary"] } },
    { what: "a command that a user ran", record: { type: "entry_appended", entry: { type: "message", message: { role: "bashExecution", command: "canary", output: "canary" } } } },
    { what: "what an extension keeps", record: { type: "entry_appended", entry: { type: "custom", customType: "todo", data: { id: "canary" } } } },
    { what: "what an extension shows", record: { type: "extension_ui_request", id: "d", method: "setWidget", widgetKey: "canary", widgetLines: ["canary"] } },
    { what: "a summary", record: { type: "compaction_end", result: { summary: "canary", details: { readFiles: ["canary"] } } } },
    { what: "a name in the place of an id", record: { type: "response", command: "get_commands", data: { commands: [{ name: "canary", description: "canary", source: "skill", sourceInfo: { path: "canary" } }] } } },
    { what: "a title in the place of a name", record: { type: "session_info_changed", name: "canary" } },
    { what: "an id that is a sentence", record: { type: "tool_execution_start", toolCallId: "the canary sings", toolName: "canary bird" } },
    { what: "an id that has no end", record: { type: "tool_execution_start", toolCallId: `canary${"x".repeat(200)}` } },
    { what: "an id that is an object", record: { type: "tool_execution_start", toolCallId: { canary: 1 }, toolName: ["canary"] } },
    { what: "a measure that is a text", record: { type: "message_end", message: { usage: { input: "canary", output: "canary" } } } },
    { what: "fields nobody knows", record: { type: "message_end", canary: "canary", message: { canary: { canary: 1 }, "sk-canary": 2 } } },
  ])("says nothing of $what", ({ record }) => {
    const redacted = redactedRecord(record);
    expect(JSON.stringify(redacted)).not.toContain("canary");
    expect(redacted).toMatchObject({ type: record.type });
  });

  it("has an end, however long and deep the record is", () => {
    let deep: unknown = "bottom";
    for (let depth = 0; depth < 100_000; depth += 1) deep = { message: deep };
    const redacted = redactedRecord({ type: "agent_end", message: deep, messages: Array.from({ length: 1_000 }, () => ({ role: "user", content: "hi" })) });

    expect(JSON.stringify(redacted).length).toBeLessThan(4_000);
    expect(redacted["messages"]).toHaveLength(51);
    expect(JSON.stringify(redacted)).toContain("[950 more]");
  });

  it("of a real agent has no text in it but names and ids", () => {
    const files = recorded();
    expect(files.size).toBeGreaterThan(20);
    for (const [file, records] of files) {
      const texts = records.flatMap((record) => textsIn(redactedRecord(record))).filter(({ text }) => !size.test(text));
      const suspicious = texts.filter(({ field, text }) => /\s|SCN|\/srv|http|tool-output|echo/.test(text) || ["text", "delta", "message", "args", "error"].includes(field));
      expect({ file, suspicious }).toEqual({ file, suspicious: [] });
      // What makes it worth keeping is still there.
      expect(texts.some(({ field }) => field === "type")).toBe(true);
    }
  });
});
