import { describe, expect, it } from "vitest";
import { echoAgent } from "../../../src/adapters/fake/echo-agent.js";
import { echoDialect } from "../../../src/adapters/fake/echo-dialect.js";
import type { InMemoryProgram } from "../../../src/adapters/fake/in-memory-program.js";
import type { AgentDialect } from "../../../src/ports/agent-dialect.js";
import type { ProviderSendTurnInput } from "../../../src/ports/provider.js";
import { idleProgram, type EchoPartsOptions } from "../echo-parts.js";
import { failureOf, RegistryBench, startInput } from "./registry-bench.js";

type Choice = Pick<ProviderSendTurnInput, "model" | "modelOptions">;

/** A choice as a host writes it. */
function choice(model: string | undefined, thinkingLevel?: string): Choice {
  return { ...(model === undefined ? {} : { model }), ...(thinkingLevel === undefined ? {} : { modelOptions: { echo: { thinkingLevel } } }) };
}

/** Where nobody chooses, the deep model is used, briefly. A test may change the user's settings. */
interface Settings {
  args: readonly string[];
}

function withSettings(options: EchoPartsOptions = {}): { readonly bench: RegistryBench; readonly settings: Settings } {
  const settings: Settings = { args: ["--model=echo/deep"] };
  const program: InMemoryProgram = (io) => echoAgent({ ...io, args: [...settings.args, ...io.args] });
  return { bench: new RegistryBench({ program, ...options }), settings };
}

/** A message and its turn to the end, as the model and level that it was told to run on. */
async function runsOn(bench: RegistryBench, wanted: Choice = {}): Promise<string> {
  const { turnId } = await bench.registry.send({ threadId: "t1", input: "hello", ...wanted });
  await bench.log.turn(turnId);
  const { payload } = await bench.log.first("turn.started", (event) => event.turnId === turnId);
  return `${payload.model} ${payload.effort}`;
}

const cursor = { version: 1, provider: "echo", sessionId: "echo", sessionFile: "/sessions/echo" };

