import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { InMemoryProgram } from "../../../src/adapters/fake/in-memory-program.js";
import type { BinaryLookup, LocatedBinary, MissingBinaryReason, SearchedPlace } from "../../../src/ports/binary-locator.js";
import type { SpawnFailureReason } from "../../../src/ports/errors.js";
import { echoParts, foundEcho, idleProgram, locatedEcho, type EchoParts } from "../echo-parts.js";

const searched: readonly SearchedPlace[] = [{ place: "/usr/bin", source: "path", outcome: "absent" }];
const { packageVersion: _unknown, ...unversioned } = locatedEcho;

/** A program whose version nobody knows but itself. */
function unknownVersion(program: InMemoryProgram, binary: Partial<LocatedBinary> = {}): EchoParts {
  return echoParts({ program, lookup: { type: "found", binary: { ...unversioned, ...binary }, searched } });
}

function printing(text: string, exitCode = 0): InMemoryProgram {
  return async (io) => {
    await io.write(text);
    return exitCode;
  };
}

describe("the search for the program", () => {
  it("finds it with the version of its package, and starts nothing", async () => {
    const parts = echoParts();
    const finding = await parts.installations.find({ binaryPath: "/configured" });
    expect(finding).toEqual({ type: "usable", installation: { binary: locatedEcho, version: { major: 1, minor: 2, patch: 3 }, searched: foundEcho.searched, others: [] } });
    expect(parts.spawner.spawned).toEqual([]);
    expect(parts.locator.queries).toEqual([{ configured: "/configured", defaultName: "echo-agent", packageNames: [], environment: { PATH: "/bin" }, findOthers: undefined }]);
  });

  it("names the other programs only where they were asked for", async () => {
    const other: LocatedBinary = { ...locatedEcho, path: "/usr/local/bin/echo-agent", identity: "other" };
    const parts = echoParts({ lookup: { type: "found", binary: locatedEcho, searched, others: [other] } });
    expect([(await parts.installations.require({})).others, (await parts.installations.require({ findOthers: true })).others]).toEqual([[], [other]]);
  });

  it.each<[reason: MissingBinaryReason, code: string, nextStep: string]>([
    ["configured-path-missing", "binary-not-found", "Correct the path"],
    ["configured-path-not-a-file", "binary-path-invalid", "Give the path of the program itself"],
    ["configured-path-not-executable", "binary-not-executable", "chmod +x"],
    ["configured-path-relative", "binary-path-invalid", "Give an absolute path"],
    ["not-on-path", "binary-not-found", "The echo agent comes with this package."],
  ])("says what is wrong and what to do where it finds none: %s", async (reason, code, nextStep) => {
    const lookup: BinaryLookup = { type: "missing", reason, searched };
    const { installations } = echoParts({ lookup });
    const finding = await installations.find({ binaryPath: " bin/echo " });
    expect(finding).toMatchObject({ type: "missing", reason, searched, error: { kind: "process", code, nextStep: expect.stringContaining(nextStep) as unknown } });
    await expect(installations.require({})).rejects.toMatchObject({ code });
  });

  it("names the path that was configured", async () => {
    const { installations } = echoParts({ lookup: { type: "missing", reason: "configured-path-missing", searched } });
    await expect(installations.require({ binaryPath: " /bin/gone " })).rejects.toThrow('"/bin/gone" does not exist');
  });

  it("refuses a version that is too old, and says which is needed", async () => {
    const { installations } = echoParts({ lookup: { type: "found", binary: { ...locatedEcho, packageVersion: "0.9.9" }, searched } });
    expect(await installations.find({})).toMatchObject({
      type: "unusable",
      reason: "too-old",
      version: { major: 0, minor: 9, patch: 9 },
      error: { code: "agent-too-old", detail: 'Echo 0.9.9 at "/usr/bin/echo-agent" is too old; 1.0.0 or newer is needed.', nextStep: "No older echo agent was ever released." },
    });
  });
});

