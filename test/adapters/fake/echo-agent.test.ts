import { describe, expect, it } from "vitest";
import { echoAgent } from "../../../src/adapters/fake/echo-agent.js";
import { echoDialect } from "../../../src/adapters/fake/echo-dialect.js";
import { InstalledAgent } from "../../../src/adapters/fake/installed-agent.js";
import type { AgentCommand, AgentDialogAnswer, AgentEvent, AgentState } from "../../../src/ports/agent-messages.js";
import type { RpcRecord } from "../../../src/ports/rpc-transport.js";
import { ChildAgent, sourceNodeArguments } from "../../child-agent.js";
import { InMemoryAgent } from "../../in-memory-agent.js";
import type { JsonlClient } from "../../jsonl-client.js";

const version = { major: 1, minor: 0, patch: 0 };
const { framing } = echoDialect;

/** Talks to the agent in neutral words, through its dialect. */
class EchoConversation implements AsyncDisposable {
  readonly agent: InMemoryAgent;
  #requests = 0;

  private constructor(agent: InMemoryAgent) {
    this.agent = agent;
  }

  static async start(...args: readonly string[]): Promise<EchoConversation> {
    return new EchoConversation(await InMemoryAgent.start(echoAgent, args));
  }

  get client(): JsonlClient {
    return this.agent.client;
  }

  /** Every event so far, in neutral words. */
  get events(): readonly AgentEvent[] {
    return this.client.records.filter((record) => framing.correlate(record).type === "event").map((record) => echoDialect.decodeEvent(record, version));
  }

  /** The text of all finished messages of the assistant. */
  get said(): readonly string[] {
    return this.events.flatMap((event) => (event.type === "message-ended" && event.role === "assistant" ? event.text.map(({ text }) => text) : []));
  }

  /** Sends a command; resolves with its id, not with its reply. */
  async begin(command: AgentCommand): Promise<string> {
    const record = echoDialect.encodeCommand(command, version);
    if (record === undefined) throw new Error(`There is no ${command.type}.`);
    const id = `request-${(this.#requests += 1)}`;
    await this.client.send(framing.address(record, id));
    return id;
  }

  /** The value of the command's reply, or the refusal. */
  async ask(command: AgentCommand): Promise<unknown> {
    const id = await this.begin(command);
    const reply = echoDialect.decodeReply(command.type, await this.client.next({ re: id }), version);
    return reply.type === "ok" ? reply.value : reply;
  }

  /** Sends a prompt and waits until the agent rests. */
  async tell(text: string): Promise<void> {
    await this.ask({ type: "prompt", text, images: [] });
    await this.settled();
  }

  async settled(): Promise<void> {
    do await this.client.next({ now: "done" });
    while (!echoDialect.settlement.isIdle((await this.ask({ type: "get-state" })) as AgentState));
  }

  async answer(dialog: RpcRecord, answer: AgentDialogAnswer): Promise<void> {
    await this.client.send(echoDialect.encodeDialogAnswer(String(dialog.ask), answer));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.agent[Symbol.asyncDispose]();
  }
}

