import { describe, expect, it } from "vitest";
import { readResumeCursor } from "../../../src/domain/session/resume-cursor.js";

const cursor = {
  version: 1,
  provider: "demo",
  sessionId: "s1",
  sessionFile: "/sessions/s1.jsonl",
  provisional: true,
  cwd: "/project",
  model: "demo/plain",
  thinkingLevel: "off",
  turnMessages: [1, 2],
};

describe("a resume cursor", () => {
  it.each([undefined, null])("is none where the host has %s", (value) => {
    expect(readResumeCursor(value, "demo")).toEqual({ type: "none" });
  });

  it.each([
    ["as it was written", cursor],
    ["in its smallest form", { version: 1, provider: "demo", sessionId: "s1" }],
  ])("is read %s, also after it was stored as JSON", (_what, value) => {
    expect(readResumeCursor(JSON.parse(JSON.stringify(value)), "demo")).toEqual({ type: "cursor", cursor: value });
  });

  it("is read without what it does not know", () => {
    expect(readResumeCursor({ ...cursor, future: true }, "demo")).toEqual({ type: "cursor", cursor });
  });

  it.each([
    ["a text", "s1"],
    ["a list", [cursor]],
    ["another version", { ...cursor, version: 2 }],
    ["no session", { ...cursor, sessionId: undefined }],
    ["a blank session", { ...cursor, sessionId: "" }],
    ["a file that is no text", { ...cursor, sessionFile: 7 }],
    ["a text without bounds", { ...cursor, sessionFile: "x".repeat(5_000) }],
    ["counts that are no numbers", { ...cursor, turnMessages: ["1"] }],
    ["negative counts", { ...cursor, turnMessages: [-1] }],
    ["counts without bounds", { ...cursor, turnMessages: Array.from({ length: 201 }, () => 1) }],
  ])("is invalid where it is %s", (_what, value) => {
    expect(readResumeCursor(value, "demo")).toEqual({ type: "invalid", detail: "The resume cursor is not one that this provider wrote." });
  });

  it("of another provider is invalid, and says whose it is", () => {
    expect(readResumeCursor(cursor, "other")).toEqual({ type: "invalid", detail: 'The resume cursor belongs to the provider "demo".' });
  });
});
