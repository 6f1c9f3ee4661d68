import { describe, expect, it } from "vitest";
import { InMemoryProcessSpawner } from "../../src/adapters/fake/in-memory-process-spawner.js";
import type { PiModelRecord } from "../../src/adapters/fake/scripted-agent/pi-models.js";
import type { Script } from "../../src/adapters/fake/scripted-agent/scenario.js";
import { HostileProvider, ownArguments, usualTurn } from "./hostile-provider.js";
import { leavesNothingBehind } from "./leaves-nothing.js";

leavesNothingBehind();

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

function level(thinkingLevel: string): { readonly modelOptions: { readonly pi: { readonly thinkingLevel: string } } } {
  return { modelOptions: { pi: { thinkingLevel } } };
}

function types(host: HostileProvider): readonly unknown[] {
  return host.received().map(({ type }) => type);
}

/** What T3 shows of the session by now. */
function shownConfig(host: HostileProvider): unknown {
  return host.log.of("session.configured").at(-1)?.payload.config;
}

describe("the thinking levels on offer", () => {
  const sorts: readonly PiModelRecord[] = [
    { provider: "lab", id: "plain", reasoning: false },
    { provider: "lab", id: "without a map", reasoning: true },
    { provider: "lab", id: "with a gap", reasoning: true, thinkingLevelMap: { minimal: null, medium: null } },
    { provider: "lab", id: "with more", reasoning: true, thinkingLevelMap: { off: null, xhigh: "xhigh", max: "max" } },
    { provider: "lab", id: "with one", reasoning: true, thinkingLevelMap: { off: null, minimal: null, low: null, medium: null } },
  ];

  // The older of the two has no question for the levels.
  it.each(["0.80.10", "0.87.1"])("F59, F61: are each model's own, in Pi %s, and none where there is no choice", async (version) => {
    await using host = new HostileProvider({ agent: { models: sorts }, version });
    const { models } = await host.provider.listModels();

    expect(models.map(({ slug, thinkingLevels }) => ({ slug, thinkingLevels }))).toEqual([
      { slug: "lab/plain", thinkingLevels: [] },
      { slug: "lab/without a map", thinkingLevels: ["off", "minimal", "low", "medium", "high"] },
      { slug: "lab/with a gap", thinkingLevels: ["off", "low", "high"] },
      { slug: "lab/with more", thinkingLevels: ["minimal", "low", "medium", "high", "xhigh", "max"] },
      { slug: "lab/with one", thinkingLevels: ["high"] },
    ]);
    const offered = models.map(({ capabilities }) => capabilities.optionDescriptors.map(({ id, options }) => ({ id, options: options.map((option) => option.id) })));
    expect(offered).toEqual([[], ...models.slice(1, 4).map(({ thinkingLevels }) => [{ id: "thinkingLevel", options: thinkingLevels }]), []]);
  });

  it("F61: are what Pi says of the model in use, where it is asked and its list implies others", async () => {
    const on = { get_available_thinking_levels: [[{ reply: { data: { levels: ["low", "high"] } } }]] };
    await using host = new HostileProvider({ agent: { models: sorts.slice(1, 3), on } });
    expect((await host.provider.listModels()).models.map(({ thinkingLevels }) => thinkingLevels)).toEqual([["low", "high"], ["off", "low", "high"]]);
  });

  it("F59: bind a message: another level is refused with the real ones before anything is sent", async () => {
    await using host = new HostileProvider({});
    await host.start({ model: "lab/thinker", ...level("low") });
    const before = host.received("set_thinking_level").length;

    expect(await failureOf(host.send("Think.", level("medium")))).toMatchObject({ code: "thinking-level-unavailable", message: expect.stringContaining("Choose one of: off, low, high.") });
    expect(await failureOf(host.send("Think.", { model: "lab/plain", ...level("low") }))).toMatchObject({ code: "thinking-level-unavailable", message: expect.stringContaining("no choice of level") });
    expect([host.received("set_thinking_level").length, host.received("set_model"), host.received("prompt")]).toEqual([before, host.received("set_model").slice(0, 1), []]);
    expect(shownConfig(host)).toMatchObject({ model: "lab/thinker", thinkingLevel: "low" });
  });
});