describe("the question for the version", () => {
  it("is asked of the program itself, without input and with the agent's fixed environment", async () => {
    const inputs: string[] = [];
    const parts = unknownVersion(async (io) => {
      for await (const bytes of io.input) inputs.push(Buffer.from(bytes).toString());
      await io.write("echo-agent 1.4.0\n");
    }, { leadingArgs: ["main.js"] });
    const { version } = await parts.installations.require({});
    expect([version, inputs, parts.spawner.running]).toEqual([{ major: 1, minor: 4, patch: 0 }, [], 0]);
    expect(parts.spawner.spawned).toMatchObject([{ command: "/opt/echo/main", args: ["main.js", "--version"], environment: { PATH: "/bin" } }]);
  });

  it.each<[where: string, program: InMemoryProgram]>([
    ["on the standard output", printing("echo-agent 1.4.0\n")],
    ["on the standard error", (io) => io.writeError("version 1.4.0\n")],
    ["by a program that fails then", printing("1.4.0", 1)],
    ["in several pieces", async (io) => {
      await io.write("echo-agent 1.");
      await io.write("4.0\n");
    }],
  ])("may be answered %s", async (_where, program) => {
    expect((await unknownVersion(program).installations.require({})).version).toEqual({ major: 1, minor: 4, patch: 0 });
  });

  it("is asked where the package's version is none", async () => {
    expect((await unknownVersion(printing("1.4.0"), { packageVersion: "workspace" }).installations.require({})).version.minor).toBe(4);
  });

  it("is asked once for as long as the file is the same", async () => {
    const parts = unknownVersion(printing("1.4.0"));
    await parts.installations.require({});
    await parts.installations.require({});
    expect(parts.spawner.spawned).toHaveLength(1);
  });

  it("is asked again when the file is another one", async () => {
    const files = ["first", "second", "first"].map((identity): BinaryLookup => ({ type: "found", binary: { ...unversioned, identity }, searched }));
    const parts = echoParts({ program: printing("1.4.0"), lookup: () => files.shift() ?? foundEcho });
    for (let query = 0; query < 3; query += 1) await parts.installations.require({});
    expect(parts.spawner.spawned).toHaveLength(2);
  });

  it("is asked once for all who ask at the same time", async () => {
    const parts = unknownVersion(printing("1.4.0"));
    await Promise.all(Array.from({ length: 100 }, () => parts.installations.require({})));
    expect(parts.spawner.spawned).toHaveLength(1);
  });

  it("is asked again when that is wished, of a file that is the same", async () => {
    let answer = "1.4.0";
    const parts = unknownVersion((io) => io.write(answer));
    await parts.installations.require({});
    answer = "1.5.0";
    expect((await parts.installations.require({ refresh: true })).version.minor).toBe(5);
    // And the new one is what is remembered.
    expect([(await parts.installations.require({})).version.minor, parts.spawner.spawned.length]).toEqual([5, 2]);
  });

  it("is not asked of the program where its package tells, even when a new answer is wished", async () => {
    const parts = echoParts();
    await parts.installations.require({ refresh: true });
    expect(parts.spawner.spawned).toEqual([]);
  });

  it("is not asked again of a program that printed none, until it is another file", async () => {
    let identity = "first";
    const parts = echoParts({ program: printing("hello"), lookup: () => ({ type: "found", binary: { ...unversioned, identity }, searched }) });
    await parts.installations.find({});
    await parts.clock.advance(60 * 60_000);
    expect([await parts.installations.find({}), parts.spawner.spawned.length]).toMatchObject([{ reason: "not-the-agent" }, 1]);
    identity = "second";
    await parts.installations.find({});
    expect(parts.spawner.spawned).toHaveLength(2);
  });

  it.each<[what: string, back: number]>([
    ["a while later", 10_000],
    ["when the clock was set back", -1],
  ])("is asked again of a program that could not be started, %s", async (_when, ms) => {
    const parts = unknownVersion(printing("1.4.0"));
    parts.spawner.refuse = "other";
    await parts.installations.find({});
    parts.spawner.refuse = undefined;
    expect([await parts.installations.find({}), parts.spawner.spawned.length]).toMatchObject([{ reason: "cannot-start" }, 1]);
    await parts.clock.advance(ms);
    expect([await parts.installations.find({}), parts.spawner.spawned.length]).toMatchObject([{ type: "usable" }, 2]);
  });

  it.each<[what: string, program: InMemoryProgram, detail: string]>([
    ["prints something else", printing("hello"), "it printed none (exit code 0)"],
    ["prints nothing and fails", () => 7, "it printed none (exit code 7)"],
    ["is ended by a signal", (io) => io.crash("SIGSEGV"), "it printed none."],
    ["prints without end", printing("x".repeat(1_000_000)), "it printed none (exit code 0)"],
  ])("shows that a program that %s is not the agent", async (_what, program, detail) => {
    const parts = unknownVersion(program);
    expect(await parts.installations.find({})).toMatchObject({ type: "unusable", reason: "not-the-agent", error: { code: "agent-unrecognised", detail: expect.stringContaining(detail) as unknown } });
    expect(parts.spawner.running).toBe(0);
  });

  it.each<[refusal: SpawnFailureReason, reason: string, code: string]>([
    ["permission-denied", "not-executable", "binary-not-executable"],
    ["not-executable", "not-executable", "binary-not-executable"],
    ["not-found", "cannot-start", "start-failed"],
    ["other", "cannot-start", "start-failed"],
  ])("fails with %s as %s", async (refusal, reason, code) => {
    const parts = unknownVersion(idleProgram);
    parts.spawner.refuse = refusal;
    expect(await parts.installations.find({})).toMatchObject({ type: "unusable", reason, binary: unversioned, searched, error: { code } });
  });

  it("is given up when its time is over, and the program is gone then", async () => {
    const parts = unknownVersion(() => new Promise<void>(() => undefined));
    const finding = parts.installations.find({});
    await setImmediate();
    await parts.clock.advance(9_999);
    expect(parts.spawner.running).toBe(1);
    await parts.clock.advance(1);
    expect(await finding).toMatchObject({ type: "unusable", reason: "timed-out", error: { code: "start-timeout", detail: expect.stringContaining("within 10 s") as unknown } });
    expect([parts.spawner.running, parts.clock.pendingTimers]).toEqual([0, 0]);
  });

  it("leaves no timer behind when it is answered", async () => {
    const parts = unknownVersion(printing("1.4.0"));
    await parts.installations.require({});
    expect(parts.clock.pendingTimers).toBe(0);
  });

  it("is asked in a folder that is no project", async () => {
    const parts = unknownVersion(printing("1.4.0"));
    await parts.installations.require({});
    expect(parts.spawner.spawned[0]?.cwd).toBe("/neutral");
  });

  it.each([
    ["before the program was started", 0],
    ["while the program runs", 1],
  ])("can be called off %s, which is no finding about the program", async (_when, running) => {
    const hanging = { now: true };
    const parts = unknownVersion((io) => (hanging.now ? new Promise<void>(() => undefined) : io.write("1.4.0")));
    const abort = new AbortController();
    const finding = parts.installations.find({ signal: abort.signal });
    await expect.poll(() => parts.spawner.running >= running).toBe(true);
    abort.abort();
    expect(await finding).toMatchObject({ type: "unusable", error: { code: "aborted" } });
    expect([parts.spawner.running, parts.clock.pendingTimers]).toEqual([0, 0]);
    hanging.now = false;
    expect(await parts.installations.find({})).toMatchObject({ type: "usable" });
  });

  it("goes on for the others when one of those who asked calls it off", async () => {
    const parts = unknownVersion(printing("1.4.0"));
    const abort = new AbortController();
    const [calledOff, other] = [parts.installations.find({ signal: abort.signal }), parts.installations.find({})];
    abort.abort();
    expect([await calledOff, await other]).toMatchObject([{ type: "unusable", error: { code: "aborted" } }, { type: "usable" }]);
  });

  it("leaves no program behind when all is ended", async () => {
    const parts = unknownVersion(() => new Promise<void>(() => undefined));
    const finding = parts.installations.find({});
    await expect.poll(() => parts.spawner.running).toBe(1);
    await parts.installations.dispose();
    expect([parts.spawner.running, parts.clock.pendingTimers]).toEqual([0, 0]);
    expect(await finding).toMatchObject({ error: { code: "aborted" } });
    expect(await parts.installations.find({})).toMatchObject({ error: { code: "disposed" } });
  });
});
