import { describe, expect, it } from "vitest";
import { piEndlessTurn, piTextTurn } from "../../src/adapters/fake/scripted-agent/pi-turns.js";
import type { AgentScenario } from "../../src/adapters/fake/scripted-agent/scenario.js";
import { HostileProvider, usualTurn, type HostileProviderOptions } from "../failures/hostile-provider.js";
import { eras } from "./eras.js";

/** Three turns are behind it; the process that copies them follows the second scenario. */
async function conversation(options: HostileProviderOptions & { readonly copying?: AgentScenario } = {}): Promise<HostileProvider> {
  const { copying = {}, ...rest } = options;
  const host = new HostileProvider({ replacement: copying, ...rest });
  await host.start();
  for (const text of ["First.", "Second.", "Third."]) await host.turn(text);
  return host;
}

async function turnIds(host: HostileProvider): Promise<readonly string[]> {
  return (await host.provider.readThread(host.threadId)).turns.map(({ id }) => id);
}

describe.each(eras)("a copy of a conversation with Pi %s", (version) => {
  it("is made by a process of its own, which leaves the session and its conversation alone", async () => {
    await using host = await conversation({ version });
    const before = host.session;
    const told = host.log.events.length;
    const { nativeThread, resumeCursor } = await host.provider.forkThread(host.threadId);

    expect(nativeThread).toEqual({ driver: "pi", nativeId: "/sessions/scripted-copy.jsonl", strength: "strong" });
    expect(resumeCursor).toEqual({ ...(before?.resumeCursor as object), sessionId: "scripted-copy-0", sessionFile: "/sessions/scripted-copy.jsonl" });
    expect([host.spawner.running, host.session, host.log.events.slice(told), host.sessionFiles.discarded]).toEqual([1, before, [], []]);
    expect(host.spawner.spawned[1]?.args).toEqual(["--mode", "rpc", "--fork", "/sessions/scripted.jsonl", ...(version === "1.0.3" ? [] : []), "--no-tools", "--no-extensions", "--no-skills", "--no-prompt-templates", "--no-context-files"]);
    // It passes what a start demands of a conversation: first the original, when it is launched too, and then the copy.
    expect(host.sessionFiles.requests.map(({ file, sessionId }) => [file, sessionId])).toEqual([
      ["/sessions/scripted.jsonl", "scripted-0"],
      ["/sessions/scripted.jsonl", "scripted-0"],
      ["/sessions/scripted-copy.jsonl", "scripted-copy-0"],
    ]);
    expect(await host.turn("And now?")).toMatchObject(usualTurn);
  });

  it("may end with an earlier turn", async () => {
    await using host = await conversation({ version, options: { session: { turnReferences: true } } });
    const [, second = ""] = await turnIds(host);
    const { nativeThread, resumeCursor } = await host.provider.forkThread(host.threadId, { atTurn: second });
    expect(nativeThread.nativeId).toBe("/sessions/scripted-copy-1.jsonl");
    expect(resumeCursor).toMatchObject({ sessionId: "scripted-copy-1", turnMessages: [1, 1], head: "entry-0-3" });
    expect(await turnIds(host)).toHaveLength(3);
    // What was made on the way is of no use to anybody.
    expect(host.sessionFiles.discarded).toEqual(["/sessions/scripted-copy.jsonl"]);
  });
});

