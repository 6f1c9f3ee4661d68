import { describe, expect, it } from "vitest";
import { createPiProvider, orchestrationCapabilitiesOf, ProviderError, type Provider } from "../../src/app/index.js";
import type { CustomModelStore } from "../../src/ports/custom-model-store.js";
import { EchoInfrastructure } from "./echo-module.js";

function echoProvider(): Provider {
  return createPiProvider({ coalesceMs: 0, modules: [new EchoInfrastructure().module] });
}

describe("the provider", () => {
  it("answers an approval that nobody asked for with the words that take the host's card away", async () => {
    await using provider = echoProvider();
    await expect(provider.respondToRequest("t1", "r1", "accept")).rejects.toMatchObject({
      kind: "request",
      code: "request-unknown",
      threadId: "t1",
      message: expect.stringContaining("Unknown pending permission request") as unknown,
    });
  });

  it("takes no decision that is none", async () => {
    await using provider = echoProvider();
    await expect(provider.respondToRequest("t1", "r1", "maybe" as never)).rejects.toMatchObject({ kind: "validation", code: "invalid-input", operation: "respondToRequest" });
  });

  it("claims no mode in which an agent would have to ask that cannot", async () => {
    await using provider = echoProvider();
    expect(provider.capabilities.runtimeModes).toEqual(["full-access"]);
    await expect(provider.startSession({ threadId: "t1", runtimeMode: "approval-required" })).rejects.toMatchObject({ kind: "unsupported", message: expect.stringMatching(/asks for no approvals.*full-access/) as unknown });
  });

  it.each<[call: string, make: (provider: Provider) => Promise<unknown>]>([
    ["startSession", (provider) => provider.startSession(undefined as never)],
    ["sendTurn", (provider) => provider.sendTurn({ threadId: "t1", input: 7 } as never)],
  ])("rejects with nothing but its own errors, also where %s makes no sense", async (operation, make) => {
    await using provider = echoProvider();
    const error: unknown = await make(provider).catch((reason: unknown) => reason);
    expect(ProviderError.is(error)).toBe(true);
    expect(error).toMatchObject({ kind: "validation", code: "invalid-input", operation });
  });

  it("tells what it can in the groups of today's T3 as well", async () => {
    await using provider = echoProvider();
    expect(provider.orchestrationCapabilities).toEqual(orchestrationCapabilitiesOf(provider.capabilities));
  });

  it("tells what is known of a folder from memory", async () => {
    await using provider = echoProvider();
    const { models } = await provider.listModels({ cwd: "/first" });
    await provider.inspect({ cwd: "/second", binaryPath: "/nowhere" });
    expect(provider.snapshot({ cwd: "/first" }).catalog?.models).toEqual(models);
    expect(provider.snapshot({ cwd: "/third" })).toEqual({ provider: provider.provider, instanceId: provider.provider, displayName: expect.any(String) as unknown, capabilities: provider.capabilities });
  });

  it("is disposed once, however often that is asked for", async () => {
    const provider = echoProvider();
    const disposals = [provider[Symbol.asyncDispose](), provider[Symbol.asyncDispose]()];
    expect(disposals[0]).toBe(disposals[1]);
    await Promise.all(disposals);
    for await (const event of provider.events) expect(event).toBeUndefined();
  });

  it("stops all its sessions and goes on", async () => {
    await using provider = echoProvider();
    await provider.startSession({ threadId: "t1", runtimeMode: "full-access" });
    await provider.stopAll();
    expect([provider.hasSession("t1"), provider.listSessions()]).toEqual([false, []]);
    await provider.startSession({ threadId: "t1", runtimeMode: "full-access" });
    expect(provider.hasSession("t1")).toBe(true);
  });

  it("tells the agent's commands", async () => {
    await using provider = echoProvider();
    await provider.startSession({ threadId: "t1", runtimeMode: "full-access" });
    expect(await provider.listCommands("t1")).toMatchObject([{ name: "ping" }]);
  });
});

describe("the provider's custom models", () => {
  const names = ["list", "add", "remove", "check", "setAside"] as const;
  const broken: CustomModelStore = {
    read: () => Promise.reject(new TypeError("Broken.")),
    update: () => Promise.reject(new TypeError("Broken.")),
    setAside: () => Promise.reject(new TypeError("Broken.")),
  };

  it.each(names)("reject with nothing but its own errors where their store breaks (%s)", async (name) => {
    await using provider = createPiProvider({ modules: [new EchoInfrastructure({ customModels: broken }).module] });
    const error: unknown = await provider.customModels[name]("echo/mine").catch((reason: unknown) => reason);
    expect(ProviderError.is(error)).toBe(true);
    expect(error).toMatchObject({ operation: `customModels.${name}`, cause: expect.any(TypeError) as unknown });
  });

  it.each(["add", "remove"] as const)("reject with nothing but its own errors where a call makes no sense (%s)", async (name) => {
    await using provider = echoProvider();
    const error: unknown = await provider.customModels[name](7 as never).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: "ProviderError", kind: "validation", operation: `customModels.${name}` });
  });

  it("keep the errors that say what is wrong", async () => {
    await using provider = echoProvider();
    await expect(provider.customModels.add("no-slash")).rejects.toMatchObject({ code: "invalid-model" });
    await expect(provider.customModels.add("echo/unheard-of")).rejects.toMatchObject({ code: "custom-model-refused" });
    await expect(provider.customModels.remove("echo/unheard-of")).rejects.toMatchObject({ code: "invalid-model" });
  });

  it("show in the catalog, as what they are, and in the changes", async () => {
    const infrastructure = new EchoInfrastructure();
    await using provider = createPiProvider({ modules: [infrastructure.module] });
    await provider.listModels();
    const changes = provider.changes[Symbol.asyncIterator]();
    const told = changes.next();
    infrastructure.spawner.refuse = "permission-denied";
    await expect(provider.customModels.add("echo/mine")).rejects.toMatchObject({ code: "custom-model-unverified" });
    await provider.customModels.add("echo/mine", { allowUnverified: true });
    expect((await provider.listModels()).models).toMatchObject([{ slug: "echo/plain" }, { slug: "echo/deep" }, { slug: "echo/mine", isCustom: true, verified: false }]);
    expect((await told).value).toMatchObject({ catalog: { models: expect.arrayContaining([expect.objectContaining({ slug: "echo/mine" })]) as unknown } });
    await changes.return?.();
    await provider.customModels.remove("echo/mine");
    expect((await provider.listModels()).models.filter(({ isCustom }) => isCustom)).toEqual([]);
  });
});
