import { describe, expect, it } from "vitest";
import { encodeCommand, encodeDialogAnswer } from "../../../src/adapters/pi/encode-commands.js";
import type { AgentCommand } from "../../../src/ports/agent-messages.js";
import { type AgentVersion, parseAgentVersion } from "../../../src/ports/agent-version.js";

const model = { provider: "openrouter", id: "openai/gpt:high" };
const image = { mimeType: "image/png", base64: "AAAA" };

/** Each command, its record, and the first version that is asked it. */
const commands: readonly (readonly [AgentCommand, Readonly<Record<string, unknown>>, string])[] = [
  [{ type: "get-state" }, { type: "get_state" }, "0.80.6"],
  [{ type: "list-models" }, { type: "get_available_models" }, "0.80.6"],
  [{ type: "list-thinking-levels" }, { type: "get_available_thinking_levels" }, "0.81.0"],
  [{ type: "list-commands" }, { type: "get_commands" }, "0.80.6"],
  [{ type: "set-model", model }, { type: "set_model", provider: "openrouter", modelId: "openai/gpt:high" }, "0.84.4"],
  [{ type: "set-thinking-level", level: "low" }, { type: "set_thinking_level", level: "low" }, "0.84.4"],
  [{ type: "prompt", text: "/x hi", images: [] }, { type: "prompt", message: "/x hi" }, "0.80.6"],
  [
    { type: "prompt", text: "see", images: [image] },
    { type: "prompt", message: "see", images: [{ type: "image", data: "AAAA", mimeType: "image/png" }] },
    "0.80.6",
  ],
  [{ type: "steer", text: "no", images: [] }, { type: "prompt", message: "no", streamingBehavior: "steer" }, "0.80.6"],
  [{ type: "abort" }, { type: "abort" }, "0.80.6"],
  [{ type: "clear-queue" }, { type: "clear_queue" }, "0.84.4"],
  [{ type: "compact" }, { type: "compact" }, "0.80.6"],
  [{ type: "compact", instructions: "code" }, { type: "compact", customInstructions: "code" }, "0.80.6"],
  [{ type: "get-stats" }, { type: "get_session_stats" }, "0.80.6"],
  [{ type: "list-fork-points" }, { type: "get_entries" }, "0.80.6"],
  [{ type: "fork", entryId: "e1" }, { type: "fork", entryId: "e1" }, "0.80.6"],
  [{ type: "get-history" }, { type: "get_entries" }, "0.80.6"],
  [{ type: "get-history", since: "e1" }, { type: "get_entries", since: "e1" }, "0.80.6"],
  [{ type: "name-session", name: "Fix the login" }, { type: "set_session_name", name: "Fix the login" }, "0.80.6"],
];

const versions = ["0.80.6", "0.80.10", "0.81.0", "0.84.3", "0.84.4", "0.87.1", "0.99.0", "1.0.3", "1.5.2"];

function version(text: string): AgentVersion {
  return parseAgentVersion(text)!;
}

describe("encodeCommand", () => {
  it.each(versions.flatMap((text) => commands.map(([command, record, since]) => ({ text, command, record, since }))))(
    "$text: $command.type",
    ({ text, command, record, since }) => {
      const known = versions.indexOf(text) >= versions.indexOf(since);
      expect(encodeCommand(command, version(text))).toEqual(known ? record : undefined);
    },
  );

  it("never sends a command that writes the user's settings", () => {
    const writers = /^(?:set_auto_compaction|set_auto_retry|set_steering_mode|set_follow_up_mode|cycle_model|cycle_thinking_level)$/;
    const sent = versions.flatMap((text) => commands.map(([command]) => encodeCommand(command, version(text))?.type));
    expect(sent.filter((type) => writers.test(String(type)))).toEqual([]);
    const early = commands.map(([command]) => encodeCommand(command, version("0.84.3"))?.type);
    expect(early).not.toContain("set_model");
    expect(early).not.toContain("set_thinking_level");
  });

  it("sends no half of a surrogate pair", () => {
    expect(encodeCommand({ type: "prompt", text: "a\ud83d", images: [] }, version("1.5.2"))).toEqual({ type: "prompt", message: "a\ufffd" });
    expect(encodeCommand({ type: "compact", instructions: "\udc00" }, version("1.5.2"))).toMatchObject({ customInstructions: "\ufffd" });
  });
});

describe("encodeDialogAnswer", () => {
  it.each([
    [{ type: "value", value: "b" }, { value: "b" }],
    [{ type: "value", value: "" }, { value: "" }],
    [{ type: "confirmed", confirmed: false }, { confirmed: false }],
    [{ type: "cancelled" }, { cancelled: true }],
  ] as const)("writes %j", (answer, fields) => {
    expect(encodeDialogAnswer("d1", answer)).toEqual({ type: "extension_ui_response", id: "d1", ...fields });
  });
});
