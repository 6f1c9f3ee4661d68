import { describe, expect, it } from "vitest";
import type { Script } from "../../src/adapters/fake/scripted-agent/scenario.js";
import { HostileProvider, type HostileProviderOptions } from "./hostile-provider.js";
import { leavesNothingBehind } from "./leaves-nothing.js";

leavesNothingBehind();

/** Two turns are behind it. */
async function conversation(options: HostileProviderOptions): Promise<HostileProvider> {
  const host = new HostileProvider(options);
  await host.start();
  for (const text of ["First.", "Second."]) await host.log.turn(await host.send(text));
  return host;
}

/** What the agent is asked of its state before anything is rolled back, answered properly. */
async function statesOfTheConversation(): Promise<readonly Script[]> {
  await using host = await conversation({});
  return host.received("get_state").map(() => [{ reply: {} }]);
}

function rollBack(host: HostileProvider, turns = 1): Promise<unknown> {
  return host.provider.rollbackThread(host.threadId, turns).then(
    () => undefined,
    (error: unknown) => error,
  );
}

async function expectBothTurns(host: HostileProvider): Promise<void> {
  const { turns } = await host.provider.readThread(host.threadId);
  expect(turns.map(({ items }) => (items[0] as { text: string }).text)).toEqual(["First.", "Second."]);
}

const refusals: readonly { readonly number: string; readonly what: string; readonly command: string; readonly script: Script; readonly says: RegExp }[] = [
  { number: "F43", what: "an extension vetoes the fork", command: "fork", script: [{ reply: { data: { text: "", cancelled: true } } }], says: /vetoed/ },
  { number: "F43", what: "the agent refuses the fork", command: "fork", script: [{ reply: { error: "Invalid entry ID for forking" } }], says: /Invalid entry ID/ },
  { number: "F43", what: "the agent says it forked but is in the same session", command: "fork", script: [{ reply: { data: { text: "", cancelled: false } } }], says: /stayed in the session/ },
  { number: "F45", what: "the list of messages is refused", command: "get_entries", script: [{ reply: { error: "Not now" } }], says: /Not now/ },
  { number: "F45", what: "the list of messages is unreadable", command: "get_entries", script: [{ reply: { data: { entries: 7 } } }], says: /cannot be read/ },
  { number: "F45", what: "the list is shorter than the conversation", command: "get_entries", script: [{ reply: { data: { entries: [], leafId: null } } }], says: /only 0 messages/ },
];

describe("a rollback", () => {
  it.each(refusals)("$number: changes nothing when $what", async ({ command, script, says }) => {
    await using host = await conversation({ agent: { on: { [command]: [script] } } });
    const before = host.session;
    const told = host.log.events.length;
    const error = await rollBack(host);

    expect(error).toMatchObject({ name: "ProviderError", kind: "request", code: "rollback-refused", message: expect.stringMatching(says) });
    expect({ ...host.session, updatedAt: "" }).toEqual({ ...before, updatedAt: "" });
    await expectBothTurns(host);
    expect(host.log.events.slice(told)).toEqual([]);
    const turnId = await host.send("Third.");
    expect((await host.log.turn(turnId)).payload.state).toBe("completed");
  });

  it("F45: changes nothing when nobody answers, and is told in time", async () => {
    await using host = await conversation({ agent: { on: { get_entries: [[{ stall: true }]] } } });
    const before = host.session?.resumeCursor;
    const rolling = rollBack(host);
    await host.pass(20_000);

    expect(await rolling).toMatchObject({ code: "rollback-refused", message: expect.stringContaining("did not answer within") });
    expect(host.session).toMatchObject({ status: "ready", resumeCursor: before });
    await expectBothTurns(host);
  });

  it("F46: leads to the new session's file, in the cursor and in what T3 is told", async () => {
    await using host = await conversation({});
    const told = host.log.events.length;
    expect(await rollBack(host)).toBeUndefined();

    expect(host.session?.resumeCursor).toMatchObject({ sessionId: "scripted-1", sessionFile: "/sessions/scripted-1.jsonl", turnMessages: [1] });
    expect(host.log.events.slice(told)).toMatchObject([{ type: "thread.started", payload: { providerThreadId: "scripted-1" } }]);
    const { turns } = await host.provider.readThread(host.threadId);
    expect(turns).toHaveLength(1);
  });

  it("F46: reads which session it is in even when the fork itself was not answered", async () => {
    await using host = await conversation({ agent: { on: { fork: [[{ pretend: { sessionId: "forked", sessionFile: "/sessions/forked.jsonl" } }, { stall: true }]] } } });
    const rolling = rollBack(host);
    await host.pass(20_000);

    expect(await rolling).toBeUndefined();
    expect(host.session?.resumeCursor).toMatchObject({ sessionId: "forked", sessionFile: "/sessions/forked.jsonl", turnMessages: [1] });
  });

  it.each<{ readonly what: string; readonly script: Script }>([
    { what: "is refused", script: [{ reply: { error: "Busy" } }] },
    { what: "is not answered", script: [{ stall: true }] },
    { what: "is unreadable", script: [{ reply: { data: { sessionId: 7 } } }] },
  ])("F44: ends the session when its state $what, so that no turn runs in a session nobody knows", async ({ script }) => {
    await using host = await conversation({ agent: { on: { get_state: [...(await statesOfTheConversation()), script] } }, replacement: {} });
    const known = host.session?.resumeCursor;
    const rolling = rollBack(host);
    await host.pass(20_000);
    const error = await rolling;

    expect(error).toMatchObject({ code: "rollback-refused", message: expect.stringContaining("which session") });
    expect(host.provider.hasSession(host.threadId)).toBe(false);
    expect(host.spawner.running).toBe(0);
    expect(host.thread()).toMatchObject({ status: "error", activeTurnId: null, lastError: expect.stringContaining("which session") });
    await expect(host.send("Third.")).rejects.toMatchObject({ kind: "session-not-found" });
    // T3 recovers with the cursor it has: the conversation as it was before the rollback.
    await host.start({ resumeCursor: known });
    expect(host.spawner.spawned.at(-1)?.args).toContain("/sessions/scripted.jsonl");
    expect(host.thread()).toEqual({ status: "ready", activeTurnId: null, lastError: null });
  });

  it("F44: refuses what is sent before it knows which session it is in", async () => {
    await using host = await conversation({ agent: { on: { fork: [[{ gate: "forked" }, { reply: {} }]] } } });
    const rolling = rollBack(host);
    await host.rest();
    const sending = host.send("In between.").catch((error: unknown) => error);
    await host.rest();
    host.open("forked");

    expect(await sending).toMatchObject({ kind: "request", code: "busy" });
    expect(await rolling).toBeUndefined();
    expect(host.received("prompt").map(({ message }) => message)).toEqual(["First.", "Second."]);
  });

  it("F43: is refused while a turn runs, which is not touched", async () => {
    await using host = await conversation({ agent: { on: { prompt: [...Array.from({ length: 2 }, (): Script => [{ reply: { data: { disposition: "handled" } } }]), [{ reply: {} }, { emit: { type: "agent_start" } }, { stall: true }]] } } });
    const turnId = await host.send("Work.");

    expect(await rollBack(host)).toMatchObject({ kind: "request", code: "busy" });
    expect(host.received("get_entries")).toEqual([]);
    expect(host.session).toMatchObject({ status: "running", activeTurnId: turnId });
  });
});
