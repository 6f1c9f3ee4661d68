import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { InstalledAgent } from "../../../src/adapters/fake/installed-agent.js";
import { ScriptedAgent } from "../../../src/adapters/fake/scripted-agent.js";
import {
  piEndlessTurn,
  piErrorTurn,
  piExhaustedTurn,
  piHandledPrompt,
  piRecoveringTurn,
  piRunEnd,
  piRunStart,
  piSettled,
  piSpeech,
  piSteeredTurn,
  piTextTurn,
  piToolTurn,
} from "../../../src/adapters/fake/scripted-agent/pi-turns.js";
import type { AgentScenario, Script } from "../../../src/adapters/fake/scripted-agent/scenario.js";
import { piDialect } from "../../../src/adapters/pi/pi-dialect.js";
import type { AgentEvent } from "../../../src/ports/agent-messages.js";
import { type AgentVersion, parseAgentVersion } from "../../../src/ports/agent-version.js";
import type { RpcRecord } from "../../../src/ports/rpc-transport.js";
import { ChildAgent, sourceNodeArguments } from "../../child-agent.js";
import { InMemoryAgent } from "../../in-memory-agent.js";
import type { JsonlClient } from "../../jsonl-client.js";

function start(scenario: AgentScenario, args: readonly string[] = ["--mode", "rpc"]): Promise<InMemoryAgent> {
  return InMemoryAgent.start(new ScriptedAgent({ scenario }).program, args);
}

async function ask(client: JsonlClient, record: RpcRecord): Promise<RpcRecord> {
  const id = `ask-${client.records.length}-${String(record.type)}`;
  await client.send({ id, ...record });
  return client.next({ id });
}

async function stateOf(client: JsonlClient): Promise<unknown> {
  return (await ask(client, { type: "get_state" })).data;
}

/** The same as a real process. */
async function startProcess(scenario: AgentScenario, args: readonly string[] = []): Promise<{ readonly agent: ChildAgent } & AsyncDisposable> {
  const installed = await InstalledAgent.scriptedAgent(scenario, { nodeArguments: sourceNodeArguments });
  const agent = new ChildAgent({ command: installed.path, args });
  return {
    agent,
    async [Symbol.asyncDispose]() {
      await agent[Symbol.asyncDispose]();
      await installed[Symbol.asyncDispose]();
    },
  };
}

const prompt = { type: "prompt", message: "Hello?" };

/** What the assistant's messages came to: text, reason, error. */
function endsOf(events: readonly AgentEvent[]): readonly unknown[] {
  return events.flatMap((event) => (event.type === "message-ended" && event.role === "assistant" ? [[event.text[0]?.text, event.stopReason, event.errorMessage]] : []));
}

function isAssistantEnd({ type, message }: RpcRecord): boolean {
  return type === "message_end" && (message as { role: string }).role === "assistant";
}

