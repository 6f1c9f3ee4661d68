import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SpawnError, type SpawnFailureReason } from "../../src/ports/errors.js";
import type { ProcessExit, ProcessSpawner, SpawnedProcess, SpawnRequest } from "../../src/ports/process-spawner.js";

/**
 * The programs of the contract.
 * `echo` copies input to output. `last-words <bytes> <code>` writes and ends at once. `killed` dies of SIGKILL. `stubborn` ignores
 * everything, `polite` everything but the polite signal, which makes it end with code 5; both say `ready` first. `tidy` takes a
 * moment to end with code 0 when its input ends, and a signal cuts that short with code 1. `flood <chunks>` writes chunks of 64 KiB
 * and tells on stderr how many were taken. `complain` writes 40 KB to stderr that end in `END`, and ends with code 3.
 */
export type ContractProgram = "echo" | "last-words" | "killed" | "stubborn" | "polite" | "tidy" | "flood" | "complain";

export interface ProcessSpawnerSubject {
  readonly spawner: ProcessSpawner;
  readonly request: (program: ContractProgram, ...args: readonly number[]) => SpawnRequest;
  /** A spawn that must fail for this reason. */
  readonly refused: (reason: RefusalReason) => { readonly spawner: ProcessSpawner; readonly request: SpawnRequest };
  /** How many of the programs that were started still live. */
  readonly running: () => number;
  readonly dispose: () => Promise<void>;
}

export type RefusalReason = Extract<SpawnFailureReason, "not-found" | "permission-denied" | "not-executable" | "bad-working-directory">;

/** Long enough that a test which waits for it fails by its own time limit first. */
const patience = { graceMs: 120_000 };

