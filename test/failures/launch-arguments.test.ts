import { describe, expect, it } from "vitest";
import { HostileProvider, ownArguments } from "./hostile-provider.js";
import { leavesNothingBehind } from "./leaves-nothing.js";

leavesNothingBehind();

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

const given = (launchArguments: string) => ({ providerOptions: { pi: { launchArguments } } });
const argsOf = ({ spawner }: HostileProvider): readonly string[] => spawner.spawned.map((launch) => ownArguments(launch).join(" "));

describe("launch arguments", () => {
  it("reach every process that answers for the agent, and the start's own win over the host's", async () => {
    await using host = new HostileProvider({ options: { launchArguments: "--extension '/my own.ts'" } });
    await host.provider.listModels({ launchArguments: " " });
    await host.start();
    await host.start(given("--offline"));
    // Blank is what a host's empty setting looks like.
    await host.start(given(" "));
    expect(argsOf(host)).toEqual(["--mode rpc --no-session --extension /my own.ts", "--mode rpc --extension /my own.ts", "--mode rpc --offline", "--mode rpc --extension /my own.ts"]);
    expect(host.spawner.spawned[0]?.args.at(-1)).toBe("/my own.ts");
  });

  it("stay with a session whose process is started again", async () => {
    await using host = new HostileProvider({ version: "0.80.10" });
    await host.start(given("--offline"));
    // This version switches its model only with a new process.
    await host.log.turn(await host.send("Think.", { model: "lab/thinker" }));
    expect(argsOf(host)).toHaveLength(2);
    expect(argsOf(host)[1]).toMatch(/ --offline$/);
  });

  it("are given to whoever is asked on the way: for a custom model, for the agent's own choice, for an old answer", async () => {
    await using host = new HostileProvider({ options: { launchArguments: "--offline" } });
    await failureOf(host.provider.customModels.add("lab/mine", { launchArguments: "" }));
    await host.start(given("--no-skills"));
    await host.log.turn(await host.send("Think.", { model: "lab/thinker" }));
    await host.log.turn(await host.send("Think as usual.", { model: "default", modelOptions: { pi: { thinkingLevel: "default" } } }));
    await host.log.turn(await host.send("Think as usual.", { model: "lab/thinker", modelOptions: { pi: { thinkingLevel: "default" } } }));
    await host.pass(31 * 60_000);
    expect((await host.provider.listModels()).freshness).toMatchObject({ stale: true });
    await host.rest();
    expect(argsOf(host)).toEqual([
      expect.stringMatching(/ --offline$/),
      expect.stringMatching(/ --model lab\/mine --offline$/),
      "--mode rpc --no-skills",
      "--mode rpc --no-session --no-skills",
      expect.stringMatching(/ --model lab\/thinker --no-skills$/),
      expect.stringMatching(/ --offline$/),
    ]);
  });

  it("have no part in a one-shot: nothing but the model answers", async () => {
    await using host = new HostileProvider({ options: { launchArguments: "--extension /x.ts" } });
    await failureOf(host.provider.generateJson({ prompt: "Hello." }));
    expect(argsOf(host)[0]).not.toContain("/x.ts");
  });

  it("are part of what an answer depends on", async () => {
    await using host = new HostileProvider({});
    await host.provider.listModels({ launchArguments: "--offline" });
    await host.provider.listModels({ launchArguments: "--offline" });
    expect(argsOf(host)).toHaveLength(1);
    await host.provider.listModels();
    await host.provider.listModels({ launchArguments: "--no-skills" });
    expect(argsOf(host)).toHaveLength(3);
  });

  it("are part of what a session must find in a process that waits for it", async () => {
    await using host = new HostileProvider({});
    await host.provider.listModels({ launchArguments: "--offline", cwd: "/project" });
    await host.start();
    expect(argsOf(host)).toHaveLength(2);
    await host.provider.stopSession(host.threadId);
    await host.start(given(" --offline "));
    expect(argsOf(host)).toHaveLength(2);
  });
});

describe("launch arguments that may not be given", () => {
  it.each<[text: string, names: string]>([
    ["--mode json", '"--mode"'],
    ["--no-tools --resume", '"--resume"'],
    ["-e 'x", "never closed"],
  ])("refuse a start before anything is touched, and leave a live session alone (%s)", async (text, names) => {
    await using host = new HostileProvider({});
    expect(await failureOf(host.start(given(text)))).toMatchObject({ kind: "validation", code: "invalid-launch-arguments", message: expect.stringContaining(names), nextStep: expect.any(String) });
    expect([host.spawner.spawned, host.locator.queries.length]).toEqual([[], 0]);
    expect(host.thread()).toMatchObject({ status: "stopped", lastError: expect.stringContaining(names) });

    await host.start();
    await failureOf(host.start(given(text)));
    expect(host.session).toMatchObject({ status: "ready" });
    expect(host.spawner.spawned).toHaveLength(1);
  });

  it("are told by health, with the program that was found, and start nothing", async () => {
    await using host = new HostileProvider({ options: { launchArguments: "--offline --api-key=sk-secret" } });
    const report = await host.provider.inspect();
    expect(report).toMatchObject({
      verdict: "launch-arguments-refused",
      binaryPath: "/bin/pi",
      version: "0.87.1",
      detail: expect.stringContaining('"--api-key"'),
      nextStep: expect.stringContaining("environment variable"),
      status: { status: "error", available: false, authStatus: "unknown", message: expect.stringContaining('"--api-key"') },
    });
    expect(JSON.stringify([report, host.provider.snapshot()])).not.toContain("sk-secret");
    expect(host.provider.snapshot()).toMatchObject({ health: { verdict: "launch-arguments-refused" } });
    expect(await failureOf(host.provider.listModels())).toMatchObject({ kind: "validation", code: "invalid-launch-arguments" });
    expect(await failureOf(host.provider.customModels.add("lab/mine"))).toMatchObject({ code: "custom-model-unverified" });
    expect(host.spawner.spawned).toEqual([]);
  });

  it("are where to look when the agent does not know one of its flags", async () => {
    await using host = new HostileProvider({ agent: { startup: [{ errorOutput: "Error: Unknown option: --plan\n" }, { exit: 1 }] } });
    expect(await failureOf(host.start(given("--plan")))).toMatchObject({ code: "start-failed", nextStep: expect.stringContaining("launch arguments") });
    expect(await host.provider.inspect({ launchArguments: "--plan" })).toMatchObject({ verdict: "cannot-start", nextStep: expect.stringContaining("launch arguments") });
  });
});