describe("a well-behaved agent", () => {
  it("tells its state, models, levels, commands and costs", async () => {
    await using agent = await start({});
    expect(await stateOf(agent.client)).toEqual({
      model: expect.objectContaining({ provider: "lab", id: "plain" }) as unknown,
      thinkingLevel: "off",
      isStreaming: false,
      isCompacting: false,
      steeringMode: "one-at-a-time",
      followUpMode: "one-at-a-time",
      sessionFile: "/sessions/scripted.jsonl",
      sessionId: "scripted-0",
      autoCompactionEnabled: true,
      messageCount: 0,
      pendingMessageCount: 0,
    });
    expect(await ask(agent.client, { type: "get_available_models" })).toMatchObject({ success: true, data: { models: [{ id: "plain" }, { id: "thinker" }] } });
    expect(await ask(agent.client, { type: "get_available_thinking_levels" })).toMatchObject({ data: { levels: ["off"] } });
    expect(await ask(agent.client, { type: "get_commands" })).toMatchObject({ data: { commands: [{ name: "ping" }] } });
    expect(await ask(agent.client, { type: "get_session_stats" })).toMatchObject({ data: { tokens: { total: 120 } } });
  });

  it("switches its model and announces a level that changes with it", async () => {
    await using agent = await start({});
    expect(await ask(agent.client, { type: "set_model", provider: "lab", modelId: "thinker" })).toMatchObject({ success: true, data: { id: "thinker" } });
    expect(await ask(agent.client, { type: "get_available_thinking_levels" })).toMatchObject({ data: { levels: ["off", "low", "high"] } });
    expect(await ask(agent.client, { type: "set_thinking_level", level: "medium" })).not.toHaveProperty("data");
    expect(agent.client.records).toContainEqual({ type: "thinking_level_changed", level: "high" });
    expect(await stateOf(agent.client)).toMatchObject({ model: { id: "thinker" }, thinkingLevel: "high" });
    expect(await ask(agent.client, { type: "set_model", provider: "lab", modelId: "none" })).toMatchObject({ success: false, error: "Model not found: lab/none" });
  });

  it.each([
    [["--no-session"], { sessionId: "scripted-0" }],
    [["--session", "/s/mine.jsonl"], { sessionFile: "/s/mine.jsonl" }],
    [["--provider", "lab", "--model", "lab/thinker", "--thinking", "low"], { model: { id: "thinker" }, thinkingLevel: "low" }],
    [["--model", "lab/thinker"], { model: { id: "thinker" }, thinkingLevel: "high" }],
  ])("heeds %j", async (args, state) => {
    await using agent = await start({}, args);
    const told = await stateOf(agent.client);
    expect(told).toMatchObject(state);
    expect(Object.hasOwn(told as object, "sessionFile")).toBe(!args.includes("--no-session"));
  });

  it.each([
    ["0.80.10", "get_available_thinking_levels", false],
    ["0.81.0", "get_available_thinking_levels", true],
    ["0.84.3", "clear_queue", false],
    ["0.84.4", "clear_queue", true],
    ["0.87.1", "no_such_command", false],
  ])("of version %s knows or does not know %s", async (version, command, success) => {
    await using agent = await start({ version });
    expect(await ask(agent.client, { type: command })).toMatchObject({ command, success });
  });

  it("refuses a line that is no record without an id", async () => {
    await using agent = await start({});
    await agent.process.write("what?\n");
    expect(await agent.client.next({ type: "response" })).toEqual({ type: "response", command: "parse", success: false, error: "Failed to parse command" });
  });

  it("remembers the conversation and can be taken back in a new session", async () => {
    await using agent = await start({ on: { prompt: [piTextTurn("First."), piTextTurn("Second.")] } });
    for (const message of ["one", "two"]) {
      await agent.client.send({ id: message, type: "prompt", message });
      await agent.client.next({ type: "agent_settled" });
    }
    expect(await stateOf(agent.client)).toMatchObject({ messageCount: 4 });
    const { data } = await ask(agent.client, { type: "get_fork_messages" });
    const { messages } = data as { messages: readonly { entryId: string; text: string }[] };
    expect(messages.map(({ text }) => text)).toEqual(["one", "two"]);
    expect(await ask(agent.client, { type: "fork", entryId: messages[1]?.entryId })).toMatchObject({ data: { text: "two", cancelled: false } });
    expect(await stateOf(agent.client)).toMatchObject({ sessionFile: "/sessions/scripted-1.jsonl", sessionId: "scripted-1", messageCount: 2 });
    const history = (await ask(agent.client, { type: "get_entries" })).data as { entries: readonly unknown[]; leafId: string };
    expect(history).toMatchObject({ entries: [{ parentId: null, message: { role: "user" } }, { message: { role: "assistant" } }] });
    expect(history.entries.at(-1)).toMatchObject({ id: history.leafId });
    expect(await ask(agent.client, { type: "fork", entryId: "nowhere" })).toMatchObject({ success: false });
  });

  it("tells when it is streaming, and refuses a second prompt meanwhile", async () => {
    await using agent = await start({ on: { prompt: [piEndlessTurn("Wait")] } });
    await agent.client.send({ id: "1", ...prompt });
    await agent.client.next({ type: "message_update" });
    expect(await stateOf(agent.client)).toMatchObject({ isStreaming: true });
    expect(await ask(agent.client, prompt)).toMatchObject({ success: false, error: expect.stringContaining("already processing") as unknown });
    expect(agent.client.types.filter((type) => type === "agent_start")).toHaveLength(1);
  });

  it("compacts", async () => {
    await using agent = await start({});
    expect(await ask(agent.client, { type: "compact" })).toMatchObject({ success: true, data: { tokensBefore: 1200 } });
    expect(agent.client.types).toEqual(["compaction_start", "compaction_end", "response"]);
  });

  it("tells its version and leaves", async () => {
    await using agent = await start({ version: "1.2.3" }, ["--version"]);
    await agent.client.ended;
    expect(agent.client.noise).toEqual(["1.2.3"]);
    expect(await agent.process.exited).toEqual({ code: 0, signal: null });
  });

  it("leaves with its input", async () => {
    await using agent = await start({ on: { prompt: [piEndlessTurn("Wait")] } });
    await ask(agent.client, prompt);
    agent.process.closeInput();
    expect(await agent.process.exited).toEqual({ code: 0, signal: null });
  });
});

