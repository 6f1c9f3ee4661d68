import { describe, expect, it } from "vitest";
import { AgentSandbox } from "../../../src/adapters/fake/agent-sandbox.js";
import type { ModelAnswer } from "../../../src/adapters/fake/model-endpoint/model-answer.js";
import { inTurn, ScriptedModelEndpoint } from "../../../src/adapters/fake/scripted-model-endpoint.js";
import { ChildAgent, realPis } from "../../child-agent.js";

const question = { model: "plain", stream: true, messages: [{ role: "user", content: "Hello?" }] };

function ask(endpoint: ScriptedModelEndpoint, body: unknown = question, init: RequestInit = {}): Promise<Response> {
  return fetch(`${endpoint.baseUrl}/chat/completions`, { method: "POST", body: JSON.stringify(body), ...init });
}

/** What the events of a stream hold. */
async function eventsOf(response: Response): Promise<readonly unknown[]> {
  const blocks = (await response.text()).split("\n\n").filter((block) => block !== "");
  return blocks.map((block) => {
    const data = block.replace(/^data: /, "");
    return data === "[DONE]" ? data : (JSON.parse(data) as unknown);
  });
}

async function answered(answer: ModelAnswer): Promise<readonly unknown[]> {
  await using endpoint = await ScriptedModelEndpoint.start({ respond: () => answer });
  return eventsOf(await ask(endpoint));
}

const delta = (content: unknown) => expect.objectContaining({ choices: [expect.objectContaining({ delta: expect.objectContaining(content) as unknown })] }) as unknown;
const finish = (reason: string) => expect.objectContaining({ choices: [expect.objectContaining({ finish_reason: reason })] }) as unknown;

describe("an answer", () => {
  it("streams its text in pieces that cut no character, then the usage, then the end", async () => {
    expect(await answered([{ text: "a🎉bc", chunks: 2 }, { usage: { inputTokens: 7, outputTokens: 3, cachedInputTokens: 2 } }])).toEqual([
      delta({ content: "a🎉" }),
      delta({ content: "bc" }),
      finish("stop"),
      expect.objectContaining({
        choices: [],
        usage: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10, prompt_tokens_details: { cached_tokens: 2 } },
      }),
      "[DONE]",
    ]);
  });

  it("streams reasoning in its own field", async () => {
    const events = await answered([{ reasoning: "Hm." }, { text: "Yes." }]);
    expect(events.slice(0, 2)).toEqual([delta({ reasoning_content: "Hm." }), delta({ content: "Yes." })]);
  });

  it("numbers its tool calls and ends with them", async () => {
    const events = await answered([{ toolCall: { name: "read", arguments: { path: "a" } } }, { toolCall: { name: "bash", arguments: {}, id: "mine" } }]);
    expect(events.slice(0, 5)).toEqual([
      delta({ tool_calls: [{ index: 0, id: "call_0_0", type: "function", function: { name: "read", arguments: "" } }] }),
      delta({ tool_calls: [{ index: 0, function: { arguments: '{"path":"a"}' } }] }),
      delta({ tool_calls: [{ index: 1, id: "mine", type: "function", function: { name: "bash", arguments: "" } }] }),
      delta({ tool_calls: [{ index: 1, function: { arguments: "{}" } }] }),
      finish("tool_calls"),
    ]);
  });

  it("ends where it is told to", async () => {
    const events = await answered([{ text: "Too lo" }, { finish: "length" }, { text: "never said" }]);
    expect(events).toHaveLength(4);
    expect(events[1]).toEqual(finish("length"));
  });

  it("fails with a status before its first word and with an error record after it", async () => {
    await using endpoint = await ScriptedModelEndpoint.start({
      respond: inTurn([[{ httpError: { status: 429, message: "Slow down." } }], [{ text: "So" }, { httpError: { status: 500, message: "Oops." } }]]),
    });
    const refused = await ask(endpoint);
    expect(refused.status).toBe(429);
    expect(await refused.json()).toEqual({ error: { message: "Slow down.", type: "scripted_error", code: "429" } });
    const broken = await ask(endpoint);
    expect(broken.status).toBe(200);
    expect(await eventsOf(broken)).toEqual([delta({ content: "So" }), { error: { message: "Oops.", type: "scripted_error", code: "500" } }]);
  });

  it("breaks the connection after what was said", async () => {
    await using endpoint = await ScriptedModelEndpoint.start({ respond: () => [{ text: "Partial" }, { cut: true }] });
    const response = await ask(endpoint);
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader?.read())?.value).toContain("Partial");
    await expect(reader?.read()).rejects.toThrow();
  });

  it("holds its stream open until it is released", async () => {
    const release = Promise.withResolvers<void>();
    await using endpoint = await ScriptedModelEndpoint.start({
      respond: inTurn([[{ text: "One" }, { waitFor: release.promise }, { text: "Two" }], [{ text: "Another" }]]),
    });
    const reader = (await ask(endpoint)).body?.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader?.read())?.value).toContain("One");
    const log: string[] = [];
    const rest = reader?.read().then(({ value }) => log.push(`read ${String(value?.includes("Two"))}`));
    // A whole other answer passes meanwhile.
    await eventsOf(await ask(endpoint));
    log.push("released");
    release.resolve();
    await rest;
    expect(log).toEqual(["released", "read true"]);
    await reader?.cancel();
  });
});

