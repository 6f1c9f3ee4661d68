import { describe, expect, it } from "vitest";
import type { AgentEvent } from "../../../src/ports/agent-messages.js";
import { eventsOf, outline, recordings } from "./recordings.js";

const prompted = ["user message", "user message complete"];
const firstPrompted = ["run-started", "step-started", "system message", "system message complete", ...prompted];
const laterPrompted = ["run-started", "step-started", ...prompted];
const answer = ["assistant message", "text 0 ×5", "assistant message: stop", "step-ended"];
const toolStep = (tool: string, ...progress: readonly string[]) => [
  "assistant message",
  "assistant message: tool-use",
  `${tool} starts`,
  ...progress,
  `${tool} ends`,
  "tool message",
  "tool message complete",
  "step-ended",
];
const over = ["run-ended", "settled"];

/** What was recorded, told in neutral events. */
const stories: Readonly<Record<string, readonly string[]>> = {
  "0.80.10/text": [...laterPrompted, ...answer, ...over],
  "1.5.2/u2028": [...firstPrompted, ...answer, ...over, ...laterPrompted, ...answer, ...over],
  "1.5.2/empty": [...firstPrompted, "assistant message", "assistant message: stop", "step-ended", ...over],
  "1.5.2/length": [...firstPrompted, "assistant message", "text 0 ×5", "assistant message: length", "step-ended", ...over],
  "1.5.2/thinktool": [
    ...firstPrompted,
    "assistant message",
    "reasoning 0",
    ...toolStep("bash", "tool progresses ×2").slice(1),
    "step-started",
    "assistant message",
    "reasoning 0",
    "text 1 ×5",
    "assistant message: stop",
    "step-ended",
    ...over,
  ],
  "1.5.2/rw": [
    ...firstPrompted,
    ...toolStep("write"),
    "step-started",
    ...toolStep("read"),
    "step-started",
    ...toolStep("edit"),
    "step-started",
    ...answer,
    ...over,
  ],
  "1.5.2/parallel": [
    ...firstPrompted,
    "assistant message",
    "assistant message: tool-use",
    "bash starts ×2",
    "tool progresses ×3",
    "bash ends",
    "tool progresses",
    "bash ends",
    "tool message",
    "tool message complete",
    "tool message",
    "tool message complete",
    "step-ended",
    "step-started",
    ...answer,
    ...over,
  ],
  "1.5.2/err401": [...firstPrompted, "assistant message", "assistant message: error", "step-ended", ...over],
  "1.5.2/err500-fails": [
    ...firstPrompted,
    ...[1, 2, 3].flatMap((attempt) => [
      "assistant message",
      "assistant message: error",
      "step-ended",
      "run-ended, will retry",
      `retry ${attempt}/3`,
      "run-started",
      "step-started",
    ]),
    "assistant message",
    "assistant message: error",
    "step-ended",
    "run-ended",
    "retry gives up",
    "settled",
  ],
  "1.5.2/overflow": [
    ...firstPrompted,
    ...answer,
    ...over,
    ...laterPrompted,
    ...answer,
    ...over,
    ...laterPrompted,
    "assistant message",
    "assistant message: error",
    "step-ended",
    "run-ended",
    "compaction starts: overflow",
    "compaction ends: overflow, continues",
    "run-started",
    "step-started",
    ...answer,
    ...over,
  ],
  "1.5.2/queue-abort-keep": [
    ...firstPrompted,
    "assistant message",
    "text 0 ×5",
    "queue 1",
    "queue 2",
    "assistant message: aborted",
    "step-ended",
    "run-ended",
    "settled, aborted",
    ...laterPrompted,
    "queue 1",
    ...prompted,
    ...answer,
    "step-started",
    "queue 0",
    ...prompted,
    ...answer,
    ...over,
  ],
  // The compaction ends the run without a word about its message or its end.
  "0.80.10/compact-in-stream": [
    ...laterPrompted,
    ...answer,
    ...over,
    ...laterPrompted,
    "assistant message",
    "text 0 ×8",
    "settled",
    "compaction starts: manual",
    "compaction ends: manual",
    ...laterPrompted,
    ...answer,
    ...over,
  ],
  "0.80.10/exit-eof-tool": [...laterPrompted, "assistant message", "assistant message: tool-use", "bash starts", "tool progresses ×2"],
};