describe("abort", () => {
  it("does nothing while the agent is idle", async () => {
    await using agent = await start({});
    expect(await ask(agent.client, { type: "abort" })).toMatchObject({ success: true });
    expect(agent.client.records).toHaveLength(1);
  });

  it("ends an answer with what was said so far", async () => {
    await using agent = await start({ on: { prompt: [piEndlessTurn("Half an")] } });
    await agent.client.send({ id: "1", ...prompt });
    await agent.client.next(({ assistantMessageEvent: event }) => (event as { type: string } | undefined)?.type === "text_delta");
    await ask(agent.client, { type: "abort" });
    const said = agent.client.records.map(({ assistantMessageEvent: event }) => (event as { delta?: string } | undefined)?.delta ?? "").join("");
    const ends = agent.client.records.filter(({ type }) => type === "message_end");
    expect(ends.at(-1)).toMatchObject({ message: { stopReason: "aborted", content: [{ type: "text", text: said }] } });
    expect(agent.client.types.slice(-4)).toEqual(["turn_end", "agent_end", "agent_settled", "response"]);
    expect(await stateOf(agent.client)).toMatchObject({ isStreaming: false });
  });

  it("ends a tool that works", async () => {
    const working: Script = [...piRunStart, { emit: { type: "tool_execution_start", toolCallId: "a", toolName: "bash", args: {} } }, { stall: true }];
    await using agent = await start({ on: { prompt: [working] } });
    await agent.client.send({ id: "1", ...prompt });
    await agent.client.next({ type: "tool_execution_start" });
    await ask(agent.client, { type: "abort" });
    expect(agent.client.records).toContainEqual(expect.objectContaining({ type: "tool_execution_end", toolCallId: "a", isError: true }));
  });

  it("leaves the end to a script that waits for it, and answers after that end", async () => {
    await using agent = await start({ on: { prompt: [[...piRunStart, { waitFor: "abort" }, ...piSpeech("Stopping."), ...piRunEnd(), ...piSettled]] } });
    await agent.client.send({ id: "1", ...prompt });
    await agent.client.next({ type: "message_end" });
    await ask(agent.client, { type: "abort" });
    expect(agent.client.types.slice(-3)).toEqual(["agent_end", "agent_settled", "response"]);
    expect(JSON.stringify(agent.client.records)).not.toContain("aborted");
  });

  it("is blocked by an open dialog until that is answered", async () => {
    const asking: Script = [...piRunStart, { ask: { id: "d1", method: "confirm", title: "Sure?" } }, ...piSpeech("Never said."), ...piRunEnd(), ...piSettled];
    await using agent = await start({ on: { prompt: [asking] } });
    await agent.client.send({ id: "1", ...prompt });
    expect(await agent.client.next({ type: "extension_ui_request" })).toEqual({ type: "extension_ui_request", id: "d1", method: "confirm", title: "Sure?" });
    await agent.client.send({ id: "stop", type: "abort" });
    await stateOf(agent.client);
    await agent.client.send({ type: "extension_ui_response", id: "another", cancelled: true });
    await stateOf(agent.client);
    expect(agent.client.types.slice(-3)).toEqual(["extension_ui_request", "response", "response"]);
    await agent.client.send({ type: "extension_ui_response", id: "d1", cancelled: true });
    await agent.client.next({ id: "stop" });
    expect(agent.client.types).toContain("agent_settled");
    expect(JSON.stringify(agent.client.records)).not.toContain("Never said.");
  });
});

