import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { ScriptedRpcConnector, type RpcScript, type ScriptedConnection } from "../../../src/adapters/fake/scripted-rpc-connector.js";
import { ManualClock } from "../../../src/adapters/fake/manual-clock.js";
import { Session } from "../../../src/domain/session/session.js";
import type { SessionSettings, StartRequest } from "../../../src/domain/session/session-state.js";
import type { ProviderSession, ProviderTurnStartResult } from "../../../src/ports/provider.js";
import type { RuntimeEventDraft } from "../../../src/ports/runtime-event.js";
import { echoParts, idleProgram, type EchoParts, type EchoPartsOptions } from "../echo-parts.js";
import { consent, silentOn } from "../echo-script.js";
import { settings } from "./reducer-world.js";
import { failureOf } from "./registry-bench.js";

const request: StartRequest = { chosen: {}, remembered: {}, hasCursor: false, turnMessages: [], heal: false };
const hello = { text: "hello", images: [], wanted: {} };

/** A session with a scripted agent. Whatever a test does, its process and its timers are gone at the end. */
class SessionBench implements AsyncDisposable {
  readonly drafts: RuntimeEventDraft[] = [];
  readonly parts: EchoParts;
  readonly session: Session;
  readonly #connector: ScriptedRpcConnector;

  constructor(options: EchoPartsOptions & { readonly script?: RpcScript; readonly unsolicitedRuns?: SessionSettings["unsolicitedRuns"] } = {}) {
    const clock = new ManualClock();
    this.#connector = new ScriptedRpcConnector({ clock, script: options.script ?? consent });
    this.parts = echoParts({ program: idleProgram, clock, connector: this.#connector, ...options });
    this.session = new Session({
      ...this.parts,
      settings: { ...settings, unsolicitedRuns: options.unsolicitedRuns ?? settings.unsolicitedRuns },
      identity: { threadId: "t1", sessionKey: "key", provider: "echo", displayName: "Echo", runtimeMode: "full-access", cwd: "/project" },
      binaryPath: undefined,
      agentDir: undefined,
      ready: () => undefined,
      emit: (draft) => this.drafts.push(draft),
    });
  }

  get agent(): ScriptedConnection {
    const connection = this.#connector.connections.at(-1);
    if (connection === undefined) throw new Error("Nobody is connected.");
    return connection;
  }

  get types(): readonly string[] {
    return this.drafts.map(({ type }) => type);
  }

  start(): Promise<ProviderSession> {
    return this.session.start(request);
  }

  /** A session that is ready, with a turn that was accepted. */
  async running(): Promise<ProviderTurnStartResult> {
    await this.start();
    return await this.session.send(hello);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.parts.clock.advance(10_000_000);
    await this.session.stop();
    await this.session.closed;
    const { running } = this.parts.spawner;
    const { pendingTimers } = this.parts.clock;
    if (running + pendingTimers > 0) throw new Error(`The session left ${running} processes and ${pendingTimers} timers.`);
  }
}

describe("a session", () => {
  it("is started when it is usable, and shows itself", async () => {
    await using bench = new SessionBench();
    expect([bench.session.live, bench.session.view().status]).toEqual([false, "connecting"]);
    const started = bench.start();
    expect(bench.session.live).toBe(false);
    expect(await started).toEqual({
      provider: "echo",
      status: "ready",
      runtimeMode: "full-access",
      threadId: "t1",
      cwd: "/project",
      model: "echo/plain",
      resumeCursor: { version: 1, provider: "echo", sessionId: "echo", provisional: true, cwd: "/project", model: "echo/plain" },
      createdAt: "2026-01-01T00:00:00.000Z",
      updatedAt: "2026-01-01T00:00:00.000Z",
    });
    expect([bench.session.live, bench.types]).toEqual([true, ["session.started", "session.configured", "thread.started"]]);
  });

  it("shows when it last changed", async () => {
    await using bench = new SessionBench();
    await bench.parts.clock.advance(5_000);
    await bench.start();
    expect(bench.session.view()).toMatchObject({ createdAt: "2026-01-01T00:00:00.000Z", updatedAt: "2026-01-01T00:00:05.000Z" });
  });

  it("knows which configuration of the agent it runs, and its model once that is read", async () => {
    await using bench = new SessionBench();
    expect([bench.session.place, bench.session.model]).toEqual([{ binaryPath: undefined, agentDir: undefined, cwd: "/project" }, undefined]);
    await bench.start();
    expect(bench.session.model).toEqual({ provider: "echo", id: "plain" });
  });

  it("takes a message, shows its turn, and ends it when the agent has settled", async () => {
    await using bench = new SessionBench();
    const { turnId } = await bench.running();
    expect(bench.session.view()).toMatchObject({ status: "running", activeTurnId: turnId });
    bench.agent.emit({ now: "begin" });
    bench.agent.emit({ now: "open", by: "assistant" });
    bench.agent.emit({ now: "speak", text: "hello" });
    bench.agent.emit({ now: "spoke", by: "assistant", speech: "hello", end: "finished", spent: { heard: 1, spoken: 1 } });
    bench.agent.emit({ now: "done" });
    await setImmediate();
    expect(bench.types.slice(3)).toEqual(["turn.started", "content.delta", "item.completed", "thread.token-usage.updated", "turn.completed"]);
    expect(bench.session.view().status).toBe("ready");
  });

  it("keeps time by the clock", async () => {
    await using bench = new SessionBench({ script: silentOn("say") });
    await bench.start();
    const sending = bench.session.send(hello);
    await bench.parts.clock.advance(settings.acceptMs - 1);
    expect(bench.types).not.toContain("turn.started");
    await bench.parts.clock.advance(1);
    expect(bench.drafts.at(-1)).toMatchObject({ type: "turn.started", turnId: (await sending).turnId });
  });

  it("ends an agent by force that does not obey an interrupt", async () => {
    let state: RpcScript = consent;
    await using bench = new SessionBench({ script: (call) => state(call) });
    const { turnId } = await bench.running();
    state = silentOn("hush", "look");
    await bench.session.interrupt(turnId);
    await bench.parts.clock.advance(settings.abortMs);
    await bench.session.closed;
    expect(bench.agent.sent.filter((record) => record.do === "hush")).toHaveLength(2);
    expect(bench.drafts.at(-1)).toMatchObject({ type: "turn.completed", turnId, payload: { state: "interrupted" } });
    expect([bench.session.live, bench.session.exitIsKnown]).toEqual([false, false]);
  });

  it("answers a question of the agent", async () => {
    await using bench = new SessionBench();
    await bench.running();
    bench.agent.emit({ now: "ask", ask: "ask-1", kind: "confirm", title: "Go on?", choices: [] });
    const question = bench.drafts.at(-1);
    await bench.session.answer(question?.requestId ?? "", { answer: "Yes" });
    expect(bench.agent.sent.at(-1)).toEqual({ do: "answer", ask: "ask-1", yes: true });
    expect(bench.types.at(-1)).toBe("user-input.resolved");
  });

  it("fails a call with the reducer's error", async () => {
    await using bench = new SessionBench();
    await expect(bench.session.send(hello)).rejects.toMatchObject({ name: "ProviderError", kind: "request", code: "busy", operation: "sendTurn", threadId: "t1" });
  });

  it("reads the agent's conversation and commands", async () => {
    await using bench = new SessionBench({
      script: (call) => {
        if (call.record.do === "story") call.emit({ re: call.id, ok: true, story: [{ at: "line-1", by: "user", text: "hello" }] });
        else if (call.record.do === "tricks") call.emit({ re: call.id, ok: true, tricks: [{ name: "ping", about: "Pongs." }] });
        else consent(call);
      },
    });
    await bench.start();
    expect(await bench.session.history()).toEqual({ entries: [{ id: "line-1", role: "user", text: "hello" }], head: "line-1" });
    expect(await bench.session.commands()).toEqual([{ name: "ping", description: "Pongs.", source: "other" }]);
  });
});

describe("the end of a session", () => {
  it("that the host asks for is over when the process is gone", async () => {
    await using bench = new SessionBench();
    await bench.start();
    const stopping = bench.session.stop();
    expect([bench.session.live, bench.parts.spawner.running]).toEqual([false, 1]);
    await stopping;
    expect([bench.parts.spawner.running, bench.types.at(-1), bench.session.exitIsKnown]).toEqual([0, "session.exited", true]);
    await expect(bench.session.send(hello)).rejects.toMatchObject({ kind: "session-closed" });
  });

  it("leaves no timer behind, whatever it waited for", async () => {
    await using bench = new SessionBench({ script: silentOn("hush"), unsolicitedRuns: "refuse" });
    await bench.start();
    bench.agent.emit({ now: "begin" });
    expect(bench.parts.clock.pendingTimers).toBeGreaterThan(0);
    bench.agent.close({ cause: "exited", exit: { code: 1, signal: null } });
    await bench.session.closed;
    expect(bench.parts.clock.pendingTimers).toBe(0);
  });

  it("that comes while it starts fails the start, and leaves no process", async () => {
    await using bench = new SessionBench({ script: silentOn("look") });
    const starting = failureOf(bench.start());
    await setImmediate();
    expect(bench.parts.spawner.running).toBe(1);
    await bench.session.stop();
    expect([await starting, bench.parts.spawner.running]).toEqual(["aborted", 0]);
  });

  it("that comes while the process is being started starts none", async () => {
    await using bench = new SessionBench();
    const starting = failureOf(bench.start());
    await bench.session.stop();
    expect([await starting, bench.parts.spawner.running]).toEqual(["aborted", 0]);
  });

  it("that gives way to another session is not told", async () => {
    await using bench = new SessionBench();
    await bench.running();
    const giving = bench.session.giveWay();
    bench.agent.emit({ now: "done" });
    await giving;
    expect(bench.types.slice(-1)).toEqual(["turn.completed"]);
    expect([bench.types.includes("session.exited"), bench.session.exitIsKnown]).toEqual([false, true]);
  });

  it("that nobody asked for is told by what it was, and whatever comes later is dropped", async () => {
    await using bench = new SessionBench();
    const { turnId } = await bench.running();
    bench.agent.close({ cause: "exited", exit: { code: 1, signal: null } });
    expect([bench.session.live, bench.drafts.at(-1)]).toMatchObject([false, { type: "turn.completed", turnId, payload: { state: "failed", errorMessage: "The echo agent crashed." } }]);
    const { length } = bench.drafts;
    bench.agent.emit({ now: "begin" });
    await bench.session.closed;
    expect([bench.drafts.length, bench.parts.spawner.running]).toEqual([length, 0]);
  });

  it("of a start that failed is told, and leaves no process", async () => {
    await using bench = new SessionBench({ script: ({ id, emit }) => emit({ re: id, ok: false, why: "other", because: "Broken." }) });
    await expect(bench.start()).rejects.toMatchObject({ kind: "process", code: "start-failed" });
    await bench.session.closed;
    expect([bench.types, bench.parts.spawner.running]).toEqual([["runtime.error", "session.exited"], 0]);
  });
});