describe("the agent's own choice", () => {
  it.each<[what: string, chosen: Choice, wanted: Choice, runs: string]>([
    ["of a model", choice("echo/plain"), choice("default"), "echo/deep brief"],
    ["of a model, with the level that belongs to it", choice("echo/deep", "thorough"), choice("default"), "echo/deep brief"],
    ["of a model, at a level that is named", choice("echo/plain"), choice("default", "thorough"), "echo/deep thorough"],
    ["of a level", choice("echo/deep", "thorough"), choice(undefined, "default"), "echo/deep brief"],
    ["of both", choice("echo/plain"), choice("default", "default"), "echo/deep brief"],
    ["of the level of a model that is named", choice("echo/plain"), choice("echo/deep", "default"), "echo/deep brief"],
    ["of a level that the model does not have", choice("echo/plain"), choice(undefined, "default"), "echo/plain undefined"],
  ])("%s takes the place of another one in a running session", async (_what, chosen, wanted, runs) => {
    const { bench } = withSettings();
    await using _bench = bench;
    await bench.start(chosen);
    expect(await runsOn(bench, wanted)).toBe(runs);
  });

  it("is the same after any other choices, and whatever else the session did (F64)", async () => {
    const { bench } = withSettings();
    await using _bench = bench;
    await bench.start();
    const others = [choice("echo/plain"), choice("echo/deep", "thorough"), choice(undefined, "brief"), choice("default", "thorough"), choice("echo/plain", "default")];
    for (const other of [...others, ...others.toReversed()]) {
      await runsOn(bench, other);
      expect(await runsOn(bench, choice("default", "default"))).toBe("echo/deep brief");
    }
  });

  it("is learnt anew when the user's settings have changed", async () => {
    const { bench, settings } = withSettings();
    await using _bench = bench;
    await bench.start(choice("echo/plain"));
    expect(await runsOn(bench, choice("default"))).toBe("echo/deep brief");
    settings.args = ["--model=echo/deep", "--level=thorough"];
    bench.parts.stamps.touch("/agent-home/echo/settings.json");
    await bench.parts.clock.advance(bench.parts.settings.recheckMs);
    expect(await runsOn(bench, choice("default"))).toBe("echo/deep thorough");
  });

  it("is what a conversation begins with, and costs no question", async () => {
    const { bench } = withSettings();
    await using _bench = bench;
    await bench.start(choice("default", "default"));
    expect(await runsOn(bench)).toBe("echo/deep brief");
    expect([bench.parts.spawner.spawned.length, bench.parts.spawner.spawned[0]?.args]).toEqual([1, []]);
  });

  it.each<[what: string, remembered: object, wanted: Choice, runs: string]>([
    ["of a model", { model: "echo/plain" }, choice("default"), "echo/deep brief"],
    ["of a level", { model: "echo/deep", thinkingLevel: "thorough" }, choice(undefined, "default"), "echo/deep brief"],
    ["of both", { model: "echo/deep", thinkingLevel: "thorough" }, choice("default", "default"), "echo/deep brief"],
    ["of none", { model: "echo/deep", thinkingLevel: "thorough" }, {}, "echo/deep thorough"],
  ])("%s takes the place of what a cursor remembers", async (_what, remembered, wanted, runs) => {
    const { bench } = withSettings();
    await using _bench = bench;
    await bench.start({ resumeCursor: { ...cursor, ...remembered }, ...wanted });
    expect(await runsOn(bench)).toBe(runs);
  });

  it("is another wish than none: two starts at once are two", async () => {
    const { bench } = withSettings();
    await using _bench = bench;
    const resumeCursor = { ...cursor, model: "echo/plain" };
    const [remembering, choosing, alike] = await Promise.all([bench.start({ resumeCursor }), bench.start({ resumeCursor, ...choice("default") }), bench.start({ resumeCursor, ...choice("default") })]);
    expect([remembering.model, choosing.model, choosing === alike]).toEqual(["echo/plain", "echo/deep", true]);
    expect(await runsOn(bench)).toBe("echo/deep brief");
  });

  it("is asked about by nobody who does not wish for it", async () => {
    const { bench } = withSettings();
    await using _bench = bench;
    await bench.start({ resumeCursor: { ...cursor, model: "echo/plain" } });
    await runsOn(bench, choice("echo/deep", "thorough"));
    await runsOn(bench, choice(undefined, "brief"));
    await runsOn(bench);
    expect([bench.parts.spawner.spawned.length, bench.parts.stamps.requests, bench.parts.locator.queries.length]).toEqual([1, [], 1]);
  });

  it("is learnt of the configuration that the session runs: its program, its agent's folder, its project", async () => {
    const { bench } = withSettings({ inventory: { warmStartMs: 0 } });
    await using _bench = bench;
    await bench.start({ ...choice("echo/plain"), cwd: "/project", providerOptions: { echo: { binaryPath: "/bin/mine", agentDir: "/agent-home/mine" } } });
    await runsOn(bench, choice("default"));
    expect(bench.parts.spawner.spawned.map(({ cwd, environment }) => [cwd, environment.ECHO_HOME])).toEqual([
      ["/project", "/agent-home/mine"],
      ["/project", "/agent-home/mine"],
    ]);
    expect(new Set(bench.parts.locator.queries.map(({ configured }) => configured))).toEqual(new Set(["/bin/mine"]));
  });
});

