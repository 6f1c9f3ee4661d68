import { describe, expect, it } from "vitest";
import type { SnapshotItem } from "../../src/domain/session/thread-snapshot.js";
import type { ProviderThreadSnapshot } from "../../src/ports/provider.js";
import { theAgentPid } from "./agent-pids.js";
import { withExtensions } from "./extensions.js";
import { type ProviderFixture, realPiVersions, sharedProvider, withProvider } from "./real-pi.js";
import { spoken } from "./scripted-model.js";

/** The texts of each turn. */
function texts({ turns }: ProviderThreadSnapshot): readonly (readonly string[])[] {
  return turns.map(({ items }) => items.map((item) => (item as SnapshotItem).text));
}

function cursorOf(fixture: ProviderFixture, threadId: string): { readonly sessionId: string; readonly sessionFile?: string; readonly turnMessages?: readonly number[] } {
  return fixture.view(threadId)?.resumeCursor as ReturnType<typeof cursorOf>;
}

/** Turns of one message each: "First." is answered by "To the first.", and so on. */
async function say(fixture: ProviderFixture, threadId: string, ...words: readonly string[]): Promise<void> {
  for (const word of words) await fixture.turn({ threadId, input: `${word}.` }, [{ text: `To the ${word.toLowerCase()}.` }]);
}

/** A turn into which the user says something more while the model speaks. */
async function saySteered(fixture: ProviderFixture, { threadId, input, steer }: { readonly threadId: string; readonly input: string; readonly steer: string }): Promise<void> {
  const { provider, model, log } = fixture;
  const goOn = Promise.withResolvers<void>();
  model.willAnswer([{ text: `To: ${input}` }, { waitFor: goOn.promise }], [{ text: `To: ${steer}` }]);
  const { turnId } = await provider.sendTurn({ threadId, input });
  await log.first("content.delta", (event) => event.turnId === turnId);
  await provider.sendTurn({ threadId, input: steer });
  goOn.resolve();
  await fixture.finished(turnId);
}