describe("what the echo agent tells of itself", () => {
  it("has a model with levels and one without", async () => {
    await using echo = await EchoConversation.start();
    expect(await echo.ask({ type: "list-models" })).toEqual({
      models: [
        { provider: "echo", id: "plain", name: "Plain Echo", input: ["text"], contextWindow: 10_000, reasoning: false, thinkingLevels: [] },
        { provider: "echo", id: "deep", name: "Deep Echo", input: ["text", "image"], contextWindow: 10_000, reasoning: true, thinkingLevels: ["brief", "thorough"] },
      ],
      rejected: 0,
    });
    const rest = { sessionId: "echo", streaming: false, compacting: false, queued: 0, messageCount: 0 };
    expect(await echo.ask({ type: "get-state" })).toEqual({ model: { provider: "echo", id: "plain" }, ...rest });
    expect(await echo.ask({ type: "set-model", model: { provider: "echo", id: "deep" } })).toEqual({ model: { provider: "echo", id: "deep" } });
    expect(await echo.ask({ type: "get-state" })).toEqual({ model: { provider: "echo", id: "deep" }, thinkingLevel: "brief", ...rest });
    expect(await echo.ask({ type: "list-thinking-levels" })).toEqual({ levels: ["brief", "thorough"] });
    expect(await echo.ask({ type: "set-thinking-level", level: "thorough" })).toBeNull();
    expect(await echo.ask({ type: "get-state" })).toMatchObject({ thinkingLevel: "thorough" });
    expect(await echo.ask({ type: "list-commands" })).toEqual({ commands: [{ name: "ping", description: "Answers without a run.", source: "other" }] });
  });

  it("starts with the model and the level of its flags", async () => {
    const { args } = echoDialect.launch({ version, mode: "session", model: { provider: "echo", id: "deep" }, thinkingLevel: "thorough" });
    await using echo = await EchoConversation.start(...args);
    expect(await echo.ask({ type: "get-state" })).toMatchObject({ model: { provider: "echo", id: "deep" }, thinkingLevel: "thorough" });
  });

  it.each([
    [["--loud"], 2, "unknown-flag"],
    [["--model=echo/none"], 3, "model-unknown"],
  ])("does not start with %j", async (args, code, diagnosis) => {
    await using agent = await InMemoryAgent.start(echoAgent, args);
    const exit = await agent.process.exited;
    expect(exit).toEqual({ code, signal: null });
    const evidence = { phase: "start", exitCode: exit.code, signal: exit.signal, errorTail: agent.process.errorTail() } as const;
    expect(echoDialect.diagnose(evidence).code).toBe(diagnosis);
  });

  it("keeps its model when it is told to use one it lacks", async () => {
    await using echo = await EchoConversation.start();
    expect(await echo.ask({ type: "set-model", model: { provider: "echo", id: "none" } })).toMatchObject({ type: "refused", reason: "unknown-model" });
    expect(await echo.ask({ type: "get-state" })).toMatchObject({ model: { id: "plain" } });
  });

  it("cannot compact", () => {
    expect(echoDialect.encodeCommand({ type: "compact" }, version)).toBeUndefined();
  });

  it("refuses what it does not understand", async () => {
    await using echo = await EchoConversation.start();
    await echo.agent.process.write("what?\n");
    const answer = await echo.client.next({ ok: false });
    expect(framing.correlate(answer)).toEqual({ type: "anonymous-refusal", command: undefined });
    await echo.client.send({ do: "dance", ref: "1" });
    expect(echoDialect.decodeReply("get-state", await echo.client.next({ re: "1" }), version)).toMatchObject({ type: "refused", reason: "unknown-command" });
  });
});

