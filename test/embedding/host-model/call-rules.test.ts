import { describe, expect, it } from "vitest";
import { says, StubHost } from "./stub-host.js";

/** How T3 calls a provider, and what it makes of failures: the rules of host-contract A.3 and E, and the lab's cases F and S. */

const turn = [says.sessionStarted, says.turnStarted("turn-1"), says.turnEnded("turn-1")] as const;

describe("a message (E.1, E.2)", () => {
  it("starts a session with the thread's choices and no cursor, then is sent, trimmed", async () => {
    await using bench = new StubHost();
    bench.host.changeModel(bench.threadId, { model: "lab/plain", modelOptions: { stub: { thinkingLevel: "low" } } });
    bench.host.send(bench.threadId, "  Hello?  ", { providerOptions: { stub: { binaryPath: "/bin/stub" } } });
    await bench.settled();
    expect(bench.provider.calls).toEqual([
      [
        "startSession",
        {
          threadId: "thread-1",
          provider: "stub",
          cwd: "/project",
          model: "lab/plain",
          modelOptions: { stub: { thinkingLevel: "low" } },
          providerOptions: { stub: { binaryPath: "/bin/stub" } },
          runtimeMode: "full-access",
        },
      ],
      ["sendTurn", { threadId: "thread-1", input: "Hello?", attachments: [], model: "lab/plain", modelOptions: { stub: { thinkingLevel: "low" } }, interactionMode: "default" }],
    ]);
  });

  it("into a thread whose session is not stopped starts nothing, and F9: in a turn is sent all the same", async () => {
    await using bench = new StubHost();
    await bench.send("One?");
    await bench.emit(says.sessionStarted, says.turnStarted("turn-1"));
    await bench.send("Two?");
    expect(bench.provider.callsOf("startSession")).toHaveLength(1);
    expect(bench.provider.callsOf("sendTurn")).toHaveLength(2);
  });

  it("F10: waits while another thread's message is not accepted, and so does everything else", async () => {
    await using bench = new StubHost();
    const second = bench.host.openThread();
    const { promise, resolve } = Promise.withResolvers<void>();
    bench.provider.accepted = promise;
    bench.host.send(bench.threadId, "One?");
    bench.host.send(second, "Two?");
    bench.host.interrupt(bench.threadId);
    await bench.clock.advance(0);
    expect(bench.provider.calls.map(([method]) => method)).toEqual(["startSession", "sendTurn"]);
    resolve();
    await bench.settled();
    expect(bench.provider.calls.map(([method]) => method)).toEqual(["startSession", "sendTurn", "startSession", "sendTurn", "interruptTurn"]);
  });

  it("F4: that fails without an event is seen nowhere but in the log, and the composer waits until the page is loaded anew", async () => {
    await using bench = new StubHost();
    await bench.send("One?");
    await bench.emit(...turn);
    bench.provider.failures.set("sendTurn", new Error("No."));
    expect(await bench.send("Two?")).toMatchObject({ status: "idle", banner: null, composer: "sending", workLog: [] });
    expect(bench.host.log).toEqual(["provider command reactor failed to process event: No."]);
    bench.host.reload();
    expect(bench.screen).toMatchObject({ composer: "ready" });
  });

  it("is not taken for received because of an old banner", async () => {
    await using bench = new StubHost();
    await bench.send("One?");
    await bench.emit(says.sessionStarted, says.turnStarted("turn-1"), says.turnEnded("turn-1", "failed", "Broken."));
    bench.provider.failures.set("sendTurn", new Error("No."));
    expect(await bench.send("Two?")).toMatchObject({ banner: "Broken.", composer: "sending" });
    expect(await bench.emit(says.error("No."))).toMatchObject({ banner: "No.", composer: "ready" });
  });

  it("without a word is refused by T3 itself", async () => {
    await using bench = new StubHost();
    await bench.send("   ");
    expect(bench.provider.callsOf("sendTurn")).toEqual([]);
    expect(bench.host.log).toEqual([expect.stringContaining("Either input text")]);
  });
});

