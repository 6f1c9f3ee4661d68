import { describe, expect, it } from "vitest";
import { CountedIds } from "../../../src/adapters/fake/counted-ids.js";
import { echoDialect } from "../../../src/adapters/fake/echo-dialect.js";
import { ManualClock } from "../../../src/adapters/fake/manual-clock.js";
import { ScriptedRpcConnector, type RpcScript, type ScriptedConnection } from "../../../src/adapters/fake/scripted-rpc-connector.js";
import { AgentInquiry } from "../../../src/domain/inventory/agent-inquiry.js";
import type { AgentDialect } from "../../../src/ports/agent-dialect.js";
import type { AgentEvent } from "../../../src/ports/agent-messages.js";
import type { ProcessExit, SpawnedProcess } from "../../../src/ports/process-spawner.js";
import { consent, silentOn } from "../echo-script.js";

interface Bench {
  readonly clock: ManualClock;
  readonly inquiry: AgentInquiry;
  readonly connection: ScriptedConnection;
  /** Why the process is no longer as it was started, in order. */
  readonly changes: readonly string[];
}

function bench(options: { readonly script?: RpcScript; readonly dialect?: Partial<AgentDialect> } = {}): Bench {
  const dialect = { ...echoDialect, ...options.dialect };
  const clock = new ManualClock();
  const connector = new ScriptedRpcConnector({ clock, script: options.script ?? consent });
  const process: SpawnedProcess = {
    locality: "elsewhere",
    output: (async function* () {})(),
    write: () => Promise.resolve(),
    closeInput: () => undefined,
    errorTail: () => "Out of echoes.",
    exited: new Promise<ProcessExit>(() => undefined),
    stop: () => Promise.resolve({ exit: { code: 0, signal: null }, forced: false, descendantsKilled: 0, survivors: [] }),
  };
  const changes: string[] = [];
  const inquiry = new AgentInquiry({
    dialect,
    ids: new CountedIds(),
    agent: { process, version: { major: 1, minor: 2, patch: 3 }, connect: (listener) => connector.connect({ process, framing: dialect.framing, listener }) },
    readyMs: 60_000,
    requestMs: 15_000,
    onChange: (transport, why) => changes.push(transport === inquiry.transport ? why : "another's"),
  });
  const [connection] = connector.connections;
  if (connection === undefined) throw new Error("It is not connected.");
  return { clock, inquiry, connection, changes };
}

const refusing: RpcScript = ({ id, emit }) => emit({ re: id, ok: false, why: "other", because: "Broken" });

describe("an inquiry of an agent that asks before its tool calls", () => {
  /** Each record says what event it is. */
  const asking: Partial<AgentDialect> = {
    supervision: { companion: { name: "ask.js", text: "ask();" }, encodeVerdict: (questionId, verdict) => ({ to: questionId, verdict }) },
    decodeEvent: ({ event }) => event as AgentEvent,
  };

  it("knows in which session it asks, and that it asks no longer", () => {
    const { inquiry, connection } = bench({ dialect: asking });
    const known: (string | undefined)[] = [inquiry.gatedSession];
    for (const event of [{ type: "gate-announced", sessionId: "s1" }, { type: "gate-withdrawn" }, { type: "gate-announced", sessionId: "s2" }]) {
      connection.emit({ now: "tell", event });
      known.push(inquiry.gatedSession);
    }
    expect([known, inquiry.isUntouched]).toEqual([[undefined, "s1", undefined, "s2"], true]);
  });

  it("lets no call run, for nobody is there to decide", () => {
    const { inquiry, connection, changes } = bench({ dialect: asking });
    connection.emit({ now: "tell", event: { type: "approval-asked", questionId: "q1", toolCallId: "c1", toolName: "bash", access: "command", input: {} } });
    expect([connection.sent, changes, inquiry.isUntouched]).toEqual([[{ to: "q1", verdict: "cancel" }], ["busy"], false]);
  });
});