describe("a run of the echo agent", () => {
  it("gives back its prompt in pieces", async () => {
    await using echo = await EchoConversation.start();
    expect(await echo.ask({ type: "prompt", text: "one two\u2028three", images: [] })).toEqual({ disposition: "started" });
    await echo.settled();
    const usage = { inputTokens: 3, outputTokens: 3, cacheReadTokens: 0, cacheWriteTokens: 0, totalTokens: 6, costUsd: 0 };
    expect(echo.events).toEqual([
      { type: "run-started" },
      { type: "message-started", role: "user" },
      expect.objectContaining({ type: "message-ended", role: "user" }),
      { type: "message-started", role: "assistant" },
      { type: "text-delta", block: 1, delta: "one " },
      { type: "text-delta", block: 1, delta: "two\u2028" },
      { type: "text-delta", block: 1, delta: "three" },
      { type: "message-ended", role: "assistant", text: [{ block: 1, text: "one two\u2028three" }], reasoning: [], stopReason: "stop", usage },
      { type: "run-ended", willRetry: false },
    ]);
  });

  it("thinks before it answers", async () => {
    await using echo = await EchoConversation.start();
    await echo.tell("think");
    const thought = echo.events.flatMap((event) => (event.type === "reasoning-delta" ? [event.delta] : [])).join("");
    expect(thought).not.toBe("");
    expect(echo.events).toContainEqual(expect.objectContaining({ type: "message-ended", reasoning: [{ block: 0, text: thought }] }));
  });

  it("runs a tool", async () => {
    await using echo = await EchoConversation.start();
    await echo.tell("tool");
    expect(echo.events.filter(({ type }) => type.startsWith("tool"))).toEqual([
      { type: "tool-started", toolCallId: "call-1", toolName: "shout", kind: "command", input: { text: "tool" } },
      { type: "tool-ended", toolCallId: "call-1", toolName: "shout", failed: false, output: "TOOL" },
    ]);
  });

  it("fails", async () => {
    await using echo = await EchoConversation.start();
    await echo.tell("fail now");
    expect(echo.said).toEqual([]);
    expect(echo.events).toContainEqual(expect.objectContaining({ type: "message-ended", stopReason: "error", errorMessage: "I was asked to fail." }));
  });

  it.each<[string, string, AgentDialogAnswer, string]>([
    ["a choice", "ask", { type: "value", value: "red" }, "You said red."],
    ["a confirmation", "confirm", { type: "confirmed", confirmed: false }, "You said no."],
    ["nothing but a cancellation", "ask", { type: "cancelled" }, "You said nothing."],
  ])("asks and hears %s", async (_name, word, answer, heard) => {
    await using echo = await EchoConversation.start();
    await echo.ask({ type: "prompt", text: word, images: [] });
    const dialog = await echo.client.next({ now: "ask" });
    expect(echoDialect.decodeEvent(dialog, version)).toMatchObject({ type: "dialog-opened", method: word === "ask" ? "select" : "confirm" });
    await echo.answer(dialog, answer);
    await echo.settled();
    expect(echo.said).toEqual([heard, word]);
  });

  it("waits until it is steered, and takes up what it was told", async () => {
    await using echo = await EchoConversation.start();
    await echo.ask({ type: "prompt", text: "wait", images: [] });
    await echo.client.next({ now: "speak", text: "waiting." });
    expect(await echo.ask({ type: "prompt", text: "me too", images: [] })).toMatchObject({ type: "refused", reason: "busy" });
    expect(await echo.ask({ type: "steer", text: "hurry", images: [] })).toEqual({ disposition: "queued" });
    await echo.settled();
    expect(echo.said).toEqual(["I am waiting.", "wait", "hurry"]);
  });

  it.each([
    ["wait", { now: "speak", text: "waiting." }, ["aborted"]],
    ["ask", { now: "ask" }, []],
  ])("stops when it is hushed during `%s`, and is at rest with the answer", async (word, moment, stopReasons) => {
    await using echo = await EchoConversation.start();
    await echo.ask({ type: "prompt", text: word, images: [] });
    await echo.client.next(moment);
    expect(await echo.ask({ type: "abort" })).toBeNull();
    expect(echo.events.at(-1)).toEqual({ type: "run-ended", willRetry: false });
    expect(await echo.ask({ type: "get-state" })).toMatchObject({ streaming: false, queued: 0 });
    const ends = echo.events.flatMap((event) => (event.type === "message-ended" && event.role === "assistant" ? [event.stopReason] : []));
    expect(ends).toEqual(stopReasons);
  });

  it("forgets what it was told when it is asked to", async () => {
    await using echo = await EchoConversation.start();
    await echo.ask({ type: "prompt", text: "ask", images: [] });
    await echo.client.next({ now: "ask" });
    await echo.ask({ type: "steer", text: "hurry", images: [] });
    expect(await echo.ask({ type: "get-state" })).toMatchObject({ streaming: true, queued: 1 });
    expect(await echo.ask({ type: "clear-queue" })).toEqual({ cleared: 1 });
    await echo.ask({ type: "abort" });
    expect(echo.said).toEqual([]);
  });

  it("starts another run by itself, so that its first `done` is not the end", async () => {
    await using echo = await EchoConversation.start();
    await echo.ask({ type: "prompt", text: "again", images: [] });
    await echo.settled();
    expect(echo.events.filter(({ type }) => type === "run-ended")).toHaveLength(2);
    expect(echo.said).toEqual(["again", "Something else came to my mind."]);
  });

  it("takes up in another run what a failed one has left", async () => {
    await using echo = await EchoConversation.start();
    await echo.ask({ type: "prompt", text: "ask fail", images: [] });
    const dialog = await echo.client.next({ now: "ask" });
    await echo.ask({ type: "steer", text: "hurry", images: [] });
    await echo.answer(dialog, { type: "cancelled" });
    await echo.settled();
    expect(echo.said).toEqual(["You said nothing.", "hurry"]);
    expect(echo.events.filter(({ type }) => type === "run-ended")).toHaveLength(2);
  });

  it("answers a trick without a run", async () => {
    await using echo = await EchoConversation.start();
    expect(await echo.ask({ type: "prompt", text: "/ping", images: [] })).toEqual({ disposition: "handled" });
    expect(echo.events).toEqual([{ type: "notice", severity: "info", text: "pong" }]);
  });

  it("starts a run for a nudge that came too late", async () => {
    await using echo = await EchoConversation.start();
    expect(await echo.ask({ type: "steer", text: "late", images: [] })).toEqual({ disposition: "started" });
    await echo.settled();
    expect(echo.said).toEqual(["late"]);
  });

  it("remembers what was said, and can be taken back", async () => {
    await using echo = await EchoConversation.start();
    await echo.tell("first");
    await echo.tell("second thing");
    expect(await echo.ask({ type: "get-stats" })).toMatchObject({ totals: { inputTokens: 3, outputTokens: 3, totalTokens: 6 } });
    const { points } = (await echo.ask({ type: "list-fork-points" })) as { points: readonly { entryId: string; text: string }[] };
    expect(points.map(({ text }) => text)).toEqual(["first", "second thing"]);
    expect(await echo.ask({ type: "fork", entryId: String(points[1]?.entryId) })).toEqual({ cancelled: false });
    expect(await echo.ask({ type: "get-history" })).toEqual({
      entries: [
        { id: "line-1", role: "user", text: "first" },
        { id: "line-2", role: "assistant", text: "first" },
      ],
      head: "line-2",
    });
    expect(await echo.ask({ type: "fork", entryId: String(points[1]?.entryId) })).toMatchObject({ type: "refused" });
  });

  it("crashes", async () => {
    await using echo = await EchoConversation.start();
    await echo.ask({ type: "prompt", text: "crash", images: [] });
    expect(await echo.agent.process.exited).toEqual({ code: 1, signal: null });
    expect(echoDialect.diagnose({ phase: "run", exitCode: 1, signal: null, errorTail: "" }).code).toBe("crashed");
  });
});

