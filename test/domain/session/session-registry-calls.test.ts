import { describe, expect, it } from "vitest";
import { echoDialect } from "../../../src/adapters/fake/echo-dialect.js";
import type { AgentDialect } from "../../../src/ports/agent-dialect.js";
import type { ChatAttachment, ProviderSendTurnInput } from "../../../src/ports/provider.js";
import { failureOf, RegistryBench } from "./registry-bench.js";

const image: ChatAttachment = { type: "image", id: "image-1", name: "shot.png", mimeType: "image/png", sizeBytes: 3 };

/** A bench with a session on which a turn waits for a message. */
async function waiting(): Promise<{ readonly bench: RegistryBench; readonly turnId: string }> {
  const bench = new RegistryBench();
  await bench.start();
  const { turnId } = await bench.registry.send({ threadId: "t1", input: "wait" });
  await bench.log.first("content.delta");
  return { bench, turnId };
}

/** Echo stays in its session whatever happens; here it names another one after each rewind, as agents with files do. */
function sessionPerRewind(): AgentDialect["decodeReply"] {
  let rewinds = 0;
  return (type, record, version) => {
    if (type === "fork") rewinds += 1;
    return echoDialect.decodeReply(type, type === "get-state" && rewinds > 0 ? { ...record, session: `echo-${rewinds}` } : record, version);
  };
}

describe("a message to a thread", () => {
  it("is a turn from its start to its end", async () => {
    await using bench = new RegistryBench();
    await bench.start();
    const { turnId, threadId } = await bench.registry.send({ threadId: "t1", input: "hello there" });
    expect(threadId).toBe("t1");
    expect((await bench.log.turn(turnId)).payload.state).toBe("completed");
    expect(bench.log.texts(turnId)).toEqual(["hello there"]);
  });

  it("goes into the turn that runs", async () => {
    const { bench, turnId } = await waiting();
    await using _bench = bench;
    expect((await bench.registry.send({ threadId: "t1", input: "go on" })).turnId).toBe(turnId);
    await bench.log.turn(turnId);
    expect(bench.log.texts(turnId)).toEqual(["I am waiting.", "wait", "go on"]);
  });

  it("waits for a start that is under way", async () => {
    await using bench = new RegistryBench();
    const starting = bench.start();
    const { turnId } = await bench.registry.send({ threadId: "t1", input: "hello" });
    await starting;
    await bench.log.turn(turnId);
    expect(bench.log.texts(turnId)).toEqual(["hello"]);
  });

  it("finds no session where the start that was under way failed", async () => {
    await using bench = new RegistryBench();
    bench.parts.spawner.refuse = "other";
    const starting = failureOf(bench.start());
    expect(await failureOf(bench.registry.send({ threadId: "t1", input: "hello" }))).toBe("session-missing");
    await starting;
  });

  it("brings its images along", async () => {
    await using bench = new RegistryBench();
    await bench.start({ model: "echo/deep" });
    const { turnId } = await bench.registry.send({ threadId: "t1", attachments: [image], input: "look" });
    await bench.log.turn(turnId);
    const prompt = bench.parts.telemetry.nativeRecords.find(({ record }) => record.do === "say");
    expect(prompt?.record).toMatchObject({ pictures: [{ mimeType: "image/png", base64: "AQID" }] });
  });

  it("that was called off while its images were read is not sent", async () => {
    await using bench = new RegistryBench();
    await bench.start();
    expect(await failureOf(bench.registry.send({ threadId: "t1", input: "hello" }, { signal: AbortSignal.abort() }))).toBe("aborted");
    expect(bench.parts.telemetry.nativeRecords.some(({ record }) => record.do === "say")).toBe(false);
  });

  it.each([
    ["is empty", { input: " " }, "invalid-input"],
    ["has an image that cannot be read", { input: "look", attachments: [{ ...image, id: "gone" }] }, "attachment-unreadable"],
  ])("that %s is refused with an error while the session is idle, and with a warning in a turn", async (_what, message, code) => {
    await using idle = new RegistryBench();
    await idle.start();
    expect(await failureOf(idle.registry.send({ threadId: "t1", ...message }))).toBe(code);
    expect(idle.log.types.slice(3)).toEqual(["runtime.error"]);

    const { bench, turnId } = await waiting();
    await using _bench = bench;
    expect(await failureOf(bench.registry.send({ threadId: "t1", ...message }))).toBe(code);
    await bench.log.first("runtime.warning");
    await bench.registry.interrupt("t1", turnId);
    expect((await bench.log.turn(turnId)).payload.state).toBe("interrupted");
  });

  it("that is refused for itself is told to a thread without a session, too: its composer waits for a sign", async () => {
    await using bench = new RegistryBench();
    expect(await failureOf(bench.registry.send({ threadId: "t1", input: " " }))).toBe("invalid-input");
    expect(await bench.log.first("runtime.error")).toMatchObject({ threadId: "t1", payload: { message: "The message is empty.", class: "validation_error" } });
    expect(bench.log.types).toEqual(["runtime.error"]);
  });

  it.each<[what: string, message: object]>([
    ["a text that is none", { input: 7 }],
    ["a model that is none", { input: "hello", model: 7 }],
    ["options that are none", { input: "hello", modelOptions: { echo: { thinkingLevel: 7 } } }],
  ])("that cannot be understood, with %s, is told to its thread", async (_what, message) => {
    await using bench = new RegistryBench();
    const send = (): Promise<unknown> => failureOf(bench.registry.send({ threadId: "t1", ...message }));
    expect(await send()).toBe("invalid-input");
    await bench.start();
    expect(await send()).toBe("invalid-input");
    const told = { threadId: "t1", payload: { message: "The call of sendTurn could not be understood.", class: "validation_error" } };
    expect(bench.log.of("runtime.error")).toMatchObject([told, told]);
  });

  it("of a thread that has no name is told to nobody", async () => {
    await using bench = new RegistryBench();
    await expect(bench.registry.send({ threadId: 7, input: 7 } as unknown as ProviderSendTurnInput)).rejects.toMatchObject({ code: "invalid-input" });
    expect(bench.log.types).toEqual([]);
  });
});

