import { describe, expect, it } from "vitest";
import { piEndlessTurn, piRunEnd, piRunStart, piSettled, piSpeech, piTextTurn } from "../../src/adapters/fake/scripted-agent/pi-turns.js";
import type { Script } from "../../src/adapters/fake/scripted-agent/scenario.js";
import { HostileProvider } from "./hostile-provider.js";
import { leavesNothingBehind } from "./leaves-nothing.js";

leavesNothingBehind();

/** Everything a process can still say when its place is taken. */
const lastGasps: Script = [
  ...piRunStart.slice(1),
  ...piSpeech("I am the old one."),
  { emit: { type: "extension_ui_request", id: "late", method: "confirm", title: "Really?", message: "Late." } },
  ...piRunEnd(),
  ...piSettled,
  { emit: { type: "extension_error", extensionPath: "old.ts", event: "session_shutdown", error: "late" } },
];

describe("a session that takes the place of another", () => {
  it("F25: survives the late exit of the old process, which ends nothing but itself", async () => {
    await using host = new HostileProvider({
      agent: { inputEnd: [{ gate: "old may die" }, { crash: "SIGKILL" }] },
      replacement: { on: { prompt: [piTextTurn("I am the new one.")] } },
      options: { session: { stopGraceMs: 60_000 } },
    });
    await host.start();
    const replaced = host.start({ model: "lab/thinker" });
    await host.rest();
    host.open("old may die");
    await replaced;
    await host.rest();

    expect(host.provider.hasSession(host.threadId)).toBe(true);
    expect(host.log.of("session.exited")).toEqual([]);
    expect(host.thread()).toEqual({ status: "ready", activeTurnId: null, lastError: null });
    const turnId = await host.send("Who are you?");
    await host.log.turn(turnId);
    expect(host.shown(turnId).texts).toEqual(["I am the new one."]);
  });

  it("F41: hears nothing of what the old process still says, and its waiting calls are told that it is gone", async () => {
    await using host = new HostileProvider({
      agent: { on: { get_entries: [[{ stall: true }]] }, inputEnd: [...lastGasps, { exit: 0 }] },
      replacement: {},
    });
    await host.start();
    const reading = host.provider.readThread(host.threadId).catch((error: unknown) => error);
    await host.rest();
    await host.start({ model: "lab/thinker" });
    const before = host.log.events.length;
    await host.rest();

    expect(await reading).toMatchObject({ name: "ProviderError", kind: "session-closed", code: "session-ended" });
    expect(host.log.events.slice(before)).toEqual([]);
    expect(JSON.stringify(host.log.events)).not.toContain("old");
    expect(host.session).toMatchObject({ status: "ready", model: "lab/thinker" });
  });

  it("F32: begins only when the old process is gone and its turn is ended, and is told nothing of that end", async () => {
    await using host = new HostileProvider({
      agent: { on: { prompt: [piEndlessTurn("I work and")] }, inputEnd: [{ gate: "old may die" }, { exit: 1 }] },
      replacement: {},
      options: { session: { stopGraceMs: 60_000 } },
    });
    await host.start();
    const turnId = await host.send("Work.");
    const replaced = host.start({ model: "lab/thinker" });
    await host.pass(1_000);
    expect(host.spawner.spawned).toHaveLength(1);
    expect(host.provider.hasSession(host.threadId)).toBe(false);
    host.open("old may die");
    await replaced;

    expect(host.spawner.spawned).toHaveLength(2);
    expect(host.shown(turnId).ends).toMatchObject([{ state: "interrupted" }]);
    const [, secondStart] = host.log.of("session.started");
    const afterwards = host.log.events.slice(host.log.events.findIndex((event) => event === secondStart));
    expect(afterwards.map(({ type, turnId: of }) => [type, of])).toEqual([
      ["session.started", undefined],
      ["session.configured", undefined],
      ["thread.started", undefined],
    ]);
    expect(host.session).not.toHaveProperty("lastError");
    expect(host.thread()).toEqual({ status: "ready", activeTurnId: null, lastError: null });
  });

  it("F32: two starts at once take their turn: never do two processes work on one thread", async () => {
    let most = 0;
    await using host = new HostileProvider({});
    const { spawner } = host;
    const spawn = spawner.spawn.bind(spawner);
    spawner.spawn = async (request) => {
      const process = await spawn(request);
      most = Math.max(most, spawner.running);
      return process;
    };
    await Promise.all([host.start({ model: "lab/plain" }), host.start({ model: "lab/thinker" }), host.start({ model: "lab/plain" })]);

    expect(most).toBe(1);
    expect(host.spawner.spawned).toHaveLength(3);
    expect(host.session).toMatchObject({ status: "ready", model: "lab/plain" });
  });
});

describe("a process that makes room for another model", () => {
  it("F41: is not heard any more, and its session goes on in the next one", async () => {
    // This version would write the switched model into the user's settings, so only another process may have it.
    await using host = new HostileProvider({
      version: "0.80.10",
      agent: { inputEnd: [...lastGasps, { crash: "SIGKILL" }] },
      replacement: { startup: [{ pretend: { sessionId: "scripted-0" } }], on: { prompt: [piTextTurn("I am the new one.")] } },
    });
    await host.start();
    await host.log.turn(await host.send("First."));
    const before = host.log.events.length;
    const turnId = await host.send("Who are you?", { model: "lab/thinker" });
    await host.log.turn(turnId);

    expect(host.spawner.spawned).toHaveLength(2);
    expect(host.shown(turnId).texts).toEqual(["I am the new one."]);
    expect(host.log.events.slice(before).filter((event) => event.turnId !== turnId)).toMatchObject([{ type: "session.configured", payload: { config: { model: "lab/thinker" } } }]);
  });
});

describe("one thread", () => {
  it("F53: gets one process, however often the same start is asked for", async () => {
    await using host = new HostileProvider({ agent: { on: { get_state: [[{ gate: "ready" }, { reply: {} }]] } } });
    const starts = Array.from({ length: 6 }, () => host.start());
    await host.rest();
    const message = host.send("Hello?");
    host.open("ready");
    const [first, ...others] = await Promise.all(starts);
    await host.log.turn(await message);

    expect(others).toEqual(Array.from({ length: 5 }, () => first));
    expect(host.spawner.spawned).toHaveLength(1);
    expect(host.log.of("session.started")).toHaveLength(1);
    expect(host.log.of("turn.started")).toHaveLength(1);
  });

  it("F53: may be started again when its start has failed, with one process again", async () => {
    await using host = new HostileProvider({ agent: { startup: [{ exit: 3 }] }, replacement: {} });
    const failures = await Promise.allSettled([host.start(), host.start()]);
    expect(failures.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(host.spawner.spawned).toHaveLength(1);
    expect(host.thread()).toMatchObject({ status: "stopped" });
    await host.start();

    expect(host.spawner.spawned).toHaveLength(2);
    expect(host.thread()).toEqual({ status: "ready", activeTurnId: null, lastError: null });
  });
});
