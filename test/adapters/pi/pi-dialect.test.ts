import { describe, expect, it } from "vitest";
import { piDialect } from "../../../src/adapters/pi/pi-dialect.js";
import { type AgentDialect } from "../../../src/ports/agent-dialect.js";
import { parseAgentVersion } from "../../../src/ports/agent-version.js";

const dialect: AgentDialect = piDialect;
const version = (text: string) => parseAgentVersion(text)!;

describe("piDialect", () => {
  it("is Pi", () => {
    expect(dialect).toMatchObject({ provider: "pi", displayName: "Pi", binaryName: "pi" });
    expect(dialect.packageNames).toEqual(["@earendil-works/pi-coding-agent", "@mariozechner/pi-coding-agent"]);
  });

  it("explains why the newest Pi may be an old one", () => {
    expect(dialect.versions.floor).toEqual({ major: 0, minor: 80, patch: 6 });
    expect(dialect.versions.probeArgs).toEqual(["--version"]);
    for (const advice of [dialect.versions.tooOldAdvice, dialect.versions.installAdvice]) {
      expect(advice).toContain("22.19");
      expect(advice).toContain("npm install -g @earendil-works/pi-coding-agent@latest");
    }
    expect(dialect.versions.tooOldAdvice).toContain("0.74");
  });

  it.each([
    ["0.80.6", "relaunch"],
    ["0.84.3", "relaunch"],
    ["0.84.4", "command"],
    ["1.5.2", "command"],
  ])("switches models in %s by %s, and offers the commands only then", (text, mode) => {
    expect(dialect.modelSwitch(version(text))).toBe(mode);
    const record = dialect.encodeCommand({ type: "set-model", model: { provider: "p", id: "m" } }, version(text));
    expect(record === undefined).toBe(mode === "relaunch");
  });
});
