import { mkdir, realpath, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { decodeGate } from "../../../src/adapters/pi/decode-gate.js";
import { piSupervision } from "../../../src/adapters/pi/supervision.js";
import type { AgentApprovalQuestion, AgentEvent } from "../../../src/ports/agent-messages.js";
import { temporaryFolder } from "../../temporary-folder.js";

type Handler = (event: Readonly<Record<string, unknown>>, ctx: object) => unknown;

/** Where the gate lives while it is tested: what Pi's extension API gives it, and a host that answers. */
class Stage {
  readonly told: AgentEvent[] = [];
  readonly #handlers = new Map<string, Handler>();
  readonly #ctx: object;

  constructor(gate: (pi: object) => void, host: { readonly cwd: string; readonly answer?: () => unknown; readonly signal?: AbortSignal }) {
    const tell = (record: Readonly<Record<string, unknown>>): void => {
      const event = decodeGate({ type: "extension_ui_request", id: `r${this.told.length}`, ...record });
      if (event === undefined) throw new Error("The host does not understand the gate.");
      this.told.push(event);
    };
    const ui = {
      select: async (title: string, options: readonly string[]) => {
        tell({ method: "select", title, options });
        return host.answer === undefined ? options[0] : host.answer();
      },
      setStatus: (statusKey: string, statusText: string) => tell({ method: "setStatus", statusKey, statusText }),
    };
    this.#ctx = { cwd: host.cwd, ui, signal: host.signal, sessionManager: { getSessionId: () => "s1" } };
    gate({ on: (event: string, handler: Handler) => this.#handlers.set(event, handler) });
  }

  emit(event: string, fields: Readonly<Record<string, unknown>> = {}): unknown {
    return this.#handlers.get(event)?.(fields, this.#ctx);
  }

  async call(toolName: string, input: unknown = {}): Promise<{ readonly result: unknown; readonly question: AgentApprovalQuestion | undefined }> {
    const result: unknown = await this.emit("tool_call", { toolCallId: "c1", toolName, input });
    return { result, question: this.told.findLast((event) => event.type === "approval-asked") };
  }
}

let gate: (pi: object) => void;
let project: string;
let elsewhere: string;

beforeEach(async () => {
  const folder = await realpath(await temporaryFolder());
  const file = join(folder, piSupervision.companion.name);
  await writeFile(file, piSupervision.companion.text);
  gate = createRequire(import.meta.url)(file) as typeof gate;
  project = join(folder, "project");
  elsewhere = join(folder, "elsewhere");
  await mkdir(join(project, "src"), { recursive: true });
  await mkdir(elsewhere);
  await writeFile(join(project, "src", "a.ts"), "");
  await symlink(elsewhere, join(project, "way-out"));
  await symlink(join(elsewhere, "not-there"), join(project, "nowhere"));
  await symlink(join(project, "src"), join(elsewhere, "way-in"));
  await mkdir(join(project, ".git", "hooks"), { recursive: true });
  await symlink(join(project, ".git", "hooks"), join(project, "way-to-hooks"));
});

const blocked = { block: true, reason: expect.any(String) };

describe("the gate", () => {
  it.each<[what: string, answer: () => unknown, result: unknown]>([
    ["lets a call through that is accepted", () => "accept", undefined],
    ["blocks one that is declined", () => "decline", { block: true, reason: expect.stringContaining("declined") }],
    ["blocks one about which nobody answers", () => undefined, blocked],
    ["blocks one that is answered with something else", () => " accept", blocked],
    ["blocks one that is answered with no text", () => true, blocked],
    [
      "blocks one that cannot be asked about",
      () => {
        throw new Error("The dialog is broken.");
      },
      blocked,
    ],
  ])("%s", async (_what, answer, result) => {
    expect((await new Stage(gate, { cwd: project, answer }).call("bash", { command: "ls" })).result).toEqual(result);
  });

  it("blocks a call that it cannot describe, and says that it did not run", async () => {
    const stage = new Stage(gate, { cwd: project });
    const circular: Record<string, unknown> = {};
    circular["self"] = circular;
    expect((await stage.call("bash", circular)).result).toEqual(blocked);
    stage.emit("tool_execution_end", { toolCallId: "c1" });
    expect(stage.told).toEqual([{ type: "tool-refused", toolCallId: "c1" }]);
  });

  it("asks nobody after an abort, and says that the call did not run", async () => {
    const stage = new Stage(gate, { cwd: project, signal: AbortSignal.abort() });
    expect((await stage.call("bash")).result).toEqual(blocked);
    stage.emit("tool_execution_end", { toolCallId: "c1" });
    expect(stage.told).toEqual([{ type: "tool-refused", toolCallId: "c1" }]);
  });

  it("has nothing to say of the end of a call that it asked about", async () => {
    const stage = new Stage(gate, { cwd: project });
    await stage.call("bash");
    stage.emit("tool_execution_end", { toolCallId: "c1" });
    expect(stage.told).toHaveLength(1);
  });

  it("says where it is in place, and where it is no longer", () => {
    const stage = new Stage(gate, { cwd: project });
    stage.emit("session_start");
    stage.emit("session_shutdown");
    expect(stage.told).toEqual([{ type: "gate-announced", sessionId: "s1" }, { type: "gate-withdrawn" }]);
  });

  it.each(["bash", "deploy", "mcp__files__delete", "multiedit", "constructor"])("tells nothing of a path for %s, whatever it is given", async (toolName) => {
    expect((await new Stage(gate, { cwd: project }).call(toolName, { path: "src/a.ts" })).question?.path).toBeUndefined();
  });

  it("tells equal inputs from others", async () => {
    const stage = new Stage(gate, { cwd: project });
    const digests = [];
    for (const command of ["ls", "ls", "ls -l", `${"x".repeat(9_000)}y`, `${"x".repeat(9_000)}z`]) digests.push((await stage.call("bash", { command })).question?.inputDigest);
    expect(digests[0]).toMatch(/^[0-9a-f]{64}$/);
    expect([digests[0] === digests[1], new Set(digests).size]).toEqual([true, 4]);
  });

  it.each<[what: string, input: Readonly<Record<string, unknown>>]>([
    ["one long text", { command: "x".repeat(100_000) }],
    ["many texts", { edits: Array.from({ length: 900 }, () => ({ oldText: "y".repeat(3_000), newText: "\u{1f600}".repeat(3_000) })) }],
    ["many fields", Object.fromEntries(Array.from({ length: 900 }, (_, index) => [`field ${index} ${"n".repeat(900)}`, "v".repeat(900)]))],
    ["deep nesting", { a: { b: { c: { d: { e: { f: { g: { h: "deep" } } } } } } } }],
  ])("keeps its question short: %s", async (_what, input) => {
    const { question } = await new Stage(gate, { cwd: project }).call("bash", input);
    expect(JSON.stringify(question).length).toBeLessThan(17_000);
    expect(question).toMatchObject({ toolName: "bash", toolCallId: "c1", inputDigest: expect.any(String) });
  });

  it("says what it has cut", async () => {
    const { question } = await new Stage(gate, { cwd: project }).call("bash", { command: "x".repeat(5_000) });
    expect(question?.input["command"]).toMatch(/^x{4000}… \(1000 more characters\)$/);
  });
});

describe("the path that the gate tells", () => {
  it.each<[what: string, toolName: string, path: () => unknown, resolved: () => string, inside: boolean]>([
    ["a file", "read", () => "src/a.ts", () => join(project, "src/a.ts"), true],
    ["an absolute path", "edit", () => join(project, "src/a.ts"), () => join(project, "src/a.ts"), true],
    ["the project itself", "ls", () => ".", () => project, true],
    ["no path where one may be left out", "grep", () => undefined, () => project, true],
    ["a mark before it", "read", () => "@src/a.ts", () => join(project, "src/a.ts"), true],
    ["a URL", "read", () => pathToFileURL(join(project, "src/a.ts")).href, () => join(project, "src/a.ts"), true],
    ["a new file", "write", () => "new/folder/b.ts", () => join(project, "new/folder/b.ts"), true],
    ["a detour", "write", () => "src/../b.ts", () => join(project, "b.ts"), true],
    ["a way in", "read", () => join(elsewhere, "way-in/a.ts"), () => join(project, "src/a.ts"), true],
    ["a name that begins with dots", "write", () => "..b", () => join(project, "..b"), true],
    ["upwards", "read", () => "../elsewhere", () => elsewhere, false],
    ["a neighbour whose name begins alike", "write", () => `${project}-2/a`, () => `${project}-2/a`, false],
    ["home", "read", () => "~", () => homedir(), false],
    ["a file at home", "write", () => "~/no-such-file", () => join(homedir(), "no-such-file"), false],
    ["a way out", "write", () => "way-out/b.ts", () => join(elsewhere, "b.ts"), false],
    ["a new extension of Pi's, which runs unasked", "write", () => ".pi/extensions/a.ts", () => join(project, ".pi/extensions/a.ts"), false],
    ["Pi's settings of a folder, however they are spelt", "edit", () => "src/.PI/settings.json", () => join(project, "src/.PI/settings.json"), false],
    ["a way into them", "write", () => "way-to-hooks/post-commit", () => join(project, ".git/hooks/post-commit"), false],
    ["git's configuration that is read only", "read", () => ".git/config", () => join(project, ".git/config"), true],
    ["names that begin alike", "write", () => ".github/.pierre", () => join(project, ".github/.pierre"), true],
  ])("%s", async (_what, toolName, path, resolved, inside) => {
    const { question } = await new Stage(gate, { cwd: project }).call(toolName, { path: path() });
    const real = await realpath(homedir()).then((home) => resolved().replace(homedir(), home), resolved);
    expect(question?.path).toEqual({ resolved: real, inside });
  });

  it.each([
    ["a link to nowhere", "write", "nowhere"],
    ["below a link to nowhere", "write", "nowhere/b.ts"],
    ["below a file", "write", "src/a.ts/b"],
    ["a missing file that Pi would look for under another spelling", "read", "it's.png"],
  ])("is none where nobody knows where it leads: %s", async (_what, toolName, path) => {
    const { question } = await new Stage(gate, { cwd: project }).call(toolName, { path });
    expect(question).toMatchObject({ toolName, input: { path } });
    expect(question?.path).toBeUndefined();
  });

  it.each([["read", {}], ["write", { path: 5 }], ["edit", { path: null }]])("is unknown of %s with %j", async (toolName, input) => {
    const { result, question } = await new Stage(gate, { cwd: project }).call(toolName, input);
    expect([result, question?.path]).toEqual([undefined, undefined]);
  });

  it("is not the project's for a change of the gate itself, or of Pi's own folder, where these lie in the project", async () => {
    const folder = join(project, "..");
    vi.stubEnv("PI_CODING_AGENT_DIR", join(folder, "elsewhere"));
    onTestFinished(() => void vi.unstubAllEnvs());
    const stage = new Stage(gate, { cwd: folder });
    const isInside = [];
    for (const path of [piSupervision.companion.name, "elsewhere/extensions/a.ts", "project/b.ts"]) isInside.push((await stage.call("write", { path })).question?.path?.inside);
    expect(isInside).toEqual([false, false, true]);
    // Whoever works in Pi's own folder means to.
    expect((await new Stage(gate, { cwd: elsewhere }).call("write", { path: "a.ts" })).question?.path?.inside).toBe(true);
  });

  it("is the project's, through whatever link the project is worked in", async () => {
    const link = join(elsewhere, "project");
    await symlink(project, link);
    const { question } = await new Stage(gate, { cwd: link }).call("write", { path: "b.ts" });
    expect(question?.path).toEqual({ resolved: join(project, "b.ts"), inside: true });
  });
});
