import { describe, expect, it } from "vitest";
import { piHandledPrompt, piRunEnd, piRunStart, piSettled, piSpeech, piTextTurn } from "../../src/adapters/fake/scripted-agent/pi-turns.js";
import type { Script } from "../../src/adapters/fake/scripted-agent/scenario.js";
import type { SnapshotItem } from "../../src/domain/session/thread-snapshot.js";
import type { ProviderThreadSnapshot } from "../../src/ports/provider.js";
import { HostileProvider, usualTurn } from "../failures/hostile-provider.js";
import { eras } from "./eras.js";

/** The user says a second thing in the middle of it. */
function steeredTurn(text: string): Script {
  const message = { role: "user", content: [{ type: "text", text }] };
  return [...piRunStart, { waitFor: "steer" }, { emit: { type: "queue_update", steering: [], followUp: [] } }, { emit: { type: "message_start", message } }, { emit: { type: "message_end", message } }, ...piSpeech("Both, then."), ...piRunEnd(), ...piSettled];
}

function texts({ turns }: ProviderThreadSnapshot): readonly (readonly string[])[] {
  return turns.map(({ items }) => items.map((item) => (item as SnapshotItem).text));
}

/** "First." is answered by "One.", "Second." and "And more." together by "Both, then.", "Third." by "Three.". */
async function threeTurns(version: string): Promise<HostileProvider> {
  const host = new HostileProvider({ version, agent: { on: { prompt: [piTextTurn("One."), steeredTurn("And more."), piTextTurn("Three.")] } } });
  await host.start();
  await host.turn("First.");
  const turnId = await host.send("Second.");
  await host.rest();
  expect(await host.send("And more.")).toBe(turnId);
  await host.log.turn(turnId);
  await host.turn("Third.");
  return host;
}

describe.each(eras)("a conversation of three turns with Pi %s", (version) => {
  it("is read by turns, each with all that was said into it", async () => {
    await using host = await threeTurns(version);
    const snapshot = await host.provider.readThread(host.threadId);
    expect(texts(snapshot)).toEqual([["First.", "One."], ["Second.", "And more.", "Both, then."], ["Third.", "Three."]]);
    expect(snapshot.turns.every(({ id, items }) => (items[0] as SnapshotItem).id === id)).toBe(true);
    expect(host.session?.resumeCursor).toMatchObject({ turnMessages: [1, 2, 1] });
  });

  it.each([
    { turns: 1, left: [["First.", "One."], ["Second.", "And more.", "Both, then."]], counted: [1, 2] },
    { turns: 2, left: [["First.", "One."]], counted: [1] },
    { turns: 3, left: [], counted: undefined },
  ])("rolled back by $turns ends before that turn began, whatever was said into it", async ({ turns, left, counted }) => {
    await using host = await threeTurns(version);
    const before = host.log.events.length;
    const snapshot = await host.provider.rollbackThread(host.threadId, turns);

    expect(texts(snapshot)).toEqual(left);
    expect(host.session).toHaveProperty("resumeCursor.sessionId", "scripted-1");
    expect({ turnMessages: undefined, ...(host.session?.resumeCursor as object) }).toMatchObject({ turnMessages: counted });
    expect(host.log.events.slice(before)).toMatchObject([{ type: "thread.started", payload: { providerThreadId: "scripted-1" } }]);
    expect(await host.turn("And now?")).toMatchObject(usualTurn);
    expect(texts(await host.provider.readThread(host.threadId))).toEqual([...left, ["And now?", "Done."]]);
  });

  it("may be rolled back again and again", async () => {
    await using host = await threeTurns(version);
    await host.provider.rollbackThread(host.threadId, 1);
    await host.turn("Third, again.");
    expect(texts(await host.provider.rollbackThread(host.threadId, 1))).toHaveLength(2);
    expect(texts(await host.provider.rollbackThread(host.threadId, 1))).toEqual([["First.", "One."]]);
    expect(host.session?.resumeCursor).toMatchObject({ sessionId: "scripted-3", turnMessages: [1] });
  });

  it("is not rolled back by more than that, nor by what is no number of turns", async () => {
    await using host = await threeTurns(version);
    const { resumeCursor } = host.session ?? {};
    await expect(host.provider.rollbackThread(host.threadId, 4)).rejects.toMatchObject({ kind: "request", code: "rollback-refused", threadId: host.threadId });
    for (const turns of [0, -1, 1.5, Number.NaN]) await expect(host.provider.rollbackThread(host.threadId, turns)).rejects.toMatchObject({ kind: "validation", code: "invalid-input" });
    await expect(host.provider.rollbackThread("nobody's thread", 1)).rejects.toMatchObject({ code: "session-missing" });
    expect(host.session?.resumeCursor).toEqual(resumeCursor);
    expect(host.received("fork")).toEqual([]);
  });
});

it("a turn in which a command only did something is rolled back without touching the agent's conversation", async () => {
  await using host = new HostileProvider({ version: "1.0.3", agent: { on: { prompt: [piTextTurn("One."), piHandledPrompt, piTextTurn("Three.")] } } });
  await host.start();
  await host.turn("First.");
  await host.log.turn(await host.send("/ping"));
  expect(host.session?.resumeCursor).toMatchObject({ turnMessages: [1, 0] });
  expect(texts(await host.provider.rollbackThread(host.threadId, 1))).toEqual([["First.", "One."]]);
  expect(host.received("fork")).toEqual([]);
  expect(host.session?.resumeCursor).toMatchObject({ sessionId: "scripted-0", turnMessages: [1] });

  await host.log.turn(await host.send("/pong", {}));
  expect(host.session?.resumeCursor).toMatchObject({ turnMessages: [1, 1] });
  await host.provider.rollbackThread(host.threadId, 2);
  expect(host.received("fork")).toHaveLength(1);
});

it("what is called while a conversation is rolled back waits for nobody: it is refused, and a stop ends it", async () => {
  await using host = new HostileProvider({ version: "1.0.3", agent: { on: { fork: [[{ stall: true }]] } } });
  await host.start();
  await host.turn("First.");
  await host.turn("Second.");
  const rolling = host.provider.rollbackThread(host.threadId, 1).catch((error: unknown) => error);
  await host.rest();
  await expect(host.provider.rollbackThread(host.threadId, 1)).rejects.toMatchObject({ kind: "request", code: "busy" });
  await expect(host.send("Third.")).rejects.toMatchObject({ kind: "request", code: "busy" });
  await host.interrupt();
  await host.provider.stopSession(host.threadId);
  expect(await rolling).toMatchObject({ kind: "session-closed", code: "session-ended" });
});
