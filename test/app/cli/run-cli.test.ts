import { readFileSync } from "node:fs";
import { Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import { runCli } from "../../../src/app/cli/run-cli.js";
import { stubHost } from "./stub-terminal.js";

async function run(argv: readonly string[], options: { readonly stdin?: string; readonly stdinIsTerminal?: boolean; readonly stdout?: Writable } = {}) {
  const host = stubHost({ argv, ...options });
  const end = await runCli(host);
  return { ...end, out: host.output(), err: host.errors() };
}

function failing(code: string): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done(Object.assign(new Error(`${code}: it failed`), { code })) });
}

const { version } = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8")) as { readonly version: string };

describe("help and version", () => {
  it.each([[[]], [["--help"]], [["-h"]]])("%j shows every command and the exit codes", async (argv) => {
    const { out, err, exitCode } = await run(argv);
    expect(exitCode).toBe(0);
    expect(err).toBe("");
    for (const word of ["doctor", "models", "custom-models", "run", "demo", "Exit codes:", "130", "141", "143"]) expect(out).toContain(word);
  });

  it.each([
    ["doctor", ["--binary <path>", "--agent-dir <folder>", "--file <path>", "--timeout <seconds>", "--json"]],
    ["models", ["--binary <path>", "--agent-dir <folder>", "--file <path>", "--json"]],
    ["custom-models", ["--file <path>", "--unverified", "--set-aside", "--binary <path>", "--agent-dir <folder>", "--json"]],
    ["run", ["--binary <path>", "--agent-dir <folder>", "--cwd <folder>", "--model <slug>", "--thinking <level>", "--file <path>", "--json"]],
    ["demo", ["--binary <path>"]],
  ])("%s --help shows its options", async (command, options) => {
    const { out, exitCode } = await run([command, "--help"]);
    expect(exitCode).toBe(0);
    expect(out).toContain(`Usage: t3-pi ${command} `);
    for (const option of [...options, "-h, --help"]) expect(out).toContain(option);
  });

  it("custom-models --help shows what it can be told to do", async () => {
    const { out } = await run(["custom-models", "--help"]);
    for (const action of ["list", "add <provider/model>", "remove <provider/model>", "check"]) expect(out).toMatch(new RegExp(`^  ${action}  `, "m"));
  });

  it("--version prints the package's", async () => {
    expect(await run(["--version"])).toEqual({ exitCode: 0, isFlushed: true, out: `${version}\n`, err: "" });
  });
});

describe("a command line that cannot be understood", () => {
  it.each([
    [["dcotor"], 'There is no command "dcotor".', "Usage: t3-pi <command>"],
    [["--colour"], 'There is no option "--colour".', "Usage: t3-pi <command>"],
    [["doctor", "--colour"], "Unknown option '--colour'", "Usage: t3-pi doctor"],
    [["doctor", "now"], "Unexpected argument 'now'", "Usage: t3-pi doctor"],
    [["models", "--binary"], "argument missing", "Usage: t3-pi models"],
    [["models", "--binary", " "], "The option --binary is empty.", "Usage: t3-pi models"],
    [["run", "fix", "it"], "put it in quotes", "Usage: t3-pi run"],
    [["run", " "], "The prompt is empty.", "Usage: t3-pi run"],
    [["run"], "The prompt is empty.", "Usage: t3-pi run"],
    [["custom-models"], "There is no action; these are known: list, add, remove, check.", "Usage: t3-pi custom-models <action>"],
    [["custom-models", "forget"], 'There is no action "forget"; these are known: list, add, remove, check.', "Usage: t3-pi custom-models <action>"],
    [["custom-models", "add"], "Say which model to add.", "Usage: t3-pi custom-models <action>"],
    [["custom-models", "add", "a/b", "c/d"], '"add" takes one model; "c/d" is too much.', "Usage: t3-pi custom-models <action>"],
    [["custom-models", "list", "a/b"], '"list" takes no model; "a/b" is too much.', "Usage: t3-pi custom-models <action>"],
    [["custom-models", "remove", "a/b", "--unverified"], 'The option --unverified has no meaning for "remove".', "Usage: t3-pi custom-models <action>"],
    [["custom-models", "check", "--set-aside"], 'The option --set-aside has no meaning for "check".', "Usage: t3-pi custom-models <action>"],
    [["custom-models", "list", "--file", ""], "The option --file is empty.", "Usage: t3-pi custom-models <action>"],
    [["demo", "--json"], "Unknown option '--json'", "Usage: t3-pi demo"],
  ])("%j ends with 2 and says what is wrong on standard error", async (argv, problem, usage) => {
    const { out, err, exitCode } = await run(argv);
    expect(exitCode).toBe(2);
    expect(out).toBe("");
    expect(err).toContain(problem);
    expect(err).toContain(usage);
  });

  it("is a run without a prompt at a terminal", async () => {
    const { err, exitCode } = await run(["run"], { stdinIsTerminal: true });
    expect(exitCode).toBe(2);
    expect(err).toContain("There is no prompt.");
  });

  it("shows nothing but text of what was typed", async () => {
    const { err } = await run(["\u001B[2Jdoctor"]);
    expect(err).toContain('There is no command "doctor".');
  });
});

describe("a Pi that cannot be used", () => {
  const problem = 'The configured Pi binary "/project/no-such-pi" does not exist.';

  it("is a verdict for doctor", async () => {
    const { out, err, exitCode } = await run(["doctor", "--binary", "./no-such-pi"]);
    expect(exitCode).toBe(1);
    expect(err).toBe("");
    expect(out).toContain("✗ Pi cannot be used: configured-path-wrong.");
    expect(out).toContain(problem);
    expect(out).toContain("What to do:");
  });

  it("is the same verdict as JSON", async () => {
    const { out, exitCode } = await run(["doctor", "--binary", "./no-such-pi", "--json"]);
    expect(exitCode).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ verdict: "configured-path-wrong", searched: [{ place: "/project/no-such-pi", source: "configured", outcome: "absent" }] });
  });

  it.each([
    ["models", ["models"]],
    ["run", ["run", "hello"]],
    ["run --json", ["run", "hello", "--json"]],
  ])("is a message for %s, told once and without a stack", async (_name, argv) => {
    const { err, exitCode } = await run([...argv, "--binary", "./no-such-pi"]);
    expect(exitCode).toBe(1);
    expect(err.split(problem)).toHaveLength(2);
    expect(err).not.toMatch(/^\s+at /m);
  });
});

describe("output that cannot be written", () => {
  it("is the end without a word when the reader has gone", async () => {
    expect(await run(["--help"], { stdout: failing("EPIPE") })).toEqual({ exitCode: 141, isFlushed: false, out: "", err: "" });
  });

  it("is a failure when the disk is full", async () => {
    expect(await run(["--help"], { stdout: failing("ENOSPC") })).toEqual({ exitCode: 1, isFlushed: false, out: "", err: "The output cannot be written: ENOSPC: it failed\n" });
  });

  it("holds up nobody who wants the program to stop", async () => {
    const host = stubHost({ argv: ["--help"], stdout: new Writable({ highWaterMark: 1, write: () => undefined }) });
    const end = runCli(host);
    host.signals.emit("SIGTERM");
    expect(await end).toEqual({ exitCode: 143, isFlushed: false });
  });
});

describe("runCli", () => {
  it("leaves no listener on the process's signals", async () => {
    const host = stubHost({ argv: ["--version"] });
    await runCli(host);
    expect(host.signals.eventNames()).toEqual([]);
  });
});