export function describeProcessSpawner(input: { readonly name: string; readonly setup: () => Promise<ProcessSpawnerSubject> }): void {
  describe(`${input.name}: ProcessSpawner`, () => {
    let subject: ProcessSpawnerSubject;
    let started: SpawnedProcess[];

    beforeEach(async () => {
      subject = await input.setup();
      started = [];
    });

    afterEach(async () => {
      await Promise.all(started.map((process) => process.stop({ graceMs: 0 })));
      await expect.poll(() => subject.running(), { timeout: 10_000 }).toBe(0);
      await subject.dispose();
    });

    async function start(program: ContractProgram, ...args: readonly number[]): Promise<SpawnedProcess> {
      const process = await subject.spawner.spawn(subject.request(program, ...args));
      started.push(process);
      return process;
    }

    /** A program that says `ready` and does not end by itself. */
    async function startReady(program: "stubborn" | "polite" | "tidy"): Promise<SpawnedProcess> {
      const process = await start(program);
      const first = await process.output[Symbol.asyncIterator]().next();
      expect(textOf(first.value)).toBe("ready\n");
      return process;
    }

    describe("pipes", () => {
      it("carries bytes both ways, however they are cut", async () => {
        const process = await start("echo");
        const bytes = Buffer.from("ä\u2028€\u0000\r\n\u{1F600}\n".repeat(50));
        const received = collect(process.output);
        for (let at = 0, size = 1; at < bytes.length; at += size, size = (size % 7) + 1) await process.write(bytes.subarray(at, at + size));
        process.closeInput();
        expect((await received).equals(bytes)).toBe(true);
        expect(await process.exited).toEqual({ code: 0, signal: null });
      });

      it("keeps the order of writes that nobody waited for", async () => {
        const process = await start("echo");
        const lines = Array.from({ length: 500 }, (_, index) => `${index}\n`);
        await Promise.all([...lines.map((line) => process.write(line)), Promise.resolve(process.closeInput())]);
        expect(textOf(await collect(process.output))).toBe(lines.join(""));
      });

      it("delivers everything that was written before the program ended, however late it is read", async () => {
        const process = await start("last-words", 50_000, 7);
        expect(await process.exited).toEqual({ code: 7, signal: null });
        expect(await collect(process.output)).toHaveLength(50_000);
      });

      it("stops a program that nobody reads, and loses nothing of it", async () => {
        const chunks = 128;
        const process = await start("flood", chunks);
        const ended = ends(process);
        const taken = await settledValue(() => takenBy(process));
        expect(taken).toBeGreaterThan(0);
        expect(taken).toBeLessThan(chunks / 2);
        expect(ended()).toBe(false);
        expect(await collect(process.output)).toHaveLength(chunks * 64 * 1024);
        expect(await process.exited).toEqual({ code: 0, signal: null });
      });

      it("lets a program run on whose consumer has left", async () => {
        const process = await start("flood", 64);
        for await (const chunk of process.output) {
          expect(chunk.length).toBeGreaterThan(0);
          break;
        }
        expect(await process.exited).toEqual({ code: 0, signal: null });
      });

      it("closes the input once, behind what was written to it", async () => {
        const process = await start("echo");
        const written = process.write("first");
        process.closeInput();
        process.closeInput();
        await expect(process.write("second")).rejects.toThrow();
        await written;
        expect(textOf(await collect(process.output))).toBe("first");
        expect(await process.exited).toEqual({ code: 0, signal: null });
      });

      it("rejects a write to a dead program", async () => {
        const process = await start("last-words", 0, 0);
        await process.exited;
        await expect(process.write("late")).rejects.toThrow();
        await expect(process.write("later")).rejects.toThrow();
        process.closeInput();
      });

      it("rejects the writes that a program leaves unread", async () => {
        const process = await startReady("stubborn");
        const writes = Promise.allSettled([process.write(new Uint8Array(4_000_000)), process.write("more")]);
        await process.stop({ graceMs: 0 });
        expect((await writes).map((write) => write.status)).toEqual(["rejected", "rejected"]);
      });

      it("keeps only the end of the error output, complete when the program has ended", async () => {
        const process = await start("complain");
        expect(await process.exited).toEqual({ code: 3, signal: null });
        expect(process.errorTail()).toMatch(/^ä+END$/);
        expect(Buffer.byteLength(process.errorTail())).toBeGreaterThan(4_000);
        expect(Buffer.byteLength(process.errorTail())).toBeLessThanOrEqual(8 * 1024);
      });
    });

    describe("the end", () => {
      it("tells the exit code", async () => {
        const process = await start("last-words", 1, 3);
        expect(await process.exited).toEqual({ code: 3, signal: null });
        expect(await process.exited).toEqual({ code: 3, signal: null });
      });

      it("tells the signal", async () => {
        const process = await start("killed");
        expect(await process.exited).toEqual({ code: null, signal: "SIGKILL" });
        expect(await collect(process.output)).toHaveLength(0);
      });
    });

    describe("a spawn that fails", () => {
      it.each<RefusalReason>(["not-found", "permission-denied", "not-executable", "bad-working-directory"])("says why: %s", async (reason) => {
        const { spawner, request } = subject.refused(reason);
        const error = await rejection(spawner.spawn(request));
        expect(error).toBeInstanceOf(SpawnError);
        expect(error).toMatchObject({ reason });
        expect(subject.running()).toBe(0);
      });

      it("starts nothing once it was aborted", async () => {
        const request = { ...subject.request("echo"), signal: AbortSignal.abort() };
        expect(await rejection(subject.spawner.spawn(request))).toMatchObject({ reason: "aborted" });
        expect(subject.running()).toBe(0);
      });

      it("leaves nothing behind when it is aborted on its way", async () => {
        const controller = new AbortController();
        const spawn = subject.spawner.spawn({ ...subject.request("stubborn"), signal: controller.signal });
        controller.abort();
        expect(await rejection(spawn)).toMatchObject({ reason: "aborted" });
        expect(subject.running()).toBe(0);
      });

      it("leaves a program alone whose spawn was aborted too late", async () => {
        const controller = new AbortController();
        const process = await subject.spawner.spawn({ ...subject.request("echo"), signal: controller.signal });
        started.push(process);
        controller.abort();
        await process.write("still here");
        process.closeInput();
        expect(textOf(await collect(process.output))).toBe("still here");
      });
    });

    describe("stop", () => {
      it("needs no more than the end of input for a program that obeys it, and gives it time to clean up", async () => {
        const process = await startReady("tidy");
        const verdict = await process.stop(patience);
        expect(verdict).toEqual({ exit: { code: 0, signal: null }, forced: false, descendantsKilled: 0, survivors: [] });
        expect(subject.running()).toBe(0);
      });

      it("sends the polite signal to a program that does not mind its input", async () => {
        const process = await startReady("polite");
        const verdict = await process.stop({ graceMs: 4_000 });
        expect(verdict).toEqual({ exit: { code: 5, signal: null }, forced: false, descendantsKilled: 0, survivors: [] });
        expect(await process.exited).toEqual(verdict.exit);
      });

      it("kills a program that obeys nothing", async () => {
        const process = await startReady("stubborn");
        const verdict = await process.stop({ graceMs: 200 });
        expect(verdict).toEqual({ exit: { code: null, signal: "SIGKILL" }, forced: true, descendantsKilled: 0, survivors: [] });
        expect(subject.running()).toBe(0);
      });

      it("kills at once without a grace", async () => {
        const process = await startReady("polite");
        expect(await process.stop({ graceMs: 0 })).toMatchObject({ exit: { code: null, signal: "SIGKILL" }, forced: true });
      });

      it("is carried out once, however often it is asked for", async () => {
        const process = await startReady("tidy");
        const verdicts = await Promise.all([process.stop(patience), process.stop({ graceMs: 0 }), process.stop({ graceMs: 0 })]);
        expect(verdicts[0]).toMatchObject({ exit: { code: 0 }, forced: false });
        expect(new Set([...verdicts, await process.stop({ graceMs: 0 })])).toEqual(new Set([verdicts[0]]));
      });

      it("reports the exit of a program that has ended before", async () => {
        const process = await start("last-words", 0, 4);
        await process.exited;
        expect(await process.stop(patience)).toEqual({ exit: { code: 4, signal: null }, forced: false, descendantsKilled: 0, survivors: [] });
      });

      it("ends the output and refuses further writes", async () => {
        const process = await start("echo");
        await process.write("kept");
        await process.stop(patience);
        expect(textOf(await collect(process.output))).toBe("kept");
        await expect(process.write("late")).rejects.toThrow();
      });
    });
  });
}

export async function collect(output: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of output) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export function textOf(bytes: Uint8Array | undefined | void): string {
  return Buffer.from(bytes ?? []).toString();
}

export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

/** Tells later whether the program has ended by then. */
function ends(process: SpawnedProcess): () => boolean {
  let exit: ProcessExit | undefined;
  void (async () => {
    exit = await process.exited;
  })();
  return () => exit !== undefined;
}

function takenBy(process: SpawnedProcess): number {
  return Number(process.errorTail().trimEnd().split("\n").at(-1));
}

/** The value at which something stands still. A machine that is slow only makes the caller's check of it weaker, never wrong. */
async function settledValue(read: () => number): Promise<number> {
  let value = 0;
  for (let quietRounds = 0; value === 0 || quietRounds < 5; quietRounds += 1) {
    const next = read();
    if (next !== value) quietRounds = 0;
    value = next;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return value;
}