describe("a copy of a conversation", () => {
  it("up to its latest turn is one of the whole", async () => {
    await using host = await conversation();
    const { nativeThread } = await host.provider.forkThread(host.threadId, { atTurn: (await turnIds(host)).at(-1) });
    expect(nativeThread.nativeId).toBe("/sessions/scripted-copy.jsonl");
  });

  it("does not hold what was said while it was made", async () => {
    await using host = await conversation({ copying: { startup: [{ gate: "copying" }] } });
    const forking = host.provider.forkThread(host.threadId);
    await host.rest();
    // The file grows before the copy is made of it.
    await host.turn("Fourth.");
    host.open("copying");
    const { nativeThread, resumeCursor } = await forking;
    expect(resumeCursor).toMatchObject({ turnMessages: [1, 1, 1] });
    // It was in the copy at first, and was cut off.
    expect(nativeThread.nativeId).toBe("/sessions/scripted-copy-1.jsonl");
    expect(host.session?.resumeCursor).toMatchObject({ turnMessages: [1, 1, 1, 1] });
  });

  it("is refused while a turn runs, which is not touched", async () => {
    await using host = new HostileProvider({ agent: { on: { prompt: [piEndlessTurn("Well,")] } } });
    await host.start();
    const turnId = await host.send("Tell a story.");
    await expect(host.provider.forkThread(host.threadId)).rejects.toMatchObject({ kind: "request", code: "busy", operation: "forkThread" });
    expect([host.session?.activeTurnId, host.spawner.spawned.length, host.received("get_entries")]).toEqual([turnId, 1, []]);
  });

  it("is refused where a turn begins while its conversation is read", async () => {
    await using host = new HostileProvider({ agent: { on: { prompt: [piTextTurn("One."), piEndlessTurn("Well,")], get_entries: [[{ gate: "read" }, { reply: {} }]] } } });
    await host.start();
    await host.turn("First.");
    const forking = host.provider.forkThread(host.threadId).catch((error: unknown) => error);
    await host.send("Tell a story.");
    host.open("read");
    expect(await forking).toMatchObject({ kind: "request", code: "busy" });
    expect(host.spawner.spawned).toHaveLength(1);
  });

  it("is refused where nothing was said yet", async () => {
    await using host = new HostileProvider({});
    await host.start();
    await expect(host.provider.forkThread(host.threadId)).rejects.toMatchObject({ kind: "request", code: "fork-refused" });
    expect(host.spawner.spawned).toHaveLength(1);
  });

  it.each<[what: string, copying: AgentScenario, code: string, says: string]>([
    ["the process ends at once", { startup: [{ errorOutput: "Error: Cannot fork\n" }, { exit: 1 }] }, "agent-exited", "Pi"],
    ["the process does not say what it is in", { on: { get_state: [[{ reply: { error: "Not now" } }]] } }, "fork-refused", "Not now"],
    ["the process is in the original under another name", { startup: [{ pretend: { sessionId: "scripted-0" } }] }, "fork-refused", "stayed in the session"],
    ["the process is in the original", { startup: [{ pretend: { sessionFile: "/sessions/scripted.jsonl" } }] }, "fork-refused", "stayed in the session"],
    ["the copy holds something else", { on: { get_entries: [[{ reply: { data: { entries: [], leafId: null } } }]] } }, "fork-refused", "another branch"],
  ])("fails in words, and leaves nothing behind, where %s", async (_what, copying, code, says) => {
    await using host = await conversation({ copying });
    await expect(host.provider.forkThread(host.threadId)).rejects.toMatchObject({ name: "ProviderError", code, operation: "forkThread", message: expect.stringContaining(says) as unknown });
    expect(host.spawner.running).toBe(1);
    expect(await host.turn("And now?")).toMatchObject(usualTurn);
  });

  it("fails in words where the turn is not to be had", async () => {
    await using host = await conversation({ copying: { on: { fork: [[{ reply: { data: { cancelled: true } } }]] } } });
    const [first] = await turnIds(host);
    await expect(host.provider.forkThread(host.threadId, { atTurn: "e9" })).rejects.toMatchObject({ code: "fork-refused", message: expect.stringContaining('no turn "e9"') as unknown });
    await expect(host.provider.forkThread(host.threadId, { atTurn: " " })).rejects.toMatchObject({ kind: "validation", code: "invalid-input" });
    expect(host.spawner.spawned).toHaveLength(1);
    await expect(host.provider.forkThread(host.threadId, { atTurn: first })).rejects.toMatchObject({ code: "fork-refused", message: expect.stringContaining("vetoed") as unknown });
    expect(host.sessionFiles.discarded).toEqual(["/sessions/scripted-copy.jsonl"]);
  });

  it("that could not be continued is none", async () => {
    await using host = await conversation({ copying: { startup: [{ gate: "copying" }] } });
    const forking = host.provider.forkThread(host.threadId).catch((error: unknown) => error);
    await host.rest();
    host.sessionFiles.verdict = { type: "refused", reason: "missing" };
    host.open("copying");
    expect(await forking).toMatchObject({ code: "fork-refused", operation: "forkThread", message: expect.stringContaining("its session file is gone") as unknown });
    expect(host.spawner.running).toBe(1);
  });

  it("is told as failed where nobody answers, and its process is gone", async () => {
    await using host = await conversation({ copying: { startup: [{ stall: true }] } });
    const forking = host.provider.forkThread(host.threadId).catch((error: unknown) => error);
    await host.rest();
    await host.pass(60_000);
    expect(await forking).toMatchObject({ kind: "request", code: "request-timeout", operation: "forkThread" });
    expect(host.spawner.running).toBe(1);
  });

  it.each<[who: string, callOff: (host: HostileProvider, abort: AbortController) => PromiseLike<void>]>([
    ["its caller", async (_host, abort) => abort.abort()],
    ["the provider's end", (host) => host.provider[Symbol.asyncDispose]()],
  ])("is called off by %s, and its process is gone", async (_who, callOff) => {
    await using host = await conversation({ copying: { startup: [{ stall: true }] } });
    const abort = new AbortController();
    const forking = host.provider.forkThread(host.threadId, { signal: abort.signal }).catch((error: unknown) => error);
    await host.rest();
    expect(host.spawner.running).toBe(2);
    await callOff(host, abort);
    expect(await forking).toMatchObject({ kind: "session-closed", code: "aborted", operation: "forkThread" });
    expect(host.spawner.running).toBeLessThan(2);
  });
});
