import { describe, expect, it } from "vitest";
import { isSupervised, policyOf, type Policy } from "../../../src/domain/supervision/approval-policy.js";
import type { AgentToolAccess } from "../../../src/ports/agent-messages.js";
import type { RuntimeMode } from "../../../src/ports/provider.js";

const modes: readonly RuntimeMode[] = ["approval-required", "auto-accept-edits", "full-access"];
const [read, change, command] = ["file_read_approval", "file_change_approval", "command_execution_approval"] as const;

describe("who decides on a tool call", () => {
  it.each<[access: AgentToolAccess, place: "inside" | "outside" | "nowhere", inModes: readonly Policy[]]>([
    ["file-read", "inside", ["pass", "pass", "pass"]],
    ["file-read", "outside", [read, read, "pass"]],
    ["file-read", "nowhere", [read, read, "pass"]],
    ["file-change", "inside", [change, "pass", "pass"]],
    ["file-change", "outside", [change, change, "pass"]],
    ["file-change", "nowhere", [change, change, "pass"]],
    ["command", "nowhere", [command, command, "pass"]],
    ["command", "inside", [command, command, "pass"]],
    ["other", "nowhere", [command, command, "pass"]],
    ["other", "inside", [command, command, "pass"]],
  ])("%s, %s", (access, place, inModes) => {
    const path = place === "nowhere" ? {} : { path: { resolved: "/a/file", inside: place === "inside" } };
    expect(modes.map((mode) => policyOf(mode, { access, ...path }))).toEqual(inModes);
  });

  it("is nobody only with full access", () => {
    expect(modes.map(isSupervised)).toEqual([true, true, false]);
  });
});