// The Pi dialect reads what the scripts write: nothing may be unknown to it, and both eras must say the same.
describe.each(["0.80.10", "0.87.1", "1.5.2"])("the common turns as Pi %s streams them", (versionText) => {
  const version: AgentVersion = parseAgentVersion(versionText) ?? { major: 0, minor: 0, patch: 0 };

  async function eventsOf(script: Script): Promise<readonly AgentEvent[]> {
    await using agent = await start({ version: versionText, on: { prompt: [script] } });
    await agent.client.send({ id: "1", ...prompt });
    await agent.client.next({ type: "agent_settled" });
    const lines = agent.client.records.filter(({ type }) => type !== "response").map((record) => Buffer.from(JSON.stringify(record)));
    return lines.map((line) => piDialect.decodeEvent(piDialect.framing.parse(line) as RpcRecord, version));
  }

  it("stream reasoning and text", async () => {
    const events = await eventsOf(piTextTurn({ thinking: "Hm.", text: "Hello 🎉 there", deltas: 3 }));
    expect(events.flatMap((event) => (event.type === "text-delta" ? [event.delta] : []))).toEqual(["Hello", " 🎉 th", "ere"]);
    expect(events).toContainEqual({ type: "reasoning-delta", block: 0, delta: "Hm." });
    expect(endsOf(events)).toEqual([["Hello 🎉 there", "stop", undefined]]);
    expect(events.at(-1)).toEqual({ type: "settled", aborted: false });
  });

  it("use a tool", async () => {
    const events = await eventsOf(piToolTurn({ tool: { name: "bash", args: { command: "ls" }, output: "a\nb\n" }, text: "Two files." }));
    expect(events.filter(({ type }) => type.startsWith("tool"))).toMatchObject([
      { type: "tool-started", toolName: "bash", kind: "command", input: { command: "ls" } },
      { type: "tool-progressed", outputBytes: 2 },
      { type: "tool-ended", failed: false, output: "a\nb\n" },
    ]);
    expect(endsOf(events)).toEqual([
      [undefined, "tool-use", undefined],
      ["Two files.", "stop", undefined],
    ]);
  });

  it("fail", async () => {
    expect(endsOf(await eventsOf(piErrorTurn("401: no key")))).toEqual([[undefined, "error", "401: no key"]]);
  });

  it("recover after a retry", async () => {
    const events = await eventsOf(piRecoveringTurn({ errorMessage: "500: oops", text: "Fine." }));
    expect(endsOf(events)).toEqual([
      [undefined, "error", "500: oops"],
      ["Fine.", "stop", undefined],
    ]);
    expect(events.filter(({ type }) => type.startsWith("retry") || type === "run-ended")).toEqual([
      { type: "run-ended", willRetry: true },
      { type: "retry-started", attempt: 1, maxAttempts: 3, delayMs: 2000, errorMessage: "500: oops" },
      { type: "retry-ended", success: true },
      { type: "run-ended", willRetry: false },
    ]);
  });

  it("give up after three retries", async () => {
    const events = await eventsOf(piExhaustedTurn("500: oops"));
    expect(events.flatMap((event) => (event.type === "retry-started" ? [event.delayMs] : []))).toEqual([2000, 4000, 8000]);
    expect(events).toContainEqual({ type: "retry-ended", success: false, errorMessage: "500: oops" });
  });

  it("hold nothing that the dialect does not know", async () => {
    const turns = [
      piTextTurn({ thinking: "Hm.", text: "Hello" }),
      piToolTurn({ tool: { name: "read", args: { path: "a" }, output: "x", isError: true }, text: "Done." }),
      piExhaustedTurn("500: oops"),
    ];
    for (const turn of turns) expect((await eventsOf(turn)).filter(({ type }) => type === "unrecognised")).toEqual([]);
  });
});

