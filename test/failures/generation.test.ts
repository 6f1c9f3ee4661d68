import { describe, expect, it } from "vitest";
import type { Script } from "../../src/adapters/fake/scripted-agent/scenario.js";
import { piEndlessTurn, piErrorTurn, piExhaustedTurn, piHandledPrompt, piRecoveringTurn, piRunEnd, piRunStart, piSettled, piSpeech, piTextTurn } from "../../src/adapters/fake/scripted-agent/pi-turns.js";
import { HostileProvider, usualTurn } from "./hostile-provider.js";
import { leavesNothingBehind } from "./leaves-nothing.js";

leavesNothingBehind();

const prompt = "Name this change: SECRET.";
const json: Script = piTextTurn('{"title":"Fix the login"}');
const title = { title: "Fix the login" };

function hostWhere(promptScript: Script): HostileProvider {
  return new HostileProvider({ agent: { on: { prompt: { always: promptScript } } } });
}

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe("an answer of a model that belongs to no thread", () => {
  it("comes with the model and level that were asked for, and its process is gone", async () => {
    await using host = hostWhere(json);
    const call = { prompt, cwd: "/project", agentDir: "/agent", model: "lab/thinker", modelOptions: { pi: { thinkingLevel: "high" } }, jsonSchema: { type: "object" } };
    expect(await host.provider.generateJson(call)).toEqual(title);

    expect(host.spawner.running).toBe(0);
    expect(host.spawner.spawned).toMatchObject([{ cwd: "/project", environment: { PI_CODING_AGENT_DIR: "/agent" } }]);
    expect(host.spawner.spawned[0]?.args.slice(-4)).toEqual(["--model", "lab/thinker", "--thinking", "high"]);
    expect(host.received("prompt")).toMatchObject([{ message: expect.stringMatching(/^Name this change: SECRET\.\n\n.+:\n\{"type":"object"\}$/) }]);
    expect(host.received().map(({ type }) => type)).toEqual(["get_state", "prompt", "get_state"]);
  });

  it("comes with the agent's own model where none is asked for, and from no project", async () => {
    await using host = new HostileProvider({ agent: { on: { prompt: [json] } }, options: { neutralFolder: "/neutral" } });
    expect(await host.provider.generateJson({ prompt, model: "default", modelOptions: { pi: { thinkingLevel: "default" } } })).toEqual(title);
    expect(host.spawner.spawned).toMatchObject([{ cwd: "/neutral", args: expect.not.arrayContaining(["--model", "--thinking"]) as unknown }]);
    expect(host.received("prompt")).toMatchObject([{ message: prompt }]);
  });

  it.each<[what: string, script: Script]>([
    ["the agent tries again by itself", piRecoveringTurn({ errorMessage: "529", text: '{"title":"Fix the login"}' })],
    ["it speaks twice", [...piRunStart, ...piSpeech("Let me think."), ...piSpeech('{"title":"Fix the login"}'), ...piRunEnd(), ...piSettled]],
    ["it says that it is done, and goes on", [...piRunStart, ...piSpeech('"no"'), ...piRunEnd(), ...piSettled, { emit: { type: "agent_start" } }, ...piSpeech('{"title":"Fix the login"}'), ...piRunEnd(), ...piSettled]],
    ["it asks a question", [...piRunStart, { ask: { id: "d1", method: "confirm", title: "Sure?" } }, ...piSpeech('{"title":"Fix the login"}'), ...piRunEnd(), ...piSettled]],
  ])("is the last thing that was said, where %s", async (_what, script) => {
    await using host = hostWhere(script);
    const answer = host.provider.generateJson({ prompt });
    // The pause before another look, where the first found it busy.
    await host.pass(100);
    expect(await answer).toEqual(title);
  });

  it("waits for an agent that is not idle yet when it says that it is done", async () => {
    await using host = hostWhere([...piRunStart, ...piSpeech('{"title":"Fix the login"}'), ...piRunEnd(), { pretend: { isStreaming: true } }, ...piSettled, { gate: "idle" }, { pretend: {} }]);
    const answer = host.provider.generateJson({ prompt });
    await host.pass(1_000);
    const looks = host.received("get_state").length;
    expect(looks).toBeGreaterThan(2);
    expect(host.spawner.running).toBe(1);
    host.open("idle");
    await host.pass(100);
    expect(await answer).toEqual(title);
  });

  it("does not trust an idle state that is older than what the agent did since, and then waits for its next end", async () => {
    const look: Script = [{ emit: { type: "agent_start" } }, { pretend: { isStreaming: false } }, { reply: {} }, { pretend: {} }, { gate: "speak" }, ...piSpeech('{"title":"Fix the login"}'), ...piRunEnd(), ...piSettled];
    await using host = new HostileProvider({ agent: { on: { prompt: [piTextTurn('"no"')], get_state: [[{ reply: {} }], look] } } });
    const answer = host.provider.generateJson({ prompt });
    await host.pass(1_000);
    expect(host.received("get_state")).toHaveLength(2);
    host.open("speak");
    expect(await answer).toEqual(title);
    expect(host.received("get_state")).toHaveLength(3);
  });

  it("disturbs no thread", async () => {
    await using host = new HostileProvider({ agent: {}, replacement: { on: { prompt: [json] } } });
    await host.start();
    const before = host.log.events.length;
    expect(await host.provider.generateJson({ prompt })).toEqual(title);
    expect(host.log.events).toHaveLength(before);
    expect(host.provider.listSessions()).toMatchObject([{ threadId: host.threadId, status: "ready" }]);
    expect(await host.turn("And now?")).toMatchObject(usualTurn);
  });
});