describe("an agent that cannot be asked for its own choice", () => {
  it("costs a message, which says so, and neither the session nor its model", async () => {
    const { bench } = withSettings();
    await using _bench = bench;
    await bench.start(choice("echo/deep", "thorough"));
    bench.parts.spawner.refuse = "permission-denied";
    expect(await failureOf(bench.registry.send({ threadId: "t1", input: "hello", ...choice("default") }))).toBe("binary-not-executable");
    expect(bench.log.types.slice(3)).toEqual(["runtime.error"]);
    expect(bench.registry.list()).toMatchObject([{ status: "ready", model: "echo/deep" }]);
    expect(await runsOn(bench)).toBe("echo/deep thorough");
    bench.parts.spawner.refuse = undefined;
    await bench.parts.clock.advance(bench.parts.settings.retryMs);
    expect(await runsOn(bench, choice("default"))).toBe("echo/deep brief");
  });

  it("is told by a warning while a turn runs", async () => {
    const { bench } = withSettings();
    await using _bench = bench;
    await bench.start();
    const { turnId } = await bench.registry.send({ threadId: "t1", input: "wait" });
    bench.parts.spawner.refuse = "permission-denied";
    await failureOf(bench.registry.send({ threadId: "t1", input: "hello", ...choice("default") }));
    await bench.log.first("runtime.warning");
    await bench.registry.interrupt("t1", turnId);
    expect((await bench.log.turn(turnId)).payload.state).toBe("interrupted");
  });

  it("costs a start, which says so, but not the session that it would have replaced", async () => {
    const { bench } = withSettings();
    await using _bench = bench;
    await bench.start(choice("echo/plain"));
    bench.parts.spawner.refuse = "permission-denied";
    expect(await failureOf(bench.start({ resumeCursor: { ...cursor, model: "echo/plain" }, ...choice("default") }))).toBe("binary-not-executable");
    expect(bench.log.types.slice(3)).toEqual(["runtime.error"]);
    expect(await runsOn(bench)).toBe("echo/plain undefined");
  });

  it("leaves a thread without a session so that its next message tries again", async () => {
    const { bench } = withSettings();
    await using _bench = bench;
    bench.parts.spawner.refuse = "permission-denied";
    await failureOf(bench.start({ resumeCursor: { ...cursor, model: "echo/plain" }, ...choice("default") }));
    expect(bench.log.types).toEqual(["runtime.error"]);
    bench.parts.spawner.refuse = undefined;
    await bench.parts.clock.advance(bench.parts.settings.retryMs);
    await bench.start({ resumeCursor: { ...cursor, model: "echo/plain" }, ...choice("default") });
    expect(await runsOn(bench)).toBe("echo/deep brief");
  });
});

/** The first process works as a session; whoever is asked after it never answers. */
function silentAfterTheFirst(): InMemoryProgram {
  let processes = 0;
  return (io) => {
    processes += 1;
    return processes === 1 ? echoAgent(io) : idleProgram(io);
  };
}

describe("a call that waits for the agent's own choice", () => {
  it("is called off by its caller without a word, and leaves nothing of the question", async () => {
    await using bench = new RegistryBench({ program: silentAfterTheFirst() });
    await bench.start();
    const abort = new AbortController();
    const sending = failureOf(bench.registry.send({ threadId: "t1", input: "hello", ...choice("default") }, { signal: abort.signal }));
    await expect.poll(() => bench.parts.spawner.running).toBe(2);
    abort.abort();
    expect(await sending).toBe("aborted");
    expect([bench.parts.spawner.running, bench.log.types.length, bench.registry.has("t1")]).toEqual([1, 3, true]);
  });

  it("is a start that leaves the thread's session alone when its caller calls it off", async () => {
    await using bench = new RegistryBench({ program: silentAfterTheFirst() });
    await bench.start();
    const abort = new AbortController();
    const starting = failureOf(bench.registry.start(startInput({ resumeCursor: cursor, ...choice("default") }), { signal: abort.signal }));
    await expect.poll(() => bench.parts.spawner.running).toBe(2);
    abort.abort();
    expect(await starting).toBe("aborted");
    expect([bench.parts.spawner.running, bench.log.types.length, bench.registry.has("t1")]).toEqual([1, 3, true]);
  });

  it("is a start that is over when the thread is stopped", async () => {
    await using bench = new RegistryBench({ program: idleProgram });
    const starting = failureOf(bench.start({ resumeCursor: cursor, ...choice("default") }));
    await expect.poll(() => bench.parts.spawner.running).toBe(1);
    // The clock stands still: nothing that it would have to bring is waited for.
    await bench.registry.stop("t1");
    expect([await starting, bench.parts.spawner.running, bench.registry.has("t1"), bench.log.types]).toEqual(["aborted", 0, false, ["session.exited"]]);
  });

  it("is a message that does not keep its session from being stopped", async () => {
    await using bench = new RegistryBench({ program: silentAfterTheFirst() });
    await bench.start();
    const sending = failureOf(bench.registry.send({ threadId: "t1", input: "hello", ...choice("default") }));
    await expect.poll(() => bench.parts.spawner.running).toBe(2);
    await bench.registry.stop("t1");
    expect(bench.registry.has("t1")).toBe(false);
    await bench.parts.catalog.dispose();
    expect(["aborted", "session-ended", "session-missing"]).toContain(await sending);
  });
});

