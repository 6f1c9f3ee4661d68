import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { Cause, Effect, Exit, Fiber, Schema, Stream } from "effect";
import { TestClock } from "effect/testing";
import { describe, expect, it, vi } from "vitest";
import { piEndlessTurn, piRunEnd, piRunStart, piSettled, piSpeechEnd, piSpeechStart, piTextTurn, piToolTurn } from "../../src/adapters/fake/scripted-agent/pi-turns.js";
import { ProviderError, type ProviderErrorKind } from "../../src/ports/errors.js";
import { temporaryFolder } from "../temporary-folder.js";
import { InMemoryPi, noPi, T3Server, thread } from "./embedded-pi.js";
import { PiProvider, toAdapterError } from "./t3-adapter.js";
import * as T3 from "./t3-contracts.js";

/** Only what hangs takes this long. */
const eventually = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 20_000 });

const glue = join(import.meta.dirname, "t3-adapter.ts");

describe("the glue", () => {
  it("has no more than 150 lines", async () => {
    const text = await readFile(glue, "utf8");
    expect(text.split("\n").length - 1).toBeLessThanOrEqual(150);
    expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(165);
  });

  it("compares no classes and reads no texts", async () => {
    const text = await readFile(glue, "utf8");
    expect(text.match(/\binstanceof\b|\.includes\(|\.match\(|\.test\(|\.startsWith\(|\.endsWith\(|\.indexOf\(/g)).toBeNull();
  });
});

describe("a conversation through the layer", () => {
  it("starts, takes a message and tells its events", async () => {
    const pi = new InMemoryPi({ agent: { on: { prompt: [piTextTurn("I am here.")] } } });
    await using server = await T3Server.open({ options: { modules: [pi.module] } });

    const session = await server.run(server.start({ model: "lab/thinker", modelOptions: { codex: { fastMode: true }, pi: { thinkingLevel: "high" } } }));
    expect(Schema.decodeUnknownSync(T3.ProviderSession)(session)).toEqual(session);
    expect(session).toMatchObject({ provider: "pi", status: "ready", threadId: "thread-1", cwd: "/project", model: "lab/thinker" });
    expect(server.adapter).toMatchObject({ provider: "pi", capabilities: { sessionModelSwitch: "in-session" } });

    const { turnId, threadId, resumeCursor } = await server.run(server.send("Are you there?"));
    expect({ threadId, resumeCursor }).toEqual({ threadId: "thread-1", resumeCursor: expect.anything() });
    expect((await server.log.turn(turnId)).payload.state).toBe("completed");
    expect(server.log.texts(turnId)).toEqual(["I am here."]);
    expect(await server.run(server.adapter.listSessions())).toMatchObject([{ threadId: "thread-1", status: "ready" }]);
    expect(await server.run(server.adapter.readThread(thread("thread-1")))).toMatchObject({ threadId: "thread-1", turns: [{ items: [{}, {}] }] });
  });

  it("asks for approvals in T3's own words, and takes the decision", async () => {
    const pi = new InMemoryPi({ agent: { on: { prompt: [piToolTurn({ tool: { name: "bash", args: { command: "make" }, output: "made" }, text: "Made." })] } } });
    await using server = await T3Server.open({ options: { modules: [pi.module] } });
    await server.run(server.start({ runtimeMode: "approval-required" }));
    const { turnId } = await server.run(server.send("Make it."));
    const { requestId = "", payload } = await server.log.first("request.opened");
    expect(payload).toMatchObject({ requestType: "command_execution_approval", detail: "make" });
    await server.run(server.adapter.respondToRequest(thread("thread-1"), T3.ApprovalRequestId.make(requestId), "accept"));
    expect((await server.log.turn(turnId)).payload.state).toBe("completed");
    expect(server.log.of("request.resolved").map((event) => event.payload.decision)).toEqual(["accept"]);
  });

  it("interrupts a turn, and the next message works", async () => {
    const pi = new InMemoryPi({ agent: { on: { prompt: [piEndlessTurn("Well,")] } } });
    await using server = await T3Server.open({ options: { modules: [pi.module] } });
    await server.run(server.start());
    const { turnId } = await server.run(server.send("Tell me a long story."));
    await server.log.first("content.delta");
    await server.run(server.adapter.interruptTurn(thread("thread-1")));
    expect((await server.log.turn(turnId)).payload.state).toBe("interrupted");

    const next = await server.run(server.send("And now?"));
    expect((await server.log.turn(next.turnId)).payload.state).toBe("completed");
  });

  it("carries a question to the user and the answer back", async () => {
    const ask = { ask: { type: "extension_ui_request", id: "q1", method: "confirm", title: "Sure?", message: "Really?" } } as const;
    const pi = new InMemoryPi({ agent: { on: { prompt: [[...piRunStart, ask, ...piSpeechStart({ text: "Good." }), ...piSpeechEnd({ text: "Good." }), ...piRunEnd(), ...piSettled]] } } });
    await using server = await T3Server.open({ options: { modules: [pi.module] } });
    await server.run(server.start());
    const { turnId } = await server.run(server.send("Do it."));
    const { requestId = "", payload } = await server.log.first("user-input.requested");
    const answers = { [payload.questions[0]?.id ?? ""]: "Yes" };
    await server.run(server.adapter.respondToUserInput(thread("thread-1"), T3.ApprovalRequestId.make(requestId), answers));
    expect((await server.log.turn(turnId)).payload.state).toBe("completed");
    expect(server.log.of("user-input.resolved")).toMatchObject([{ requestId, payload: { answers } }]);
  });

  it("stops a session, and all of them", async () => {
    const pi = new InMemoryPi();
    await using server = await T3Server.open({ options: { modules: [pi.module] } });
    for (const id of ["a", "b", "c"]) await server.run(server.start({ threadId: thread(id) }));
    await server.run(server.adapter.stopSession(thread("a")));
    expect(await Promise.all(["a", "b"].map((id) => server.run(server.adapter.hasSession(thread(id)))))).toEqual([false, true]);
    await server.run(server.adapter.stopAll());
    expect(pi.spawner.running).toBe(0);
    expect(await server.run(server.adapter.listSessions())).toEqual([]);
  });
});

describe("what goes wrong", () => {
  const words = "It is busy. Wait.";
  const told: Record<ProviderErrorKind, object> = {
    validation: { _tag: "ProviderAdapterValidationError", operation: "sendTurn", issue: words },
    "session-not-found": { _tag: "ProviderAdapterSessionNotFoundError", threadId: "t" },
    "session-closed": { _tag: "ProviderAdapterSessionClosedError", threadId: "t" },
    process: { _tag: "ProviderAdapterProcessError", threadId: "t", detail: words },
    request: { _tag: "ProviderAdapterRequestError", method: "sendTurn", detail: words },
    unsupported: { _tag: "ProviderAdapterRequestError", method: "sendTurn", detail: words },
  };

  it.each(Object.entries(told))("is told by its kind: %s", (kind, expected) => {
    const error = new ProviderError({ kind: kind as ProviderErrorKind, code: "busy", operation: "prompt", detail: "It is busy.", nextStep: "Wait." });
    expect(toAdapterError({ error, operation: "sendTurn", threadId: "t" })).toMatchObject({ ...expected, provider: "pi", cause: error });
  });

  it("is recognised when another copy of the package made it", () => {
    const foreign = { kind: "process", message: "Gone.", [Symbol.for("rpc-agent-provider/ProviderError")]: true };
    expect(toAdapterError({ error: foreign, operation: "sendTurn", threadId: "t" })).toMatchObject({ _tag: "ProviderAdapterProcessError", threadId: "t", detail: "Gone." });
  });

  it("is a defect when it is no error of the provider's", () => {
    expect(() => toAdapterError({ error: new TypeError("A bug."), operation: "sendTurn", threadId: "t" })).toThrow(new TypeError("A bug."));
  });

  it("is validation when the call is wrong", async () => {
    const pi = new InMemoryPi();
    await using server = await T3Server.open({ options: { modules: [pi.module] } });
    await server.run(server.start());
    const error = await server.failure(server.adapter.sendTurn({ threadId: thread("thread-1"), attachments: [] }));
    expect(error).toMatchObject({ _tag: "ProviderAdapterValidationError", operation: "sendTurn", issue: expect.any(String) });
  });

  it("is an unknown session when the thread has none", async () => {
    const pi = new InMemoryPi();
    await using server = await T3Server.open({ options: { modules: [pi.module] } });
    expect(await server.failure(server.send("Hello?"))).toMatchObject({ _tag: "ProviderAdapterSessionNotFoundError", provider: "pi", threadId: "thread-1" });
  });

  it("is a process error when there is no Pi, and the user is told as well", async () => {
    const pi = new InMemoryPi({ lookup: noPi });
    await using server = await T3Server.open({ options: { modules: [pi.module] } });
    const error = await server.failure(server.start());
    expect(error).toMatchObject({ _tag: "ProviderAdapterProcessError", threadId: "thread-1", detail: expect.stringContaining("npm install") });
    expect((await server.log.first("runtime.error")).payload.message).not.toBe("");
    expect(await server.run(server.adapter.hasSession(thread("thread-1")))).toBe(false);
  });

  it("is a refused request when Pi lacks the model", async () => {
    const pi = new InMemoryPi();
    await using server = await T3Server.open({ options: { modules: [pi.module] } });
    await server.run(server.start());
    expect(await server.failure(server.send("Hello?", { modelOptions: { pi: { thinkingLevel: "gigantic" } } }))).toMatchObject({ _tag: "ProviderAdapterRequestError", method: "sendTurn" });
  });

  it("is a refused request where Pi honestly cannot do it", async () => {
    const pi = new InMemoryPi();
    await using server = await T3Server.open({ options: { modules: [pi.module] } });
    await server.run(server.start());
    expect(await server.failure(server.send("Make a plan.", { interactionMode: "plan" }))).toMatchObject({ _tag: "ProviderAdapterRequestError", method: "sendTurn" });
    const stale = server.adapter.respondToRequest(thread("thread-1"), T3.ApprovalRequestId.make("r1"), "accept");
    expect(await server.failure(stale)).toMatchObject({ method: "respondToRequest", detail: expect.stringContaining("Unknown pending permission request") });
  });

  it("is a closed session when it is stopped under way", async () => {
    const pi = new InMemoryPi({ agent: { startup: [{ gate: "slow" }] } });
    await using server = await T3Server.open({ options: { modules: [pi.module] } });
    const failure = server.failure(server.start());
    await eventually(() => expect(pi.sessionStarts).toBe(1));
    await server.run(server.adapter.stopSession(thread("thread-1")));
    expect(await failure).toMatchObject({ _tag: "ProviderAdapterSessionClosedError", threadId: "thread-1" });
  });
});

describe("an interrupted fiber", () => {
  it("calls its start off, and the thread can start again", async () => {
    const pi = new InMemoryPi({ agent: { startup: [{ gate: "slow" }] } });
    await using server = await T3Server.open({ options: { modules: [pi.module] } });
    const fiber = server.fork(server.start());
    await eventually(() => expect(pi.sessionStarts).toBe(1));
    await server.run(Fiber.interrupt(fiber));
    await eventually(() => expect(pi.spawner.running).toBe(0));
    expect(await server.run(server.adapter.hasSession(thread("thread-1")))).toBe(false);

    pi.agent.gates.open("slow");
    await server.run(server.start());
    const { turnId } = await server.run(server.send("Hello?"));
    expect((await server.log.turn(turnId)).payload.state).toBe("completed");
  });
});

describe("the events", () => {
  it("wait for a slow consumer, whose agent waits with them, and lose nothing", async () => {
    const words = Array.from({ length: 300 }, (_, index) => `${String(index).padStart(3)} `);
    const text = words.join("");
    const pi = new InMemoryPi({ agent: { on: { prompt: [[...piRunStart, ...piSpeechStart({ text, deltas: words.length }), ...piSpeechEnd({ text }), ...piRunEnd(), ...piSettled]] } } });
    const slow = Promise.withResolvers<void>();
    let read = 0;
    await using server = await T3Server.open({
      options: { modules: [pi.module], maxWaitingEvents: 10, nativeEventLogger: { write: () => Effect.sync(() => void (read += 1)) } },
      listen: Stream.tap((event) => (event.type === "turn.started" ? Effect.promise(() => slow.promise) : Effect.void)),
    });
    await server.run(server.start());
    const { turnId } = await server.run(server.send("Count to three hundred."));
    for (let round = 0; round < 1_000; round += 1) await setImmediate();
    expect(read).toBeLessThan(100);

    slow.resolve();
    await server.log.turn(turnId);
    expect(server.log.texts(turnId)).toEqual([text]);
    await eventually(() => expect(read).toBeGreaterThan(words.length));
    expect(server.log.of("content.delta").map(({ payload }) => payload.delta).join("")).toBe(text);
  });

  it("have one consumer: a second one dies, and the first does not notice", async () => {
    const pi = new InMemoryPi();
    await using server = await T3Server.open({ options: { modules: [pi.module] } });
    const exit = await server.run(Effect.exit(Stream.runDrain(server.adapter.streamEvents)));
    expect(Exit.isFailure(exit) && Cause.hasDies(exit.cause)).toBe(true);
    await server.run(server.start());
    const { turnId } = await server.run(server.send("Hello?"));
    expect((await server.log.turn(turnId)).payload.state).toBe("completed");
  });
});

describe("a consumer that leaves", () => {
  it("holds no session up", async () => {
    const pi = new InMemoryPi({ agent: { on: { prompt: [piTextTurn("Who listens?")] } } });
    await using server = await T3Server.open({ options: { modules: [pi.module], maxWaitingEvents: 1 }, listen: Stream.take(1) });
    await server.run(server.start());
    await server.log.ended;
    await server.run(server.send("Hello?"));
    await eventually(() => expect(pi.agent.received.map(({ type }) => type)).toContain("get_session_stats"));
    expect(server.log.events).toHaveLength(1);
  });
});

describe("a closed scope", () => {
  it("ends every process, the running turn and the stream", async () => {
    const pi = new InMemoryPi({ agent: { on: { prompt: [piEndlessTurn("Well,")] } } });
    await using server = await T3Server.open({ options: { modules: [pi.module] } });
    await server.run(server.start({ threadId: thread("idle") }));
    await server.run(server.start());
    const { turnId } = await server.run(server.send("Tell me a long story."));
    expect(await server.run(server.adapter.listSessions())).toHaveLength(2);

    await server[Symbol.asyncDispose]();
    expect(pi.spawner.running).toBe(0);
    expect((await server.log.turn(turnId)).payload.state).toBe("interrupted");
    expect(server.log.of("session.exited").map(({ threadId }) => threadId).sort()).toEqual(["idle", "thread-1"]);
  });

  it("closes nothing of another server's", async () => {
    const [left, right] = [new InMemoryPi(), new InMemoryPi()];
    await using other = await T3Server.open({ options: { modules: [right.module] } });
    await other.run(other.start());
    await using one = await T3Server.open({ options: { modules: [left.module] } });
    await one.run(one.start());
    await one[Symbol.asyncDispose]();

    expect(left.spawner.running).toBe(0);
    const { turnId } = await other.run(other.send("Are you still there?"));
    expect((await other.log.turn(turnId)).payload.state).toBe("completed");
    expect(other.log.events.length).toBeGreaterThan(one.log.events.length);
    const seen = new Set(one.log.events.map(({ eventId }) => eventId));
    expect(other.log.events.filter(({ eventId }) => seen.has(eventId))).toEqual([]);
  });
});

describe("health", () => {
  const statuses = Effect.flatMap(T3.ProviderHealth, ({ getStatuses }) => getStatuses);

  it("is checked once, beside the layer, and told when it is known", async () => {
    const pi = new InMemoryPi();
    await using server = await T3Server.open({ options: { modules: [pi.module] } });
    const [status] = await server.run(statuses);
    expect(Schema.decodeUnknownSync(T3.ServerProviderStatus)(status)).toEqual(status);
    expect(status).toMatchObject({ provider: "pi", status: "ready", available: true });
    await server.run(statuses);
    expect(pi.spawner.spawned).toHaveLength(1);
  });

  it("keeps nobody waiting: the layer not at all, and a status four seconds", async () => {
    const pi = new InMemoryPi({ asked: { startup: [{ gate: "slow" }] } });
    await using server = await T3Server.open({ options: { modules: [pi.module] } });
    const impatient = Effect.gen(function* () {
      const asking = yield* Effect.forkChild(statuses, { startImmediately: true });
      yield* TestClock.adjust("4 seconds");
      return yield* Fiber.join(asking);
    });
    expect(await server.run(impatient)).toMatchObject([{ provider: "pi", status: "warning", available: false, message: "Pi is still being checked." }]);

    pi.asked.gates.open("slow");
    expect(await server.run(statuses)).toMatchObject([{ status: "ready", available: true }]);
    expect(pi.spawner.spawned).toHaveLength(1);
  });

  it("says what is wrong and what to do", async () => {
    const pi = new InMemoryPi({ lookup: noPi });
    await using server = await T3Server.open({ options: { modules: [pi.module] } });
    expect(await server.run(statuses)).toMatchObject([{ status: "error", available: false, message: expect.stringContaining("npm install") }]);
  });
});

type CatalogOf = T3.ProviderModelCatalogShape["getCatalog"];
const catalog = (...input: Parameters<CatalogOf>): Effect.Effect<Effect.Success<ReturnType<CatalogOf>>, never, T3.ProviderModelCatalog> =>
  Effect.flatMap(T3.ProviderModelCatalog, ({ getCatalog }) => getCatalog(...input));

describe("the model catalogue", () => {
  it("is Pi's own", async () => {
    const pi = new InMemoryPi();
    await using server = await T3Server.open({ options: { modules: [pi.module] } });
    const models = await server.run(catalog({ provider: "pi" }));
    expect(models).toEqual({ pi: { defaultModel: "lab/plain", models: expect.arrayContaining([{ slug: "lab/thinker", name: expect.any(String) }]) } });
  });

  it("is empty for another provider, for whom no Pi is asked", async () => {
    const pi = new InMemoryPi({ lookup: noPi });
    await using server = await T3Server.open({ options: { modules: [pi.module] } });
    expect(await server.run(catalog({ provider: "codex" }))).toEqual({});
    expect(await server.run(catalog())).toEqual({});
  });

  it("is empty where Pi cannot be asked", async () => {
    const pi = new InMemoryPi({ lookup: noPi });
    await using server = await T3Server.open({ options: { modules: [pi.module] } });
    expect(await server.run(catalog({ provider: "pi", providerOptions: { pi: { binaryPath: "/nowhere/pi" } } }))).toEqual({});
    expect(pi.locator.queries).toContainEqual(expect.objectContaining({ configured: "/nowhere/pi" }));
    expect(server.logged).toContainEqual(["Pi's models are not known", expect.objectContaining({ code: "binary-not-found" })]);
  });
});

describe("what T3 lends", () => {
  it("is its attachments, its state folder and its native log", async () => {
    const stateDir = await temporaryFolder();
    await mkdir(join(stateDir, "attachments"));
    await writeFile(join(stateDir, "attachments", "image-1.png"), "pixels");
    const written: { readonly event: unknown; readonly threadId: T3.ThreadId | null }[] = [];
    const nativeEventLogger: T3.EventNdjsonLogger = { write: (event, threadId) => Effect.sync(() => void written.push({ event, threadId })) };
    const pi = new InMemoryPi();
    await using server = await T3Server.open({ stateDir, options: { nativeEventLogger, modules: [pi.module] } });
    await server.run(server.start());
    const image = { type: "image", id: "image-1", name: "a.png", mimeType: "image/png", sizeBytes: 6 } as const;
    const { turnId } = await server.run(server.send("What is this?", { attachments: [image] }));
    await server.log.turn(turnId);

    const prompt = pi.agent.received.find(({ type }) => type === "prompt");
    expect(prompt).toMatchObject({ images: [{ mimeType: "image/png", data: Buffer.from("pixels").toString("base64") }] });
    await eventually(() => expect(written.map(({ event }) => event)).toContainEqual({ threadId: "thread-1", direction: "from-agent", record: { type: "agent_settled" } }));
    expect(new Set(written.map(({ threadId }) => threadId))).toEqual(new Set(["thread-1"]));
    const types = written.flatMap(({ event }) => ((event as { direction: string }).direction === "to-agent" ? [(event as { record: { type: string } }).record.type] : []));
    expect(types).toEqual(pi.agent.received.map(({ type }) => type));
  });

  it("is where custom models are kept", async () => {
    const stateDir = await temporaryFolder();
    const pi = new InMemoryPi({ lookup: noPi });
    await using server = await T3Server.open({ stateDir, options: { modules: [pi.module] } });
    const { slug } = await server.run(Effect.flatMap(PiProvider, ({ customModels }) => Effect.promise(() => customModels.add("lab/new", { allowUnverified: true }))));
    expect(slug).toBe("lab/new");
    expect(await readFile(join(stateDir, "pi-models.json"), "utf8")).toContain("lab/new");
  });

  it("is given up rather than waited for when its log never ends", async () => {
    const pi = new InMemoryPi();
    await using server = await T3Server.open({ options: { nativeEventLogger: { write: () => Effect.never }, modules: [pi.module] } });
    await server.run(server.start());
    const { turnId } = await server.run(server.send("Hello?"));
    expect((await server.log.turn(turnId)).payload.state).toBe("completed");
    await server[Symbol.asyncDispose]();
    expect(pi.spawner.running).toBe(0);
  });
});
