import { describe, expect, it } from "vitest";
import type { Launch } from "../../../src/domain/session/agent-launcher.js";
import type { AgentDialect } from "../../../src/ports/agent-dialect.js";
import { SpawnError, type SpawnFailureReason } from "../../../src/ports/errors.js";
import type { SessionFileVerdict } from "../../../src/ports/session-files.js";
import { echoParts, foundEcho, idleProgram, locatedEcho, type EchoParts } from "../echo-parts.js";

const resume = { sessionFile: "/sessions/s1.jsonl", sessionId: "s1", provisional: false };
const withArguments = { ...foundEcho, binary: { ...locatedEcho, command: "/bin/runtime", leadingArgs: ["main.js"] } } as const;

/** As if an echo agent could be made to ask. */
const asking: Partial<AgentDialect> = {
  supervision: { companion: { name: "ask.js", text: "ask();" }, encodeVerdict: (questionId, verdict) => ({ to: questionId, verdict }) },
  launch: ({ companionFile }) => ({ args: companionFile === undefined ? [] : [`--companion=${companionFile}`], environment: {} }),
};

function launch(parts: EchoParts, launch: Partial<Launch> = {}): ReturnType<EchoParts["launcher"]["launch"]> {
  return parts.launcher.launch({ mode: "session", ...launch });
}

describe("a launch", () => {
  it("starts the program that was found, with the arguments and the environment that its dialect wants", async () => {
    const parts = echoParts({ program: idleProgram, lookup: withArguments, dialect: { environment: { ...echoParts().dialect.environment, fixed: { NO_UPDATES: "1" } } } });
    const { process, version } = await launch(parts, { cwd: "/project", agentDir: "/agent-home/echo", model: { provider: "echo", id: "deep" }, thinkingLevel: "brief" });
    expect(parts.spawner.spawned).toMatchObject([
      { command: "/bin/runtime", args: ["main.js", "--model=echo/deep", "--level=brief"], cwd: "/project", environment: { PATH: "/bin", NO_UPDATES: "1", ECHO_HOME: "/agent-home/echo" } },
    ]);
    expect(version).toEqual({ major: 1, minor: 2, patch: 3 });
    await process.stop({ graceMs: 0 });
  });

  it("has every session load what makes the agent ask, and no other process", async () => {
    const parts = echoParts({ program: idleProgram, dialect: asking });
    const launched = [await launch(parts), await launch(parts, { supervised: true }), await launch(parts, { mode: "discovery" }), await launch(parts, { mode: "one-shot" })];
    expect(parts.spawner.spawned.map(({ args }) => args)).toEqual([["--companion=/companions/1/ask.js"], ["--companion=/companions/1/ask.js"], [], []]);
    for (const { process } of launched) await process.stop({ graceMs: 0 });
  });

  it("goes without it where it cannot be had, but not where it is needed", async () => {
    const parts = echoParts({ program: idleProgram, dialect: asking });
    parts.companions.failure = new Error("The disk is full.");
    const { process } = await launch(parts);
    expect(parts.spawner.spawned).toMatchObject([{ args: [] }]);
    await expect(launch(parts, { supervised: true })).rejects.toMatchObject({ kind: "process", code: "supervision-missing", cause: parts.companions.failure });
    expect(parts.spawner.spawned).toHaveLength(1);
    await process.stop({ graceMs: 0 });
  });

  it("looks for the program that was configured", async () => {
    const parts = echoParts({ program: idleProgram });
    const { process } = await launch(parts, { binaryPath: "/configured" });
    expect(parts.locator.queries).toMatchObject([{ configured: "/configured", defaultName: "echo-agent" }]);
    await process.stop({ graceMs: 0 });
  });

  it("fails with the finding where there is no program", async () => {
    const parts = echoParts({ lookup: { type: "missing", reason: "not-on-path", searched: [] } });
    await expect(launch(parts)).rejects.toMatchObject({ kind: "process", code: "binary-not-found" });
    expect(parts.spawner.spawned).toEqual([]);
  });

  it.each<[reason: SpawnFailureReason, kind: string, code: string]>([
    ["not-found", "process", "binary-not-found"],
    ["permission-denied", "process", "binary-not-executable"],
    ["not-executable", "process", "binary-not-executable"],
    ["bad-working-directory", "process", "working-directory-missing"],
    ["aborted", "session-closed", "aborted"],
    ["other", "process", "start-failed"],
  ])("that the system refuses with %s fails as %s, %s", async (reason, kind, code) => {
    const parts = echoParts();
    parts.spawner.refuse = reason;
    await expect(launch(parts, { cwd: "/project" })).rejects.toMatchObject({ kind, code, operation: "startSession", cause: expect.any(SpawnError) as unknown });
    expect(parts.spawner.running).toBe(0);
  });

  it("names the folder that is missing", async () => {
    const parts = echoParts();
    parts.spawner.refuse = "bad-working-directory";
    await expect(launch(parts, { cwd: "/gone" })).rejects.toThrow('"/gone"');
  });

  it("that is called off starts nothing", async () => {
    const parts = echoParts();
    await expect(launch(parts, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "aborted" });
    expect(parts.spawner.running).toBe(0);
  });
});