describe("a call to a thread without a session", () => {
  it.each<[what: string, call: (bench: RegistryBench) => Promise<unknown>]>([
    ["send", ({ registry }) => registry.send({ threadId: "t1", input: "hello" })],
    ["interrupt", ({ registry }) => registry.interrupt("t1", undefined)],
    ["read", ({ registry }) => registry.read("t1")],
    ["commands", ({ registry }) => registry.commands("t1")],
    ["rollBack", ({ registry }) => registry.rollBack("t1", 1)],
    ["answer", ({ registry }) => registry.answer("t1", "q1", {})],
  ])("(%s) says so", async (_what, call) => {
    await using bench = new RegistryBench();
    await expect(call(bench)).rejects.toMatchObject({ kind: "session-not-found", code: "session-missing", threadId: "t1" });
  });

  it("(answer) frees the host's prompt first", async () => {
    await using bench = new RegistryBench();
    await failureOf(bench.registry.answer("t1", "q1", { answer: "Yes" }));
    expect(await bench.log.first("user-input.resolved")).toMatchObject({ requestId: "q1", payload: { answers: {} } });
  });
});

describe("a question of the agent", () => {
  it("is answered through the registry", async () => {
    await using bench = new RegistryBench();
    await bench.start();
    const { turnId } = await bench.registry.send({ threadId: "t1", input: "ask" });
    const { requestId } = await bench.log.first("user-input.requested");
    await bench.registry.answer("t1", requestId ?? "", { answer: "green" });
    await bench.log.turn(turnId);
    expect(bench.log.texts(turnId)).toEqual(["You said green.", "ask"]);
  });
});

describe("a thread's conversation", () => {
  it("is read by its turns", async () => {
    await using bench = new RegistryBench();
    await bench.start();
    await bench.log.turn((await bench.registry.send({ threadId: "t1", input: "hello" })).turnId);
    expect(await bench.registry.read("t1")).toEqual({
      threadId: "t1",
      turns: [{ id: "line-1", items: [{ type: "user_message", id: "line-1", text: "hello" }, { type: "assistant_message", id: "line-2", text: "hello" }] }],
      conversationHead: "line-2",
    });
  });

  it("has the agent's own commands beside it", async () => {
    await using bench = new RegistryBench();
    await bench.start();
    expect(await bench.registry.commands("t1")).toEqual([{ name: "ping", description: "Answers without a run.", source: "other" }]);
  });

  it.each([0, -1, 1.5, Number.NaN])("is not rolled back by %d turns", async (turns) => {
    await using bench = new RegistryBench();
    await bench.start();
    await expect(bench.registry.rollBack("t1", turns)).rejects.toMatchObject({ kind: "validation", code: "invalid-input" });
  });

  it("is not rolled back while a turn runs", async () => {
    const { bench } = await waiting();
    await using _bench = bench;
    expect(await failureOf(bench.registry.rollBack("t1", 1))).toBe("busy");
  });

  it("ends before the turns that were rolled back, and says so in the cursor", async () => {
    await using bench = new RegistryBench({ dialect: { decodeReply: sessionPerRewind() } });
    await bench.start();
    for (const input of ["one", "two", "three"]) await bench.log.turn((await bench.registry.send({ threadId: "t1", input })).turnId);
    const { turns } = await bench.registry.rollBack("t1", 2);
    expect(turns.map(({ items }) => items)).toMatchObject([[{ text: "one" }, { text: "one" }]]);
    expect(bench.registry.list()).toMatchObject([{ resumeCursor: { sessionId: "echo-1", turnMessages: [1] } }]);
  });

  it("is not shortened by an agent that has no such command: no turn begins that could only fail", async () => {
    await using bench = new RegistryBench();
    await bench.start();
    await expect(bench.registry.compact("t1", undefined)).rejects.toMatchObject({ kind: "unsupported", code: "not-supported" });
    expect(bench.log.types).not.toContain("turn.started");
  });
});