describe("a run", () => {
  it("is steered: the text joins the queue, and the script takes it from there", async () => {
    await using agent = await start({ on: { prompt: [piSteeredTurn("As you wish.")] } });
    await agent.client.send({ id: "1", ...prompt });
    await agent.client.next(isAssistantEnd);
    expect(await ask(agent.client, { type: "prompt", message: "Faster", streamingBehavior: "steer" })).toMatchObject({ success: true });
    await agent.client.next({ type: "agent_settled" });
    expect(agent.client.records.filter(({ type }) => type === "queue_update")).toEqual([
      { type: "queue_update", steering: ["Faster"], followUp: [] },
      { type: "queue_update", steering: [], followUp: [] },
    ]);
    expect(await stateOf(agent.client)).toMatchObject({ pendingMessageCount: 0 });
  });

  it("keeps a steered text that nobody takes, until the queue is cleared", async () => {
    await using agent = await start({ on: { prompt: [piEndlessTurn("Working")] } });
    await agent.client.send({ id: "1", ...prompt });
    await agent.client.next({ type: "message_update" });
    await ask(agent.client, { type: "prompt", message: "Faster", streamingBehavior: "steer" });
    await ask(agent.client, { type: "abort" });
    expect(await stateOf(agent.client)).toMatchObject({ isStreaming: false, pendingMessageCount: 1 });
    expect(await ask(agent.client, { type: "clear_queue" })).toMatchObject({ data: { steering: ["Faster"], followUp: [] } });
    expect(await stateOf(agent.client)).toMatchObject({ pendingMessageCount: 0 });
  });

  it.each([
    ["0.87.1", undefined],
    ["0.99.0", { disposition: "started" }],
  ])("of version %s is accepted with %j", async (version, data) => {
    await using agent = await start({ version });
    expect((await ask(agent.client, prompt)).data).toEqual(data);
  });

  it("does not begin for a prompt that was handled", async () => {
    await using agent = await start({ version: "0.99.0", on: { prompt: [piHandledPrompt] } });
    expect(await ask(agent.client, prompt)).toMatchObject({ success: true, data: { disposition: "handled" } });
    expect(await stateOf(agent.client)).toMatchObject({ isStreaming: false });
  });
});

