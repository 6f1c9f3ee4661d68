import { describe, expect, it } from "vitest";
import { echoAgent } from "../../../src/adapters/fake/echo-agent.js";
import type { ProgramIo } from "../../../src/adapters/fake/in-memory-program.js";
import type { ProviderSessionStartInput } from "../../../src/ports/provider.js";
import { idleProgram } from "../echo-parts.js";
import { failureOf, RegistryBench, startInput } from "./registry-bench.js";

const cursor = { version: 1, provider: "echo", sessionId: "echo", sessionFile: "/sessions/echo.jsonl", model: "echo/plain" };

describe("a thread's session", () => {
  it("is there once it is usable, and gone once it is stopped", async () => {
    await using bench = new RegistryBench();
    const { registry } = bench;
    const starting = bench.start();
    expect([registry.has("t1"), registry.list()]).toEqual([false, []]);
    const session = await starting;
    expect([registry.has("t1"), registry.has("t2"), registry.list()]).toEqual([true, false, [session]]);
    await registry.stop("t1");
    expect([registry.has("t1"), registry.list(), bench.parts.spawner.running]).toEqual([false, [], 0]);
    expect(bench.log.types).toEqual(["session.started", "session.configured", "thread.started", "session.exited"]);
  });

  it("works in the folders that the host names, or else in the provider's own", async () => {
    await using bench = new RegistryBench();
    expect(await bench.start()).toMatchObject({ cwd: "/default" });
    expect(await bench.start({ threadId: "t2", cwd: "/project", providerOptions: { echo: { agentDir: "/other", binaryPath: "/bin/mine" } } })).toMatchObject({ cwd: "/project" });
    expect(bench.parts.spawner.spawned.map(({ cwd, environment }) => [cwd, environment.ECHO_HOME])).toEqual([
      ["/default", "/agent-home/echo"],
      ["/project", "/other"],
    ]);
    expect(bench.parts.locator.queries.map(({ configured }) => configured)).toEqual([undefined, "/bin/mine"]);
  });

  it("has nothing to do with the sessions of other threads", async () => {
    await using bench = new RegistryBench();
    await Promise.all([bench.start(), bench.start({ threadId: "t2" })]);
    await bench.registry.stop("t1");
    expect(bench.registry.list().map(({ threadId }) => threadId)).toEqual(["t2"]);
  });

  it("is gone at once when its agent crashes, and the next start heals what the host still holds", async () => {
    await using bench = new RegistryBench();
    await bench.start();
    const { turnId } = await bench.registry.send({ threadId: "t1", input: "crash" });
    await bench.log.turn(turnId);
    expect([bench.registry.has("t1"), bench.registry.list()]).toEqual([false, []]);
    expect(await failureOf(bench.registry.send({ threadId: "t1", input: "hello" }))).toBe("session-missing");
    await bench.start();
    expect(bench.log.types.slice(-4)).toEqual(["session.exited", "session.started", "session.configured", "thread.started"]);
  });

  it("that is continued heals what the host still holds", async () => {
    await using bench = new RegistryBench();
    await bench.start({ resumeCursor: cursor });
    expect(bench.log.types.slice(0, 2)).toEqual(["session.exited", "session.started"]);
  });

  it("that was stopped properly leaves nothing to heal", async () => {
    await using bench = new RegistryBench();
    await bench.start();
    await bench.registry.stop("t1");
    await bench.start();
    expect(bench.log.types.filter((type) => type === "session.exited")).toHaveLength(1);
  });
});

describe("a start on a thread that has a session", () => {
  it("ends the old one first: two processes are never there at once", async () => {
    let [alive, most] = [0, 0];
    const program = async (io: ProgramIo): Promise<void> => {
      alive += 1;
      most = Math.max(most, alive);
      await echoAgent({ ...io, exit: (code) => {
        alive -= 1;
        io.exit(code);
      } });
    };
    await using bench = new RegistryBench({ program });
    await Promise.all([bench.start({ cwd: "/a" }), bench.start({ cwd: "/b" }), bench.start({ cwd: "/c" })]);
    expect([most, bench.parts.spawner.spawned.length, bench.registry.list().map(({ cwd }) => cwd)]).toEqual([1, 3, ["/c"]]);
  });

  it("ends the old turn but says nothing of an exit", async () => {
    await using bench = new RegistryBench();
    await bench.start();
    await bench.registry.send({ threadId: "t1", input: "wait" });
    await bench.start({ cwd: "/b" });
    expect(bench.log.of("turn.completed").map(({ payload }) => payload.state)).toEqual(["interrupted"]);
    expect(bench.log.types).not.toContain("session.exited");
    expect(bench.registry.has("t1")).toBe(true);
  });

  it("that is refused leaves the old one alone", async () => {
    await using bench = new RegistryBench();
    await bench.start();
    expect(await failureOf(bench.start({ runtimeMode: "approval-required" }))).toBe("not-supported");
    expect([bench.registry.has("t1"), bench.log.types.slice(3)]).toEqual([true, ["runtime.error"]]);
  });

  it("that was called off before it began leaves the old one alone", async () => {
    await using bench = new RegistryBench();
    await bench.start();
    expect(await failureOf(bench.registry.start(startInput({ cwd: "/b" }), { signal: AbortSignal.abort() }))).toBe("aborted");
    expect([bench.registry.has("t1"), bench.parts.spawner.spawned.length]).toEqual([true, 1]);
  });
});

