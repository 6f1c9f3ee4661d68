import { describe, expect, it } from "vitest";
import { createPiProvider, ProviderError, type Provider } from "../../src/app/index.js";
import { EchoInfrastructure } from "./echo-module.js";

function echoProvider(): Provider {
  return createPiProvider({ coalesceMs: 0, modules: [new EchoInfrastructure().module] });
}

describe("the provider", () => {
  it("answers an approval that nobody asked for with the words that take the host's card away", async () => {
    await using provider = echoProvider();
    await expect(provider.respondToRequest("t1", "r1", "accept")).rejects.toMatchObject({
      kind: "unsupported",
      code: "not-supported",
      threadId: "t1",
      message: expect.stringContaining("Unknown pending permission request") as unknown,
    });
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