describe("a start that fails (D.6, 6b)", () => {
  it("F1: without an event leaves the composer waiting; after a reload the next message starts cleanly", async () => {
    await using bench = new StubHost();
    bench.provider.failures.set("startSession", new Error("No."));
    expect(await bench.send("One?")).toMatchObject({ banner: null, composer: "sending" });
    bench.host.reload();
    bench.provider.failures.clear();
    await bench.send("Two?");
    expect(bench.provider.callsOf("sendTurn")).toHaveLength(1);
  });

  it("F2: with an error alone poisons the thread for good", async () => {
    await using bench = new StubHost();
    bench.provider.failures.set("startSession", new Error("No."));
    bench.provider.onStart = () => bench.provider.emit(says.error("No."));
    expect(await bench.send("One?")).toMatchObject({ status: "error", banner: "No.", composer: "ready" });
    bench.provider.failures.clear();
    await bench.send("Two?");
    expect(bench.provider.callsOf("startSession")).toHaveLength(1);
    expect(bench.provider.callsOf("sendTurn")).toEqual([]);
    expect(bench.host.log.at(-1)).toContain("no persisted provider binding exists");
  });

  it("F3: with an exit after the error lets the next message start anew", async () => {
    await using bench = new StubHost();
    bench.provider.failures.set("startSession", new Error("No."));
    bench.provider.onStart = () => bench.provider.emit(says.error("No."), says.exited);
    expect(await bench.send("One?")).toMatchObject({ status: "idle", banner: "No.", composer: "ready" });
    bench.provider.failures.clear();
    bench.provider.onStart = () => undefined;
    await bench.send("Two?");
    expect(bench.provider.callsOf("sendTurn")).toHaveLength(1);
  });
});

describe("a session that is gone (A.3)", () => {
  it("F5: is recovered with the latest cursor, the folder and the options, and without a model", async () => {
    await using bench = new StubHost();
    bench.host.changeModel(bench.threadId, { model: "lab/plain", modelOptions: { stub: { thinkingLevel: "low" } } });
    bench.host.send(bench.threadId, "One?", { providerOptions: { stub: { binaryPath: "/bin/stub" } } });
    await bench.settled();
    await bench.emit(says.sessionStarted, says.turnStarted("turn-1"), says.error("Crashed.", "turn-1"), says.turnEnded("turn-1", "failed", "Crashed."));
    bench.provider.lose();
    await bench.send("Two?");
    expect(bench.provider.callsOf("startSession").at(-1)).toEqual({
      threadId: "thread-1",
      provider: "stub",
      cwd: "/project",
      providerOptions: { stub: { binaryPath: "/bin/stub" } },
      resumeCursor: { turns: 1 },
      runtimeMode: "full-access",
    });
    expect(bench.provider.callsOf("sendTurn").at(-1)).toMatchObject({ input: "Two?", model: "lab/plain" });
  });

  it("F6: and has said that it exited is started without the cursor: the conversation is lost", async () => {
    await using bench = new StubHost();
    await bench.send("One?");
    await bench.emit(...turn, says.exited);
    bench.provider.lose();
    await bench.send("Two?");
    expect(bench.provider.callsOf("startSession").at(-1)).not.toHaveProperty("resumeCursor");
  });

  it("cannot be recovered when nobody gave a cursor", async () => {
    await using bench = new StubHost();
    const at = new Date(0).toISOString();
    bench.provider.startSession = ({ threadId }) => {
      const session = { provider: "stub", status: "ready", threadId, runtimeMode: "full-access", createdAt: at, updatedAt: at } as const;
      bench.provider.sessions.set(threadId, session);
      return Promise.resolve(session);
    };
    bench.provider.sendTurn = ({ threadId }) => Promise.resolve({ threadId, turnId: "turn-1" });
    await bench.send("One?");
    await bench.emit(...turn);
    bench.provider.lose();
    await bench.send("Two?");
    expect(bench.host.log).toEqual([expect.stringContaining("no provider resume state is persisted")]);
  });

  it("is bound with what its recovery needs", async () => {
    await using bench = new StubHost();
    await bench.send("One?");
    expect(bench.host.binding(bench.threadId)).toMatchObject({ status: "running", runtimeMode: "full-access", resumeCursor: { turns: 1 }, payload: { activeTurnId: "turn-1", cwd: "/project" } });
  });

  it("is started for an interrupt, too", async () => {
    await using bench = new StubHost();
    await bench.send("One?");
    await bench.emit(says.sessionStarted, says.turnStarted("turn-1"));
    bench.provider.lose();
    bench.host.interrupt(bench.threadId);
    await bench.settled();
    expect(bench.provider.calls.slice(2).map(([method]) => method)).toEqual(["startSession", "interruptTurn"]);
  });

  it("of another provider is not taken", async () => {
    await using bench = new StubHost();
    bench.provider.onStart = ({ threadId }) => {
      const at = new Date(0).toISOString();
      bench.provider.startSession = () => Promise.resolve({ provider: "another", status: "ready", threadId, runtimeMode: "full-access", createdAt: at, updatedAt: at });
    };
    await bench.send("One?");
    await bench.emit(...turn, says.exited);
    bench.provider.lose();
    await bench.send("Two?");
    expect(bench.host.log.at(-1)).toContain("Adapter/provider mismatch");
  });
});

