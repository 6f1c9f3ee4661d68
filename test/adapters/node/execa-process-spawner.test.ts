import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { ExecaProcessSpawner } from "../../../src/adapters/node/execa-process-spawner.js";
import type { SpawnedProcess, SpawnRequest } from "../../../src/ports/process-spawner.js";
import { collect, describeProcessSpawner, rejection, textOf } from "../../contract/process-spawner.js";
import { expectNoLeftoverProcesses, isAlive, markedProcesses } from "../../process-census.js";

const fixtures = resolve(import.meta.dirname, "../../fixtures");
const isWindows = process.platform === "win32";

afterAll(() => expectNoLeftoverProcesses());

function childRequest(script: string, ...args: readonly (string | number)[]): SpawnRequest {
  return {
    command: process.execPath,
    args: [join(fixtures, "children", `${script}.mjs`), ...args.map(String)],
    environment: { PATH: process.env["PATH"] ?? "" },
  };
}

describeProcessSpawner({
  name: "ExecaProcessSpawner",
  setup: async () => {
    const folder = await mkdtemp(join(tmpdir(), "spawner-"));
    const plainFile = join(folder, "plain-file");
    await writeFile(plainFile, "no program");
    await chmod(plainFile, 0o644);
    const spawner = new ExecaProcessSpawner();
    const echo = childRequest("echo");
    const refused = {
      "not-found": { ...echo, command: join(folder, "missing") },
      "permission-denied": { ...echo, command: plainFile },
      "not-executable": { ...echo, command: folder },
      "bad-working-directory": { ...echo, cwd: join(folder, "missing") },
    };
    return {
      spawner,
      request: childRequest,
      refused: (reason) => ({ spawner, request: refused[reason] }),
      running: () => markedProcesses().length,
      dispose: () => rm(folder, { recursive: true }),
    };
  },
});

