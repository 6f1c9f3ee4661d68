import { describe, expect, it } from "vitest";
import { piEndlessTurn, piTextTurn } from "../../src/adapters/fake/scripted-agent/pi-turns.js";
import type { SpawnFailureReason } from "../../src/ports/errors.js";
import { HostileProvider } from "./hostile-provider.js";
import { leavesNothingBehind } from "./leaves-nothing.js";

leavesNothingBehind();

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe("a start that fails", () => {
  it.each<{ reason: SpawnFailureReason; code: string }>([
    { reason: "not-found", code: "binary-not-found" },
    { reason: "permission-denied", code: "binary-not-executable" },
    { reason: "not-executable", code: "binary-not-executable" },
    { reason: "bad-working-directory", code: "working-directory-missing" },
    { reason: "other", code: "start-failed" },
  ])("F26: leaves no zombie when the program cannot be spawned: $reason", async ({ reason, code }) => {
    await using host = new HostileProvider({});
    host.spawner.refuse = reason;
    const error = await failureOf(host.start());
    await host.rest();

    expect(error).toMatchObject({ name: "ProviderError", kind: "process", code, nextStep: expect.any(String) });
    expect(host.provider.hasSession(host.threadId)).toBe(false);
    expect(host.provider.listSessions()).toEqual([]);
    expect(host.log.types).toEqual(["runtime.error", "session.exited"]);
    expect(host.thread()).toMatchObject({ status: "stopped", lastError: (error as Error).message });

    host.spawner.refuse = undefined;
    await host.start();
    expect(host.session).toMatchObject({ status: "ready" });
  });

  it("F29: is told the moment the process dies, not when the time of its requests is up", async () => {
    await using host = new HostileProvider({ agent: { on: { get_state: [[{ exit: 3 }]] } } });
    // No time passes here: whoever waited for a deadline would wait for ever.
    const error = await failureOf(host.start());

    expect(error).toMatchObject({ kind: "process", code: "start-failed", message: expect.stringContaining("exit code 3") });
    expect(host.thread()).toMatchObject({ status: "stopped" });
  });

  it("F31: leaves no process when a later step of it is refused", async () => {
    await using host = new HostileProvider({ agent: { on: { set_model: [[{ reply: { error: "No such luck" } }]] } } });
    const error = await failureOf(host.start({ model: "lab/thinker" }));

    expect(error).toMatchObject({ code: "model-unavailable" });
    expect(host.spawner.running).toBe(0);
    expect(host.provider.listSessions()).toEqual([]);
  });

  it("F31: leaves no process when the host calls it off while the agent gets ready", async () => {
    await using host = new HostileProvider({ agent: { on: { get_state: [[{ stall: true }]] } }, replacement: {} });
    const control = new AbortController();
    const starting = failureOf(host.provider.startSession({ threadId: host.threadId, runtimeMode: "full-access" }, { signal: control.signal }));
    await host.rest();
    expect(host.spawner.running).toBe(1);
    control.abort();

    expect(await starting).toMatchObject({ kind: "session-closed", code: "aborted" });
    expect(host.spawner.running).toBe(0);
    expect(host.thread()).toEqual({ status: "stopped", activeTurnId: null, lastError: null });
    await host.start();
    expect(host.session).toMatchObject({ status: "ready" });
  });

  it("F40: has no process when the provider is disposed of while it is being spawned", async () => {
    await using host = new HostileProvider({});
    const starting = failureOf(host.start());
    await host.provider[Symbol.asyncDispose]();

    expect(await starting).toMatchObject({ kind: "session-closed", code: "aborted" });
    expect(host.spawner.running).toBe(0);
    expect(await failureOf(host.start())).toMatchObject({ kind: "session-closed", code: "disposed" });
  });

  it("F40: is called off in whatever moment of it, and not waited for", async () => {
    // Each round lets one more promise of the start settle before the stop. No time passes, and this agent never gets ready.
    for (let moments = 0; moments < 40; moments += 1) {
      await using host = new HostileProvider({ agent: { on: { get_state: [[{ stall: true }]] } } });
      const starting = failureOf(host.start());
      for (let moment = 0; moment < moments; moment += 1) await Promise.resolve();
      await host.provider.stopSession(host.threadId);

      expect(await starting, `after ${moments} moments`).toMatchObject({ kind: "session-closed", code: "aborted" });
      expect(host.spawner.running).toBe(0);
      expect(host.provider.listSessions()).toEqual([]);
      expect(host.thread()).toMatchObject({ status: "stopped", activeTurnId: null, lastError: null });
    }
  });
});