describe("a launch that continues a conversation", () => {
  it.each<SessionFileVerdict>([{ type: "ready" }, { type: "unknown" }])("goes on where its file is $type", async (verdict) => {
    const launches: unknown[] = [];
    const parts = echoParts({
      program: idleProgram,
      dialect: {
        launch: (request) => {
          launches.push(request);
          return { args: [], environment: {} };
        },
      },
    });
    parts.sessionFiles.verdict = verdict;
    const { process } = await launch(parts, { resume, cwd: "/project" });
    expect(parts.sessionFiles.requests).toMatchObject([{ file: "/sessions/s1.jsonl", sessionId: "s1", cwd: "/project" }]);
    expect(launches).toMatchObject([{ sessionFile: "/sessions/s1.jsonl" }]);
    await process.stop({ graceMs: 0 });
  });

  it.each(["missing", "outside", "not-a-session", "another-session", "another-folder", "unreadable"] as const)("is refused, and starts nothing, where its file is %s", async (reason) => {
    const parts = echoParts();
    parts.sessionFiles.verdict = { type: "refused", reason };
    await expect(launch(parts, { resume })).rejects.toMatchObject({ kind: "process", code: "resume-refused" });
    expect(parts.spawner.spawned).toEqual([]);
  });

  it("begins anew where nothing was saved of it", async () => {
    const launches: unknown[] = [];
    const parts = echoParts({
      program: idleProgram,
      dialect: {
        launch: ({ sessionFile }) => {
          launches.push(sessionFile);
          return { args: [], environment: {} };
        },
      },
    });
    parts.sessionFiles.verdict = { type: "refused", reason: "missing" };
    const { process } = await launch(parts, { resume: { ...resume, provisional: true } });
    expect(launches).toEqual([undefined]);
    await process.stop({ graceMs: 0 });
  });

  it("is refused where the file is another one, whatever was saved of it", async () => {
    const parts = echoParts();
    parts.sessionFiles.verdict = { type: "refused", reason: "another-session" };
    await expect(launch(parts, { resume: { ...resume, provisional: true } })).rejects.toMatchObject({ code: "resume-refused" });
  });
});

/** A process in "/project" that waits for a session. */
async function waiting(parts: EchoParts): Promise<void> {
  await parts.catalog.ask({ binaryPath: undefined, agentDir: undefined, cwd: "/project" });
}

describe("a launch where a process waits", () => {
  it("gives that away instead of starting one", async () => {
    const parts = echoParts();
    await waiting(parts);
    const { process, version } = await launch(parts, { cwd: "/project" });
    expect([parts.spawner.spawned.length, parts.spares.isEmpty, version]).toEqual([1, true, { major: 1, minor: 2, patch: 3 }]);
    await process.stop({ graceMs: 0 });
    expect(parts.spawner.running).toBe(0);
  });

  it.each<[what: string, wish: Partial<Launch>]>([
    ["is for a discovery", { mode: "discovery" }],
    ["continues a conversation", { resume }],
    ["wants another model", { model: { provider: "echo", id: "deep" } }],
    ["wants another level", { thinkingLevel: "brief" }],
    ["is for another folder", { cwd: "/other" }],
    ["is for another folder of the agent's", { agentDir: "/agent-home/other" }],
  ])("starts one all the same if it %s", async (_what, wish) => {
    const parts = echoParts();
    await waiting(parts);
    const { process } = await launch(parts, { cwd: "/project", ...wish });
    expect([parts.spawner.spawned.length, parts.spares.isEmpty]).toEqual([2, false]);
    await process.stop({ graceMs: 0 });
    await parts.spares.dispose();
    expect(parts.spawner.running).toBe(0);
  });

  it("starts one all the same if that is what is asked for", async () => {
    const parts = echoParts();
    await waiting(parts);
    const { process } = await parts.launcher.launchFresh({ mode: "session", cwd: "/project" });
    expect([parts.spawner.spawned.length, parts.spares.isEmpty]).toEqual([2, false]);
    await process.stop({ graceMs: 0 });
    await parts.spares.dispose();
  });

  it("gives it away also where nothing was saved of the conversation to continue", async () => {
    const parts = echoParts();
    await waiting(parts);
    parts.sessionFiles.verdict = { type: "refused", reason: "missing" };
    const { process } = await launch(parts, { cwd: "/project", resume: { ...resume, provisional: true } });
    expect([parts.spawner.spawned.length, parts.spares.isEmpty]).toEqual([1, true]);
    await process.stop({ graceMs: 0 });
  });

  it("refuses a conversation that cannot be continued, and leaves it waiting", async () => {
    const parts = echoParts();
    await waiting(parts);
    parts.sessionFiles.verdict = { type: "refused", reason: "missing" };
    await expect(launch(parts, { cwd: "/project", resume })).rejects.toMatchObject({ code: "resume-refused" });
    expect([parts.spares.isEmpty, parts.spawner.running]).toEqual([false, 1]);
    await parts.spares.dispose();
  });
});

describe("a launch where no process waits", () => {
  it("looks at no file for it", async () => {
    const parts = echoParts({ program: idleProgram });
    const { process } = await launch(parts, { cwd: "/project" });
    expect(parts.stamps.requests).toEqual([]);
    await process.stop({ graceMs: 0 });
  });
});