describe("a level that Pi changes to another", () => {
  const clamping: Script = [{ pretend: { thinkingLevel: "minimal" } }];
  const always: readonly PiModelRecord[] = [{ provider: "lab", id: "always", reasoning: true }];

  it("F60: at the start is no failure: what it uses is read back and shown", async () => {
    await using host = new HostileProvider({ agent: { models: always, startup: clamping } });
    await host.start({ model: "lab/always", ...level("off") });
    await host.rest();

    expect(host.session).toMatchObject({ status: "ready" });
    expect(shownConfig(host)).toMatchObject({ thinkingLevel: "minimal" });
    expect(host.log.of("runtime.warning").map(({ payload }) => payload.message)).toEqual(['Pi uses the thinking level "minimal" instead of "off".']);
    const turnId = await host.send("Hello?");
    await host.log.turn(turnId);
    expect(host.log.of("turn.started")[0]?.payload).toMatchObject({ effort: "minimal" });
  });

  it("F59, F60: with a message is shown as what it is, by the turn and by the cursor", async () => {
    await using host = new HostileProvider({ agent: { models: always, on: { set_thinking_level: [[...clamping, { reply: {} }]] } } });
    await host.start();
    const turnId = await host.send("Think hard.", level("high"));
    await host.log.turn(turnId);

    // Said when it happens, and again where T3's user reads it.
    const told = 'Pi uses the thinking level "minimal" instead of "high".';
    expect(host.log.of("turn.started")[0]?.payload).toMatchObject({ effort: "minimal" });
    expect(shownConfig(host)).toMatchObject({ thinkingLevel: "minimal" });
    expect(host.log.of("runtime.warning").map(({ payload }) => payload.message)).toEqual([told, told]);
    expect(host.session?.resumeCursor).toMatchObject({ thinkingLevel: "minimal" });
  });
});

describe("a message to another model", () => {
  it("F62: is sent only when Pi has acknowledged the model and was seen to use it", async () => {
    await using host = new HostileProvider({ agent: { on: { set_model: [[{ gate: "model" }, { reply: {} }]], set_thinking_level: [[{ gate: "level" }, { reply: {} }]] } } });
    await host.start();
    const before = host.received().length;
    const sending = host.send("Which are you?", { model: "lab/thinker", ...level("high") });
    const sent = (): readonly unknown[] => types(host).slice(before);
    await host.rest();
    expect(sent()).toEqual(["get_available_models", "set_model"]);
    host.open("model");
    await host.rest();
    expect(sent()).toEqual(["get_available_models", "set_model", "set_thinking_level"]);
    host.open("level");
    await host.log.turn(await sending);

    expect(sent().slice(0, 5)).toEqual(["get_available_models", "set_model", "set_thinking_level", "get_state", "prompt"]);
    expect(host.log.of("turn.started")[0]?.payload).toEqual({ model: "lab/thinker", effort: "high" });
  });

  it.each<{ what: string; script: Script; code: string }>([
    { what: "refuses the model", script: [{ reply: { error: "No API key for lab" } }], code: "model-unavailable" },
    { what: "says yes and stays with the old one", script: [{ reply: { data: {} } }], code: "model-unavailable" },
    { what: "does not answer", script: [{ stall: true }], code: "request-timeout" },
  ])("F62: is not sent to the old one when Pi $what", async ({ script, code }) => {
    await using host = new HostileProvider({ agent: { on: { set_model: [script] } } });
    await host.start();
    const error = failureOf(host.send("Which are you?", { model: "lab/thinker" }));
    await host.pass(15_000);

    expect(await error).toMatchObject({ kind: "request", code });
    expect(host.received("prompt")).toEqual([]);
    expect(host.session).toMatchObject({ status: "ready", model: "lab/plain" });
    expect(await host.turn("And now?")).toMatchObject(usualTurn);
  });

  it("F62: that Pi does not start with is refused, and the conversation goes on with the old one", async () => {
    await using host = new HostileProvider({});
    const refusing = new InMemoryProcessSpawner({
      program: (io) => {
        io.writeError('Error: Unknown provider "nobody"\n');
        return 1;
      },
    });
    const spawn = host.spawner.spawn.bind(host.spawner);
    await host.start();
    await host.turn("Hello?");
    // Typed while Pi could not be asked.
    host.spawner.refuse = "other";
    await host.provider.customModels.add("nobody/x", { allowUnverified: true });
    host.spawner.refuse = undefined;
    host.spawner.spawn = (request) => (request.args.includes("nobody") ? refusing.spawn(request) : spawn(request));

    const refusal: unknown = await host.send("Which are you?", { model: "nobody/x" }).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ kind: "request", code: "model-unavailable", message: expect.stringContaining("nobody/x") });
    expect(host.session).toMatchObject({ status: "ready", model: "lab/plain" });
    expect(await host.turn("And now?")).toMatchObject(usualTurn);
  });
});

describe("the model of a new session", () => {
  it("F63: is given to Pi at its launch, so that its extensions begin with it", async () => {
    await using host = new HostileProvider({});
    await host.start({ model: "lab/thinker", ...level("low") });
    expect(host.spawner.spawned.map(ownArguments)).toEqual([["--mode", "rpc", "--provider", "lab", "--model", "lab/thinker", "--thinking", "low"]]);
  });

  it("F63: is not that of a process that waits for a session with another one", async () => {
    await using host = new HostileProvider({});
    await host.provider.listModels({ cwd: "/project" });
    expect(host.spawner.running).toBe(1);
    await host.start({ model: "lab/thinker" });
    expect(host.spawner.spawned.map((launch) => ownArguments(launch).slice(2))).toEqual([[], ["--provider", "lab", "--model", "lab/thinker"]]);
  });
});