/** An agent that does not list its deep model, and takes it only when it is started with it. */
function hidingDeep(options: { readonly tellsLevels?: boolean } = {}): Partial<AgentDialect> {
  return {
    decodeReply: (type, record, version) => {
      const listed = Array.isArray(record.models) ? { ...record, models: record.models.filter(({ name }: { readonly name?: unknown }) => name !== "echo/deep") } : record;
      const isRefused = type === "set-model" && record.model === "echo/deep";
      return echoDialect.decodeReply(type, isRefused ? { ok: false, why: "unknown-model", because: "I do not list it." } : listed, version);
    },
    encodeCommand: (command, version) => (command.type === "list-thinking-levels" && options.tellsLevels === false ? undefined : echoDialect.encodeCommand(command, version)),
  };
}

/** A bench in which the user has added the deep model by hand. */
function withCustomModel(options: { readonly tellsLevels?: boolean } = {}): RegistryBench {
  const bench = new RegistryBench({ dialect: hidingDeep(options) });
  bench.unlisted.add("echo/deep");
  return bench;
}

/** What each process was started with. */
function argumentsOf(bench: RegistryBench): readonly (readonly string[])[] {
  return bench.parts.spawner.spawned.map(({ args }) => args);
}

describe("a model that the user added and the agent does not list", () => {
  it("is what a session starts with", async () => {
    await using bench = withCustomModel();
    expect(await bench.start(choice("echo/deep", "thorough"))).toMatchObject({ model: "echo/deep" });
    expect([argumentsOf(bench), await runsOn(bench)]).toEqual([[["--model=echo/deep", "--level=thorough"]], "echo/deep thorough"]);
  });

  it("is switched to by a new process, and from by a command", async () => {
    await using bench = withCustomModel();
    await bench.start();
    expect(await runsOn(bench, choice("echo/deep", "thorough"))).toBe("echo/deep thorough");
    expect(await runsOn(bench, choice("echo/plain"))).toBe("echo/plain undefined");
    expect(await runsOn(bench, choice("echo/deep"))).toBe("echo/deep brief");
    expect(argumentsOf(bench)).toEqual([[], ["--model=echo/deep", "--level=thorough"], ["--model=echo/deep"]]);
    expect([bench.parts.spawner.running, bench.log.types.filter((type) => type === "session.exited")]).toEqual([1, []]);
  });

  it("stays where it is named again, without a new process", async () => {
    await using bench = withCustomModel();
    await bench.start(choice("echo/deep"));
    expect([await runsOn(bench, choice("echo/deep")), bench.parts.spawner.spawned.length]).toEqual(["echo/deep brief", 1]);
  });

  it("changes its level by a command where the agent tells which there are", async () => {
    await using bench = withCustomModel();
    await bench.start(choice("echo/deep"));
    expect([await runsOn(bench, choice("echo/deep", "thorough")), await runsOn(bench, choice(undefined, "brief"))]).toEqual(["echo/deep thorough", "echo/deep brief"]);
    expect(await failureOf(bench.registry.send({ threadId: "t1", input: "hello", ...choice(undefined, "loud") }))).toBe("thinking-level-unavailable");
    expect(bench.parts.spawner.spawned).toHaveLength(1);
  });

  it("keeps its level where nobody tells which there are", async () => {
    await using bench = withCustomModel({ tellsLevels: false });
    await bench.start(choice("echo/deep"));
    expect(await failureOf(bench.registry.send({ threadId: "t1", input: "hello", ...choice(undefined, "thorough") }))).toBe("thinking-level-unavailable");
    expect(await runsOn(bench)).toBe("echo/deep brief");
  });

  it("goes back to its own level when that is asked for", async () => {
    await using bench = withCustomModel();
    await bench.start(choice("echo/deep", "thorough"));
    expect(await runsOn(bench, choice(undefined, "default"))).toBe("echo/deep brief");
    // The session's own process, the one that told its models, and the one that told the level.
    expect(argumentsOf(bench)).toEqual([["--model=echo/deep", "--level=thorough"], [], ["--model=echo/deep"]]);
  });

  it("gives way to the agent's own when that is asked for", async () => {
    await using bench = withCustomModel();
    await bench.start(choice("echo/deep", "thorough"));
    expect(await runsOn(bench, choice("default", "default"))).toBe("echo/plain undefined");
  });

  it.each<[what: string, wanted: Choice]>([
    ["leaves it to the cursor", {}],
    ["names it again", choice("echo/deep")],
    ["names it again with its level", choice("echo/deep", "thorough")],
  ])("is what a conversation goes on with where the start %s", async (_what, wanted) => {
    await using bench = withCustomModel();
    await bench.start({ resumeCursor: { ...cursor, model: "echo/deep", thinkingLevel: "thorough" }, ...wanted });
    expect([argumentsOf(bench), await runsOn(bench)]).toEqual([[["--model=echo/deep", "--level=thorough"]], "echo/deep thorough"]);
    expect(bench.log.types).not.toContain("runtime.warning");
  });

  it("gives way to a listed one that the start chooses", async () => {
    await using bench = withCustomModel();
    await bench.start({ resumeCursor: { ...cursor, model: "echo/deep" }, ...choice("echo/plain") });
    expect(await runsOn(bench)).toBe("echo/plain undefined");
  });

  it("is refused as any unknown one once the user has removed it", async () => {
    await using bench = withCustomModel();
    await bench.start();
    bench.unlisted.delete("echo/deep");
    expect(await failureOf(bench.registry.send({ threadId: "t1", input: "hello", ...choice("echo/deep") }))).toBe("model-unavailable");
    expect(await failureOf(bench.start({ threadId: "t2", ...choice("echo/deep") }))).toBe("model-unavailable");
    expect(await runsOn(bench)).toBe("echo/plain undefined");
  });

  it("gives way with a warning where it is only remembered and the agent has lost its provider", async () => {
    await using bench = new RegistryBench();
    bench.unlisted.add("gone/model");
    await bench.start({ resumeCursor: { ...cursor, model: "gone/model", thinkingLevel: "brief" } });
    expect([argumentsOf(bench), bench.parts.spawner.running]).toEqual([[["--model=gone/model", "--level=brief"], []], 1]);
    expect(bench.log.of("runtime.warning").map(({ payload }) => payload.message)).toEqual(['Echo has no model "gone/model" any more. Going on with what it uses now.']);
    expect([await runsOn(bench), bench.log.types.filter((type) => type === "runtime.error")]).toEqual(["echo/plain undefined", []]);
  });

  it("fails a start that chooses it and the agent has lost its provider, which the host may then choose another for", async () => {
    await using bench = new RegistryBench();
    bench.unlisted.add("gone/model");
    const resumeCursor = { ...cursor, model: "gone/model" };
    expect(await failureOf(bench.start({ resumeCursor, ...choice("gone/model") }))).toBe("model-unavailable");
    expect([bench.parts.spawner.spawned.length, bench.parts.spawner.running, bench.log.types]).toEqual([1, 0, ["runtime.error"]]);
    await bench.start({ resumeCursor, ...choice("echo/deep") });
    expect(await runsOn(bench)).toBe("echo/deep brief");
  });

  it("does not fit a process that waits with another one", async () => {
    await using bench = withCustomModel();
    await bench.warmUp();
    await bench.start(choice("echo/deep"));
    expect([argumentsOf(bench), bench.spareOutcomes]).toEqual([[[], ["--model=echo/deep"]], []]);
  });

  it("that the agent lists by now is switched to by a command, its level checked as of any other", async () => {
    await using bench = new RegistryBench();
    bench.unlisted.add("echo/deep");
    await bench.start();
    expect(await failureOf(bench.registry.send({ threadId: "t1", input: "hello", ...choice("echo/deep", "loud") }))).toBe("thinking-level-unavailable");
    expect([await runsOn(bench, choice("echo/deep", "thorough")), bench.parts.spawner.spawned.length]).toEqual(["echo/deep thorough", 1]);
  });
});
