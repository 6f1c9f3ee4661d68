import { setImmediate } from "node:timers/promises";
import { describe, expect, it, vi } from "vitest";
import { ScriptedRpcConnector, type RpcScript, type ScriptedCall } from "../../../src/adapters/fake/scripted-rpc-connector.js";
import { ManualClock } from "../../../src/adapters/fake/manual-clock.js";
import { JsonlRpcConnector } from "../../../src/adapters/node/jsonl-rpc-connector.js";
import { AgentLauncher } from "../../../src/domain/session/agent-launcher.js";
import { AgentLink } from "../../../src/domain/session/agent-link.js";
import type { SessionInput } from "../../../src/domain/session/session-state.js";
import type { AgentCommand } from "../../../src/ports/agent-messages.js";
import type { AgentDialect, FailureEvidence } from "../../../src/ports/agent-dialect.js";
import type { ProcessSpawner } from "../../../src/ports/process-spawner.js";
import type { RpcConnector, RpcListener } from "../../../src/ports/rpc-transport.js";
import { echoParts, idleProgram, type EchoParts, type EchoPartsOptions } from "../echo-parts.js";
import { consent, silentOn } from "../echo-script.js";

interface BenchOptions extends Omit<EchoPartsOptions, "connector"> {
  readonly script?: RpcScript;
  /** Instead of the scripted one. */
  readonly connector?: (clock: ManualClock) => RpcConnector;
  readonly ready?: () => Promise<void> | undefined;
  /** The spawner starts its program even if that was called off. */
  readonly deafToSignals?: boolean;
}

/** A link to a scripted agent, with everything it reports. */
class LinkBench implements AsyncDisposable {
  readonly reports: SessionInput[] = [];
  readonly parts: EchoParts;
  readonly scripted: ScriptedRpcConnector;
  readonly link: AgentLink;

  constructor(options: BenchOptions = {}) {
    const clock = new ManualClock();
    this.scripted = new ScriptedRpcConnector({ clock, script: options.script ?? consent });
    const connector = options.connector?.(clock) ?? this.scripted;
    const parts = echoParts({ program: idleProgram, ...options, clock, connector });
    this.parts = parts;
    const deaf: ProcessSpawner = { spawn: ({ signal: _unheard, ...request }) => parts.spawner.spawn(request) };
    this.link = new AgentLink({
      ...parts,
      launcher: options.deafToSignals === true ? new AgentLauncher({ ...parts, spawner: deaf }) : parts.launcher,
      threadId: "t1",
      cwd: "/project",
      binaryPath: undefined,
      agentDir: undefined,
      ready: options.ready ?? (() => undefined),
      report: (input) => this.reports.push(input),
    });
  }

  /** Opens the link and forgets the report of it. */
  async open(): Promise<this> {
    this.link.open(1, {});
    await setImmediate();
    this.reports.length = 0;
    return this;
  }

  /** Sends a command and waits until its answer could have come. */
  async send(command: AgentCommand, tag: { readonly turnId?: string } = {}): Promise<readonly SessionInput[]> {
    this.link.send(command, { epoch: 1, tag, deadlineMs: 2_000 });
    await setImmediate();
    return this.reports;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.link.dispose({ epoch: 1, graceMs: 0 });
    await this.link.disposed;
    const { running } = this.parts.spawner;
    if (running > 0) throw new Error(`The link left ${running} processes.`);
  }
}

describe("a link to an agent that asks before its tool calls", () => {
  const supervision: NonNullable<AgentDialect["supervision"]> = { companion: { name: "ask.js", text: "ask();" }, encodeVerdict: (questionId, verdict) => ({ to: questionId, verdict }) };

  it("hands on what it is told, in the dialect's words", async () => {
    await using bench = await new LinkBench({ dialect: { supervision } }).open();
    bench.link.answerApproval("q1", "decline");
    expect(bench.scripted.connections[0]?.sent).toEqual([{ to: "q1", verdict: "decline" }]);
    expect(bench.parts.telemetry.nativeRecords).toMatchObject([{ direction: "to-agent", record: { to: "q1", verdict: "decline" } }]);
  });

  it("has nothing to say to one that does not ask", async () => {
    await using bench = await new LinkBench().open();
    bench.link.answerApproval("q1", "accept");
    expect(bench.scripted.connections[0]?.sent).toEqual([]);
  });
});

