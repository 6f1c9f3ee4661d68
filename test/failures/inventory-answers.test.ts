import { describe, expect, it } from "vitest";
import type { AgentScenario, Script } from "../../src/adapters/fake/scripted-agent/scenario.js";
import type { ProviderSnapshot } from "../../src/ports/provider-inventory.js";
import { foundPi, HostileProvider, ownArguments } from "./hostile-provider.js";
import { leavesNothingBehind } from "./leaves-nothing.js";

leavesNothingBehind();

const modelsFile = "/home/user/.pi/agent/models.json";
const ownModels = ["lab/plain", "lab/thinker"];

async function slugs({ provider }: HostileProvider): Promise<readonly string[]> {
  return (await provider.listModels()).models.map(({ slug }) => slug);
}

describe("something broken in the user's set-up", () => {
  it("F58: that is an extension costs the extension, and is told", async () => {
    const broken: Script = [{ emit: { type: "extension_error", extensionPath: "/home/user/.pi/agent/extensions/broken.ts", event: "session_start", error: "x is not a function" } }];
    await using host = new HostileProvider({ agent: { startup: broken } });

    expect(await slugs(host)).toEqual(ownModels);
    const { verdict, warnings, status } = await host.provider.inspect();
    expect({ verdict, warnings }).toEqual({ verdict: "ready", warnings: ["An extension of Pi failed when it started."] });
    expect(status).toMatchObject({ available: true, authStatus: "authenticated", message: expect.stringContaining("An extension of Pi failed") });
  });

  it("F58: that is an extension without which Pi does not start is the reason that is given", async () => {
    await using host = new HostileProvider({ agent: { startup: [{ errorOutput: "Error: Failed to load extension /broken.ts: x\n" }, { exit: 1 }] } });
    expect(await host.provider.inspect()).toMatchObject({ verdict: "cannot-start", status: { message: expect.stringContaining("One of Pi's extensions cannot be loaded") } });
  });

  it("F58: that is one malformed model costs that model, and is told", async () => {
    const models = [{ provider: "lab", id: "first" }, { id: "of nobody" }, "nonsense", { provider: "lab", id: "last", reasoning: "yes", thinkingLevelMap: [] }];
    await using host = new HostileProvider({ agent: { on: { get_available_models: [[{ reply: { data: { models } } }]] } } });

    expect(await slugs(host)).toEqual(["lab/first", "lab/last"]);
    expect(await host.provider.inspect()).toMatchObject({ verdict: "ready", modelCount: 2, warnings: ["2 of its models cannot be read and are left out."], status: { available: true } });
  });

  const parseWarning = "Warning: errors loading models.json:\nFailed to parse models.json: Unexpected end of JSON input\n\nFile: /home/user/.pi/agent/models.json\n";
  const ignored = "Pi ignores its models.json: it is not valid JSON. Every model and provider that the file defines is missing.";

  it("F58: that is a models.json leaves the other models, and is told", async () => {
    await using host = new HostileProvider({ listing: parseWarning });
    host.stamps.touch(modelsFile);

    expect(await slugs(host)).toEqual(ownModels);
    expect(await host.provider.inspect()).toMatchObject({ verdict: "ready", modelCount: 2, warnings: [ignored], status: { available: true, message: ignored } });
  });

  it("F58: that is a models.json is the reason for no models, not a missing login", async () => {
    await using host = new HostileProvider({ agent: { models: [] }, listing: parseWarning });
    host.stamps.touch(modelsFile);
    const { verdict, status, nextStep } = await host.provider.inspect();

    expect({ verdict, nextStep }).toEqual({ verdict: "no-models", nextStep: "Correct the file, or log in to a provider." });
    expect(status.message).toContain(ignored);
  });
});

