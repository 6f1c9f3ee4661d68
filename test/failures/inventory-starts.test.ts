import { describe, expect, it } from "vitest";
import type { PiModelRecord } from "../../src/adapters/fake/scripted-agent/pi-models.js";
import type { AgentScenario, Script } from "../../src/adapters/fake/scripted-agent/scenario.js";
import { HostileProvider } from "./hostile-provider.js";
import { leavesNothingBehind } from "./leaves-nothing.js";

leavesNothingBehind();

const ownModels = ["lab/plain", "lab/thinker"];

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

async function slugs({ provider }: HostileProvider): Promise<readonly string[]> {
  return (await provider.listModels()).models.map(({ slug }) => slug);
}

/** The first question is answered by this, all others as usual. */
function answeredOnceBy(script: Script): Pick<AgentScenario, "on"> {
  return { on: { get_state: [script] } };
}

describe("a start that takes long", () => {
  const manyModels: readonly PiModelRecord[] = Array.from({ length: 548 }, (_, index) => ({ provider: "lab", id: `model-${index}` }));
  const slow: AgentScenario = { models: manyModels, ...answeredOnceBy([{ gate: "loaded" }, { reply: {} }]) };

  it("F55: is no failure: nothing is said until the agent has answered, and then all of it", async () => {
    await using host = new HostileProvider({ agent: slow });
    const [health, models] = [host.provider.inspect(), slugs(host)];
    await host.pass(59_000);
    expect(host.provider.snapshot()).not.toHaveProperty("health");
    host.open("loaded");

    expect(await health).toMatchObject({ verdict: "ready", modelCount: 548, status: { available: true } });
    expect(await models).toHaveLength(548);
    expect(host.spawner.spawned).toHaveLength(1);
  });

  it("F55: is given as long as the host says, and what is said then is how long that was", async () => {
    await using host = new HostileProvider({ agent: slow, options: { session: { readyMs: 120_000 } } });
    const error = failureOf(host.provider.listModels());
    await host.pass(119_000);
    expect(host.spawner.running).toBe(1);
    await host.pass(1_000);

    expect(await error).toMatchObject({ kind: "process", code: "start-timeout", message: expect.stringContaining("within 120 s") });
    expect(await host.provider.inspect()).toMatchObject({ verdict: "timed-out", status: { status: "error", authStatus: "unknown" } });
  });
});

describe("an agent that has started", () => {
  it("F56: is ready with its first answer, however long and loudly its extensions begin", async () => {
    const loading: Script = [{ errorOutput: "Loading a large model\n" }, { emit: { type: "extension_ui_request", id: "1", method: "setStatus", statusKey: "load", statusText: "34 %" } }, { gate: "loaded" }];
    await using host = new HostileProvider({ agent: { startup: loading } });
    const [models, session] = [slugs(host), host.start()];
    await host.pass(45_000);
    expect(host.session?.status).not.toBe("ready");
    host.open("loaded");

    expect(await models).toEqual(ownModels);
    expect(await session).toMatchObject({ status: "ready" });
  });

  it("F56: and crashed before it answered is started once more", async () => {
    await using host = new HostileProvider({ agent: answeredOnceBy([{ crash: "SIGSEGV" }]), replacement: {} });
    expect(await slugs(host)).toEqual(ownModels);
    expect(host.spawner.spawned).toHaveLength(2);
  });

  it("F56: and crashed twice is given up, with the reason", async () => {
    await using host = new HostileProvider({ agent: answeredOnceBy([{ crash: "SIGSEGV" }]) });
    expect(await failureOf(host.provider.listModels())).toMatchObject({ kind: "process", code: "agent-exited", message: expect.stringContaining("SIGSEGV") });
    expect(host.spawner.spawned).toHaveLength(2);
  });

  it.each<{ what: string; script: Script; code: string }>([
    { what: "does not answer in time", script: [{ stall: true }], code: "start-timeout" },
    { what: "says why it does not start", script: [{ errorOutput: "Error: Failed to load extension /x.ts\n" }, { exit: 1 }], code: "agent-exited" },
  ])("F56: and $what is not started again: it would do the same", async ({ script, code }) => {
    await using host = new HostileProvider({ agent: answeredOnceBy(script), replacement: {} });
    const error = failureOf(host.provider.listModels());
    await host.pass(60_000);

    expect(await error).toMatchObject({ code });
    expect(host.spawner.spawned).toHaveLength(1);
  });
});

describe("an agent that tells its state and never its models", () => {
  const mute: AgentScenario = { on: { get_available_models: [[{ stall: true }]] } };

  it("F57: has no empty catalog: the call fails and says why, and so does the health", async () => {
    await using host = new HostileProvider({ agent: mute, replacement: {} });
    const answers = Promise.all([failureOf(host.provider.listModels()), host.provider.inspect()]);
    await host.pass(15_000);
    const [error, health] = await answers;

    expect(error).toMatchObject({ kind: "process", code: "start-timeout", message: expect.stringContaining("did not answer within 15 s"), nextStep: expect.any(String) });
    expect(health).toMatchObject({ verdict: "timed-out", status: { available: false, authStatus: "unknown", message: expect.stringContaining("did not answer") } });
    expect(health).not.toHaveProperty("modelCount");
    expect(host.provider.snapshot()).not.toHaveProperty("catalog");

    // The same is told for a while, then it is tried again.
    await host.pass(5_000);
    expect(await failureOf(host.provider.listModels())).toMatchObject({ code: "start-timeout" });
    expect(host.spawner.spawned).toHaveLength(1);
    await host.pass(5_000);
    expect(await slugs(host)).toEqual(ownModels);
  });

  it.each<{ what: string; script: Script; says: string }>([
    { what: "refuses to", script: [{ reply: { error: "Registry is locked" } }], says: "Registry is locked" },
    { what: "answers with something else", script: [{ reply: { data: { catalog: [] } } }], says: "its answer cannot be read" },
    { what: "dies of it", script: [{ exit: 9 }], says: "exit code 9" },
  ])("F57: because it $what is told so, too", async ({ script, says }) => {
    await using host = new HostileProvider({ agent: { on: { get_available_models: [script] } } });
    expect(await failureOf(host.provider.listModels())).toMatchObject({ kind: "process", message: expect.stringContaining(says) });
    expect(host.provider.snapshot()).not.toHaveProperty("catalog");
  });

  it("F57: has the models that it told last, marked as such", async () => {
    await using host = new HostileProvider({ replacement: mute });
    await slugs(host);
    const again = host.provider.listModels({ refresh: true });
    await host.pass(15_000);

    expect(await again).toMatchObject({ models: [{ slug: "lab/plain" }, { slug: "lab/thinker" }], freshness: { source: "last-known-good", problem: { code: "start-timeout" } } });
    expect(host.provider.snapshot()).toMatchObject({ catalog: { models: [{}, {}] }, health: { verdict: "timed-out", status: { available: false } } });
  });
});