describe("recorded runs", () => {
  it("are all there", () => {
    expect(recordings).toHaveLength(55);
  });

  it.each(recordings)("%s: every record is known and readable", (recording) => {
    expect(eventsOf(recording).filter((event) => event.type === "unrecognised")).toEqual([]);
  });

  it.each(Object.entries(stories))("%s tells its story", (recording, story) => {
    expect(outline(eventsOf(recording))).toEqual(story);
  });

  it("keeps white space that only looks like a line's end", () => {
    const texts = ended("1.5.2/u2028").map((message) => message.text.map((block) => block.text).join(""));
    expect(texts.join("")).toMatch(/\u2028/);
  });

  it("has the same text in the deltas as in the complete message", () => {
    for (const recording of ["0.80.10/text", "1.5.2/thinktool", "1.5.2/rw", "1.5.2/u2028"]) {
      const events = eventsOf(recording);
      const deltas = (type: "text-delta" | "reasoning-delta") => events.map((event) => (event.type === type ? event.delta : "")).join("");
      const assistant = ended(recording).filter((message) => message.role === "assistant");
      expect(deltas("text-delta")).toBe(assistant.flatMap((message) => message.text.map((block) => block.text)).join(""));
      expect(deltas("reasoning-delta")).toBe(assistant.flatMap((message) => message.reasoning.map((block) => block.text)).join(""));
    }
  });

  it("tells a failure in the agent's words, and usage and model of a success", () => {
    expect(ended("1.5.2/err401").at(-1)).toMatchObject({ stopReason: "error", errorMessage: expect.stringMatching(/^401: /) });
    expect(ended("1.5.2/length").at(-1)).toMatchObject({
      stopReason: "length",
      model: { provider: "lab", id: "plain" },
      usage: { inputTokens: expect.any(Number), outputTokens: expect.any(Number), costUsd: 0 },
    });
  });

  it("tells what tools were asked to do and what came of it", () => {
    const tools = eventsOf("1.5.2/rw").filter((event) => event.type === "tool-started" || event.type === "tool-ended");
    expect(tools).toMatchObject([
      { toolName: "write", kind: "file-change", summary: "out.txt", input: { path: "out.txt", content: "line one\nline two\n" } },
      { toolName: "write", failed: false, output: "Successfully wrote to out.txt" },
      { toolName: "read", kind: "other", summary: "out.txt" },
      { toolName: "read", failed: false, output: "line one\nline two\n" },
      { toolName: "edit", kind: "file-change", summary: "out.txt" },
      { toolName: "edit", failed: false },
    ]);
  });

  it("tells parallel tools apart by their ids, in the order in which they end", () => {
    const ids = eventsOf("1.5.2/parallel").flatMap((event) => (event.type === "tool-started" || event.type === "tool-ended" ? [event.toolCallId] : []));
    expect(ids).toEqual(["call_49_0", "call_49_1", "call_49_1", "call_49_0"]);
  });

  it("tells the questions, notices and failures of an extension", () => {
    const events = eventsOf("1.5.2/extension").filter((event) => ["dialog-opened", "notice", "extension-failed"].includes(event.type));
    expect(events.slice(0, 5)).toEqual([
      { type: "notice", severity: "info", text: "ext loaded" },
      { type: "dialog-opened", dialogId: expect.any(String), method: "select", title: "Pick one", options: ["a", "b"] },
      { type: "dialog-opened", dialogId: expect.any(String), method: "confirm", title: "Sure?", message: "really?", options: [] },
      { type: "dialog-opened", dialogId: expect.any(String), method: "input", title: "Name", placeholder: "placeholder", options: [] },
      { type: "dialog-opened", dialogId: expect.any(String), method: "editor", title: "Edit", prefill: expect.any(String), options: [] },
    ]);
    expect(events.some((event) => event.type === "dialog-opened" && event.timeoutMs !== undefined)).toBe(true);
    expect(events).toContainEqual({ type: "extension-failed", extension: "command:throw", event: "command" });
  });
});

function ended(recording: string): Extract<AgentEvent, { type: "message-ended" }>[] {
  return eventsOf(recording).filter((event) => event.type === "message-ended");
}
