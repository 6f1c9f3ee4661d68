import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { AgentSandbox, type AgentSandboxOptions } from "../../../src/adapters/fake/agent-sandbox.js";
import { inTurn, ScriptedModelEndpoint } from "../../../src/adapters/fake/scripted-model-endpoint.js";
import { ChildAgent, realPis } from "../../child-agent.js";

const nowhere = { baseUrl: "http://127.0.0.1:9/v1" };

async function settingsOf(options: AgentSandboxOptions): Promise<unknown> {
  await using sandbox = await AgentSandbox.create(options);
  return JSON.parse(await readFile(join(sandbox.agentDir, "settings.json"), "utf8"));
}

describe("a sandbox", () => {
  it("holds a home and a project and leaves nothing behind", async () => {
    const sandbox = await AgentSandbox.create({ endpoint: nowhere, files: { "deep/er/file.txt": "content" } });
    expect(await readFile(join(sandbox.projectDir, "deep/er/file.txt"), "utf8")).toBe("content");
    expect(existsSync(join(sandbox.agentDir, "models.json"))).toBe(true);
    expect(sandbox.environment.PI_CODING_AGENT_DIR).toBe(sandbox.agentDir);
    await sandbox[Symbol.asyncDispose]();
    expect(existsSync(dirname(sandbox.agentDir))).toBe(false);
  });

  it("takes its own models and settings", async () => {
    expect(await settingsOf({ endpoint: nowhere, models: [{ id: "mine" }], settings: { defaultThinkingLevel: "low" } })).toMatchObject({
      defaultModel: "mine",
      defaultThinkingLevel: "low",
    });
  });

  it("leaves nothing behind when it cannot be filled", async () => {
    const files = { "../agent/models.json/impossible": "" };
    const failure = AgentSandbox.create({ endpoint: nowhere, files });
    await expect(failure).rejects.toThrow();
    const { path } = (await failure.catch((error: unknown) => error)) as { readonly path: string };
    expect(existsSync(path)).toBe(false);
  });
});

describe.each(Object.entries(realPis))("the real Pi %s in a sandbox", (_version, program) => {
  it("offers the sandbox's models, keeps its sessions there and retries at once", async () => {
    await using endpoint = await ScriptedModelEndpoint.start({
      respond: inTurn([[{ httpError: { status: 500, message: "Oops." } }], [{ httpError: { status: 500, message: "Oops." } }], [{ text: "Fine." }]]),
    });
    await using sandbox = await AgentSandbox.create({ endpoint });
    await using pi = new ChildAgent({ command: process.execPath, args: [program, "--mode", "rpc"], cwd: sandbox.projectDir, environment: sandbox.environment });
    const { client } = pi;

    await client.send({ id: "1", type: "get_state" });
    const { data: state } = await client.next({ id: "1" });
    expect(state).toMatchObject({ model: { provider: "demo", id: "plain" }, thinkingLevel: "off" });
    expect((state as { sessionFile: string }).sessionFile).toContain(sandbox.agentDir);

    await client.send({ id: "2", type: "get_available_models" });
    expect((await client.next({ id: "2" })).data).toMatchObject({
      models: [{ id: "plain", reasoning: false }, { id: "thinker", reasoning: true }, { id: "vision/large:latest", input: ["text", "image"] }],
    });

    // Pi takes the next level that a model has: that shows which ones it has.
    await client.send({ id: "3", type: "set_model", provider: "demo", modelId: "thinker" });
    expect(await client.next({ id: "3" })).toMatchObject({ success: true });
    const effective: unknown[] = [];
    for (const level of ["off", "minimal", "low", "medium", "high", "xhigh"]) {
      await client.send({ id: `set ${level}`, type: "set_thinking_level", level });
      await client.next({ id: `set ${level}` });
      await client.send({ id: `get ${level}`, type: "get_state" });
      effective.push(((await client.next({ id: `get ${level}` })).data as { thinkingLevel: string }).thinkingLevel);
    }
    expect(effective).toEqual(["off", "low", "low", "high", "high", "high"]);

    await client.send({ id: "4", type: "prompt", message: "Hello?" });
    await client.next({ type: "agent_settled" });
    const retries = client.records.filter(({ type }) => type === "auto_retry_start");
    expect(retries).toMatchObject([{ delayMs: 1 }, { delayMs: 2 }]);
    expect(endpoint.requests.map(({ apiKey }) => apiKey)).toEqual(["sandbox-key", "sandbox-key", "sandbox-key"]);

    pi.closeInput();
    expect(await pi.exited).toEqual({ code: 0, signal: null });
    expect(await pi.errors).toBe("");
  });
});
