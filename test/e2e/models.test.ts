import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { markedProcesses } from "../process-census.js";
import { realPiVersions, sharedProvider } from "./real-pi.js";
import { spoken } from "./scripted-model.js";

describe.each(realPiVersions)("the models of Pi $version", (pi) => {
  const shared = sharedProvider({ pi });

  it("are those that Pi names", async () => {
    const { provider } = shared();
    // Asked for together, both are told by one process.
    const [report, catalog] = await Promise.all([provider.inspect(), provider.listModels()]);

    expect(report).toMatchObject({
      verdict: "ready",
      version: pi.version,
      binaryPath: pi.binaryPath,
      modelCount: 3,
      searched: [{ place: pi.binaryPath, source: "configured", outcome: "found" }],
      warnings: [],
      status: { status: "ready", available: true, authStatus: "authenticated" },
    });
    // Where all is well there is nothing to say.
    expect(report.status).not.toHaveProperty("message");
    expect(catalog).toMatchObject({ defaultModel: "demo/plain", freshness: { source: "live" } });
    expect(catalog.models.filter(({ isDefault, isCustom }) => isDefault === true || isCustom).map(({ slug }) => slug)).toEqual(["demo/plain"]);
    expect(catalog.models.map(({ slug, thinkingLevels, input }) => ({ slug, thinkingLevels, input }))).toEqual([
      { slug: "demo/plain", thinkingLevels: [], input: ["text"] },
      { slug: "demo/thinker", thinkingLevels: ["off", "low", "high"], input: ["text"] },
      { slug: "demo/vision/large:latest", thinkingLevels: [], input: ["text", "image"] },
    ]);
    expect(catalog.models.flatMap(({ capabilities }) => capabilities.optionDescriptors)).toEqual([
      {
        id: "thinkingLevel",
        label: "Thinking",
        type: "select",
        options: [
          { id: "off", label: "Off" },
          { id: "low", label: "Low" },
          { id: "high", label: "High" },
        ],
      },
    ]);
    expect(provider.snapshot({}).catalog?.models).toEqual(catalog.models);
    expect(provider.snapshot({ cwd: "/elsewhere" })).not.toHaveProperty("catalog");
    expect(markedProcesses()).toEqual([]);
  });

  // 0.80.10 is started four times for this, and it takes its time.
  it("switch from turn to turn within one conversation and leave the user's settings alone", { timeout: 90_000 }, async () => {
    const fixture = shared();
    const { provider, endpoint, sandbox, log } = fixture;
    const threadId = "switches";
    const settings = join(sandbox.agentDir, "settings.json");
    const before = await readFile(settings);
    await fixture.start({ threadId, modelSelection: { instanceId: "pi", model: "demo/plain" } });
    const first = await fixture.turn({ threadId, input: "Remember the number 20." }, [{ text: "I will." }]);
    const second = await fixture.turn({ threadId, input: "Think.", model: "demo/thinker", ...level("high") }, [{ text: "I think." }]);
    // As today's T3 names it, which names the model with each turn.
    const modelSelection = { instanceId: "pi", model: "demo/thinker", options: [{ id: "thinkingLevel", value: "low" }] };
    const third = await fixture.turn({ threadId, input: "Think less.", modelSelection }, [{ text: "I think a little." }]);

    expect([first, second, third].map((turn) => turn.of("turn.started")[0]?.payload)).toEqual([
      { model: "demo/plain", effort: "off" },
      { model: "demo/thinker", effort: "high" },
      { model: "demo/thinker", effort: "low" },
    ]);
    expect(endpoint.requests.slice(-3).map(({ model, reasoningEffort }) => ({ model, reasoningEffort }))).toEqual([
      { model: "plain", reasoningEffort: undefined },
      { model: "thinker", reasoningEffort: "high" },
      { model: "thinker", reasoningEffort: "low" },
    ]);
    expect(spoken(endpoint.requests.at(-1), "user")).toEqual(["Remember the number 20.", "Think.", "Think less."]);
    expect(spoken(endpoint.requests.at(-1), "assistant")).toEqual(["I will.", "I think."]);
    expect(log.of("session.configured").filter((event) => event.threadId === threadId).map((event) => event.payload.config)).toMatchObject([
      { model: "demo/plain", agentVersion: pi.version },
      { model: "demo/thinker", thinkingLevel: "high" },
      { model: "demo/thinker", thinkingLevel: "low" },
    ]);
    expect(log.of("session.exited").filter((event) => event.threadId === threadId)).toEqual([]);
    expect(fixture.view(threadId)).toMatchObject({ model: "demo/thinker", resumeCursor: { model: "demo/thinker", thinkingLevel: "low" } });
    expect(await readFile(settings)).toEqual(before);

    // The cursor brings both back.
    const resumeCursor = fixture.view(threadId)?.resumeCursor;
    await provider.stopSession(threadId);
    await fixture.start({ threadId, resumeCursor });
    const last = await fixture.turn({ threadId, input: "And now?" }, [{ text: "The same." }]);
    expect(last.of("turn.started")[0]?.payload).toEqual({ model: "demo/thinker", effort: "low" });
    expect(spoken(endpoint.requests.at(-1), "user")).toHaveLength(4);
    expect(await readFile(settings)).toEqual(before);
    await provider.stopSession(threadId);
  });

  it.each([
    { what: "a model without its provider", wish: { model: "thinker" }, kind: "validation", code: "invalid-model", says: 'The model "thinker" names no provider. Write it as provider/model-id' },
    { what: "a model that its provider lacks", wish: { model: "demo/nothing" }, kind: "request", code: "model-unavailable", says: 'Pi has no model "demo/nothing". Choose one of its models, for example demo/plain' },
    { what: "a model of an unknown provider", wish: { model: "elsewhere/thinker" }, kind: "request", code: "model-unavailable", says: 'Pi has no model "elsewhere/thinker". Choose one of its models' },
    { what: "a level that its model lacks", wish: level("medium"), kind: "request", code: "thinking-level-unavailable", says: 'has no thinking level "medium" in Pi. Choose one of: off, low, high.' },
    { what: "a level of a model that does not think", wish: { model: "demo/plain", ...level("high") }, kind: "request", code: "thinking-level-unavailable", says: 'The model "demo/plain" has no thinking level "high" in Pi. It offers no choice of level.' },
    { what: "an option that no model has", wish: { modelSelection: { instanceId: "pi", model: "demo/thinker", options: [{ id: "effort", value: "high" }] } }, kind: "validation", code: "invalid-input", says: 'There is no model option "effort". The one there is has the id "thinkingLevel".' },
  ])("stay as they were when a turn asks for $what", async ({ wish, kind, code, says }) => {
    const fixture = shared();
    const { provider, log } = fixture;
    const threadId = "refused turns";
    await fixture.session({ threadId, model: "demo/thinker" });
    const before = log.events.length;
    const error: unknown = await provider.sendTurn({ threadId, input: "Never sent.", ...wish }).catch((reason: unknown) => reason);
    await fixture.delivered();

    expect(error).toMatchObject({ kind, code, message: expect.stringContaining(says) });
    expect(fixture.view(threadId)).toMatchObject({ model: "demo/thinker", status: "ready" });
    // T3 shows "Sending…" until it hears of a turn or of an error.
    expect(log.events.slice(before)).toMatchObject([{ type: "runtime.error", payload: { message: expect.stringContaining(says) } }]);
    expect(log.events[before]).not.toHaveProperty("turnId");

    const turn = await fixture.turn({ threadId, input: "Still there?" }, [{ text: "Yes." }]);
    expect(turn.of("turn.started")[0]?.payload.model).toBe("demo/thinker");
    expect(spoken(fixture.endpoint.requests.at(-1), "user")).not.toContain("Never sent.");
  });

  it.each([
    { what: "a model without its provider", wish: { model: "thinker" }, code: "invalid-model", says: 'The model "thinker" names no provider.' },
    { what: "a model that its provider lacks", wish: { model: "demo/nothing" }, code: "model-unavailable", says: 'Pi has no model "demo/nothing". Choose one of its models, for example demo/plain' },
    { what: "a model of an unknown provider", wish: { model: "elsewhere/thinker" }, code: "model-unavailable", says: "elsewhere/thinker" },
    { what: "a level of a model that does not think", wish: { model: "demo/plain", ...level("high") }, code: "thinking-level-unavailable", says: "It offers no choice of level." },
  ])("are checked when a session starts with $what", async ({ what, wish, code, says }) => {
    const fixture = shared();
    const threadId = `a start with ${what}`;
    const processes = markedProcesses();
    const error: unknown = await fixture.start({ threadId, ...wish }).catch((reason: unknown) => reason);
    await fixture.delivered();

    expect(error).toMatchObject({ code, message: expect.stringContaining(says) });
    expect(fixture.log.events.filter((event) => event.threadId === threadId)).toMatchObject([
      { type: "runtime.error", payload: { message: expect.stringContaining(says) } },
      { type: "session.exited", payload: { exitKind: "error" } },
    ]);
    expect(fixture.provider.hasSession(threadId)).toBe(false);
    expect(markedProcesses()).toEqual(processes);
  });

  it("may be missing altogether, which its health, its list and an answer to a message say", async () => {
    const fixture = shared();
    const { provider, log } = fixture;
    const threadId = "no models";
    const agentDir = join(fixture.spareFolder, "empty-agent-folder");
    await mkdir(agentDir);

    const [report, catalog] = await Promise.all([provider.inspect({ agentDir }), provider.listModels({ agentDir })]);
    expect(report).toMatchObject({
      verdict: "no-models",
      modelCount: 0,
      status: { status: "warning", available: false, authStatus: "unauthenticated", message: expect.stringContaining("not logged in to any provider") },
    });
    expect(catalog).toMatchObject({ defaultModel: null, models: [] });

    await fixture.start({ threadId, providerOptions: { pi: { agentDir } } });
    const error: unknown = await provider.sendTurn({ threadId, input: "Hello?" }).catch((reason: unknown) => reason);
    await fixture.delivered();
    expect(error).toMatchObject({ kind: "request", message: expect.stringMatching(/log ?in/i) });
    expect(log.events.at(-1)).toMatchObject({ type: "runtime.error", threadId, payload: { message: expect.stringMatching(/log ?in/i) } });
    await provider.stopSession(threadId);
  });
});

function level(thinkingLevel: string): { readonly modelOptions: { readonly pi: { readonly thinkingLevel: string } } } {
  return { modelOptions: { pi: { thinkingLevel } } };
}
