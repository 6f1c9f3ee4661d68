import { describe, expect, it } from "vitest";
import { piHandledPrompt, piTextTurn } from "../../src/adapters/fake/scripted-agent/pi-turns.js";
import type { SnapshotItem } from "../../src/domain/session/thread-snapshot.js";
import { HostileProvider, usualTurn } from "../failures/hostile-provider.js";
import { eras } from "./eras.js";

const referring = { session: { turnReferences: true } };

/** The agent's own reference to each turn that ended, oldest first. */
function references(host: HostileProvider): readonly (string | undefined)[] {
  return host.log.of("turn.completed").map(({ providerRefs }) => providerRefs?.providerTurnId);
}

describe.each(eras)("a host of Pi %s that wants references", (version) => {
  it("learns with each turn's end what the agent calls the turn, and where its conversation stands", async () => {
    await using host = new HostileProvider({ version, options: referring });
    await host.start();
    await host.turn("First.");
    await host.turn("Second.");
    const { turns, conversationHead, nativeThread } = await host.provider.readThread(host.threadId);

    expect(references(host)).toEqual(turns.map(({ id }) => id));
    expect(host.log.of("turn.completed").at(-1)?.payload.conversationHead).toBe(conversationHead);
    expect(conversationHead).toBe((turns.at(-1)?.items.at(-1) as SnapshotItem | undefined)?.id);
    expect(nativeThread).toEqual({ driver: "pi", nativeId: "/sessions/scripted.jsonl", strength: "strong" });
    expect(host.received("get_entries").slice(0, 2)).toMatchObject([{ type: "get_entries" }, { since: "entry-0-1" }]);
  });

  it("goes back to a turn by its reference, also when there were turns that left nothing", async () => {
    await using host = new HostileProvider({ version, options: referring, agent: { on: { prompt: [piTextTurn("One."), piHandledPrompt, piTextTurn("Three.")] } } });
    await host.start();
    await host.turn("First.");
    await host.turn("/ping");
    await host.turn("Third.");
    const [first, silent, third] = references(host);
    expect([silent, third]).toEqual([undefined, expect.any(String)]);
    const { turns, nativeThread } = await host.provider.rollbackThread(host.threadId, { toTurn: first ?? "" });

    expect(turns.map(({ id }) => id)).toEqual([first]);
    expect(nativeThread).toEqual(host.session?.nativeThread);
    expect(host.session).toMatchObject({ nativeThread: { nativeId: "/sessions/scripted-1.jsonl" }, resumeCursor: { turnMessages: [1], head: "entry-0-1" } });
    await expect(host.provider.rollbackThread(host.threadId, { toTurn: third ?? "" })).rejects.toMatchObject({ kind: "request", code: "rollback-refused", detail: expect.stringContaining("has no turn") as unknown });
    expect(await host.turn("And now?")).toMatchObject(usualTurn);
    expect(references(host)).toHaveLength(4);
  });

  it("goes back to the start, where nothing is left to be named", async () => {
    await using host = new HostileProvider({ version, options: referring });
    await host.start();
    await host.turn("First.");
    expect(await host.provider.rollbackThread(host.threadId, { toStart: true })).toEqual({ threadId: host.threadId, turns: [] });
    expect(host.session).not.toHaveProperty("nativeThread");
    expect(await host.turn("And now?")).toMatchObject(usualTurn);
    expect(host.session).toHaveProperty("nativeThread.nativeId", "/sessions/scripted-1.jsonl");
  });

  it("is not kept waiting by an agent that does not tell", async () => {
    await using host = new HostileProvider({ version, options: referring, agent: { on: { get_entries: [[{ stall: true }]] } } });
    await host.start();
    const turnId = await host.send("Hello?");
    await host.pass(2_000);
    expect(host.shown(turnId)).toMatchObject({ texts: ["Done."], warnings: [], errors: [], ends: [{ state: "completed" }] });
    expect(references(host)).toEqual([undefined]);
    expect(await host.turn("And now?")).toMatchObject(usualTurn);
    expect(references(host)[1]).toEqual(expect.any(String));
  });
});

it("a host that wants no references costs the agent no question", async () => {
  await using host = new HostileProvider({});
  await host.start();
  await host.turn("Hello?");
  expect([host.received("get_entries"), references(host)]).toEqual([[], [undefined]]);
  expect(host.session?.resumeCursor).not.toHaveProperty("head");
});

describe("a conversation's own name", () => {
  it("continues it, whatever the cursor has become of", async () => {
    await using host = new HostileProvider({});
    await host.start();
    expect(host.session).not.toHaveProperty("nativeThread");
    await host.turn("Remember me.");
    const nativeThread = host.session?.nativeThread;
    await host.provider.stopSession(host.threadId);
    host.sessionFiles.requests.length = 0;
    // The agent of this test knows of its file only what a test pretends.
    await expect(host.start({ nativeThread })).rejects.toMatchObject({ code: "resume-refused" });
    expect(host.spawner.spawned.at(-1)?.args.join(" ")).toContain("--session /sessions/scripted.jsonl");
    expect(host.sessionFiles.requests).toMatchObject([{ file: "/sessions/scripted.jsonl", cwd: "/project" }]);
    expect(host.sessionFiles.requests[0]?.sessionId).toBeUndefined();
  });

  it("leads to a session that goes on with what lies there", async () => {
    await using host = new HostileProvider({ agent: { startup: [{ pretend: { messageCount: 2 } }] } });
    const session = await host.start({ nativeThread: { nativeId: "/sessions/other.jsonl" } });
    expect(session.nativeThread).toEqual({ driver: "pi", nativeId: "/sessions/other.jsonl", strength: "strong" });
    expect(await host.turn("Go on.")).toMatchObject(usualTurn);
  });

  it("is checked as a cursor is, before any process is started", async () => {
    await using host = new HostileProvider({});
    host.sessionFiles.verdict = { type: "refused", reason: "outside" };
    await expect(host.start({ nativeThread: { nativeId: "/elsewhere/s.jsonl" } })).rejects.toMatchObject({ kind: "process", code: "resume-refused" });
    expect([host.spawner.spawned, host.log.types]).toEqual([[], ["runtime.error", "session.exited"]]);
  });
});

describe("a name that a host gives", () => {
  it("becomes the conversation's, and is told", async () => {
    await using host = new HostileProvider({});
    await host.start();
    await host.provider.nameThread(host.threadId, " Fix the\nlogin ");
    expect(host.received("set_session_name")).toMatchObject([{ name: "Fix the login" }]);
    expect(host.log.of("thread.metadata.updated")).toMatchObject([{ payload: { name: "Fix the login" } }]);
    await expect(host.provider.nameThread(host.threadId, " ")).rejects.toMatchObject({ kind: "validation", code: "invalid-input" });
    await expect(host.provider.nameThread("unknown", "A name")).rejects.toMatchObject({ code: "session-missing" });
  });
});
