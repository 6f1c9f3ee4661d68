import { afterEach, describe, expect, it } from "vitest";
import { JsonGeneration } from "../../../src/domain/generation/json-generation.js";
import { echoParts, type EchoPartsOptions } from "../echo-parts.js";

const disposals: (() => Promise<void>)[] = [];

function generation(options: EchoPartsOptions = {}) {
  const parts = echoParts(options);
  const made = new JsonGeneration({ ...parts, instanceId: "echo-work", defaults: { binaryPath: undefined, agentDir: "/home" }, neutralFolder: "/neutral" });
  disposals.push(() => made.dispose());
  return { ...parts, made };
}

afterEach(async () => {
  for (const dispose of disposals.splice(0)) await dispose();
});

describe("an answer of an agent that says it in other words", () => {
  it("is found, and told in a span without a word of it", async () => {
    const { made, spawner, telemetry, clock } = generation();
    expect(await made.generateJson({ prompt: '{"title":"Fix"}', model: "echo/plain" })).toEqual({ title: "Fix" });
    expect(spawner.spawned).toMatchObject([{ args: ["--model=echo/plain"], cwd: "/neutral", environment: { ECHO_HOME: "/home" } }]);
    expect([spawner.running, clock.pendingTimers]).toEqual([0, 0]);
    expect(telemetry.spans).toMatchObject([
      { name: "agent.generation", end: { outcome: "ok" } },
      { name: "agent.locate", within: "agent.generation" },
      { name: "agent.spawn", within: "agent.generation" },
    ]);
    expect(JSON.stringify([telemetry.spans, telemetry.nativeRecords])).not.toContain("Fix");
  });

  it("is asked of the model that today's T3 selects", async () => {
    const { made, spawner } = generation();
    const modelSelection = { instanceId: "echo-work", model: "echo/plain" };
    expect(await made.generateJson({ prompt: '{"title":"Fix"}', modelSelection })).toEqual({ title: "Fix" });
    expect(spawner.spawned).toMatchObject([{ args: ["--model=echo/plain"] }]);
    await expect(made.generateJson({ prompt: "{}", modelSelection: { instanceId: "echo" } })).rejects.toMatchObject({ kind: "validation", code: "invalid-input" });
  });

  it("is waited for by a disposal, until its process is gone", async () => {
    const { made, spawner, clock } = generation();
    const ends: string[] = [];
    const call = made.generateJson({ prompt: "Wait." }).catch(() => ends.push(`call, ${spawner.running} running`));
    await clock.advance(0);
    expect(spawner.running).toBe(1);
    await made.dispose();
    ends.push("disposal");
    await call;
    expect(ends).toEqual(["call, 0 running", "disposal"]);
  });

  it("is the last one, where the agent goes on by itself", async () => {
    const { made, clock } = generation();
    const answer = made.generateJson({ prompt: "Say it again." }).catch((error: unknown) => error);
    await clock.advance(1_000);
    // "Something else came to my mind." is no JSON.
    expect(await answer).toMatchObject({ code: "request-rejected", detail: expect.stringContaining("no JSON") });
  });
});
