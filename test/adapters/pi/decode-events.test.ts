import fc from "fast-check";
import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { decodeEvent } from "../../../src/adapters/pi/decode-events.js";
import { isDelta } from "../../../src/adapters/pi/decode-message.js";
import { Delta } from "../../../src/adapters/pi/wire.js";
import { isRecord, recordings, written } from "./recordings.js";

const update = (assistantMessageEvent: unknown) => ({ type: "message_update", assistantMessageEvent });
const message = (fields: object) => ({ type: "message_end", message: { role: "assistant", content: [], ...fields } });
const ask = (fields: object) => ({ type: "extension_ui_request", id: "d1", ...fields });

describe("decodeEvent", () => {
  it.each([
    [{ type: "agent_start" }, { type: "run-started" }],
    [{ type: "agent_end", messages: [], willRetry: true }, { type: "run-ended", willRetry: true }],
    [{ type: "agent_end", messages: [] }, { type: "run-ended", willRetry: false }],
    [{ type: "agent_settled" }, { type: "settled", aborted: false }],
    [{ type: "agent_settled", aborted: true }, { type: "settled", aborted: true }],
    [{ type: "turn_start" }, { type: "step-started" }],
    [{ type: "turn_end" }, { type: "step-ended" }],
    [update({ type: "text_delta", contentIndex: 2, delta: "" }), { type: "text-delta", block: 2, delta: "" }],
    [update({ type: "thinking_delta", contentIndex: 0, delta: "x" }), { type: "reasoning-delta", block: 0, delta: "x" }],
    [update({ type: "text_end", contentIndex: 0, content: "x" }), { type: "ignored", recordType: "message_update/text_end" }],
    [update({ type: "toolcall_end", contentIndex: 0, toolCall: {} }), { type: "ignored", recordType: "message_update/toolcall_end" }],
    [{ type: "queue_update", steering: ["a"], followUp: ["b", "c"] }, { type: "queue-changed", queued: 3 }],
    [{ type: "compaction_start", reason: "threshold" }, { type: "compaction-started", reason: "threshold" }],
    [{ type: "compaction_start", reason: "whim" }, { type: "compaction-started", reason: "unknown" }],
    [
      { type: "compaction_end", reason: "overflow", result: { summary: "s", tokensBefore: 9, estimatedTokensAfter: 3 }, aborted: false, willRetry: true },
      { type: "compaction-ended", reason: "overflow", willContinue: true, aborted: false, tokensBefore: 9, tokensAfter: 3 },
    ],
    [
      { type: "compaction_end", reason: "manual", aborted: true, willRetry: false, errorMessage: " Compaction cancelled " },
      { type: "compaction-ended", reason: "manual", willContinue: false, aborted: true, errorMessage: "Compaction cancelled" },
    ],
    [
      { type: "auto_retry_start", attempt: 1, maxAttempts: 3, delayMs: 2000, errorMessage: "529 overloaded" },
      { type: "retry-started", attempt: 1, maxAttempts: 3, delayMs: 2000, errorMessage: "529 overloaded" },
    ],
    [{ type: "auto_retry_end", success: true, attempt: 2 }, { type: "retry-ended", success: true }],
    [
      { type: "auto_retry_end", success: false, attempt: 1, finalError: "Retry cancelled" },
      { type: "retry-ended", success: false, errorMessage: "Retry cancelled" },
    ],
    [{ type: "thinking_level_changed", level: "low" }, { type: "thinking-level-changed", level: "low" }],
    [{ type: "session_info_changed", name: "n" }, { type: "session-named", name: "n" }],
    [{ type: "session_info_changed" }, { type: "session-named" }],
    [
      { type: "extension_error", extensionPath: "/home/someone/ext/gate.ts", event: "tool_call", error: "secret" },
      { type: "extension-failed", extension: "gate.ts", event: "tool_call" },
    ],
    [{ type: "extension_error", extensionPath: "C:\\ext\\gate.ts" }, { type: "extension-failed", extension: "gate.ts", event: "" }],
    [{ type: "entry_appended", entry: {} }, { type: "ignored", recordType: "entry_appended" }],
    [{ type: "summarization_retry_finished" }, { type: "ignored", recordType: "summarization_retry_finished" }],
    [
      { type: "response", id: "r1", command: "abort", success: true },
      { type: "stray-reply", requestId: "r1", command: "abort" },
    ],
    [
      { type: "response", command: "parse", success: false, error: "Failed to parse command: x" },
      { type: "stray-reply", command: "parse", refusal: "Failed to parse command: x" },
    ],
    [{ type: "response", success: false }, { type: "stray-reply", refusal: "Pi gave no reason." }],
    [{ type: "telepathy" }, { type: "unrecognised", recordType: "telepathy" }],
    [update({ type: "text_hint" }), { type: "unrecognised", recordType: "message_update/text_hint" }],
    [update({ type: "text_delta", contentIndex: "0", delta: "x" }), { type: "unrecognised", recordType: "message_update/text_delta" }],
    [update(null), { type: "unrecognised", recordType: "message_update" }],
    [{ type: "message_end", message: {} }, { type: "unrecognised", recordType: "message_end" }],
    [{ type: "queue_update" }, { type: "unrecognised", recordType: "queue_update" }],
    [{ type: 7 }, { type: "unrecognised", recordType: "untyped" }],
    [{}, { type: "unrecognised", recordType: "untyped" }],
    [{ type: "constructor" }, { type: "unrecognised", recordType: "constructor" }],
    [{ type: "x".repeat(5000) }, { type: "unrecognised", recordType: "x".repeat(64) }],
  ])("reads %j", (record, event) => {
    expect(decodeEvent(record)).toEqual(event);
  });

  it.each([
    ["user", "user"],
    ["assistant", "assistant"],
    ["toolResult", "tool"],
    ["system", "system"],
    ["custom", "custom"],
    ["compactionSummary", "custom"],
    ["bashExecution", "custom"],
  ])("calls the role %s %s", (role, neutral) => {
    expect(decodeEvent({ type: "message_start", message: { role } })).toEqual({ type: "message-started", role: neutral });
    expect(decodeEvent({ type: "message_end", message: { role } })).toMatchObject({ type: "message-ended", role: neutral, text: [] });
  });

  it("keeps the index of each textual block, and leaves out what is no text or cannot be read", () => {
    const content = [{ type: "thinking", thinking: "hm" }, { type: "toolCall" }, { type: "text", text: "a" }, { type: "text" }, 7, { type: "text", text: "b" }];
    expect(decodeEvent(message({ content }))).toMatchObject({
      text: [
        { block: 2, text: "a" },
        { block: 5, text: "b" },
      ],
      reasoning: [{ block: 0, text: "hm" }],
    });
    expect(decodeEvent(message({ role: "user", content: "plain" }))).toMatchObject({ text: [{ block: 0, text: "plain" }] });
  });

  it.each([
    ["stop", "stop"],
    ["length", "length"],
    ["toolUse", "tool-use"],
    ["error", "error"],
    ["aborted", "aborted"],
    ["deferred", "other"],
    [undefined, "other"],
  ])("reads the stop reason %s as %s", (stopReason, neutral) => {
    expect(decodeEvent(message({ stopReason }))).toMatchObject({ stopReason: neutral });
  });

  it("does not lose a message's text for a field beside it that cannot be read", () => {
    const content = [{ type: "text", text: "a" }];
    expect(decodeEvent(message({ content, stopReason: 1, errorMessage: {}, usage: "lots", provider: null, model: 3 }))).toEqual({
      type: "message-ended",
      role: "assistant",
      text: [{ block: 0, text: "a" }],
      reasoning: [],
      stopReason: "other",
    });
  });

  it("reckons usage with what Pi tells of it", () => {
    const usage = { input: 10, output: 3, cacheRead: 2, cacheWrite: -1, cost: { input: 1, total: 0.5 } };
    expect(decodeEvent(message({ usage }))).toMatchObject({
      usage: { inputTokens: 10, outputTokens: 3, cacheReadTokens: 2, cacheWriteTokens: 0, totalTokens: 15, costUsd: 0.5 },
    });
  });

  it("cuts the agent's words", () => {
    const event = decodeEvent(message({ errorMessage: `  ${"x".repeat(5000)}  ` }));
    expect(event).toMatchObject({ errorMessage: `${"x".repeat(1999)}…` });
  });

  it("counts a running tool's output in bytes and does not repeat it", () => {
    const partialResult = { content: [{ type: "text", text: "é" }, { type: "image", data: "…" }, { type: "text", text: "ab" }] };
    expect(decodeEvent({ type: "tool_execution_update", toolCallId: "c", toolName: "bash", args: {}, partialResult })).toEqual({
      type: "tool-progressed",
      toolCallId: "c",
      outputBytes: 4,
    });
  });

  it("keeps head and tail of a tool's output", () => {
    const text = `${"h".repeat(5000)}${"m".repeat(100_000)}${"t".repeat(20_000)}`;
    const event = decodeEvent({ type: "tool_execution_end", toolCallId: "c", toolName: "bash", result: { content: [{ type: "text", text }] }, isError: true });
    expect(event).toEqual({
      type: "tool-ended",
      toolCallId: "c",
      toolName: "bash",
      failed: true,
      output: `${"h".repeat(4096)}\n[… 108616 characters left out …]\n${"t".repeat(12_288)}`,
    });
  });

  it("reads a tool whose arguments or result are not what tools have", () => {
    expect(decodeEvent({ type: "tool_execution_start", toolCallId: "c", toolName: "x", args: "none" })).toEqual({
      type: "tool-started",
      toolCallId: "c",
      toolName: "x",
      kind: "other",
      input: {},
    });
    expect(decodeEvent({ type: "tool_execution_end", toolCallId: "c", toolName: "x", result: null })).toMatchObject({ failed: false, output: "" });
  });

  it.each([
    [ask({ method: "select", title: "T", options: ["a"], timeout: 50 }), { method: "select", title: "T", options: ["a"], timeoutMs: 50 }],
    [ask({ method: "confirm", title: "T", message: "M" }), { method: "confirm", title: "T", message: "M", options: [] }],
    [ask({ method: "input", title: "T", placeholder: "P" }), { method: "input", title: "T", placeholder: "P", options: [] }],
    [ask({ method: "editor", title: "T", prefill: "P" }), { method: "editor", title: "T", prefill: "P", options: [] }],
    // It blocks Pi whatever is wrong with it, so it must reach somebody who can answer.
    [ask({ method: "select", title: 1, options: "many", timeout: 0 }), { method: "select", title: "", options: [] }],
  ])("opens the dialog %j", (record, dialog) => {
    expect(decodeEvent(record)).toEqual({ type: "dialog-opened", dialogId: "d1", ...dialog });
  });

  it.each(["setStatus", "setWidget", "setTitle", "set_editor_text"])("ignores the decoration %s", (method) => {
    expect(decodeEvent(ask({ method }))).toEqual({ type: "ignored", recordType: `extension_ui_request/${method}` });
  });

  it("shows notices, and says when it does not know what an extension wants", () => {
    expect(decodeEvent(ask({ method: "notify", message: " hi ", notifyType: "error" }))).toEqual({ type: "notice", severity: "error", text: "hi" });
    expect(decodeEvent(ask({ method: "notify", message: "hi" }))).toMatchObject({ severity: "info" });
    expect(decodeEvent(ask({ method: "hologram" }))).toEqual({ type: "unrecognised", recordType: "extension_ui_request/hologram" });
    expect(decodeEvent({ type: "extension_ui_request", method: "confirm" })).toMatchObject({ type: "unrecognised" });
  });

  it("never throws, whatever it is given", () => {
    const types = [...new Set(recordings.flatMap(written).map((record) => record.type))];
    const anyRecord = fc.tuple(fc.constantFrom(...types), fc.dictionary(fc.string(), fc.jsonValue())).map(([type, rest]) => Object.assign(rest, { type }));
    fc.assert(
      fc.property(anyRecord, (record) => {
        expect(decodeEvent(record)).toHaveProperty("type");
      }),
    );
  });

  it("never throws for a real record of which any part is something else", () => {
    const samples = recordings.flatMap(written).filter((_, index) => index % 23 === 0);
    fc.assert(
      fc.property(fc.constantFrom(...samples), fc.nat(), fc.jsonValue(), (record, pick, value) => {
        expect(decodeEvent(replaced(record, pick, value))).toHaveProperty("type");
      }),
      { numRuns: 500 },
    );
  });

  it("checks the hot record by hand exactly as its schema would", () => {
    const near = fc.record(
      { type: field("text_delta", "thinking_delta", "text_end"), contentIndex: field(0, 1, -1, 0.5, 2 ** 53), delta: field("x", "") },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(near, fc.jsonValue()), (value) => {
        expect(isDelta(value)).toBe(v.is(Delta, value));
      }),
      { numRuns: 1000 },
    );
    expect(isDelta({ type: "text_delta", contentIndex: 0, delta: "" })).toBe(true);
  });
});

/** Usual values of a field, and anything else. */
function field<T>(...usual: readonly T[]) {
  return fc.oneof(fc.constantFrom(...usual), fc.jsonValue());
}

/** A copy in which the `pick`-th value anywhere inside (counted round) is another one. */
function replaced(record: Readonly<Record<string, unknown>>, pick: number, value: unknown): Record<string, unknown> {
  const copy: unknown = structuredClone(record);
  const places: { readonly holder: Record<string, unknown>; readonly key: string }[] = [];
  const visit = (holder: unknown): void => {
    if (typeof holder !== "object" || holder === null) return;
    for (const key of Object.keys(holder)) {
      const place = { holder: holder as Record<string, unknown>, key };
      if (key !== "type" || places.length > 0) places.push(place);
      visit(place.holder[key]);
    }
  };
  visit(copy);
  const place = places[pick % Math.max(places.length, 1)];
  if (place !== undefined) place.holder[place.key] = value;
  if (!isRecord(copy)) throw new Error("a record stays a record");
  return copy;
}