describe("a hostile agent", () => {
  const head = { type: "response", command: "get_state" };

  it.each<[string, Script, readonly RpcRecord[]]>([
    ["refuses", [{ reply: { error: "No." } }], [{ id: "1", ...head, success: false, error: "No." }]],
    ["refuses without an id", [{ reply: { error: "No.", id: null } }], [{ ...head, success: false, error: "No." }]],
    ["answers with another id", [{ reply: { data: {}, id: "9" } }], [{ id: "9", ...head, success: true, data: {} }]],
    [
      "answers twice",
      [{ reply: { data: 1 } }, { reply: { error: "No." } }],
      [
        { id: "1", ...head, success: true, data: 1 },
        { id: "1", ...head, success: false, error: "No." },
      ],
    ],
    ["does not answer", [], []],
  ])("%s", async (_name, script, answers) => {
    await using agent = await start({ on: { get_state: [script] } });
    await agent.client.send({ id: "1", type: "get_state" });
    for (const answer of answers) expect(await agent.client.next({ type: "response" })).toEqual(answer);
    // Once only: the next one works as usual.
    expect(await stateOf(agent.client)).toMatchObject({ isStreaming: false });
    expect(agent.client.records).toHaveLength(answers.length + 1);
  });

  it("answers once more when another command comes", async () => {
    await using agent = await start({ on: { get_state: [[{ reply: {} }, { waitFor: "get_commands" }, { reply: { error: "Too late." } }]] } });
    await agent.client.send({ id: "1", type: "get_state" });
    await agent.client.next({ id: "1" });
    await agent.client.send({ id: "2", type: "get_commands" });
    expect(await agent.client.next({ id: "1" })).toMatchObject({ success: false, error: "Too late." });
  });

  it("behaves so every time where it is told to", async () => {
    await using agent = await start({ on: { get_state: { always: [{ reply: { error: "No." } }] } } });
    for (let round = 0; round < 3; round += 1) expect(await ask(agent.client, { type: "get_state" })).toMatchObject({ success: false });
  });

  it("does not carry out what it refuses", async () => {
    await using agent = await start({ on: { set_model: [[{ reply: { error: "No." } }]] } });
    await ask(agent.client, { type: "set_model", provider: "lab", modelId: "thinker" });
    expect(await stateOf(agent.client)).toMatchObject({ model: { id: "plain" } });
  });

  it("pretends", async () => {
    await using agent = await start({ on: { get_state: [[{ pretend: { isStreaming: true } }, { reply: {} }], [{ pretend: {} }, { reply: {} }]] } });
    expect(await stateOf(agent.client)).toMatchObject({ isStreaming: true, isCompacting: false });
    expect(await stateOf(agent.client)).toMatchObject({ isStreaming: false });
  });

  it("goes on with the old run when the next one has begun", async () => {
    const late: Script = [...piRunStart, ...piSettled, { waitFor: "prompt" }, ...piSpeech("I am late.")];
    await using agent = await start({ on: { prompt: [late, [...piRunStart, { waitFor: "get_state" }, ...piSettled]] } });
    await agent.client.send({ id: "1", ...prompt });
    await agent.client.next({ type: "agent_settled" });
    await agent.client.send({ id: "2", ...prompt });
    await agent.client.next(isAssistantEnd);
    await stateOf(agent.client);
    await agent.client.next({ type: "agent_settled" });
    const told = agent.client.records.filter((record) => isAssistantEnd(record) || String(record.type).startsWith("agent"));
    expect(told.map(({ type }) => type)).toEqual(["agent_start", "agent_settled", "agent_start", "message_end", "agent_settled"]);
  });

  it("starts a run that nobody asked for", async () => {
    await using agent = await start({ on: { get_commands: [[{ reply: {} }, { emit: { type: "agent_start" } }]] } });
    await ask(agent.client, { type: "get_commands" });
    await agent.client.next({ type: "agent_start" });
    expect(await stateOf(agent.client)).toMatchObject({ isStreaming: true });
  });

  it("compacts after it has settled", async () => {
    const turn: Script = [...piTextTurn("Done."), { emit: { type: "compaction_start", reason: "threshold" } }];
    await using agent = await start({ on: { prompt: [turn] } });
    await agent.client.send({ id: "1", ...prompt });
    await agent.client.next({ type: "compaction_start" });
    expect(await stateOf(agent.client)).toMatchObject({ isStreaming: false, isCompacting: true });
  });

  it("writes noise, broken characters, line separators and endless lines", async () => {
    const separators = { type: "text", text: "one\u2028two\u2029three\u0085four" };
    await using agent = await start({
      startup: [{ raw: "Warning: noise\n" }, { rawBytes: [0xc3, 0x28, 0x0a] }, { emit: separators }, { oversize: 100_000 }],
    });
    expect(await agent.client.next({ type: "padding" })).toMatchObject({ type: "padding" });
    expect(agent.client.noise).toEqual(["Warning: noise", "\ufffd("]);
    expect(agent.client.records[0]).toEqual(separators);
    expect(JSON.stringify(agent.client.records[1])).toHaveLength(100_000);
  });

  it("cuts a record wherever it likes", async () => {
    const record = { type: "text", text: "ä🎉" };
    await using agent = await start({ startup: [{ emit: record, pieceBytes: 1 }] });
    expect(await agent.client.next({ type: "text" })).toEqual(record);
    expect(agent.client.chunks).toEqual(Array.from(Buffer.from(`${JSON.stringify(record)}\n`), () => 1));
  });

  it("writes whole records although two scripts write in pieces at a time", async () => {
    const [a, b] = ["a", "b"].map((type): Script => [{ repeat: 20, steps: [{ emit: { type, text: "äöü" }, pieceBytes: 3 }] }, { reply: {} }]);
    await using agent = await start({ on: { get_commands: [a ?? []], get_session_stats: [b ?? []] } });
    await agent.client.send({ id: "1", type: "get_commands" }, { id: "2", type: "get_session_stats" });
    await agent.client.next({ id: "2" });
    expect(agent.client.noise).toEqual([]);
    expect(new Set(agent.client.types)).toEqual(new Set(["a", "b", "response"]));
  });

  it("floods", async () => {
    const flood: Script = [{ repeat: 5000, steps: [{ update: { type: "text_delta", contentIndex: 0, delta: "x" } }] }];
    await using agent = await start({ on: { prompt: [[...piRunStart, ...flood, ...piRunEnd(), ...piSettled]] } });
    await agent.client.send({ id: "1", ...prompt });
    await agent.client.next({ type: "agent_settled" });
    expect(agent.client.types.filter((type) => type === "message_update")).toHaveLength(5000);
  });

  it("waits at a gate", async () => {
    const scripted = new ScriptedAgent({ scenario: { startup: [{ gate: "ready" }] } });
    await using agent = await InMemoryAgent.start(scripted.program);
    await agent.client.send({ id: "1", type: "get_state" });
    await setImmediate();
    expect(agent.client.records).toEqual([]);
    scripted.gates.open("ready");
    await agent.client.next({ id: "1" });
  });

  it("does not start, and says why", async () => {
    await using agent = await start({ startup: [{ errorOutput: "Error: no luck\n" }, { exit: 7 }] });
    expect(await agent.process.exited).toEqual({ code: 7, signal: null });
    expect(agent.process.errorTail()).toBe("Error: no luck\n");
  });

  it("dies in the middle of an answer", async () => {
    await using agent = await start({ on: { prompt: [[...piRunStart, { crash: "SIGSEGV" }, ...piSettled]] } });
    await agent.client.send({ id: "1", ...prompt });
    expect(await agent.process.exited).toEqual({ code: null, signal: "SIGSEGV" });
    await agent.client.ended;
    expect(agent.client.types.at(-1)).toBe("message_end");
  });

  it("ignores every wish to end it", async () => {
    await using agent = await start({ terminate: [], inputEnd: [] });
    await stateOf(agent.client);
    expect(await agent.process.stop({ graceMs: 20 })).toMatchObject({ forced: true, exit: { signal: "SIGKILL" } });
  });

  it("does not pretend in memory what only a real process can do", async () => {
    await using agent = await start({ startup: [{ grandchild: true }] });
    expect(await agent.process.exited).toEqual({ code: 1, signal: null });
    expect(agent.process.errorTail()).toContain("needs a process of its own");
  });

  it("tells what it was sent, over all its processes", async () => {
    const scripted = new ScriptedAgent({ scenario: {} });
    for (const id of ["1", "2"]) {
      await using agent = await InMemoryAgent.start(scripted.program);
      await agent.client.send({ id, type: "get_state" });
      await agent.client.next({ id });
    }
    expect(scripted.received).toEqual([
      { id: "1", type: "get_state" },
      { id: "2", type: "get_state" },
    ]);
  });
});