describe("an inquiry", () => {
  it("tells what the agent answers", async () => {
    const { inquiry } = bench();
    expect(await inquiry.ask("get-state")).toMatchObject({ model: { provider: "echo", id: "plain" } });
    expect(await inquiry.ask("list-models")).toMatchObject({ models: [{ id: "plain" }], rejected: 0 });
    expect([inquiry.diagnosis, inquiry.failedExtensions]).toEqual([undefined, 0]);
  });

  it.each([
    ["get-state", "look", 60_000],
    ["list-models", "models", 15_000],
  ] as const)("waits for %s only as long as it may, and leaves no timer", async (question, name, ms) => {
    const { clock, inquiry } = bench({ script: silentOn(name) });
    const failure = expect.soft(inquiry.ask(question)).rejects.toMatchObject({ kind: "process", code: "start-timeout", detail: `Echo was started but did not answer within ${ms / 1_000} s.` });
    await clock.advance(ms - 1);
    expect(inquiry.transport.pending).toBe(1);
    await clock.advance(1);
    await failure;
    expect([inquiry.transport.pending, clock.pendingTimers]).toEqual([0, 0]);
  });

  it.each<[what: string, script: RpcScript, words: string]>([
    ["refuses", refusing, "Echo did not tell its state: Broken."],
    ["says what cannot be read", ({ id, emit }) => emit({ re: id, ok: true }), "Echo did not tell its state: its answer cannot be read."],
  ])("fails where the agent %s", async (_what, script, detail) => {
    await expect(bench({ script }).inquiry.ask("get-state")).rejects.toMatchObject({ code: "request-rejected", operation: "model discovery", detail });
  });

  it("fails where the agent has no such question", async () => {
    await expect(bench({ dialect: { encodeCommand: () => undefined } }).inquiry.ask("get-state")).rejects.toMatchObject({ code: "not-supported" });
  });

  it("cancels what the agent asks, for nobody would answer", async () => {
    const { inquiry, connection } = bench();
    connection.emit({ now: "ask", ask: "ask-1", kind: "confirm", title: "Trust it?", choices: [] });
    await inquiry.ask("get-state");
    expect(connection.sent).toContainEqual({ do: "answer", ask: "ask-1" });
  });

  it.each<[what: string, change: (connection: ScriptedConnection) => void]>([
    ["asked something", (connection) => connection.emit({ now: "ask", ask: "ask-1", kind: "confirm", title: "Trust it?", choices: [] })],
    ["began to work", (connection) => connection.emit({ now: "begin" })],
    ["ended", (connection) => connection.close({ cause: "exited", exit: { code: 0, signal: null } })],
  ])("knows that the process is no longer as it was started: it %s", async (_what, change) => {
    const { inquiry, connection } = bench();
    await inquiry.ask("get-state");
    expect(inquiry.isUntouched).toBe(true);
    change(connection);
    expect(inquiry.isUntouched).toBe(false);
  });

  it("counts the extensions that say that they failed", () => {
    const { inquiry, connection } = bench({ dialect: { decodeEvent: () => ({ type: "extension-failed", extension: "x", event: "start" }) } });
    connection.emit({ now: "broken" });
    connection.emit({ now: "broken" });
    expect(inquiry.failedExtensions).toBe(2);
  });

  it("tells that the agent works without being asked, and that it ended", () => {
    const { connection, changes } = bench();
    connection.emit({ now: "begin" });
    expect(changes).toEqual(["busy"]);
    connection.close({ cause: "exited", exit: { code: 0, signal: null } });
    expect(changes).toEqual(["busy", "ended"]);
  });

  it("hears nothing any more once the connection is another's", () => {
    const { inquiry, connection, changes } = bench();
    const heard: unknown[] = [];
    inquiry.relay.handTo({ onRecord: (record) => heard.push(record), onDropped: () => undefined, onClose: () => undefined });
    connection.emit({ now: "begin" });
    expect([heard, changes]).toEqual([[{ now: "begin" }], []]);
  });

  it("that is called off says so", async () => {
    const { inquiry } = bench({ script: silentOn("look") });
    const asking = expect.soft(inquiry.ask("get-state")).rejects.toMatchObject({ kind: "session-closed", code: "aborted" });
    inquiry.transport.detach();
    await asking;
    expect(inquiry.diagnosis).toBeUndefined();
  });

  it.each<[exit: ProcessExit, code: string, diagnosis: string, next: RegExp]>([
    [{ code: 9, signal: null }, "agent-exited", "crashed", /^Run it in a terminal/],
    [{ code: null, signal: "SIGSEGV" }, "agent-exited", "crashed", /^Run it in a terminal/],
    [{ code: 2, signal: null }, "agent-exited", "unknown-flag", /^Check the launch arguments/],
    [{ code: 3, signal: null }, "model-unavailable", "model-unknown", /^Run it in a terminal/],
    [{ code: 0, signal: null }, "agent-exited", "unexplained", /^Run it in a terminal/],
  ])("says what an end with %o means", async (exit, code, diagnosis, next) => {
    const { inquiry } = bench({ script: ({ close }) => close({ cause: "exited", exit }) });
    await expect(inquiry.ask("get-state")).rejects.toMatchObject({ kind: "process", code, nextStep: expect.stringMatching(next) });
    expect(inquiry.diagnosis).toBe(diagnosis);
  });

  it("hands the tail of the errors to the dialect and keeps it to itself", async () => {
    const tails: string[] = [];
    const { inquiry } = bench({
      script: ({ close }) => close({ cause: "output-ended" }),
      dialect: {
        diagnose: ({ errorTail }) => {
          tails.push(errorTail);
          return { code: "crashed", detail: "It crashed." };
        },
      },
    });
    await expect(inquiry.ask("get-state")).rejects.toMatchObject({ detail: "It crashed." });
    expect(tails).toEqual(["Out of echoes."]);
  });
});

describe("a question that not every agent knows", () => {
  it("is answered where it is known", async () => {
    expect(await bench({ script: ({ id, emit }) => emit({ re: id, ok: true, levels: ["low"] }) }).inquiry.askIfPossible("list-thinking-levels")).toEqual({ levels: ["low"] });
  });

  it.each<[what: string, options: Parameters<typeof bench>[0]]>([
    ["has no such command", { dialect: { encodeCommand: () => undefined } }],
    ["refuses", { script: refusing }],
    ["says what cannot be read", { script: ({ id, emit }) => emit({ re: id, ok: true }) }],
  ])("has no answer where the agent %s", async (_what, options) => {
    expect(await bench(options).inquiry.askIfPossible("list-thinking-levels")).toBeUndefined();
  });

  it("fails where the agent does not answer at all", async () => {
    const { clock, inquiry } = bench({ script: silentOn("levels") });
    const failure = expect.soft(inquiry.askIfPossible("list-thinking-levels")).rejects.toMatchObject({ code: "start-timeout" });
    await clock.advance(15_000);
    await failure;
  });
});
