import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { AgentSandbox, demoModels } from "../../src/adapters/fake/agent-sandbox.js";
import type { RpcRecord } from "../../src/ports/rpc-transport.js";
import { ChildAgent } from "../child-agent.js";
import { markedProcesses } from "../process-census.js";
import { type ProviderFixture, type RealPi, realPiVersions, sharedProvider } from "./real-pi.js";
import { spoken } from "./scripted-model.js";

const everyLevel = ["off", "minimal", "low", "medium", "high", "xhigh", "max"];

describe.each(realPiVersions)("what is chosen for Pi $version", (pi) => {
  const shared = sharedProvider({ pi });
  const threadId = "choices";

  it("is offered only levels that this Pi accepts, and all of them", async () => {
    const { provider, sandbox, endpoint, spareFolder } = shared();
    const { models } = await provider.listModels({ cwd: sandbox.projectDir });
    const accepted = await acceptedLevels({ pi, endpoint, home: join(spareFolder, "home") });

    expect(models.map(({ slug }) => slug)).toEqual(Object.keys(accepted));
    for (const { slug, thinkingLevels, capabilities } of models) {
      // A single level is no choice, so it is not offered as one.
      const choices = accepted[slug]?.length === 1 ? [] : accepted[slug];
      expect({ slug, thinkingLevels }).toEqual({ slug, thinkingLevels: choices });
      expect(capabilities.optionDescriptors.flatMap(({ options }) => options.map(({ id }) => id))).toEqual(choices);
    }
  });

  it("goes back to the level that Pi chooses itself, which is no setting of the user's", { timeout: 60_000 }, async () => {
    const fixture = shared();
    const { sandbox, log, endpoint } = fixture;
    const before = await settingsIn(fixture);
    await fixture.session({ threadId, cwd: sandbox.projectDir });
    const first = await fixture.turn({ threadId, input: "Think a little.", model: "demo/thinker", ...level("low") }, [{ text: "I do." }]);
    const second = await fixture.turn({ threadId, input: "As you like.", ...level("default") }, [{ text: "I think a lot." }]);

    expect([first, second].map((turn) => turn.of("turn.started")[0]?.payload)).toEqual([
      { model: "demo/thinker", effort: "low" },
      { model: "demo/thinker", effort: "high" },
    ]);
    expect(endpoint.requests.slice(-2)).toMatchObject([
      { model: "thinker", reasoningEffort: "low" },
      { model: "thinker", reasoningEffort: "high" },
    ]);
    expect(log.of("runtime.warning")).toEqual([]);
    expect(await settingsIn(fixture)).toBe(before);
  });

  it("may be a model that only the user knows, goes on with it, and goes back to Pi's own", { timeout: 60_000 }, async () => {
    const fixture = shared();
    const { provider, sandbox, endpoint } = fixture;
    const cwd = sandbox.projectDir;
    const before = await settingsIn(fixture);
    await fixture.session({ threadId, cwd });
    const said = spoken(endpoint.requests.at(-1), "user");

    expect(await provider.customModels.add("demo/custom-x", { cwd })).toEqual({ slug: "demo/custom-x", verified: true });
    expect((await provider.listModels({ cwd })).models.at(-1)).toMatchObject({ slug: "demo/custom-x", isCustom: true, verified: true, thinkingLevels: [] });

    const there = await fixture.turn({ threadId, input: "Which are you?", model: "demo/custom-x" }, [{ text: "Custom." }]);
    expect(there.of("turn.started")[0]?.payload).toMatchObject({ model: "demo/custom-x" });
    expect(endpoint.requests.at(-1)).toMatchObject({ model: "custom-x" });
    const resumeCursor = fixture.view(threadId)?.resumeCursor;
    expect(resumeCursor).toMatchObject({ model: "demo/custom-x" });

    await provider.stopSession(threadId);
    // A host that knows the thread's model names it again.
    expect(await fixture.start({ threadId, resumeCursor, model: "demo/custom-x" })).toMatchObject({ model: "demo/custom-x" });
    await fixture.turn({ threadId, input: "Still?" }, [{ text: "Still." }]);
    expect(endpoint.requests.at(-1)).toMatchObject({ model: "custom-x" });

    const back = await fixture.turn({ threadId, input: "And now?", model: "default" }, [{ text: "Plain." }]);
    expect(back.of("turn.started")[0]?.payload).toEqual({ model: "demo/plain", effort: "off" });
    expect(endpoint.requests.at(-1)).toMatchObject({ model: "plain" });
    expect(endpoint.requests.at(-1)).not.toHaveProperty("reasoningEffort");
    expect(spoken(endpoint.requests.at(-1), "user")).toEqual([...said, "Which are you?", "Still?", "And now?"]);
    expect(await settingsIn(fixture)).toBe(before);
    await provider.stopSession(threadId);
  });

  it.each([
    { text: "elsewhere/model", says: "Pi refuses \"elsewhere/model\": Pi does not know the model's provider." },
    // Pi reads a level at the end of an id.
    { text: "demo/thinker:high", says: 'Pi takes "demo/thinker:high" for "demo/thinker".' },
  ])("is not kept where this Pi would use something else: $text", async ({ text, says }) => {
    const { provider, sandbox, spareFolder } = shared();
    const kept = await provider.customModels.list();
    const processes = markedProcesses();
    const error: unknown = await provider.customModels.add(text, { cwd: sandbox.projectDir, allowUnverified: true }).catch((reason: unknown) => reason);

    expect(error).toMatchObject({ kind: "validation", code: "custom-model-refused", message: expect.stringContaining(says) });
    expect(await provider.customModels.list()).toEqual(kept);
    expect(markedProcesses()).toEqual(processes);
    expect(existsSync(join(spareFolder, "home", ".pi"))).toBe(false);
  });
});

function settingsIn({ sandbox }: ProviderFixture): Promise<string> {
  return readFile(join(sandbox.agentDir, "settings.json"), "utf8");
}

/** Sets each level of each model and reads back what Pi made of it: of each model the levels that stay as they were set. */
async function acceptedLevels({ pi, endpoint, home }: { readonly pi: RealPi; readonly endpoint: ProviderFixture["endpoint"]; readonly home: string }): Promise<Readonly<Record<string, readonly string[]>>> {
  // A folder of its own, because older versions write what is set into the settings.
  await using sandbox = await AgentSandbox.create({ endpoint });
  await using agent = new ChildAgent({
    command: process.execPath,
    args: [pi.binaryPath, "--mode", "rpc", "--no-session"],
    cwd: sandbox.projectDir,
    environment: { ...sandbox.environment, HOME: home },
  });
  const answerTo = async (command: RpcRecord): Promise<RpcRecord> => {
    await agent.client.send(command);
    return await agent.client.next({ type: "response", command: command["type"] });
  };
  const accepted: Record<string, readonly string[]> = {};
  for (const { id } of demoModels) {
    await answerTo({ type: "set_model", provider: sandbox.provider, modelId: id });
    const kept: string[] = [];
    for (const wanted of everyLevel) {
      await answerTo({ type: "set_thinking_level", level: wanted });
      const { data } = await answerTo({ type: "get_state" });
      if ((data as { readonly thinkingLevel: string }).thinkingLevel === wanted) kept.push(wanted);
    }
    accepted[`${sandbox.provider}/${id}`] = kept;
  }
  agent.closeInput();
  await agent.exited;
  return accepted;
}

function level(thinkingLevel: string): { readonly modelOptions: { readonly pi: { readonly thinkingLevel: string } } } {
  return { modelOptions: { pi: { thinkingLevel } } };
}
