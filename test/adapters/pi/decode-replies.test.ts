import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { commandNames } from "../../../src/adapters/pi/command-names.js";
import { decodeReply } from "../../../src/adapters/pi/decode-replies.js";
import type { AgentCommandType } from "../../../src/ports/agent-messages.js";
import { recordings, repliesTo } from "./recordings.js";

const commandTypes = Object.keys(commandNames) as AgentCommandType[];

function success(type: AgentCommandType, data?: unknown) {
  return { id: "r1", type: "response", command: commandNames[type], success: true, ...(data !== undefined && { data }) };
}

function refusal(error?: string) {
  return { id: "r1", type: "response", command: "prompt", success: false, ...(error !== undefined && { error }) };
}

const state = {
  model: { id: "m", provider: "p" },
  thinkingLevel: "low",
  isStreaming: true,
  isCompacting: false,
  sessionId: "s",
  messageCount: 4,
  pendingMessageCount: 2,
};

const image = { type: "image", data: "AAAA", mimeType: "image/png" };

function user(id: string, parentId: string | null, content: unknown) {
  return { type: "message", id, parentId, message: { role: "user", content } };
}

describe("decodeReply", () => {
  it("reads every recorded reply to a command that is in use", () => {
    const seen = new Set<AgentCommandType>();
    for (const recording of recordings) {
      for (const type of commandTypes) {
        for (const record of repliesTo(recording, commandNames[type])) {
          const reply = decodeReply(type, record);
          expect({ recording, record, read: reply.type }).toMatchObject({ read: record.success === true ? "ok" : "refused" });
          seen.add(type);
        }
      }
    }
    // The others stand in no recording; they are read from their documented shapes below.
    expect(commandTypes.filter((type) => !seen.has(type))).toEqual(["get-stats", "list-fork-points", "get-history"]);
  });

  it("reads the state", () => {
    expect(decodeReply("get-state", success("get-state", state))).toEqual({
      type: "ok",
      value: {
        model: { provider: "p", id: "m" },
        thinkingLevel: "low",
        sessionId: "s",
        streaming: true,
        compacting: false,
        queued: 2,
        messageCount: 4,
      },
    });
    expect(decodeReply("get-state", success("get-state", { ...state, sessionFile: "/s.jsonl" }))).toMatchObject({ value: { sessionFile: "/s.jsonl" } });
  });

  it("knows that Pi has no model when it names the placeholder, or none", () => {
    const [recorded] = repliesTo("1.5.2/start-no-models", "get_state");
    expect(recorded).toMatchObject({ data: { model: { id: "unknown", provider: "unknown" } } });
    for (const record of [recorded!, success("get-state", { ...state, model: undefined })]) {
      const reply = decodeReply("get-state", record);
      expect(reply).toMatchObject({ type: "ok" });
      expect(reply).not.toHaveProperty("value.model");
    }
  });

  it("does not take a state for one that does not tell whether a run is under way", () => {
    expect(decodeReply("get-state", success("get-state", { ...state, isStreaming: undefined }))).toEqual({ type: "malformed" });
  });

  it("lists models with the levels they really have, and counts the entries it cannot read", () => {
    const models = [
      { id: "plain", provider: "p", name: "Plain", reasoning: false, input: ["text"], contextWindow: 128_000, maxTokens: 16_384 },
      { id: "a/b:c", provider: "q", reasoning: true, input: ["text", "image"], contextWindow: 0, thinkingLevelMap: { off: null, xhigh: "max" } },
      { id: "", provider: "p" },
      "nonsense",
      null,
    ];
    expect(decodeReply("list-models", success("list-models", { models }))).toEqual({
      type: "ok",
      value: {
        models: [
          { provider: "p", id: "plain", name: "Plain", input: ["text"], contextWindow: 128_000, maxOutputTokens: 16_384, reasoning: false, thinkingLevels: [] },
          { provider: "q", id: "a/b:c", name: "a/b:c", input: ["text", "image"], reasoning: true, thinkingLevels: ["minimal", "low", "medium", "high", "xhigh"] },
        ],
        rejected: 3,
      },
    });
    expect(decodeReply("list-models", success("list-models", { models: {} }))).toEqual({ type: "malformed" });
  });

  it("tells the empty list of a Pi that knows no usable model", () => {
    const [recorded] = repliesTo("1.5.2/start-no-models", "get_available_models");
    expect(decodeReply("list-models", recorded!)).toEqual({ type: "ok", value: { models: [], rejected: 0 } });
  });

  it.each([
    ["list-thinking-levels", { levels: ["low", "high"] }, { levels: ["low", "high"] }],
    ["set-model", { id: "m", provider: "p", name: "M" }, { model: { id: "m", provider: "p" } }],
    ["set-model", undefined, {}],
    ["set-thinking-level", undefined, null],
    ["abort", undefined, null],
    ["prompt", { disposition: "handled" }, { disposition: "handled" }],
    ["prompt", undefined, { disposition: "unknown" }],
    ["steer", { disposition: "queued" }, { disposition: "queued" }],
    ["clear-queue", { steering: ["a"], followUp: ["b"] }, { cleared: 2 }],
    ["compact", { summary: "s", tokensBefore: 9, estimatedTokensAfter: 3 }, { tokensBefore: 9, tokensAfter: 3 }],
    ["compact", { summary: "s" }, {}],
    ["fork", { text: "t", cancelled: false }, { cancelled: false }],
    ["fork", { cancelled: true }, { cancelled: true }],
    ["list-fork-points", { entries: [user("1", null, "t"), user("2", "1", [image]), user("3", "1", "abandoned"), { id: "" }], leafId: "2" }, { points: [{ entryId: "1", text: "t" }, { entryId: "2", text: "" }] }],
    ["get-history", { entries: [user("1", null, "t")], leafId: "1" }, { entries: [{ id: "1", role: "user", text: "t" }], head: "1" }],
    ["get-history", { entries: [], leafId: null }, { entries: [] }],
    ["get-history", { entries: [], leafId: "1" }, { entries: [], head: "1" }],
    ["name-session", undefined, null],
    [
      "list-commands",
      {
        commands: [
          { name: "gate", description: "d", source: "extension", sourceInfo: {} },
          { name: "skill:x", source: "skill" },
          { name: "y", source: "prompt" },
          { name: "z", source: "plugin" },
          {},
        ],
      },
      {
        commands: [
          { name: "gate", description: "d", source: "extension" },
          { name: "skill:x", source: "skill" },
          { name: "y", source: "prompt" },
          { name: "z", source: "other" },
        ],
      },
    ],
    [
      "get-stats",
      { tokens: { input: 1, output: 2, cacheRead: 3, cacheWrite: 4, total: 10 }, cost: 0.5, contextUsage: { tokens: 60, contextWindow: 200, percent: 30 } },
      {
        totals: { inputTokens: 1, outputTokens: 2, cacheReadTokens: 3, cacheWriteTokens: 4, totalTokens: 10, costUsd: 0.5 },
        context: { usedTokens: 60, windowTokens: 200 },
      },
    ],
    [
      "get-stats",
      { tokens: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, total: 0 }, cost: 0, contextUsage: { tokens: null, contextWindow: 200, percent: null } },
      { totals: { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, totalTokens: 0, costUsd: 0 }, context: { windowTokens: 200 } },
    ],
  ] as const)("reads the success of %s: %j", (type, data, value) => {
    expect(decodeReply(type, success(type, data))).toEqual({ type: "ok", value });
  });

  it.each([
    ["Unknown command: clear_queue", "unknown-command"],
    ["Agent is already processing. Specify streamingBehavior ('steer' or 'followUp') to queue the message.", "busy"],
    ["Cannot submit a prompt while compaction is in progress. Wait for compaction to finish and retry.", "busy"],
    ["Wait for the current response to finish before reloading.", "busy"],
    ["No API key found for openai.\n\nUse /login to log in.", "not-authenticated"],
    ["No API key for lab/plain", "not-authenticated"],
    ['Authentication failed for "openai". Credentials may have expired.', "not-authenticated"],
    ["No model selected.\n\nUse /login", "not-authenticated"],
    ["Model not found: lab/nope", "unknown-model"],
    ["Nothing to compact (session too small)", "other"],
    ["The user said: Unknown command: x", "other"],
  ] as const)("tells why Pi refused: %s", (error, reason) => {
    expect(decodeReply("prompt", refusal(error))).toEqual({ type: "refused", message: error, reason });
  });

  it("never has a blank or an endless refusal", () => {
    expect(decodeReply("prompt", refusal())).toEqual({ type: "refused", message: "Pi gave no reason.", reason: "other" });
    expect(decodeReply("prompt", refusal("   "))).toMatchObject({ message: "Pi gave no reason." });
    expect(decodeReply("prompt", refusal("x".repeat(5000)))).toMatchObject({ message: `${"x".repeat(1999)}…` });
  });

  it("does not read the reply to another command", () => {
    expect(decodeReply("get-state", success("abort"))).toEqual({ type: "malformed" });
  });

  it("never throws, whatever it is given", () => {
    const anyRecord = fc.oneof(
      fc.dictionary(fc.string(), fc.jsonValue()),
      fc.tuple(fc.constantFrom(...commandTypes), fc.jsonValue()).map(([type, data]) => success(type, data)),
    );
    fc.assert(
      fc.property(fc.constantFrom(...commandTypes), anyRecord, (type, record) => {
        expect(["ok", "refused", "malformed"]).toContain(decodeReply(type, record).type);
      }),
      { numRuns: 500 },
    );
  });
});