describe("the dialect", () => {
  it("never throws at a record it cannot read", () => {
    expect(echoDialect.decodeEvent({ now: "sing", song: 1 }, version)).toEqual({ type: "unrecognised", recordType: "sing" });
    expect(echoDialect.decodeEvent({ now: "speak", text: 1 }, version)).toEqual({ type: "unrecognised", recordType: "speak" });
    expect(echoDialect.decodeEvent({}, version)).toEqual({ type: "unrecognised", recordType: "" });
    expect(echoDialect.decodeReply("get-state", { re: "1", ok: true, busy: "yes" }, version)).toEqual({ type: "malformed" });
    expect(echoDialect.decodeReply("abort", { re: "1" }, version)).toEqual({ type: "malformed" });
  });

  it("knows a reply that comes too late", () => {
    const late = { re: "1", ok: false, why: "busy", because: "I am speaking." };
    expect(echoDialect.decodeEvent(late, version)).toEqual({ type: "stray-reply", requestId: "1", refusal: "I am speaking." });
    expect(echoDialect.decodeEvent({ re: "2", ok: true }, version)).toEqual({ type: "stray-reply", requestId: "2" });
  });
});

describe("the echo agent as a process of its own", () => {
  it("tells its version, answers and leaves with its input", async () => {
    await using installed = await InstalledAgent.echoAgent({ nodeArguments: sourceNodeArguments });
    await using probe = new ChildAgent({ command: installed.path, args: echoDialect.versions.probeArgs });
    await probe.client.ended;
    expect(probe.client.noise).toEqual(["echo-agent 1.0.0"]);
    expect(await probe.exited).toEqual({ code: 0, signal: null });

    await using echo = new ChildAgent({ command: installed.path, args: [] });
    await echo.client.send({ do: "say", ref: "1", text: "hello" });
    await echo.client.next({ now: "done" });
    echo.closeInput();
    expect(await echo.exited).toEqual({ code: 0, signal: null });
  });

  it("obeys the polite signal", async () => {
    await using installed = await InstalledAgent.echoAgent({ nodeArguments: sourceNodeArguments });
    await using echo = new ChildAgent({ command: installed.path, args: [] });
    await echo.client.send({ do: "look", ref: "1" });
    await echo.client.next({ re: "1" });
    echo.kill("SIGTERM");
    expect(await echo.exited).toEqual({ code: 143, signal: null });
  });
});