describe("a link that is opened", () => {
  it("reports what the version that was started can do", async () => {
    await using bench = new LinkBench();
    bench.link.open(7, { model: { provider: "echo", id: "deep" }, level: "brief" });
    await setImmediate();
    const commands = new Set(["list-thinking-levels", "clear-queue", "get-stats", "get-history", "list-fork-points", "list-commands"]);
    expect(bench.reports).toEqual([{ type: "opened", epoch: 7, abilities: { versionText: "1.2.3", modelSwitch: "command", commands } }]);
    expect(bench.parts.spawner.spawned).toMatchObject([{ cwd: "/project", args: ["--model=echo/deep", "--level=brief"] }]);
  });

  it("reports why there is no process", async () => {
    await using bench = new LinkBench();
    bench.parts.spawner.refuse = "bad-working-directory";
    bench.link.open(7, {});
    await setImmediate();
    expect(bench.reports).toMatchObject([{ type: "open-failed", epoch: 7, cursorLost: false, error: { code: "working-directory-missing", operation: "startSession", threadId: "t1" } }]);
  });

  it("reports that a conversation cannot be continued", async () => {
    await using bench = new LinkBench();
    bench.parts.sessionFiles.verdict = { type: "refused", reason: "missing" };
    bench.link.open(1, { resume: { sessionFile: "/s", sessionId: "s", provisional: false } });
    await setImmediate();
    expect(bench.reports).toMatchObject([{ type: "open-failed", cursorLost: true, error: { code: "resume-refused" } }]);
  });

  it("hands on whether its host is ready", async () => {
    const ready = vi.fn<() => undefined>();
    const handed: unknown[] = [];
    await using bench = new LinkBench({
      ready,
      connector: (clock) => ({
        connect: (request) => {
          handed.push(request.listener.ready);
          return new ScriptedRpcConnector({ clock }).connect(request);
        },
      }),
    });
    await bench.open();
    expect(handed).toEqual([ready]);
  });
});

describe("a command", () => {
  it("is answered in neutral words, with the tag it was sent with", async () => {
    await using bench = await new LinkBench().open();
    expect(await bench.send({ type: "get-stats" }, { turnId: "T1" })).toMatchObject([{ type: "reply", epoch: 1, to: "get-stats", tag: { turnId: "T1" }, outcome: { type: "ok", value: { totals: { totalTokens: 3 } } } }]);
  });

  it("that prompts is written under an id that names its turn", async () => {
    await using bench = await new LinkBench().open();
    await bench.send({ type: "prompt", text: "hello", images: [] }, { turnId: "T1" });
    expect(bench.scripted.connections[0]?.sent).toEqual([{ do: "say", text: "hello", pictures: [], ref: "prompt:T1" }]);
  });

  it("that its agent refuses is refused", async () => {
    await using bench = await new LinkBench({ script: ({ id, emit }) => emit({ re: id, ok: false, why: "busy", because: "Not now." }) }).open();
    expect(await bench.send({ type: "get-state" })).toMatchObject([{ outcome: { type: "refused", message: "Not now.", reason: "busy" } }]);
  });

  it("that this version does not have is refused unsent", async () => {
    await using bench = await new LinkBench().open();
    expect(await bench.send({ type: "compact" })).toMatchObject([{ to: "compact", outcome: { type: "refused", message: "Echo 1.2.3 has no such command.", reason: "unknown-command" } }]);
    expect(bench.scripted.connections[0]?.sent).toEqual([]);
  });

  it("whose answer cannot be read is unanswered", async () => {
    await using bench = await new LinkBench({ script: ({ id, emit }) => emit({ re: id, ok: true, model: 7 }) }).open();
    expect(await bench.send({ type: "get-state" })).toMatchObject([{ outcome: { type: "unanswered", detail: "Echo gave an answer that cannot be read." } }]);
  });

  it("that is not answered in time is unanswered", async () => {
    await using bench = await new LinkBench({ script: silentOn("look") }).open();
    await bench.send({ type: "get-state" });
    await bench.parts.clock.advance(2_000);
    expect(bench.reports).toMatchObject([{ outcome: { type: "unanswered", detail: "Echo did not answer within 2 s." } }]);
  });

  it("to nobody is unanswered", async () => {
    await using bench = new LinkBench();
    expect(await bench.send({ type: "get-state" })).toMatchObject([{ outcome: { type: "unanswered", detail: "Echo is not running." } }]);
  });
});