describe("the end of a session", () => {
  it("F40: calls off every start that was asked for before it, those that wait for their turn included", async () => {
    await using host = new HostileProvider({ agent: { on: { get_state: { always: [{ stall: true }] } } } });
    const first = failureOf(host.start());
    await host.rest();
    const second = failureOf(host.start({ model: "lab/thinker" }));
    const third = failureOf(host.start({ model: "lab/plain" }));
    await host.provider.stopSession(host.threadId);

    expect([await first, await second, await third]).toMatchObject([{ code: "aborted" }, { code: "aborted" }, { code: "aborted" }]);
    expect(host.spawner.running).toBe(0);
    expect(host.thread()).toMatchObject({ status: "stopped", activeTurnId: null, lastError: null });
  });

  it("F40: is told once when a start that was to follow it is called off with it, in whatever moment", async () => {
    for (let moments = 0; moments < 20; moments += 1) {
      await using host = new HostileProvider({});
      await host.start();
      const second = failureOf(host.start({ model: "lab/thinker" }));
      for (let moment = 0; moment < moments; moment += 1) await Promise.resolve();
      await host.provider.stopSession(host.threadId);

      expect(await second, `after ${moments} moments`).toMatchObject({ code: "aborted" });
      expect(host.log.of("session.exited"), `after ${moments} moments`).toHaveLength(1);
      expect(host.thread()).toMatchObject({ status: "stopped", activeTurnId: null });
    }
  });

  it("F29: rejects every call that waits, at once", async () => {
    await using host = new HostileProvider({
      agent: { on: { prompt: [[{ waitFor: "get_commands" }, { crash: "SIGKILL" }]], get_entries: { always: [{ stall: true }] }, get_commands: { always: [{ stall: true }] } } },
    });
    await host.start();
    const sending = failureOf(host.send("Hello?"));
    await host.rest();
    const waiting = [sending, failureOf(host.provider.readThread(host.threadId)), failureOf(host.provider.listCommands(host.threadId))];

    expect(await Promise.all(waiting)).toMatchObject([
      { kind: "process", code: "agent-exited", message: expect.stringContaining("SIGKILL") },
      { kind: "session-closed", code: "session-ended" },
      { kind: "session-closed", code: "session-ended" },
    ]);
    expect(host.thread()).toMatchObject({ status: "error", activeTurnId: null, lastError: expect.stringContaining("SIGKILL") });
  });

  it("F33: is told once, after the turn's, however many ask for it at once", async () => {
    await using host = new HostileProvider({ agent: { on: { prompt: [piEndlessTurn("I work and")] } } });
    await host.start();
    const turnId = await host.send("Work.");
    const { provider } = host;
    await Promise.all([provider.stopSession(host.threadId), provider.stopAll(), provider.stopSession(host.threadId), provider[Symbol.asyncDispose](), host.pass(1_000)]);

    expect(host.log.types.filter((type) => type === "session.exited" || type === "turn.completed")).toEqual(["turn.completed", "session.exited"]);
    expect(host.shown(turnId).ends).toMatchObject([{ state: "interrupted" }]);
    expect(host.log.of("session.exited")[0]?.payload).toMatchObject({ exitKind: "graceful" });
  });

  it("F33: is told once when the process dies in the middle of a stop", async () => {
    await using host = new HostileProvider({ agent: { on: { prompt: [piEndlessTurn("I work and")], abort: [[{ crash: "SIGSEGV" }]] } } });
    await host.start();
    const turnId = await host.send("Work.");
    await host.provider.stopSession(host.threadId);

    expect(host.shown(turnId).ends).toMatchObject([{ state: "interrupted" }]);
    expect(host.log.of("session.exited")).toMatchObject([{ payload: { exitKind: "graceful" } }]);
    expect(host.log.of("runtime.error")).toEqual([]);
  });

  it("F33: by a crash completes the turn, and neither invents an exit nor keeps a session", async () => {
    await using host = new HostileProvider({
      agent: { on: { prompt: [[...piEndlessTurn("I work and").slice(0, -1), { crash: "SIGSEGV" }]] } },
      replacement: { on: { prompt: [piTextTurn("Here I am again.")] } },
    });
    await host.start();
    const turnId = await host.send("Work.");
    const end = await host.log.turn(turnId);
    await host.rest();

    expect(end.payload).toMatchObject({ state: "failed", errorMessage: expect.stringContaining("SIGSEGV") });
    expect(host.log.of("session.exited")).toEqual([]);
    expect(host.provider.listSessions()).toEqual([]);
    expect(await failureOf(host.send("Well?"))).toMatchObject({ kind: "session-not-found", code: "session-missing" });

    await host.start({ resumeCursor: (await host.log.first("session.started")).payload.resume });
    const next = await host.send("Well?");
    await host.log.turn(next);
    expect(host.log.of("session.exited")).toHaveLength(1);
    expect(host.shown(next).texts).toEqual(["Here I am again."]);
    expect(host.thread()).toEqual({ status: "ready", activeTurnId: null, lastError: null });
  });

  it("F37: that cannot be proved is counted, and the session is over all the same", async () => {
    await using host = new HostileProvider({});
    const { spawner } = host;
    const spawn = spawner.spawn.bind(spawner);
    // A process that is stuck inside the kernel.
    spawner.spawn = async (request) => {
      const process = await spawn(request);
      const stop = process.stop.bind(process);
      process.stop = async (ladder) => ({ ...(await stop(ladder)), survivors: [4_194_304] });
      return process;
    };
    await host.start();
    await host.provider.stopSession(host.threadId);

    expect(host.telemetry.counts.filter(({ name }) => name === "agent.survivors")).toEqual([{ name: "agent.survivors", value: 1, attributes: {} }]);
    expect(host.provider.listSessions()).toEqual([]);
  });
});