describe("a start that is asked for twice at once", () => {
  it("is one", async () => {
    await using bench = new RegistryBench();
    const [one, other] = await Promise.all([bench.start(), bench.start()]);
    expect([one === other, bench.parts.spawner.spawned.length]).toEqual([true, 1]);
  });

  it("fails for both", async () => {
    await using bench = new RegistryBench();
    bench.parts.spawner.refuse = "permission-denied";
    expect(await Promise.all([failureOf(bench.start()), failureOf(bench.start())])).toEqual(["binary-not-executable", "binary-not-executable"]);
    expect(bench.log.types).toEqual(["runtime.error", "session.exited"]);
  });

  it("is two if the thread was told to stop in between", async () => {
    await using bench = new RegistryBench();
    const first = failureOf(bench.start());
    const stop = bench.registry.stop("t1");
    const second = bench.start();
    expect(await first).toBe("aborted");
    await stop;
    expect(await second).toMatchObject({ threadId: "t1", status: "ready" });
    expect([bench.registry.has("t1"), bench.parts.spawner.running]).toEqual([true, 1]);
  });
});

describe("a start that is called off", () => {
  it("by a stop fails, and leaves neither process nor session", async () => {
    await using bench = new RegistryBench({ program: idleProgram });
    const starting = failureOf(bench.start());
    await expect.poll(() => bench.parts.spawner.running).toBe(1);
    await bench.registry.stop("t1");
    expect([await starting, bench.parts.spawner.running, bench.registry.has("t1")]).toEqual(["aborted", 0, false]);
    expect(bench.log.types).toEqual(["session.exited"]);
  });

  it("by its caller fails, and leaves neither process nor session", async () => {
    await using bench = new RegistryBench({ program: idleProgram });
    const abort = new AbortController();
    const starting = failureOf(bench.registry.start(startInput(), { signal: abort.signal }));
    await expect.poll(() => bench.parts.spawner.running).toBe(1);
    abort.abort();
    expect([await starting, bench.parts.spawner.running, bench.registry.has("t1")]).toEqual(["aborted", 0, false]);
  });

  it("after it succeeded goes on", async () => {
    await using bench = new RegistryBench();
    const abort = new AbortController();
    await bench.registry.start(startInput(), { signal: abort.signal });
    abort.abort();
    expect(bench.registry.has("t1")).toBe(true);
  });
});

describe("a start that is refused before anything was touched", () => {
  it.each<[what: string, input: Partial<ProviderSessionStartInput>, events: readonly string[]]>([
    ["leaves a fresh thread as stopped", { runtimeMode: "approval-required" }, ["runtime.error", "session.exited"]],
    ["leaves a fresh thread as stopped, also where the host says null for no cursor", { runtimeMode: "approval-required", resumeCursor: null }, ["runtime.error", "session.exited"]],
    ["lets a thread with a cursor try again", { runtimeMode: "approval-required", resumeCursor: cursor }, ["runtime.error"]],
    ["gives a cursor up that cannot be read", { resumeCursor: "nonsense" }, ["runtime.error", "session.exited"]],
    ["has no thread to tell where none was named", { threadId: " " }, []],
    ["is for another instance", { modelSelection: { instanceId: "another", model: "echo/plain" } }, ["runtime.error", "session.exited"]],
    ["cannot be understood", { cwd: 7 } as object, ["runtime.error", "session.exited"]],
    ["cannot be understood, with what has no form in JSON", { modelOptions: { another: { budget: 7n } } }, ["runtime.error", "session.exited"]],
    ["cannot be understood, of a thread with a cursor", { cwd: 7, resumeCursor: cursor } as object, ["runtime.error"]],
    ["cannot be understood, of no thread", { threadId: 7 } as object, []],
  ])("%s", async (_what, input, events) => {
    await using bench = new RegistryBench();
    await failureOf(bench.start(input));
    expect([bench.log.types, bench.parts.spawner.spawned]).toEqual([events, []]);
  });
});

describe("the end of all sessions", () => {
  it("leaves no process, and the registry may go on", async () => {
    await using bench = new RegistryBench();
    await Promise.all([bench.start(), bench.start({ threadId: "t2" })]);
    await bench.registry.stopAll();
    expect([bench.parts.spawner.running, bench.registry.list()]).toEqual([0, []]);
    await bench.start();
    expect(bench.registry.has("t1")).toBe(true);
  });

  it("with the registry's own end calls off what is being started, and lets nothing begin", async () => {
    await using bench = new RegistryBench();
    await bench.start();
    const starting = [failureOf(bench.start({ threadId: "t2" })), failureOf(bench.start({ cwd: "/b" }))];
    await bench.registry.dispose();
    expect([await Promise.all(starting), bench.parts.spawner.running]).toEqual([["aborted", "aborted"], 0]);
    expect([await failureOf(bench.start()), await failureOf(bench.registry.send({ threadId: "t1", input: "hello" }))]).toEqual(["disposed", "disposed"]);
  });

  it("is unknown to a thread that has no session", async () => {
    await using bench = new RegistryBench();
    await expect(bench.registry.stop("t1")).rejects.toMatchObject({ kind: "session-not-found", code: "session-missing", threadId: "t1" });
  });
});