describe("ExecaProcessSpawner", () => {
  let folder: string;
  let started: SpawnedProcess[];
  /** Processes that the code under test is to end. A test that fails must not leave them behind either. */
  let known: number[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "spawner-"));
    started = [];
    known = [];
  });

  afterEach(async () => {
    await Promise.all(started.map((process) => process.stop({ graceMs: 0 })));
    for (const pid of known.filter(isAlive)) process.kill(pid, "SIGKILL");
    await rm(folder, { recursive: true });
  });

  async function start(request: SpawnRequest, spawner = new ExecaProcessSpawner()): Promise<SpawnedProcess & { readonly pid: number }> {
    const child = await spawner.spawn(request);
    started.push(child);
    if (child.pid === undefined) throw new Error("A local process has an id.");
    return Object.assign(child, { pid: child.pid });
  }

  async function startTools(mode: "stay" | "crash"): Promise<{ child: SpawnedProcess; tools: readonly number[] }> {
    const child = await start(childRequest("tool-runner", mode));
    const first = await child.output[Symbol.asyncIterator]().next();
    const tools = JSON.parse(textOf(first.value)) as readonly number[];
    known.push(...tools);
    expect(tools.map(isAlive)).not.toContain(false);
    return { child, tools };
  }

  it("gives the child the environment it was told and its own mark, nothing else", async () => {
    const environment = { PATH: "/usr/bin", GREETING: "grüß dich", EMPTY: "" };
    const child = await start({ ...childRequest("print-environment"), environment });
    const { T3_AGENT_PROCESS_MARK: mark, ...rest } = JSON.parse(textOf(await collect(child.output))) as Record<string, string>;
    expect(rest).toEqual(environment);
    expect(mark).toMatch(new RegExp(`^${process.pid}-[0-9a-f-]{36}$`));
    const other = await start({ ...childRequest("print-environment"), environment });
    expect(textOf(await collect(other.output))).not.toContain(mark);
  });

  it("starts the child in its working directory, on this machine", async () => {
    const script = "process.stdout.write(JSON.stringify([process.pid, process.cwd()]))";
    const child = await start({ ...childRequest("echo"), args: ["-e", script], cwd: folder });
    expect(child.locality).toBe("local");
    expect(JSON.parse(textOf(await collect(child.output)))).toEqual([child.pid, await realpath(folder)]);
  });

  it("passes arguments as they are, whatever a shell would make of them", async () => {
    const args = ["", "a b", "$HOME", "*", "`id`", '"', "'", "--", "ä\n"];
    const child = await start({ ...childRequest("echo"), args: ["-e", "process.stdout.write(JSON.stringify(process.argv.slice(1)))", "--", ...args] });
    expect(JSON.parse(textOf(await collect(child.output)))).toEqual(args);
  });

  it("refuses what the system cannot even be asked for", async () => {
    expect(await rejection(new ExecaProcessSpawner().spawn(childRequest("echo", "a\0b")))).toMatchObject({ name: "SpawnError", reason: "other" });
  });

  it.skipIf(isWindows)("tells a script without its interpreter from a missing one", async () => {
    const script = join(folder, "script");
    await writeFile(script, "#!/missing/interpreter\n");
    await chmod(script, 0o755);
    expect(await rejection(new ExecaProcessSpawner().spawn({ ...childRequest("echo"), command: script }))).toMatchObject({ reason: "not-executable", systemCode: "ENOENT" });
  });

  it("takes what a dead program left in the pipe, beyond what is read ahead", async () => {
    const child = await start(childRequest("last-words", 100_000, 0));
    await child.exited;
    expect(await collect(child.output)).toHaveLength(100_000);
  });

  it.skipIf(isWindows)("rejects the writes to a program that lives on but has closed its input", async () => {
    const script = "fs.closeSync(0); setInterval(() => {}, 60_000); console.log('closed')";
    const child = await start({ ...childRequest("echo"), args: ["-e", script] });
    await child.output[Symbol.asyncIterator]().next();
    await expect(child.write("one")).rejects.toThrow();
    await expect(child.write("two")).rejects.toThrow();
    expect(isAlive(child.pid)).toBe(true);
  });

  it.skipIf(isWindows)("sends exactly one polite signal, and none before the end of input had its time", async () => {
    const stubborn = await start(childRequest("stubborn"));
    const output = collect(stubborn.output);
    expect(await stubborn.stop({ graceMs: 1_000 })).toMatchObject({ forced: true });
    expect(textOf(await output)).toBe("ready\nTERM\n");
  });

  describe.skipIf(isWindows)("descendants", () => {
    it.runIf(process.platform === "linux")("in sessions of their own end with the program", async () => {
      const { child, tools } = await startTools("stay");
      expect(tools).toHaveLength(3);
      const [, , scrubbed] = tools;
      await expect.poll(() => readFile(`/proc/${scrubbed}/environ`, "utf8")).toBe("");
      expect(await child.stop({ graceMs: 60_000 })).toEqual({ exit: { code: 0, signal: null }, forced: false, descendantsKilled: 3, survivors: [] });
      expect(tools.map(isAlive)).toEqual([false, false, false]);
    });

    it.runIf(process.platform === "linux")("that a crash has orphaned are still found", async () => {
      const { child, tools } = await startTools("crash");
      expect(await child.exited).toEqual({ code: null, signal: "SIGKILL" });
      expect(tools.map(isAlive)).toEqual([true, true]);
      expect(await child.stop({ graceMs: 60_000 })).toMatchObject({ forced: false, descendantsKilled: 2, survivors: [] });
      expect(tools.map(isAlive)).toEqual([false, false]);
    });

    it("that hold the output delay neither the exit nor the output's end", async () => {
      const child = await start(childRequest("pipe-holder", "silent"));
      expect(await child.exited).toEqual({ code: 0, signal: null });
      const [holder, words] = textOf(await collect(child.output)).split("\n");
      expect(words).toHaveLength(50_000);
      known.push(Number(holder));
      expect(isAlive(Number(holder))).toBe(true);
    });

    it.each(["chatty", "flooding"])("that hold the output and go on writing do not either: %s", async (manner) => {
      const child = await start(childRequest("pipe-holder", manner));
      expect(await child.exited).toEqual({ code: 0, signal: null });
      const text = textOf(await collect(child.output));
      known.push(Number(/(\d+)\n/.exec(text)?.[1]));
      expect(text.replaceAll(/[^x]/g, "")).toHaveLength(50_000);
      expect(text.length).toBeLessThan(2 ** 21);
    });
  });

  describe.runIf(process.platform === "linux")("process group", () => {
    it("is the child's own by default, out of reach of a terminal's Ctrl-C", async () => {
      const child = await start(childRequest("deaf"));
      expect(await groupOf(child.pid)).toBe(String(child.pid));
    });

    it("is the host's if the host says so, and a stop leaves that group alone", async () => {
      const shell = { ...childRequest("echo"), command: "/bin/sh", args: ["-c", "sleep 600 & echo $!; wait"] };
      const child = await start(shell, new ExecaProcessSpawner({ ownProcessGroup: false }));
      const first = await child.output[Symbol.asyncIterator]().next();
      known.push(Number(textOf(first.value)));
      expect(await groupOf(child.pid)).toBe(await groupOf("self"));
      expect(await child.stop({ graceMs: 0 })).toMatchObject({ forced: true, descendantsKilled: 1, survivors: [] });
    });
  });

  describe.skipIf(isWindows)("a host that ends without a stop takes its programs along", () => {
    it.each(["exit", "throw", "SIGTERM", "SIGINT", "SIGHUP"] as const)("by %s", async (how) => {
      const mode = how.startsWith("SIG") ? "wait" : how;
      // The child does not watch its input, whose end would tell it by itself.
      const host = spawn(process.execPath, [join(fixtures, "hosts/host.mjs"), mode, join(fixtures, "children/deaf.mjs")], { stdio: ["ignore", "pipe", "ignore"] });
      const ended = once(host, "exit");
      const agent = Number(textOf(await collectLine(host.stdout)));
      known.push(agent);
      // A host that ends by itself has told the id of a program that spoke to it, and may be gone already, program and all.
      expect(mode !== "wait" || isAlive(agent)).toBe(true);
      if (mode === "wait") host.kill(how as NodeJS.Signals);
      const [code, signal] = (await ended) as [number | null, string | null];
      expect(signal ?? code).toBe({ exit: 0, throw: 1 }[how as "exit" | "throw"] ?? how);
      await expect.poll(() => isAlive(agent), { timeout: 10_000 }).toBe(false);
      if (host.pid !== undefined) await expectNoLeftoverProcesses({ startedBy: [host.pid] });
    });
  });
});

async function collectLine(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) {
    chunks.push(chunk);
    if (chunk.includes("\n")) break;
  }
  return Buffer.concat(chunks);
}

async function groupOf(pid: number | "self"): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  return stat.slice(stat.lastIndexOf(")")).split(" ")[3];
}