describe.each(realPiVersions)("rolling back a conversation of Pi $version", (pi) => {
  const shared = sharedProvider({ pi, sandbox: { settings: withExtensions("decoration") } });

  it("forgets its latest turn, also where the conversation is continued elsewhere at once", async () => {
    const fixture = shared();
    const { provider, endpoint, log } = fixture;
    const threadId = "one turn";
    await fixture.start({ threadId });
    await say(fixture, threadId, "First", "Second", "Third");
    const old = cursorOf(fixture, threadId);
    expect(texts(await provider.readThread(threadId))).toEqual([["First.", "To the first."], ["Second.", "To the second."], ["Third.", "To the third."]]);
    const before = log.events.length;
    const snapshot = await provider.rollbackThread(threadId, 1);

    expect(snapshot.threadId).toBe(threadId);
    expect(texts(snapshot)).toEqual([["First.", "To the first."], ["Second.", "To the second."]]);
    expect(await provider.readThread(threadId)).toEqual(snapshot);
    const cursor = cursorOf(fixture, threadId);
    expect(cursor.sessionId).not.toBe(old.sessionId);
    expect(cursor.sessionFile).not.toBe(old.sessionFile);
    expect(cursor.turnMessages).toEqual([1, 1]);
    expect(log.events.slice(before)).toMatchObject([{ type: "thread.started", payload: { providerThreadId: cursor.sessionId } }]);

    await provider.stopSession(threadId);
    await fixture.start({ threadId, resumeCursor: cursor });
    await say(fixture, threadId, "Fourth");
    expect(spoken(endpoint.requests.at(-1), "user")).toEqual(["First.", "Second.", "Fourth."]);
    expect(spoken(endpoint.requests.at(-1), "assistant")).toEqual(["To the first.", "To the second."]);
    await provider.stopSession(threadId);
  });

  it("counts a turn into which its user said more as one", async () => {
    const fixture = shared();
    const { provider, endpoint } = fixture;
    const threadId = "steered turns";
    await fixture.start({ threadId });
    await say(fixture, threadId, "First");
    await saySteered(fixture, { threadId, input: "Second.", steer: "And more." });
    await say(fixture, threadId, "Third");
    expect(cursorOf(fixture, threadId).turnMessages).toEqual([1, 2, 1]);
    expect(texts(await provider.readThread(threadId))).toEqual([
      ["First.", "To the first."],
      ["Second.", "To: Second.", "And more.", "To: And more."],
      ["Third.", "To the third."],
    ]);
    await provider.rollbackThread(threadId, 2);

    expect(cursorOf(fixture, threadId).turnMessages).toEqual([1]);
    await say(fixture, threadId, "Fourth");
    expect(spoken(endpoint.requests.at(-1), "user")).toEqual(["First.", "Fourth."]);
    await provider.stopSession(threadId);
  });

  it("counts turns that said nothing to the model: a command, an early interrupt", async () => {
    const fixture = shared();
    const { provider, model, endpoint } = fixture;
    const threadId = "silent turns";
    await fixture.start({ threadId });
    await say(fixture, threadId, "First");
    await fixture.turn({ threadId, input: "/decorate" });
    model.willIgnore("Never mind.");
    const asked = model.nextRequest();
    const { turnId } = await provider.sendTurn({ threadId, input: "Never mind." });
    await asked;
    await provider.interruptTurn(threadId, turnId);
    await fixture.finished(turnId);
    await say(fixture, threadId, "Fourth");
    await fixture.turn({ threadId, input: "/decorate" });
    expect(cursorOf(fixture, threadId).turnMessages).toEqual([1, 0, 1, 1, 0]);
    await provider.rollbackThread(threadId, 1);
    expect(cursorOf(fixture, threadId).turnMessages).toEqual([1, 0, 1, 1]);
    await provider.rollbackThread(threadId, 2);
    await say(fixture, threadId, "Fifth");

    expect(spoken(endpoint.requests.at(-1), "user")).toEqual(["First.", "Fifth."]);
    expect(cursorOf(fixture, threadId).turnMessages).toEqual([1, 0, 1]);
    await provider.stopSession(threadId);
  });

  it("counts a turn in which Pi died as one, too", async () => {
    const fixture = shared();
    const { provider, model, log, endpoint } = fixture;
    const threadId = "a deadly turn";
    await fixture.start({ threadId });
    await say(fixture, threadId, "First");
    model.willAnswer([{ text: "To" }, { waitFor: Promise.withResolvers().promise }]);
    const { turnId, resumeCursor } = await provider.sendTurn({ threadId, input: "Second." });
    await log.first("content.delta", (event) => event.turnId === turnId);
    process.kill(await theAgentPid(), "SIGKILL");
    await fixture.finished(turnId);
    await fixture.start({ threadId, resumeCursor });
    await say(fixture, threadId, "Third");
    expect(spoken(endpoint.requests.at(-1), "user")).toEqual(["First.", "Second.", "Third."]);
    await provider.rollbackThread(threadId, 2);
    await say(fixture, threadId, "Fourth");

    expect(spoken(endpoint.requests.at(-1), "user")).toEqual(["First.", "Fourth."]);
    await provider.stopSession(threadId);
  });

  it("may forget everything, and starts anew then", async () => {
    const fixture = shared();
    const { provider, endpoint } = fixture;
    const threadId = "all turns";
    await fixture.start({ threadId, model: "demo/thinker", modelOptions: { pi: { thinkingLevel: "low" } } });
    await say(fixture, threadId, "First", "Second");
    expect(texts(await provider.rollbackThread(threadId, 2))).toEqual([]);
    const resumeCursor = cursorOf(fixture, threadId);
    await say(fixture, threadId, "Third");
    expect(spoken(endpoint.requests.at(-1), "user")).toEqual(["Third."]);
    await provider.stopSession(threadId);

    const session = await fixture.start({ threadId: "all turns, elsewhere", resumeCursor });
    expect(session).toMatchObject({ model: "demo/thinker", resumeCursor: { thinkingLevel: "low" } });
    await provider.stopSession("all turns, elsewhere");
  });

  it("is refused beyond its beginning, and while a turn runs, and nothing is lost by that", async () => {
    const fixture = shared();
    const { provider, model, endpoint, log } = fixture;
    const threadId = "refused";
    await fixture.start({ threadId });
    await say(fixture, threadId, "First");
    const cursor = cursorOf(fixture, threadId);
    await expect(provider.rollbackThread(threadId, 2)).rejects.toMatchObject({ kind: "request", code: "rollback-refused" });
    await expect(provider.rollbackThread(threadId, 0)).rejects.toMatchObject({ kind: "validation", code: "invalid-input" });
    const goOn = Promise.withResolvers<void>();
    model.willAnswer([{ text: "To" }, { waitFor: goOn.promise }, { text: " the second." }]);
    const { turnId } = await provider.sendTurn({ threadId, input: "Second." });
    await log.first("content.delta", (event) => event.turnId === turnId);
    await expect(provider.rollbackThread(threadId, 1)).rejects.toMatchObject({ kind: "request", code: "busy" });
    goOn.resolve();
    expect((await fixture.finished(turnId)).end.state).toBe("completed");

    expect(cursorOf(fixture, threadId)).toMatchObject({ sessionId: cursor.sessionId, turnMessages: [1, 1] });
    await say(fixture, threadId, "Third");
    expect(spoken(endpoint.requests.at(-1), "user")).toEqual(["First.", "Second.", "Third."]);
    await provider.stopSession(threadId);
  });
});

describe.each(realPiVersions)("an extension of Pi $version", (pi) => {
  it("may veto a rollback; the conversation stays as it was", async () => {
    await withProvider({ pi, sandbox: { settings: withExtensions("no-forks") } }, async (fixture) => {
      const { provider, endpoint } = fixture;
      const threadId = "vetoed";
      await fixture.start({ threadId });
      await say(fixture, threadId, "First", "Second");
      const cursor = cursorOf(fixture, threadId);
      await expect(provider.rollbackThread(threadId, 1)).rejects.toMatchObject({ kind: "request", code: "rollback-refused", detail: expect.stringContaining("vetoed") });

      expect(cursorOf(fixture, threadId)).toEqual(cursor);
      await say(fixture, threadId, "Third");
      expect(spoken(endpoint.requests.at(-1), "user")).toEqual(["First.", "Second.", "Third."]);
    });
  });

  it("that asks something when the forked session begins does not hold the rollback up", async () => {
    await withProvider({ pi, sandbox: { settings: withExtensions("question-at-start") } }, async (fixture) => {
      const { provider, endpoint } = fixture;
      const threadId = "asked at the fork";
      await fixture.start({ threadId });
      await say(fixture, threadId, "First", "Second");
      expect(texts(await provider.rollbackThread(threadId, 1))).toEqual([["First.", "To the first."]]);
      await say(fixture, threadId, "Third");
      expect(spoken(endpoint.requests.at(-1), "user")).toEqual(["First.", "Third."]);
    });
  });
});