describe("a change of mode or model (E.2, E.3)", () => {
  it("F8: a mode restarts the session with the cursor that the session lists, not the latest turn's; a model goes with the message", async () => {
    await using bench = new StubHost();
    await bench.send("One?");
    await bench.emit(...turn);
    bench.host.setRuntimeMode(bench.threadId, "approval-required");
    await bench.settled();
    expect(bench.provider.callsOf("startSession").at(-1)).toMatchObject({ runtimeMode: "approval-required", resumeCursor: { startedAs: 1 } });
    expect(bench.provider.callsOf("stopSession")).toEqual([]);
    bench.host.changeModel(bench.threadId, { model: "lab/thinker" });
    await bench.send("Two?");
    expect(bench.provider.callsOf("startSession")).toHaveLength(2);
    expect(bench.provider.callsOf("sendTurn").at(-1)).toMatchObject({ model: "lab/thinker" });
  });

  it("R9: a mode that is refused keeps every later message from being sent, silently", async () => {
    await using bench = new StubHost();
    await bench.send("One?");
    await bench.emit(...turn);
    bench.provider.failures.set("startSession", new Error("Not that mode."));
    bench.host.setRuntimeMode(bench.threadId, "approval-required");
    expect(await bench.settled()).toMatchObject({ banner: null });
    expect(await bench.send("Two?")).toMatchObject({ banner: null, composer: "sending" });
    await bench.send("Three?");
    expect(bench.provider.callsOf("startSession")).toHaveLength(4);
    expect(bench.provider.callsOf("sendTurn")).toHaveLength(1);
  });

  it("of the mode before the first message starts nothing", async () => {
    await using bench = new StubHost();
    bench.host.setRuntimeMode(bench.threadId, "approval-required");
    await bench.settled();
    expect(bench.provider.calls).toEqual([]);
  });

  it("a model restarts a session that cannot switch, without the cursor", async () => {
    await using bench = new StubHost();
    bench.provider.capabilities = { ...bench.provider.capabilities, sessionModelSwitch: "restart-session" };
    bench.host.changeModel(bench.threadId, { model: "lab/plain" });
    await bench.send("One?");
    await bench.send("Two?");
    bench.host.changeModel(bench.threadId, { model: "lab/thinker" });
    await bench.send("Three?");
    expect(bench.provider.callsOf("startSession")).toHaveLength(2);
    expect(bench.provider.callsOf("startSession").at(-1)).toMatchObject({ model: "lab/thinker", resumeCursor: undefined });
  });

  it("a model is not asked for where it can never change", async () => {
    await using bench = new StubHost();
    bench.provider.capabilities = { ...bench.provider.capabilities, sessionModelSwitch: "unsupported" };
    bench.host.changeModel(bench.threadId, { model: "lab/plain" });
    await bench.send("One?");
    bench.host.changeModel(bench.threadId, { model: "lab/thinker" });
    await bench.send("Two?");
    expect(bench.provider.callsOf("sendTurn").at(-1)).toMatchObject({ model: "lab/plain" });
  });
});

describe("an interrupt and a stop (E.4)", () => {
  it("without a session interrupts nothing and says so", async () => {
    await using bench = new StubHost();
    bench.host.interrupt(bench.threadId);
    await bench.settled();
    expect(bench.provider.calls).toEqual([]);
    expect(bench.host.thread(bench.threadId).activities).toMatchObject([{ kind: "provider.turn.interrupt.failed" }]);
  });

  it("a stop forgets the cursor, whether or not the session lives", async () => {
    await using bench = new StubHost();
    await bench.send("One?");
    await bench.emit(says.sessionStarted, says.turnStarted("turn-1"));
    bench.provider.lose();
    bench.host.stopSession(bench.threadId);
    expect(await bench.settled()).toMatchObject({ status: "idle" });
    expect(bench.provider.callsOf("stopSession")).toEqual([]);
    expect(bench.host.binding(bench.threadId)).toBeUndefined();
  });

  it("a stop that fails leaves the thread as it was", async () => {
    await using bench = new StubHost();
    await bench.send("One?");
    await bench.emit(says.sessionStarted, says.turnStarted("turn-1"));
    bench.provider.failures.set("stopSession", new Error("It will not."));
    bench.host.stopSession(bench.threadId);
    expect(await bench.settled()).toMatchObject({ status: "working" });
  });
});

