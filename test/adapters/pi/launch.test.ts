import { describe, expect, it } from "vitest";
import { launch } from "../../../src/adapters/pi/launch.js";
import { parseAgentVersion } from "../../../src/ports/agent-version.js";

const versions = ["0.80.6", "0.80.10", "0.81.0", "0.84.4", "0.87.1", "0.99.0", "1.0.3", "1.0.4", "1.5.2"];
const version = (text: string) => parseAgentVersion(text)!;

describe("launch", () => {
  it.each(versions)("starts a session of %s with nothing but what was asked for", (text) => {
    expect(launch({ version: version(text), mode: "session" })).toEqual({ args: ["--mode", "rpc"], environment: {} });
  });

  it.each(versions)("gives %s session, model, level and folder", (text) => {
    const plan = launch({
      version: version(text),
      mode: "session",
      agentDir: "/a",
      sessionFile: "/a/sessions/s.jsonl",
      model: { provider: "openrouter", id: "openrouter/free:high" },
      thinkingLevel: "max",
    });
    expect(plan.args.join(" ")).toBe(
      "--mode rpc --session /a/sessions/s.jsonl --provider openrouter --model openrouter/openrouter/free:high --thinking max",
    );
    expect(plan.environment).toEqual({ PI_CODING_AGENT_DIR: "/a" });
  });

  it.each(versions)("has %s load the gate before whatever its user names, for a session and for nothing else", (text) => {
    const companion = { version: version(text), companionFile: "/tmp/gate.cjs", sessionFile: "/s.jsonl", launchArguments: ["-ne", "-e", "/x.ts"] };
    expect(launch({ ...companion, mode: "session" }).args).toEqual(["--mode", "rpc", "--session", "/s.jsonl", "--extension", "/tmp/gate.cjs", "-ne", "-e", "/x.ts"]);
    for (const mode of ["discovery", "one-shot", "fork"] as const) expect(launch({ ...companion, mode }).args).not.toContain("/tmp/gate.cjs");
  });

  it.each(versions)("discovers with %s without a session, and without MCP servers where it has them", (text) => {
    const { args } = launch({ version: version(text), mode: "discovery", sessionFile: "/ignored.jsonl" });
    const hasFlag = ["1.0.4", "1.5.2"].includes(text);
    expect(args).toEqual(["--mode", "rpc", "--no-session", ...(hasFlag ? ["--no-mcp"] : [])]);
  });

  it.each(versions)("asks a model of %s once with nothing that could have a say in it", (text) => {
    const { args } = launch({ version: version(text), mode: "one-shot", sessionFile: "/ignored.jsonl", model: { provider: "lab", id: "plain" } });
    const hasFlag = ["1.0.4", "1.5.2"].includes(text);
    const bare = ["--no-tools", "--no-extensions", "--no-skills", "--no-prompt-templates", "--no-context-files"];
    expect(args).toEqual(["--mode", "rpc", "--no-session", ...(hasFlag ? ["--no-mcp"] : []), ...bare, "--provider", "lab", "--model", "lab/plain"]);
  });

  it.each(versions)("copies a conversation with a %s that loads nothing and keeps what it copies", (text) => {
    const { args } = launch({ version: version(text), mode: "fork", sessionFile: "/a/sessions/s.jsonl" });
    const hasFlag = ["1.0.4", "1.5.2"].includes(text);
    expect(args).toEqual(["--mode", "rpc", "--fork", "/a/sessions/s.jsonl", ...(hasFlag ? ["--no-mcp"] : []), "--no-tools", "--no-extensions", "--no-skills", "--no-prompt-templates", "--no-context-files"]);
  });

  it.each(["session", "discovery"] as const)("gives the user's arguments last, so that none can swallow one of its own (%s)", (mode) => {
    const { args } = launch({ version: version("0.87.1"), mode, thinkingLevel: "high", launchArguments: ["-e", "/x.ts", "--plan"] });
    expect(args.slice(-5)).toEqual(["--thinking", "high", "-e", "/x.ts", "--plan"]);
    expect(args.slice(0, 2)).toEqual(["--mode", "rpc"]);
  });

  it("never turns off what models and commands come from, nor decides on trust", () => {
    const flags = versions.flatMap((text) => launch({ version: version(text), mode: "discovery" }).args);
    for (const flag of ["-ne", "--no-extensions", "-ns", "--no-skills", "-np", "--no-prompt-templates", "--offline", "--approve", "--no-approve"]) {
      expect(flags).not.toContain(flag);
    }
  });
});