describe("the endpoint", () => {
  it("tells what it was asked", async () => {
    await using endpoint = await ScriptedModelEndpoint.start({ respond: () => [{ text: "Yes." }] });
    const image = { type: "image_url", image_url: { url: "data:image/png;base64,AA==" } };
    const messages = [
      { role: "system", content: "Be brief." },
      { role: "user", content: [{ type: "text", text: "Look " }, image, { type: "text", text: "here" }] },
      { role: "assistant", content: null, tool_calls: [] },
      { role: "tool", tool_call_id: "a", content: "first" },
      { role: "tool", tool_call_id: "b", content: [{ type: "text", text: "second" }] },
    ];
    const tools = [{ type: "function", function: { name: "read" } }];
    const body = { model: "thinker", stream: true, messages, tools, reasoning_effort: "low", temperature: 1 };
    await ask(endpoint, body, { headers: { authorization: "Bearer key" } });
    await ask(endpoint);
    expect(endpoint.requests).toEqual([
      {
        index: 0,
        model: "thinker",
        lastUserText: "Look here",
        toolResults: ["first", "second"],
        imageCount: 1,
        toolNames: ["read"],
        reasoningEffort: "low",
        stream: true,
        apiKey: "key",
        body: expect.objectContaining({ temperature: 1 }) as unknown,
      },
      expect.objectContaining({ index: 1, lastUserText: "Hello?", toolResults: [], imageCount: 0, toolNames: [] }),
    ]);
    expect(endpoint.requests[1]).not.toHaveProperty("reasoningEffort");
    expect(endpoint.requests[1]).not.toHaveProperty("apiKey");
  });

  it("answers by what it is asked", async () => {
    await using endpoint = await ScriptedModelEndpoint.start({ respond: ({ lastUserText }) => [{ text: lastUserText.toUpperCase() }] });
    expect(await eventsOf(await ask(endpoint))).toContainEqual(delta({ content: "HELLO?" }));
  });

  it.each([
    ["a script without another answer", question, /The script failed: it holds 0 answers/],
    ["a request that does not stream", { ...question, stream: false }, /only streams/],
    ["a request of another kind", { prompt: "Hello?" }, /no chat-completions request/],
  ])("refuses %s", async (_name, body, reason) => {
    await using endpoint = await ScriptedModelEndpoint.start({ respond: inTurn([]) });
    const response = await ask(endpoint, body);
    expect(response.status).toBe(400);
    expect(await response.text()).toMatch(reason);
  });

  it("knows no other address", async () => {
    await using endpoint = await ScriptedModelEndpoint.start({ respond: inTurn([]) });
    expect((await fetch(`${endpoint.baseUrl}/models`)).status).toBe(404);
  });

  it("closes with everybody who waits in it", async () => {
    const endpoint = await ScriptedModelEndpoint.start({ respond: () => [{ text: "One" }, { waitFor: new Promise(() => {}) }] });
    const response = await ask(endpoint);
    await endpoint[Symbol.asyncDispose]();
    await expect(response.text()).rejects.toThrow();
    await expect(ask(endpoint)).rejects.toThrow();
    await endpoint[Symbol.asyncDispose]();
  });
});

describe.each(Object.entries(realPis))("the real Pi %s", (_version, program) => {
  it("understands reasoning, a tool call and text", async () => {
    await using endpoint = await ScriptedModelEndpoint.start({
      respond: inTurn([
        [{ reasoning: "I must look." }, { toolCall: { name: "read", arguments: { path: "notes.txt" } } }],
        [{ text: "Three lines.", chunks: 2 }, { usage: { inputTokens: 11, outputTokens: 5, cachedInputTokens: 4 } }],
      ]),
    });
    await using sandbox = await AgentSandbox.create({ endpoint });
    await using pi = new ChildAgent({
      command: process.execPath,
      args: [program, "--mode", "rpc", "--model", "demo/thinker", "--thinking", "low"],
      cwd: sandbox.projectDir,
      environment: sandbox.environment,
    });

    await pi.client.send({ id: "1", type: "prompt", message: "How long are my notes?" });
    await pi.client.next({ type: "agent_settled" });
    pi.closeInput();
    expect(await pi.exited).toEqual({ code: 0, signal: null });

    expect(pi.client.records).toContainEqual(expect.objectContaining({ type: "tool_execution_end", toolName: "read", isError: false }));
    const said = pi.client.records.filter(({ type }) => type === "message_end").map(({ message }) => message);
    expect(said).toContainEqual(
      expect.objectContaining({ content: [expect.objectContaining({ thinking: "I must look." }), expect.objectContaining({ name: "read", arguments: { path: "notes.txt" } })] }),
    );
    expect(said.at(-1)).toMatchObject({ content: [{ text: "Three lines." }], stopReason: "stop", usage: { input: 7, output: 5, cacheRead: 4 } });
    const deltas = pi.client.records.map(({ assistantMessageEvent: event }) => event as { type: string; delta: string } | undefined).filter((event) => event?.type === "text_delta");
    expect(deltas.map((event) => event?.delta)).toEqual(["Three ", "lines."]);

    expect(endpoint.requests).toMatchObject([
      { model: "thinker", lastUserText: "How long are my notes?", reasoningEffort: "low", toolResults: [] },
      { model: "thinker", toolResults: ["first line\nsecond line\nthird line\n"] },
    ]);
    expect(endpoint.requests[0]?.toolNames).toContain("bash");
  });
});
