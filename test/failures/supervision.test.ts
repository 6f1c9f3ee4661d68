import { describe, expect, it } from "vitest";
import { gateWithdrawn } from "../../src/adapters/fake/scripted-agent/pi-gate.js";
import { piEndlessTurn, piRunEnd, piRunStart, piSettled, piSpeech, piToolTurn, piToolUse, type PiToolUse } from "../../src/adapters/fake/scripted-agent/pi-turns.js";
import type { Script } from "../../src/adapters/fake/scripted-agent/scenario.js";
import { HostileProvider, usualTurn } from "./hostile-provider.js";
import { leavesNothingBehind } from "./leaves-nothing.js";

leavesNothingBehind();

const make: PiToolUse = { name: "bash", args: { command: "make" }, output: "made" };
const made = piToolTurn({ tool: make, text: "Made." });
const runtimeMode = "approval-required";
const missing = { kind: "process", code: "supervision-missing" } as const;

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

/** Decides on the request of this number in its session. */
async function decide(host: HostileProvider, decision: "accept" | "acceptForSession" | "decline", count = 1): Promise<void> {
  const { requestId = "" } = await host.log.first("request.opened", ({ requestId }) => requestId?.endsWith(`approval-${count}`) === true);
  await host.provider.respondToRequest(host.threadId, requestId, decision);
}

describe("F76: a mode that asks, where nothing would be asked", () => {
  it("is refused when the gate could not be put where Pi would load it, and full access works without it", async () => {
    await using host = new HostileProvider({});
    host.companions.failure = new Error("The disk is full.");
    expect(await failureOf(host.start({ runtimeMode }))).toMatchObject({ ...missing, message: expect.stringMatching(/could not be written.*full access/) });
    expect(host.spawner.spawned).toEqual([]);
    expect(host.thread()).toMatchObject({ status: "stopped", lastError: expect.stringContaining("could not be written") });

    await host.start();
    expect(host.spawner.spawned[0]?.args).toEqual(["--mode", "rpc"]);
    expect(await host.turn("Work.")).toMatchObject(usualTurn);
  });

  it("is refused when the gate did not come up in Pi, and leaves no process", async () => {
    await using host = new HostileProvider({ agent: { gate: "missing" } });
    expect(await failureOf(host.start({ runtimeMode }))).toMatchObject({ ...missing, message: expect.stringMatching(/did not come up.*full access/) });
    expect([host.spawner.spawned.length, host.spawner.running]).toEqual([1, 0]);
    expect(host.thread()).toMatchObject({ status: "stopped", lastError: expect.stringContaining("did not come up") });
    await host.start();
    expect(await host.turn("Work.")).toMatchObject(usualTurn);
  });

  it("ends Pi at the first tool that ran unasked, and the next message goes on", async () => {
    // As if an extension had taken the gate's handler away.
    const unasked: Script = piToolUse(make).flatMap((step) => ("call" in step ? step.run : [step]));
    await using host = new HostileProvider({ agent: { on: { prompt: [[...piRunStart, ...unasked, ...piEndlessTurn("And on I go").slice(piRunStart.length)]] } }, replacement: {} });
    await host.start({ runtimeMode });
    const turnId = await host.send("Work.");
    await host.log.turn(turnId);
    expect(host.shown(turnId)).toMatchObject({ texts: [], errors: [expect.stringContaining("nobody had allowed")], ends: [{ state: "failed", errorMessage: expect.stringContaining("nobody had allowed") }] });
    expect([host.spawner.running, host.session]).toEqual([0, undefined]);

    await host.start({ runtimeMode, resumeCursor: undefined });
    expect(await host.turn("And now?")).toMatchObject(usualTurn);
  });

  it("sends no prompt to a Pi that has lost the gate on the way to another session", async () => {
    await using host = new HostileProvider({ agent: { on: { fork: [[{ emit: gateWithdrawn }, { reply: {} }, { emit: gateWithdrawn }]] } }, replacement: {} });
    await host.start({ runtimeMode });
    await host.turn("One.");
    await host.provider.rollbackThread(host.threadId, 1);
    await host.rest();
    expect(await failureOf(host.send("Two."))).toMatchObject(missing);
    expect(host.received("prompt")).toHaveLength(1);
    expect(host.thread()).toMatchObject({ status: "error", lastError: expect.stringContaining("not in place any more") });
    await host.recover();
    expect(await host.turn("And now?")).toMatchObject(usualTurn);
  });

  it("is no mode to change to for a session whose Pi does not ask: it is replaced, and that fails aloud", async () => {
    await using host = new HostileProvider({ agent: { gate: "missing" }, replacement: {} });
    const { resumeCursor } = await host.start();
    await host.start({ runtimeMode, resumeCursor });
    expect([host.spawner.spawned.length, host.session?.runtimeMode]).toEqual([2, runtimeMode]);
  });
});

