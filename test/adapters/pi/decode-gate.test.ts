import { describe, expect, it } from "vitest";
import { decodeEvent } from "../../../src/adapters/pi/decode-events.js";
import { gateMark } from "../../../src/adapters/pi/gate-words.js";
import { piSupervision } from "../../../src/adapters/pi/supervision.js";
import type { RpcRecord } from "../../../src/ports/rpc-transport.js";

const ask = (text: string, fields: RpcRecord = {}): RpcRecord => ({ type: "extension_ui_request", id: "d1", method: "select", title: `${gateMark}\n${text}`, options: ["accept", "decline"], ...fields });
const tell = (statusText: unknown, statusKey = gateMark): RpcRecord => ({ type: "extension_ui_request", id: "d1", method: "setStatus", statusKey, statusText });
/** No policy lets it through. */
const unreadable = { type: "approval-asked", questionId: "d1", toolCallId: "", toolName: "", access: "other", input: {} };

describe("the gate's question", () => {
  it("is about one call", () => {
    const question = { toolCallId: "c1", toolName: "edit", digest: "abc", path: { resolved: "/p/a", inside: true }, input: { path: "a" } };
    expect(decodeEvent(ask(JSON.stringify(question)))).toEqual({
      type: "approval-asked",
      questionId: "d1",
      toolCallId: "c1",
      toolName: "edit",
      access: "file-change",
      summary: "a",
      input: { path: "a" },
      inputDigest: "abc",
      path: { resolved: "/p/a", inside: true },
    });
  });

  it.each(["", "no JSON", "null", "[]", "5"])("is still one when it cannot be read: %j", (text) => {
    expect(decodeEvent(ask(text))).toEqual(unreadable);
  });

  it.each([
    [{ toolName: "bash", input: "ls" }, { toolName: "bash", access: "command", input: {} }],
    [{ toolName: 5, toolCallId: null, digest: 5 }, {}],
    [{ toolName: "write", path: { resolved: "/p/a" } }, { toolName: "write", access: "file-change" }],
    [{ toolName: "write", path: { resolved: "", inside: true } }, { toolName: "write", access: "file-change" }],
  ])("loses what it says wrongly: %j", (question, read) => {
    expect(decodeEvent(ask(JSON.stringify(question)))).toEqual({ ...unreadable, ...read });
  });

  it("is no other extension's, however alike", () => {
    expect(decodeEvent(ask("{}", { title: gateMark }))).toMatchObject({ type: "dialog-opened" });
    expect(decodeEvent(ask("{}", { title: ` ${gateMark}\n{}` }))).toMatchObject({ type: "dialog-opened" });
    expect(decodeEvent(ask("{}", { method: "confirm" }))).toMatchObject({ type: "dialog-opened" });
    expect(decodeEvent(ask("{}", { id: 5 }))).toMatchObject({ type: "unrecognised" });
  });
});

describe("the gate's word of itself", () => {
  it.each([
    ['{"session":"s1"}', { type: "gate-announced", sessionId: "s1" }],
    ['{"gone":true}', { type: "gate-withdrawn" }],
    ['{"refused":"c1"}', { type: "tool-refused", toolCallId: "c1" }],
    // What it says wrongly never counts for its being there.
    ['{"session":""}', { type: "gate-withdrawn" }],
    ['{"session":5}', { type: "gate-withdrawn" }],
    ["no JSON", { type: "gate-withdrawn" }],
    [undefined, { type: "gate-withdrawn" }],
  ])("%s", (statusText, event) => {
    expect(decodeEvent(tell(statusText))).toEqual(event);
  });

  it("is nobody else's", () => {
    expect(decodeEvent(tell('{"session":"s1"}', "another"))).toMatchObject({ type: "ignored" });
  });
});

it("a verdict is an answer to the dialog, and only one of them accepts", () => {
  expect((["accept", "decline", "cancel"] as const).map((verdict) => piSupervision.encodeVerdict("d1", verdict))).toEqual([
    { type: "extension_ui_response", id: "d1", value: "accept" },
    { type: "extension_ui_response", id: "d1", value: "decline" },
    { type: "extension_ui_response", id: "d1", cancelled: true },
  ]);
});