/** A thread that T3 holds for working although nothing works. */
async function restartedInTurn(): Promise<StubHost> {
  const bench = new StubHost();
  await bench.send("One?");
  await bench.emit(says.sessionStarted, says.turnStarted("turn-1"), says.text("m1", "Half"));
  await bench.restartServer();
  return bench;
}

describe("a restart of the server (D.6, S1 to S9)", () => {
  it("S1: keeps the thread working, the turn active and the cursor; what was not shown is lost", async () => {
    await using bench = await restartedInTurn();
    expect(bench.session).toMatchObject({ status: "running", activeTurnId: "turn-1" });
    expect(bench.screen.messages).toHaveLength(1);
    expect(bench.host.binding(bench.threadId)).toMatchObject({ status: "stopped", resumeCursor: { turns: 1 } });
    await bench.send("Two?");
    expect(bench.provider.callsOf("startSession")).toMatchObject([{ resumeCursor: { turns: 1 } }]);
    await bench.emit(says.sessionStarted, says.turnStarted("new"), says.turnEnded("new"));
    expect(bench.session).toMatchObject({ status: "running", activeTurnId: "turn-1" });
  });

  it.each([
    { healing: "S2: an exit before the start", by: [says.exited] },
    { healing: "S3: the end of the remembered turn", by: [says.turnEnded("turn-1", "interrupted")] },
    { healing: "S9: an error without a turn", by: [says.error("Hm.")] },
  ])("$healing heals it", async ({ by }) => {
    await using bench = await restartedInTurn();
    await bench.send("Two?");
    await bench.emit(...by, says.sessionStarted, says.turnStarted("new"));
    expect(bench.session).toMatchObject({ status: "running", activeTurnId: "new" });
    expect(await bench.emit(says.turnEnded("new"))).toMatchObject({ status: "idle" });
  });

  it("S7: after a recovery that failed with an error alone, the next message tries again with the cursor", async () => {
    await using bench = await restartedInTurn();
    bench.provider.failures.set("startSession", new Error("Not now."));
    bench.provider.onStart = () => bench.provider.emit(says.error("Not now."));
    await bench.send("Two?");
    bench.provider.failures.clear();
    await bench.send("Three?");
    expect(bench.provider.callsOf("startSession")).toMatchObject([{ resumeCursor: { turns: 1 } }, { resumeCursor: { turns: 1 } }]);
  });

  it("S8: after one that failed with an exit, it starts anew", async () => {
    await using bench = await restartedInTurn();
    bench.provider.failures.set("startSession", new Error("It is gone."));
    bench.provider.onStart = () => bench.provider.emit(says.error("It is gone."), says.exited);
    await bench.send("Two?");
    bench.provider.failures.clear();
    await bench.send("Three?");
    expect(bench.provider.callsOf("startSession").at(-1)).not.toHaveProperty("resumeCursor");
  });

  it("does not take in what sessions tell of their end while the server shuts down", async () => {
    await using bench = new StubHost();
    await bench.send("One?");
    await bench.emit(says.sessionStarted, says.turnStarted("turn-1"), says.asks("r1"));
    const { provider } = bench;
    provider.stopAll = () => {
      provider.emit(says.answered("r1"), says.turnEnded("turn-1", "interrupted"), says.exited);
      return Promise.resolve();
    };
    expect(await bench.restartServer()).toMatchObject({ status: "working", composer: "answering" });
  });

  it("gives the provider its cursor as JSON has it", async () => {
    await using bench = new StubHost();
    const cursor = { at: new Date(0), nothing: undefined };
    bench.provider.sendTurn = ({ threadId }) => Promise.resolve({ threadId, turnId: "turn-1", resumeCursor: cursor });
    await bench.send("One?");
    await bench.restartServer();
    await bench.send("Two?");
    expect(bench.provider.callsOf("startSession")).toMatchObject([{ resumeCursor: { at: "1970-01-01T00:00:00.000Z" } }]);
  });
});