describe("F76: a mode that asks", () => {
  it("takes over a process that waits for a session", async () => {
    await using host = new HostileProvider({ agent: { on: { prompt: [made] } } });
    await host.provider.listModels({ cwd: "/project" });
    await host.start({ runtimeMode });
    expect(host.spawner.spawned).toHaveLength(1);
    const turnId = await host.send("Make it.");
    await decide(host, "decline");
    await host.log.turn(turnId);
    expect(host.received("extension_ui_response")).toMatchObject([{ value: "decline" }]);
  });

  it("goes on asking, and remembers what was accepted, in the process that a model switch starts", async () => {
    await using host = new HostileProvider({ version: "0.80.10", agent: { on: { prompt: [made, made] } }, replacement: { on: { prompt: [[...piRunStart, ...piToolUse(make), ...piToolUse({ ...make, args: { command: "rm" } }), ...piSpeech("Removed."), ...piRunEnd(), ...piSettled]] } } });
    await host.start({ runtimeMode });
    const first = await host.send("Make it.");
    await decide(host, "acceptForSession");
    await host.log.turn(first);
    // This version switches its model only with a new process.
    const second = await host.send("Remove it.", { model: "lab/thinker" });
    await decide(host, "decline", 2);
    await host.log.turn(second);
    expect(host.spawner.spawned).toHaveLength(2);
    expect(host.log.of("request.opened").map(({ payload }) => payload.detail)).toEqual(["make", "rm"]);
  });

  it("holds for a run that nobody asked for", async () => {
    await using host = new HostileProvider({ agent: { on: { get_commands: [[{ reply: {} }, { emit: { type: "agent_start" } }, ...piToolUse(make), ...piRunEnd(), ...piSettled]] } } });
    await host.start({ runtimeMode });
    await host.provider.listCommands(host.threadId);
    await decide(host, "decline");
    const { turnId = "" } = await host.log.first("turn.completed");
    expect(host.shown(turnId).types).toEqual(expect.arrayContaining(["request.opened", "request.resolved"]));
    expect(host.log.of("item.completed").map(({ payload }) => payload.status)).toEqual(["declined"]);
  });

  it("begins and ends without another process, where nothing else is to be another", async () => {
    await using host = new HostileProvider({});
    const { resumeCursor } = await host.start();
    const asked = await host.start({ runtimeMode, resumeCursor });
    expect(asked).toMatchObject({ runtimeMode, resumeCursor });
    await host.start({ runtimeMode: "full-access", resumeCursor });
    expect(host.spawner.spawned).toHaveLength(1);
    expect(host.log.of("session.started")).toHaveLength(1);
    expect(host.log.of("session.configured").map(({ payload }) => payload.config["runtimeMode"])).toEqual(["full-access", runtimeMode, "full-access"]);
    await host.start({ runtimeMode, resumeCursor, model: "lab/thinker" });
    expect(host.spawner.spawned).toHaveLength(2);
  });
});
