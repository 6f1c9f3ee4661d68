import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { diagnose } from "../../../src/adapters/pi/diagnose.js";

const secret = "sk-S3CR3T";

/** What Pi 0.80.10 and 0.87.1 wrote, and how it is understood. */
const starts = [
  [`Error: Session file is not a valid pi session: /home/${secret}/s.jsonl\n`, "session-invalid"],
  [`No session found matching '${secret}'\n`, "session-invalid"],
  [`Stored session working directory does not exist: /${secret}\nSession file: /s.jsonl\n`, "working-directory-missing"],
  ["Error: The current working directory no longer exists. Change to an existing directory and try again.\n", "working-directory-missing"],
  ["Error: ENOENT: process.cwd failed with error no such file or directory, uv_cwd\n    at main (file:///x.js:1:2)\n\nNode.js v24.21.0\n", "working-directory-missing"],
  ["Error: Unknown option: --no-mcp\n", "unknown-flag"],
  ['Error: Extension flag "--motto" requires a value\n', "unknown-flag"],
  [`Error: Model "${secret}/x" not found. Use --list-models to see available models.\n`, "model-unknown"],
  [`Error: Unknown provider "${secret}". Use --list-models to see available providers/models.\n`, "model-unknown"],
  ["No models available. Use /login\n", "not-authenticated"],
  [`Error: Failed to load extension "/${secret}.ts": boom\nHint: Start without extensions using "pi -ne".\n`, "unexplained"],
  [`Error: ENOTDIR: not a directory, mkdir '/${secret}/sessions'\n    at mkdirSync (node:fs:1410:26)\n\nNode.js v24.21.0\n`, "crashed"],
] as const;

function crashOn(node: string): string {
  return diagnose({ phase: "start", exitCode: 1, signal: null, errorTail: `TypeError: x\n    at new X (/a.js:1:2)\n\nNode.js ${node}\n` }).detail;
}

describe("diagnose", () => {
  it.each(starts)("understands a start that fails with %j", (errorTail, code) => {
    const diagnosis = diagnose({ phase: "start", exitCode: 1, signal: null, errorTail });
    expect(diagnosis.code).toBe(code);
    expect(diagnosis.detail).toMatch(/^[A-Z].*\.$/);
    expect(diagnosis.detail).not.toContain(secret);
    // Colours do not hide it.
    expect(diagnose({ phase: "start", exitCode: 1, signal: null, errorTail: `\u001b[31m${errorTail}\u001b[39m` })).toEqual(diagnosis);
  });

  it.each(starts.slice(0, -1))("takes %j for an extension's words once Pi runs", (errorTail) => {
    const codes = ["session-invalid", "working-directory-missing", "unknown-flag", "model-unknown", "not-authenticated"];
    expect(codes).not.toContain(diagnose({ phase: "run", exitCode: 1, signal: null, errorTail }).code);
  });

  it("knows what an end without an error means at the start", () => {
    expect(diagnose({ phase: "start", exitCode: 0, signal: null, errorTail: "" })).toMatchObject({ code: "misconfigured", detail: expect.stringContaining("extensions waits for the answer") });
  });

  it("is not misled by a sentence inside another's line", () => {
    const errorTail = "my-extension: the docs say Error: Unknown option: --x\n";
    expect(diagnose({ phase: "start", exitCode: 1, signal: null, errorTail }).code).toBe("unexplained");
  });

  it("knows the crash of a Pi on a Node it does not support", () => {
    expect(crashOn("v20.20.2")).toContain("Node older than the 22.19 it needs");
    expect(crashOn("v22.18.0")).toContain("Node older than the 22.19 it needs");
    expect(crashOn("v22.19.0")).not.toContain("22.19");
  });

  it.each([
    ["Error: write ENOBUFS\n    at x (node:net:1:2)\n", "outgrew the pipe"],
    ["FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n", "out of memory"],
    ["TypeError: x is not a function\n    at y (file:///pi.js:1:2)\n", "internal error"],
  ])("knows the crash %j at any time", (errorTail, words) => {
    for (const phase of ["start", "run"] as const) {
      const diagnosis = diagnose({ phase, exitCode: 1, signal: null, errorTail });
      expect(diagnosis.code).toBe("crashed");
      expect(diagnosis.detail).toContain(words);
    }
  });

  it.each([
    [{ exitCode: null, signal: "SIGKILL" }, "crashed", "the signal SIGKILL"],
    [{ exitCode: 143, signal: null }, "crashed", "by another program"],
    [{ exitCode: 129, signal: null }, "crashed", "by another program"],
    [{ exitCode: 0, signal: null }, "unexplained", "exit code 0"],
    [{ exitCode: 1, signal: null }, "unexplained", "exit code 1"],
    [{ exitCode: null, signal: null }, "unexplained", "stopped answering"],
  ] as const)("has nothing but the exit to go by: %j", (exit, code, words) => {
    const running = diagnose({ phase: "run", errorTail: "", ...exit });
    expect(running.code).toBe(code);
    expect(running.detail).toContain(words);
    expect(diagnose({ phase: "start", errorTail: "", ...exit }).detail).toContain("before it was ready");
  });

  it("repeats nothing of the tail, whatever is in it", () => {
    const exit = { exitCode: 1, signal: null } as const;
    const own = new Set(
      [...starts.map(([tail]) => tail), "write ENOBUFS", "heap out of memory", "   at x:1:2", "Node.js v20.0.0", ""].flatMap((errorTail) =>
        (["start", "run"] as const).map((phase) => diagnose({ phase, ...exit, errorTail }).detail),
      ),
    );
    const tails = fc.array(fc.oneof(fc.constantFrom(...starts.map(([tail]) => tail)), fc.string())).map((parts) => parts.join("\n"));
    fc.assert(
      fc.property(tails, fc.constantFrom("start" as const, "run" as const), (errorTail, phase) => {
        expect(own).toContain(diagnose({ phase, ...exit, errorTail }).detail);
      }),
    );
  });
});
