import { describe, expect, it } from "vitest";
import { piFraming } from "../../../src/adapters/pi/framing.js";

describe("piFraming", () => {
  it.each([
    ["an event", { type: "agent_start" }, { type: "event" }],
    ["an event that carries an id", { type: "bash_execution_update", id: "r1", delta: "" }, { type: "event" }],
    ["a question", { type: "extension_ui_request", id: "r1", method: "confirm" }, { type: "event" }],
    ["a success", { id: "r1", type: "response", command: "abort", success: true }, { type: "reply", id: "r1" }],
    ["a refusal", { id: "r1", type: "response", command: "abort", success: false, error: "x" }, { type: "reply", id: "r1" }],
    ["a refusal without id", { type: "response", command: "abort", success: false }, { type: "anonymous-refusal", command: "abort" }],
    ["a line Pi could not parse", { type: "response", command: "parse", success: false }, { type: "anonymous-refusal", command: undefined }],
    ["a refusal of no command", { type: "response", success: false }, { type: "anonymous-refusal", command: undefined }],
    ["a success without id", { type: "response", command: "abort", success: true }, { type: "event" }],
    ["a response that says nothing", { type: "response" }, { type: "event" }],
  ])("relates %s", (_, record, relation) => {
    expect(piFraming.correlate(record)).toEqual(relation);
  });

  it("writes the id into a record and knows the name a refusal would carry", () => {
    const record = { type: "get_state" };
    expect(piFraming.address(record, "r7")).toEqual({ type: "get_state", id: "r7" });
    expect(record).toEqual({ type: "get_state" });
    expect(piFraming.commandOf(record)).toBe("get_state");
  });

  it("lets records of 64 MiB pass and bounds what a line may cost", () => {
    expect(piFraming.maxRecordBytes).toBeGreaterThan(64 * 1024 * 1024);
    expect(piFraming.maxRecordBytes).toBeLessThanOrEqual(128 * 1024 * 1024);
  });
});