describe("what the agent says by itself", () => {
  it("is reported in neutral words", async () => {
    await using bench = await new LinkBench().open();
    bench.scripted.connections[0]?.emit({ now: "begin" });
    expect(bench.reports).toEqual([{ type: "event", epoch: 1, event: { type: "run-started" } }]);
  });

  it("is counted where it is no record, and reported where it is too large", async () => {
    await using bench = new LinkBench({
      connector: (clock) => new JsonlRpcConnector({ clock }),
      dialect: { framing: { ...echoParts().dialect.framing, maxRecordBytes: 30 } },
      program: async (io) => {
        await io.write(`no record\n{"now":"tell","text":"${"x".repeat(50)}"}\n{"now":"begin"}\n`);
        await idleProgram(io);
      },
    });
    bench.link.open(1, {});
    await expect.poll(() => bench.reports.map(({ type }) => type)).toEqual(["opened", "record-dropped", "event"]);
    expect(bench.parts.telemetry.counts.map(({ attributes }) => attributes.reason)).toEqual(["not-json", "too-large"]);
  });
});

describe("the end of a process", () => {
  it.each([
    ["before its first answer is a failed start", 0, "start"],
    ["after an answer is a failed run", 1, "run"],
  ])("%s", async (_what, answers, phase) => {
    const evidence: FailureEvidence[] = [];
    const diagnose = (found: FailureEvidence) => {
      evidence.push(found);
      return { code: "crashed", detail: "Echo crashed." } as const;
    };
    await using bench = await new LinkBench({ dialect: { diagnose } }).open();
    for (let answer = 0; answer < answers; answer += 1) await bench.send({ type: "get-state" });
    bench.reports.length = 0;
    bench.scripted.connections[0]?.close({ cause: "exited", exit: { code: 3, signal: null } });
    expect(bench.reports).toEqual([{ type: "lost", epoch: 1, detail: "Echo crashed.", diagnosis: "crashed" }]);
    expect(evidence).toEqual([{ phase, exitCode: 3, signal: null, errorTail: "" }]);
    expect(bench.parts.telemetry.counts).toEqual([{ name: "agent.exits", value: 1, attributes: { code: 3, cause: "exited", diagnosis: "crashed" } }]);
  });

  it("that was asked for is reported when it is gone, and nothing after it", async () => {
    const bench = await new LinkBench({ script: silentOn("look") }).open();
    await bench.send({ type: "get-state" });
    bench.link.dispose({ epoch: 1, graceMs: 1_000 });
    expect([bench.reports, bench.parts.spawner.running]).toEqual([[], 1]);
    await bench.link.disposed;
    expect([bench.reports, bench.parts.spawner.running]).toEqual([[{ type: "disposed", epoch: 1 }], 0]);
    await bench.parts.clock.advance(10_000);
    expect(bench.reports).toHaveLength(1);
  });

  it("calls a launch off that is under way", async () => {
    const bench = new LinkBench();
    bench.link.open(1, {});
    bench.link.dispose({ epoch: 1, graceMs: 1_000 });
    await bench.link.disposed;
    expect([bench.reports.map(({ type }) => type), bench.parts.spawner.running]).toEqual([["open-failed", "disposed"], 0]);
  });

  it("comes at once for one that was started although its launch was called off", async () => {
    const bench = new LinkBench({ deafToSignals: true });
    bench.link.open(1, {});
    bench.link.dispose({ epoch: 1, graceMs: 1_000 });
    await bench.link.disposed;
    expect([bench.reports, bench.parts.spawner.spawned.length, bench.parts.spawner.running]).toEqual([[{ type: "disposed", epoch: 1 }], 1, 0]);
  });

  it("by force is counted", async () => {
    const bench = await new LinkBench({ program: () => new Promise<void>(() => undefined) }).open();
    bench.link.dispose({ epoch: 1, graceMs: 0 });
    await bench.link.disposed;
    expect(bench.parts.telemetry.counts).toEqual([{ name: "agent.kills", value: 1, attributes: { reason: "forced" } }]);
  });
});

describe("the records on the wire", () => {
  it("are told to telemetry as they are, in both directions, answers included", async () => {
    await using bench = await new LinkBench().open();
    await bench.send({ type: "get-state" });
    bench.scripted.connections[0]?.emit({ now: "begin" });
    bench.link.answerDialog("ask-1", { type: "cancelled" });
    const { nativeRecords } = bench.parts.telemetry;
    expect(nativeRecords.map(({ threadId, direction, record }) => [threadId, direction, record.do ?? record.now ?? "reply"])).toEqual([
      ["t1", "to-agent", "look"],
      ["t1", "from-agent", "reply"],
      ["t1", "from-agent", "begin"],
      ["t1", "to-agent", "answer"],
    ]);
    expect(nativeRecords.flatMap(({ direction, record }) => (direction === "to-agent" ? [record] : []))).toEqual(bench.scripted.connections[0]?.sent);
  });
});