describe("an answer that does not come", () => {
  it.each<[what: string, script: Script, error: object]>([
    ["is no JSON", piTextTurn("SECRET ANSWER"), { kind: "request", code: "request-rejected", detail: expect.stringContaining("no JSON") }],
    ["is empty", piTextTurn(""), { kind: "request", code: "request-rejected", detail: expect.stringContaining("no JSON") }],
    ["failed", piErrorTurn("400: SECRET"), { kind: "request", code: "request-rejected", detail: expect.stringContaining("could not get an answer") }],
    ["failed again and again", piExhaustedTurn("SECRET"), { kind: "request", code: "request-rejected" }],
    ["is refused", [{ reply: { error: "I do not like SECRET" } }], { kind: "request", code: "request-rejected", detail: "Pi refused the request." }],
    ["needs a login", [{ reply: { error: "No API key found for lab." } }], { kind: "request", code: "model-unavailable", detail: expect.stringContaining("not logged in") }],
    ["was never begun", piHandledPrompt, { kind: "request", code: "request-rejected" }],
    ["crashes the agent", [...piRunStart, { errorOutput: "SECRET\n" }, { exit: 1 }], { kind: "process", code: "agent-exited" }],
    ["cannot be read", [{ reply: { data: { disposition: 7 } } }, { exit: 1 }], { name: "ProviderError" }],
  ])("is told as such, with nothing of prompt or answer: it %s", async (_what, script, expected) => {
    await using host = hostWhere(script);
    const error = await failureOf(host.provider.generateJson({ prompt }));
    expect(error).toMatchObject({ name: "ProviderError", operation: "generateJson", ...expected });
    expect(`${String(error)} ${JSON.stringify(error)}`).not.toContain("SECRET");
    expect(host.spawner.running).toBe(0);
  });

  it("is told where the agent does not start, knows another model, or none", async () => {
    await using host = new HostileProvider({ agent: { startup: [{ errorOutput: 'Error: Model "lab/x" not found\n' }, { exit: 1 }] }, replacement: {} });
    expect(await failureOf(host.provider.generateJson({ prompt, model: "lab/x" }))).toMatchObject({ kind: "request", code: "model-unavailable", operation: "generateJson" });
    expect(await failureOf(host.provider.generateJson({ prompt, model: "lab/y" }))).toMatchObject({ kind: "request", code: "model-unavailable", detail: 'Pi takes "lab/y" for "lab/plain" when its extensions are off.' });
    expect(await failureOf(host.provider.generateJson({ prompt, model: "lab/thinker", modelOptions: { pi: { thinkingLevel: "medium" } } }))).toMatchObject({ code: "thinking-level-unavailable", detail: expect.stringContaining('"high"') });
    // No model was asked anything.
    expect(host.received("prompt")).toEqual([]);
    host.spawner.refuse = "permission-denied";
    expect(await failureOf(host.provider.generateJson({ prompt }))).toMatchObject({ kind: "process", code: "binary-not-executable" });
  });

  it.each<[what: string, input: object]>([
    ["an empty prompt", { prompt: " " }],
    ["no prompt", {}],
    ["a model that is none", { prompt, model: "thinker" }],
    ["a time-out that is none", { prompt, timeoutMs: 0 }],
    ["a schema that is no JSON", { prompt, jsonSchema: { most: 1n } }],
  ])("is refused before anything is started: %s", async (_what, input) => {
    await using host = hostWhere(json);
    expect(await failureOf(host.provider.generateJson(input as { prompt: string }))).toMatchObject({ name: "ProviderError", kind: "validation", operation: "generateJson" });
    expect(host.spawner.spawned).toEqual([]);
  });
});

