import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { refuseArguments } from "../../../src/adapters/pi/launch-arguments.js";
import { realPis } from "../../child-agent.js";

const words = (line: string): readonly string[] => line.split(" ").filter((word) => word !== "");

describe("the arguments that a user may give to Pi", () => {
  it.each([
    "",
    "-e /x.ts -e /y.ts --no-extensions",
    "--tools read,grep --exclude-tools bash --no-builtin-tools",
    "--skill /s --prompt-template /p --theme /t -ns -np -nc --no-themes",
    "--offline --approve --verbose",
    "--system-prompt @file --append-system-prompt plain",
    // Pi takes the argument behind these, whatever it looks like.
    "--system-prompt --mode -n -p",
    // An extension's.
    "--plan",
    "--plan --depth 3 --motto=x --no-mcp",
  ])("may be: %s", (line) => {
    expect(refuseArguments(words(line))).toBeUndefined();
  });

  it.each<[line: string, argument: string, reason: RegExp]>([
    ["--mode json", "--mode", /RPC mode/],
    ["--mode=json", "--mode", /RPC mode/],
    ["-p", "-p", /RPC mode/],
    ["--print", "--print", /RPC mode/],
    ...["--continue", "-c", "--resume", "-r", "--session", "--session-id", "--session-dir", "--no-session", "--fork"].map((flag): [string, string, RegExp] => [`--offline ${flag} x`, flag, /conversation of its own/]),
    ...["--provider", "--model", "--models", "--thinking"].map((flag): [string, string, RegExp] => [`-e /x ${flag} x`, flag, /chosen for each thread/]),
    ...["--list-models", "--export", "--help", "-h", "--version", "-v"].map((flag): [string, string, RegExp] => [flag, flag, /print something and end/]),
    ["--api-key=sk-secret", "--api-key", /can read a key/],
    ["--api-key sk-secret", "--api-key", /can read a key/],
    ["--offline -- -x", "--", /everything behind it/],
    ["@notes.md", "@notes.md", /take it for a message/],
    ["hello", "hello", /take it for a message/],
    ["KEY=secret -e /x", "KEY", /take it for a message/],
    ["--offline hello", "hello", /take it for a message/],
    ["--tools read bash", "bash", /take it for a message/],
    ["--plan on hello", "hello", /take it for a message/],
    ["--motto=x hello", "hello", /take it for a message/],
    // Not the value of a flag that Pi does not know.
    ["--plan @notes.md", "@notes.md", /take it for a message/],
    ["--plan --mode text", "--mode", /RPC mode/],
    ["-e", "-e", /value is missing/],
    ["--tools=read", "--tools", /equals sign/],
    ["--offline=yes", "--offline", /equals sign/],
  ])("may not be: %s", (line, argument, reason) => {
    const refusal = refuseArguments(words(line));
    expect(refusal).toEqual({ argument, reason: expect.stringMatching(reason), nextStep: expect.stringMatching(/^[A-Z].+\.$/) });
    expect(JSON.stringify(refusal)).not.toContain("secret");
  });

  it("may not be an empty one", () => {
    expect(refuseArguments([""])).toMatchObject({ argument: "" });
  });

  it.each(Object.entries(realPis))("are known one by one, as far as Pi %s describes its flags", (_version, path) => {
    const home = mkdtempSync(join(tmpdir(), "pi-help-"));
    try {
      const help = execFileSync(path, ["--help"], { encoding: "utf8", env: { HOME: home, PI_CODING_AGENT_DIR: join(home, "agent"), PATH: dirname(process.execPath), PI_OFFLINE: "1" } });
      const options = help.slice(help.indexOf("\nOptions:"), help.indexOf("\nExtensions can register")).matchAll(/^ {2}(--?[a-z-]*)(?:, (-[a-z]+))?(?: (<|\[)?)?/gmu);
      const verdicts = Array.from(options, ([, flag = "", short, value]) => [flag, short ?? flag].map((name) => ({ name, takesValue: value === "<", refused: refuseArguments([name])?.reason ?? null }))).flat();
      // A flag of Pi's that nobody has thought about would stand among the allowed ones.
      expect([...new Set(verdicts.filter(({ refused }) => refused === null).map(({ name }) => name))].toSorted()).toEqual(allowedAlone.filter((name) => help.includes(name)).toSorted());
      expect(verdicts.filter(({ takesValue, refused }) => takesValue && refused === null).map(({ name }) => name)).toEqual(help.includes("--use-theme") ? ["--use-theme", "--use-theme", "--tui-mode", "--tui-mode"] : []);
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  });
});

/** What Pi describes and a user may give with nothing behind it. */
const allowedAlone = [
  "--no-tools",
  "-nt",
  "--no-builtin-tools",
  "-nbt",
  "--no-extensions",
  "-ne",
  "--no-skills",
  "-ns",
  "--no-prompt-templates",
  "-np",
  "--use-theme",
  "--no-themes",
  "--no-context-files",
  "-nc",
  "--verbose",
  "--tui-mode",
  "--approve",
  "-a",
  "--no-approve",
  "-na",
  "--offline",
];