/** Answers a discovery as well. */
function consentToAll(call: ScriptedCall): void {
  const { record, id, emit } = call;
  if (record.do === "levels" || record.do === "tricks") emit({ re: id, ok: true, levels: [], tricks: [] });
  else consent(call);
}

/** A link that was opened where a process waited for it. */
async function adopted(options: BenchOptions = {}): Promise<LinkBench> {
  const bench = new LinkBench({ script: consentToAll, ...options });
  await bench.parts.catalog.ask({ binaryPath: undefined, agentDir: undefined, cwd: "/project" });
  await bench.open();
  expect(bench.parts.spawner.spawned).toHaveLength(1);
  return bench;
}

describe("a process that waited for a session", () => {
  it("is opened as any other", async () => {
    await using bench = new LinkBench({ script: consentToAll });
    await bench.parts.catalog.ask({ binaryPath: undefined, agentDir: undefined, cwd: "/project" });
    bench.link.open(7, {});
    await setImmediate();
    expect(bench.reports).toMatchObject([{ type: "opened", epoch: 7, abilities: { versionText: "1.2.3" } }]);
    expect(bench.scripted.connections).toHaveLength(1);
  });

  it("answers and tells what it says, as any other", async () => {
    await using bench = await adopted();
    expect(await bench.send({ type: "get-state" })).toMatchObject([{ type: "reply", epoch: 1, to: "get-state", outcome: { type: "ok" } }]);
    bench.scripted.connections[0]?.emit({ now: "begin" });
    bench.scripted.connections[0]?.emit({ now: "ask", ask: "ask-1", kind: "confirm", title: "Go on?", choices: [] });
    expect(bench.reports.slice(1)).toMatchObject([{ event: { type: "run-started" } }, { event: { type: "dialog-opened", dialogId: "ask-1" } }]);
    // The session answers its questions, and nobody else does.
    expect(bench.scripted.connections[0]?.sent.filter((record) => record.do === "answer")).toEqual([]);
  });

  it("tells telemetry nothing of what was asked before it was adopted", async () => {
    await using bench = await adopted();
    expect(bench.parts.telemetry.nativeRecords).toEqual([]);
  });

  it.each([
    ["before its first answer to the session is a failed start", 0, "start"],
    ["after one is a failed run", 1, "run"],
  ])("whose end comes %s", async (_what, answers, phase) => {
    const phases: string[] = [];
    await using bench = await adopted({
      dialect: {
        diagnose: (evidence) => {
          phases.push(evidence.phase);
          return { code: "crashed", detail: "Echo crashed." };
        },
      },
    });
    for (let answer = 0; answer < answers; answer += 1) await bench.send({ type: "get-state" });
    bench.scripted.connections[0]?.close({ cause: "exited", exit: { code: 3, signal: null } });
    expect([bench.reports.at(-1), phases]).toEqual([{ type: "lost", epoch: 1, detail: "Echo crashed.", diagnosis: "crashed" }, [phase]]);
  });

  it("is held back by the session that owns it", async () => {
    const handed: RpcListener[] = [];
    const waiting = Promise.resolve();
    await using _bench = await adopted({
      ready: () => waiting,
      connector: (clock) => {
        const scripted = new ScriptedRpcConnector({ clock, script: consentToAll });
        return {
          connect: (request) => {
            handed.push(request.listener);
            return scripted.connect(request);
          },
        };
      },
    });
    expect([handed.length, handed[0]?.ready?.()]).toEqual([1, waiting]);
  });

  it("is gone when its link is disposed of, also while it was about to be opened", async () => {
    const bench = new LinkBench({ script: consentToAll });
    await bench.parts.catalog.ask({ binaryPath: undefined, agentDir: undefined, cwd: "/project" });
    bench.link.open(1, {});
    // It is taken by then, and not yet handed over.
    while (!bench.parts.spares.isEmpty) await Promise.resolve();
    bench.link.dispose({ epoch: 1, graceMs: 1_000 });
    await bench.link.disposed;
    expect([bench.reports.at(-1), bench.parts.spawner.running, bench.parts.spawner.spawned.length]).toEqual([{ type: "disposed", epoch: 1 }, 0, 1]);
  });
});