describe("an answer that nobody wants any more", () => {
  const endless = piEndlessTurn("{");

  it("ends after three minutes, or when the host says", async () => {
    await using host = hostWhere(endless);
    const errors = Promise.all([failureOf(host.provider.generateJson({ prompt })), failureOf(host.provider.generateJson({ prompt, timeoutMs: 5_000 }))]);
    await host.pass(4_999);
    expect(host.spawner.running).toBe(2);
    await host.pass(1);
    await expect.poll(() => host.spawner.running).toBe(1);
    await host.pass(175_000);
    expect(await errors).toMatchObject([
      { kind: "request", code: "request-timeout", detail: expect.stringContaining("within 180 s") },
      { kind: "request", code: "request-timeout", detail: expect.stringContaining("within 5 s") },
    ]);
    expect(host.spawner.running).toBe(0);
  });

  it("ends when it is called off: while it is asked for, before, and while it waits for its turn", async () => {
    await using host = hostWhere(endless);
    const { provider } = host;
    expect(await failureOf(provider.generateJson({ prompt, signal: AbortSignal.abort() }))).toMatchObject({ kind: "session-closed", code: "aborted" });
    const [first, second, third] = [new AbortController(), new AbortController(), new AbortController()];
    const errors = [first, second, third].map(({ signal }) => failureOf(provider.generateJson({ prompt, signal })));
    await host.rest();
    expect(host.received("prompt")).toHaveLength(2);
    third.abort(new Error("SECRET"));
    expect(await errors[2]).toMatchObject({ kind: "session-closed", code: "aborted", operation: "generateJson" });
    expect(host.spawner.spawned).toHaveLength(2);
    first.abort();
    second.abort();
    expect(await Promise.all(errors)).toMatchObject([{ code: "aborted" }, { code: "aborted" }, { code: "aborted" }]);
    expect(host.spawner.running).toBe(0);
  });

  it("ends with the provider, which then begins none", async () => {
    await using host = hostWhere(endless);
    const errors = Promise.all([1, 2, 3].map(() => failureOf(host.provider.generateJson({ prompt }))));
    await host.rest();
    await host.provider[Symbol.asyncDispose]();
    expect(host.spawner.running).toBe(0);
    expect(await errors).toMatchObject([{ code: "disposed" }, { code: "disposed" }, { code: "disposed" }]);
    expect(await failureOf(host.provider.generateJson({ prompt }))).toMatchObject({ kind: "session-closed", code: "disposed" });
    expect(host.spawner.spawned).toHaveLength(2);
  });
});

describe("many answers at the same time", () => {
  it("are asked for two at once, in turn", async () => {
    await using host = hostWhere([...piRunStart, { gate: "answer" }, ...piSpeech('{"title":"Fix the login"}'), ...piRunEnd(), ...piSettled]);
    const answers = Array.from({ length: 5 }, (_, index) => host.provider.generateJson({ prompt: `Number ${index}` }));
    await host.rest();
    expect([host.spawner.running, host.received("prompt").map(({ message }) => message)]).toEqual([2, ["Number 0", "Number 1"]]);
    host.open("answer");
    expect(await Promise.all(answers)).toEqual(Array.from({ length: 5 }, () => title));
    expect(host.received("prompt")).toHaveLength(5);
  });
});