describe("going back to the default", () => {
  it("F64: forgets the last model and level: Pi's own are told by name", async () => {
    await using host = new HostileProvider({});
    await host.start();
    await host.send("Think.", { model: "lab/thinker", ...level("low") });
    await host.rest();
    // What is left out changes nothing.
    await host.turn("Go on.");
    const turnId = await host.send("Enough.", { model: "default" });
    await host.log.turn(turnId);

    expect(host.log.of("turn.started").map(({ payload }) => payload)).toEqual([
      { model: "lab/thinker", effort: "low" },
      { model: "lab/thinker", effort: "low" },
      { model: "lab/plain", effort: "off" },
    ]);
    expect(host.session?.resumeCursor).toMatchObject({ model: "lab/plain" });
  });

  it("F64: of the level keeps the model, and takes the level that Pi chooses for it", async () => {
    await using host = new HostileProvider({});
    await host.start({ model: "lab/thinker", ...level("low") });
    await host.log.turn(await host.send("As you like.", level("default")));
    // What Pi is asked about one model is not taken for what it would choose itself.
    await host.log.turn(await host.send("All as you like.", { model: "default" }));

    expect(host.log.of("turn.started").map(({ payload }) => payload)).toEqual([
      { model: "lab/thinker", effort: "high" },
      { model: "lab/plain", effort: "off" },
    ]);
    expect(await host.provider.listModels({ cwd: "/project" })).toMatchObject({ defaultModel: "lab/plain" });
  });

  it("F64: with a start that continues a conversation does not bring the cursor's model back", async () => {
    await using host = new HostileProvider({});
    await host.start({ model: "lab/thinker", ...level("low") });
    await host.turn("Think.");
    const resumeCursor = host.session?.resumeCursor;
    await host.provider.stopSession(host.threadId);
    expect(await host.start({ resumeCursor, model: "default" })).toMatchObject({ model: "lab/plain" });
  });
});

describe("a model whose id has slashes and colons", () => {
  const slug = "router/vendor/large:free";
  const models: readonly PiModelRecord[] = [
    { provider: "lab", id: "plain" },
    { provider: "router", id: "vendor/large:free" },
    { provider: "router", id: "vendor/large", reasoning: true },
  ];

  it("F65: is listed, chosen, shown and continued by one name, and told to Pi as provider and id", async () => {
    await using host = new HostileProvider({ agent: { models } });
    expect((await host.provider.listModels()).models[1]).toMatchObject({ slug, subProvider: "router" });
    await host.start();
    await host.log.turn(await host.send("Hello?", { model: slug }));

    expect(host.received("set_model")).toMatchObject([{ provider: "router", modelId: "vendor/large:free" }]);
    expect(host.session).toMatchObject({ model: slug, resumeCursor: { model: slug } });
    await host.provider.stopSession(host.threadId);
    expect(await host.start({ model: slug })).toMatchObject({ model: slug });
    expect(host.spawner.spawned.map(ownArguments).at(-1)?.slice(2)).toEqual(["--provider", "router", "--model", slug]);
  });

  it("F65: may be added by hand, as it is", async () => {
    await using host = new HostileProvider({});
    // Nobody can be asked about it.
    host.spawner.refuse = "other";
    expect(await host.provider.customModels.add(" router/vendor/small:beta ", { allowUnverified: true })).toEqual({ slug: "router/vendor/small:beta", verified: false });
  });

  it.each([
    { text: "large:free", says: 'The model "large:free" names no provider. Write it as provider/model-id, for example "openai/gpt-5".' },
    { text: "/vendor/large", says: 'The model "/vendor/large" has nothing before its first slash. Write it as provider/model-id, for example "openai/gpt-5".' },
    // What already looks as it should is not told to look so.
    { text: "https://router/large", says: 'The model "https://router/large" is a web address. Write the provider\'s name instead, for example "openai/gpt-5".' },
    { text: "nobody/vendor/large", says: 'Pi takes "nobody/vendor/large" for "lab/plain". Check its spelling, and that its provider is set up.' },
  ])("F65: is refused where it is none ($text), naming what is wrong with it", async ({ text, says }) => {
    await using host = new HostileProvider({ agent: { models } });
    expect(await failureOf(host.provider.customModels.add(text))).toMatchObject({ kind: "validation", message: expect.stringContaining(says) });
    expect(await host.provider.customModels.list()).toEqual([]);
  });
});