describe("a refresh", () => {
  it("F66: of the host's, every five minutes, starts nothing while nothing has changed", async () => {
    await using host = new HostileProvider({ lookup: foundPi({}) });
    host.stamps.touch(modelsFile);
    const probe = async (): Promise<void> => {
      await Promise.all([host.provider.checkHealth(), host.provider.listModels()]);
    };
    await probe();
    const first = host.spawner.spawned.map(({ args }) => args);
    expect(first).toEqual([["--version"], ["--mode", "rpc", "--no-session"], ["--list-models", "--no-extensions"]]);
    for (let cycle = 0; cycle < 5; cycle += 1) {
      await host.pass(5 * 60_000);
      await probe();
    }
    expect(host.spawner.spawned).toHaveLength(3);

    // One that changed is read anew, by the same questions; the program is still the same.
    host.stamps.touch(modelsFile);
    await host.pass(5 * 60_000);
    await probe();
    expect(host.spawner.spawned.map(({ args }) => args)).toEqual([...first, ...first.slice(1)]);
  });

  it("F66: asked for by many at once is one process", async () => {
    await using host = new HostileProvider({ lookup: foundPi({}) });
    await Promise.all(Array.from({ length: 100 }, () => host.provider.listModels()));
    expect(host.spawner.spawned.map(({ args }) => args[0])).toEqual(["--version", "--mode"]);
  });

  it("F67: is told to everybody who listens, whoever asked for it and whatever came of it", async () => {
    await using host = new HostileProvider({ replacement: { models: [{ provider: "lab", id: "new" }] } });
    const told = [listen(host), listen(host)];
    /** What each of them heard since the last time. */
    const news = async (): Promise<unknown> => {
      await host.rest();
      const [one, another] = told.map((snapshots) => snapshots.splice(0).map(outline).at(-1));
      expect(another).toEqual(one);
      return one;
    };
    await slugs(host);
    expect(await news()).toEqual([ownModels, "live", undefined]);

    // Nobody waits for this one: it is asked for because the answer has become old.
    await host.pass(30 * 60_000);
    expect(await host.provider.listModels()).toMatchObject({ models: [{}, {}], freshness: { source: "remembered", stale: true } });
    expect(await news()).toEqual([["lab/new"], "live", undefined]);

    host.spawner.refuse = "other";
    await host.provider.listModels({ refresh: true });
    expect(await news()).toEqual([["lab/new"], "last-known-good", "start-failed"]);

    // The same answer as before is news as well: it is no longer in doubt.
    host.spawner.refuse = undefined;
    await host.provider.listModels({ refresh: true });
    expect(await news()).toEqual([["lab/new"], "live", undefined]);

    await host.pass(1_000);
    await host.provider.checkHealth({ refresh: true });
    expect(await news()).toEqual([["lab/new"], "live", undefined]);
    expect(host.provider.snapshot().health?.status.checkedAt).toBe(new Date(host.clock.now()).toISOString());
  });
});

describe("a process that has told its models and waits for a session", () => {
  it("F49: is none for a conversation that goes on: that one gets a process of its own", async () => {
    await using host = new HostileProvider({});
    await host.start();
    await host.turn("Remember the number 7.");
    const resumeCursor = host.session?.resumeCursor;
    await host.provider.stopSession(host.threadId);
    await host.provider.listModels({ cwd: "/project" });
    await host.start({ resumeCursor });

    expect(host.spawner.spawned.map((launch) => ownArguments(launch).slice(2, 4))).toEqual([[], [], ["--session", "/sessions/scripted.jsonl"]]);
    expect(host.session?.resumeCursor).toMatchObject({ sessionFile: "/sessions/scripted.jsonl" });
  });

  it("F53: serves one of those that start at once", async () => {
    await using host = new HostileProvider({});
    await host.provider.listModels({ cwd: "/project" });
    const threadIds = ["thread-1", "thread-1", "thread-2", "thread-3"];
    const sessions = await Promise.all(threadIds.map((threadId) => host.start({ threadId })));

    expect(sessions.map(({ threadId }) => threadId)).toEqual(threadIds);
    expect([host.spawner.spawned.length, host.spawner.running]).toEqual([3, 3]);
    expect(host.log.of("session.started").map(({ threadId }) => threadId).toSorted()).toEqual(["thread-1", "thread-2", "thread-3"]);
  });

  const question = { type: "extension_ui_request", id: "q1", method: "confirm", title: "May I?", message: "" };
  it.each<{ when: string; agent: AgentScenario }>([
    { when: "at its start", agent: { on: { get_state: [[{ emit: question }, { reply: {} }]] } } },
    { when: "while it waits", agent: { on: { get_available_models: [[{ reply: {} }, { gate: "later" }, { emit: question }]] } } },
  ])("is none for anybody where it asked a question $when, which nobody could answer", async ({ agent }) => {
    await using host = new HostileProvider({ agent, replacement: {} });
    await host.provider.listModels({ cwd: "/project" });
    host.open("later");
    await host.rest();
    await host.start();
    expect(host.spawner.spawned).toHaveLength(2);
  });
});

/** Fills as snapshots are told. */
function listen({ provider }: HostileProvider): ProviderSnapshot[] {
  const told: ProviderSnapshot[] = [];
  const follow = async (): Promise<void> => {
    for await (const snapshot of provider.changes) told.push(snapshot);
  };
  void follow();
  return told;
}

function outline({ catalog }: ProviderSnapshot): unknown {
  return [catalog?.models.map(({ slug }) => slug), catalog?.freshness.source, catalog?.freshness.problem?.code];
}