describe("the scripted agent as a process of its own", () => {
  it("plays its scenario and leaves with its input", async () => {
    await using child = await startProcess({ on: { prompt: [piToolTurn({ tool: { name: "bash", args: {}, output: "x" }, text: "It's done." })] } }, ["--mode", "rpc"]);
    await child.agent.client.send({ id: "1", ...prompt });
    await child.agent.client.next({ type: "agent_settled" });
    child.agent.closeInput();
    expect(await child.agent.exited).toEqual({ code: 0, signal: null });
    expect(await child.agent.errors).toBe("");
  });

  it("tells its version on the stream it is told to", async () => {
    await using child = await startProcess({ versionProbe: [{ errorOutput: "0.80.6\n" }, { exit: 0 }] }, ["--version"]);
    expect(await child.agent.errors).toBe("0.80.6\n");
    expect(await child.agent.exited).toEqual({ code: 0, signal: null });
  });

  it("dies of a signal", async () => {
    await using child = await startProcess({ startup: [{ delayMs: 1 }, { errorOutput: "last words" }, { crash: "SIGKILL" }] });
    expect(await child.agent.exited).toEqual({ code: null, signal: "SIGKILL" });
    expect(await child.agent.errors).toBe("last words");
  });

  it("exits politely, or not at all", async () => {
    await using polite = await startProcess({});
    await stateOf(polite.agent.client);
    polite.agent.kill("SIGTERM");
    expect(await polite.agent.exited).toEqual({ code: 143, signal: null });

    await using stubborn = await startProcess({ terminate: [{ emit: { type: "never" } }], inputEnd: [{ emit: { type: "still_here" } }] });
    await stateOf(stubborn.agent.client);
    stubborn.agent.kill("SIGTERM");
    await stubborn.agent.client.next({ type: "never" });
    stubborn.agent.closeInput();
    await stubborn.agent.client.next({ type: "still_here" });
    expect(stubborn.agent.isGone).toBe(false);
  });

  it("closes its output and lives on", async () => {
    await using child = await startProcess({ on: { prompt: [[{ closeOutput: true }]] } });
    await child.agent.client.send({ id: "1", ...prompt });
    await child.agent.client.ended;
    expect(child.agent.isGone).toBe(false);
    child.agent.closeInput();
    expect(await child.agent.exited).toEqual({ code: 0, signal: null });
  });

  it("leaves a grandchild that holds its output", async () => {
    await using child = await startProcess({ startup: [{ grandchild: true }, { exit: 0 }] });
    const { pid } = await child.agent.client.next({ type: "grandchild_started" });
    expect(await child.agent.exited).toEqual({ code: 0, signal: null });
    // It is alive, or this would throw; its death is what ends the output.
    process.kill(Number(pid), "SIGKILL");
    await child.agent.client.ended;
  });
});
