import { expect, it } from "vitest";
import { piEndlessTurn } from "../../src/adapters/fake/scripted-agent/pi-turns.js";
import { HostileProvider, usualTurn } from "./hostile-provider.js";
import type { T3Thread } from "./t3-thread-view.js";

/** Failure 24: the host ends in the middle of a turn and comes back. */

/** What a host that was killed has stored: the cursor of its last `sendTurn`, and a thread that works. */
async function killedHost(): Promise<{ readonly resumeCursor: unknown; readonly thread: T3Thread }> {
  await using host = new HostileProvider({ agent: { on: { prompt: [piEndlessTurn("On and on")] } } });
  await host.start();
  const { resumeCursor } = await host.provider.sendTurn({ threadId: host.threadId, input: "Go on for ever." });
  await host.rest();
  return { resumeCursor, thread: host.thread() };
}

it("F24 a thread that was working when its host was killed is healed by the next start", async () => {
  const { resumeCursor, thread } = await killedHost();
  expect(thread).toMatchObject({ status: "running", activeTurnId: expect.any(String) });

  await using host = new HostileProvider({});
  expect(host.provider.listSessions()).toEqual([]);
  expect(host.provider.hasSession(host.threadId)).toBe(false);
  await host.start({ resumeCursor });
  await host.rest();
  expect(host.log.types.slice(0, 2)).toEqual(["session.exited", "session.started"]);
  expect(host.thread(host.threadId, thread)).toEqual({ status: "ready", activeTurnId: null, lastError: null });
  expect(host.spawner.spawned.at(-1)?.args).toContain("--session");

  const turnId = await host.send("And now?");
  expect(host.thread(host.threadId, thread)).toMatchObject({ status: "running", activeTurnId: turnId });
  await host.log.turn(turnId);
  expect(host.shown(turnId)).toMatchObject(usualTurn);
  expect(host.thread(host.threadId, thread)).toEqual({ status: "ready", activeTurnId: null, lastError: null });
});

it("F24 a start that fails after such a kill stops the thread from showing as working, and keeps its cursor", async () => {
  const { resumeCursor, thread } = await killedHost();
  await using host = new HostileProvider({ agent: { startup: [{ exit: 1 }] }, replacement: {} });
  await expect(host.start({ resumeCursor })).rejects.toMatchObject({ kind: "process" });
  await host.rest();
  expect(host.thread(host.threadId, thread)).toMatchObject({ status: "error", activeTurnId: null });
  // Without the exit, T3 tries again with the cursor.
  expect(host.log.types).not.toContain("session.exited");
  await host.start({ resumeCursor });
  expect(await host.turn("And now?")).toMatchObject(usualTurn);
  expect(host.thread(host.threadId, thread)).toEqual({ status: "ready", activeTurnId: null, lastError: null });
});

it("F24 a host that ends in peace in the middle of a turn leaves nothing working", async () => {
  const host = new HostileProvider({ agent: { on: { prompt: [piEndlessTurn("On and on")] } } });
  await host.start();
  const turnId = await host.send("Go on for ever.");
  await host.rest();
  await host[Symbol.asyncDispose]();
  expect(host.shown(turnId)).toMatchObject({ texts: ["On and on"], errors: [], ends: [{ state: "interrupted" }] });
  expect(host.log.types.slice(-2)).toEqual(["turn.completed", "session.exited"]);
  expect(host.thread()).toEqual({ status: "stopped", activeTurnId: null, lastError: null });
});
