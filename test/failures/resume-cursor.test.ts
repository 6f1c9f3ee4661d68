import { describe, expect, it } from "vitest";
import { piEndlessTurn, piTextTurn } from "../../src/adapters/fake/scripted-agent/pi-turns.js";
import { HostileProvider } from "./hostile-provider.js";
import { leavesNothingBehind } from "./leaves-nothing.js";

leavesNothingBehind();

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

/** As it comes back from the host's database. */
function stored(cursor: unknown): unknown {
  return JSON.parse(JSON.stringify(cursor));
}

const cursor = { version: 1, provider: "pi", sessionId: "scripted-0", sessionFile: "/sessions/scripted.jsonl", cwd: "/project", model: "lab/plain", turnMessages: [1] };

describe("a thread that is resumed", () => {
  it("F42: names its file when the process starts, and never switches a session under its extensions", async () => {
    await using host = new HostileProvider({});
    await host.start({ resumeCursor: cursor });
    await host.log.turn(await host.send("Go on."));

    const args = host.spawner.spawned[0]?.args ?? [];
    expect(args.slice(args.indexOf("--session"), args.indexOf("--session") + 2)).toEqual(["--session", cursor.sessionFile]);
    expect(["switch_session", "new_session"].flatMap((type) => host.received(type))).toEqual([]);
  });

  it("F49: has a cursor that is good from the first turn on, wherever a host takes it from", async () => {
    await using host = new HostileProvider({ agent: { on: { prompt: [piTextTurn("One."), piEndlessTurn("Two …")] } } });
    const fresh = await host.start();
    // Nothing was said, so no file exists: naming it would make the next start fail.
    expect(fresh.resumeCursor).toMatchObject({ sessionId: "scripted-0" });
    expect(fresh.resumeCursor).not.toHaveProperty("sessionFile");

    const first = await host.provider.sendTurn({ threadId: host.threadId, input: "One?" });
    await host.log.turn(first.turnId);
    const second = await host.provider.sendTurn({ threadId: host.threadId, input: "Two?" });
    for (const taken of [first.resumeCursor, second.resumeCursor, host.session?.resumeCursor]) {
      expect(stored(taken)).toMatchObject({ sessionId: "scripted-0", sessionFile: "/sessions/scripted.jsonl", cwd: "/project" });
    }
  });

  it("F49: is never given an empty conversation in silence: what cannot be continued is refused", async () => {
    await using host = new HostileProvider({});
    host.sessionFiles.verdict = { type: "refused", reason: "missing" };
    const error = await failureOf(host.start({ resumeCursor: cursor }));
    await host.rest();

    expect(error).toMatchObject({ kind: "process", code: "resume-refused", message: expect.stringMatching(/cannot be continued.*Send the message again to go on without it/) });
    expect(host.spawner.spawned).toEqual([]);
    // Stopped, so that the next message starts the thread anew: the conversation is lost for good.
    expect(host.log.types).toEqual(["runtime.error", "session.exited"]);
    expect(host.thread()).toMatchObject({ status: "stopped", lastError: (error as Error).message });
    await host.start();
    expect(host.thread()).toMatchObject({ status: "ready", lastError: null });
  });

  it("F49: is refused when the agent began a new session instead", async () => {
    await using host = new HostileProvider({ agent: { startup: [{ pretend: { sessionId: "brand-new" } }] }, replacement: {} });
    const error = await failureOf(host.start({ resumeCursor: cursor }));

    expect(error).toMatchObject({ kind: "process", code: "resume-refused", message: expect.stringContaining("began a new one") });
    expect(host.spawner.running).toBe(0);
    expect(host.log.types).toEqual(["runtime.error", "session.exited"]);
    expect(host.log.of("session.started")).toEqual([]);
    expect(host.provider.listSessions()).toEqual([]);
  });

  it.each([
    { what: "its file was never written", verdict: { type: "refused", reason: "missing" } as const, args: 0 },
    { what: "the agent passes its file over", verdict: { type: "ready" } as const, args: 1 },
  ])("F49: is not begun anew in silence either when only its first turn was begun and $what", async ({ verdict, args }) => {
    await using host = new HostileProvider({ agent: { startup: [{ pretend: { sessionId: "brand-new" } }] } });
    host.sessionFiles.verdict = verdict;
    const session = await host.start({ resumeCursor: { ...cursor, provisional: true } });

    expect(host.spawner.spawned[0]?.args.filter((arg) => arg === "--session")).toHaveLength(args);
    expect(host.log.of("runtime.warning").map(({ payload }) => payload.message)).toEqual([expect.stringMatching(/earlier .*conversation/)]);
    expect(session.resumeCursor).toMatchObject({ sessionId: "brand-new" });
    expect(session.resumeCursor).not.toHaveProperty("turnMessages");
  });

  it("F49: is refused when the agent itself says that the conversation is gone, and kept when it only fails to start", async () => {
    await using host = new HostileProvider({
      agent: { startup: [{ errorOutput: "Error: Session file is not a valid pi session: /sessions/scripted.jsonl\n" }, { exit: 1 }] },
      replacement: { startup: [{ exit: 1 }] },
    });
    expect(await failureOf(host.start({ resumeCursor: cursor }))).toMatchObject({ code: "resume-refused" });
    expect(host.log.types).toEqual(["runtime.error", "session.exited"]);
    const before = host.log.events.length;
    expect(await failureOf(host.start({ resumeCursor: cursor }))).toMatchObject({ code: "start-failed" });
    // Only an error: T3 keeps the cursor, and the next message tries again with it.
    expect(host.log.types.slice(before)).toEqual(["runtime.error"]);
  });

  it("F49: keeps its conversation when a crash is recovered from, with what T3 still showed healed first", async () => {
    await using host = new HostileProvider({ agent: { on: { prompt: [piTextTurn("One."), [...piEndlessTurn("Two …").slice(0, -1), { crash: "SIGKILL" }]] } }, replacement: {} });
    await host.start();
    await host.log.turn(await host.send("One?"));
    await host.log.turn(await host.send("Two?"));
    const before = host.log.events.length;
    const { resumeCursor } = host.log.events.reduce<{ resumeCursor?: unknown }>((latest, event) => (event.type === "session.started" ? { resumeCursor: event.payload.resume } : latest), {});
    await host.start({ resumeCursor: { ...(resumeCursor as object), sessionFile: "/sessions/scripted.jsonl" } });

    expect(host.log.types.slice(before)).toEqual(["session.exited", "session.started", "session.configured", "thread.started"]);
    expect(host.spawner.spawned[1]?.args).toContain("/sessions/scripted.jsonl");
    expect(host.thread()).toEqual({ status: "ready", activeTurnId: null, lastError: null });
  });

  it("F50: gets its model and level back before it is ready, whatever the model's id is made of", async () => {
    const models = [
      { provider: "lab", id: "plain" },
      { provider: "openrouter", id: "anthropic/claude:beta", reasoning: true },
    ];
    await using host = new HostileProvider({ agent: { models } });
    const remembered = { ...cursor, model: "openrouter/anthropic/claude:beta", thinkingLevel: "high" };
    const session = await host.start({ resumeCursor: remembered });

    expect(session).toMatchObject({ status: "ready", model: remembered.model, resumeCursor: remembered });
    expect(host.log.of("session.configured")).toMatchObject([{ payload: { config: { model: remembered.model, thinkingLevel: "high" } } }]);
    expect(host.received("set_model")).toMatchObject([{ provider: "openrouter", modelId: "anthropic/claude:beta" }]);
  });

  it("F50: is told when its model is no more, and goes on with another", async () => {
    await using host = new HostileProvider({});
    const session = await host.start({ resumeCursor: { ...cursor, model: "lab/retired", thinkingLevel: "high" } });

    expect(session).toMatchObject({ status: "ready", model: "lab/plain" });
    expect(host.log.of("runtime.warning")).toMatchObject([{ payload: { message: expect.stringMatching(/lab\/retired.*Going on/) } }]);
    expect(host.thread()).toMatchObject({ status: "ready", lastError: null });
  });
});

describe("a cursor that names no file", () => {
  it("F47: is no path to resume from: the session's id is not passed for one", async () => {
    await using host = new HostileProvider({ agent: { startup: [{ pretend: { sessionFile: undefined, sessionId: "0198d5c4-0000-7000-8000-000000000000" } }] } });
    await host.start();
    const turnId = await host.send("Hello?");
    await host.log.turn(turnId);
    const ephemeral = stored(host.session?.resumeCursor);
    expect(ephemeral).toMatchObject({ sessionId: "0198d5c4-0000-7000-8000-000000000000", turnMessages: [1] });
    expect(ephemeral).not.toHaveProperty("sessionFile");
    await host.provider.stopSession(host.threadId);
    await host.start({ resumeCursor: ephemeral });

    expect(host.spawner.spawned[1]?.args).not.toContain("--session");
    expect(host.spawner.spawned[1]?.args).not.toContain("0198d5c4-0000-7000-8000-000000000000");
    expect(host.thread()).toMatchObject({ status: "ready", activeTurnId: null });
  });

  it("F47: whose thread had been talked to is said to begin a new conversation", async () => {
    await using host = new HostileProvider({});
    const { sessionFile: _none, ...ephemeral } = cursor;
    await host.start({ resumeCursor: ephemeral });

    expect(host.log.of("runtime.warning").map(({ payload }) => payload.message)).toEqual([expect.stringMatching(/earlier .*conversation/)]);
    // A turn that the agent does not know cannot be rolled back to.
    expect(host.session?.resumeCursor).not.toHaveProperty("turnMessages");
  });
});

describe("a cursor that is not ours", () => {
  it.each([
    { whose: "another provider's", resumeCursor: { ...cursor, provider: "codex" } },
    { whose: "T3's for its first provider", resumeCursor: { threadId: "0198d5c4-0000-7000-8000-000000000000" } },
    { whose: "a bare id", resumeCursor: "0198d5c4-0000-7000-8000-000000000000" },
    { whose: "a path", resumeCursor: "/sessions/scripted.jsonl" },
    { whose: "of a later version", resumeCursor: { ...cursor, version: 2 } },
    { whose: "damaged", resumeCursor: { ...cursor, sessionId: 7 } },
    { whose: "endless", resumeCursor: { ...cursor, sessionFile: "x".repeat(100_000) } },
  ])("F48: is refused before anything is started: $whose", async ({ resumeCursor }) => {
    await using host = new HostileProvider({});
    const error = await failureOf(host.start({ resumeCursor }));

    expect(error).toMatchObject({ kind: "validation", code: "invalid-cursor", nextStep: expect.any(String) });
    expect((error as Error).message.length).toBeLessThan(500);
    expect(host.spawner.spawned).toEqual([]);
    expect(host.sessionFiles.requests).toEqual([]);
    expect(host.log.types).toEqual(["runtime.error", "session.exited"]);
    await host.start();
    expect(host.thread()).toMatchObject({ status: "ready", lastError: null });
  });
});
