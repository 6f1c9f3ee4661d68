import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { assert, vi } from "vitest";
import { sourceNodeArguments } from "../../child-agent.js";
import { expectNoLeftoverProcesses, markedProcesses } from "../../process-census.js";

const main = fileURLToPath(new URL("../../../src/app/cli/main.ts", import.meta.url));

export interface CliProcessOptions {
  readonly args: readonly string[];
  /** Its home and its temporary folder: nothing of the machine's user is read or left. */
  readonly home: string;
  readonly temporaryFolder?: string;
  readonly stdin?: string;
}

/** The program as a process of its own, without a build. */
export class CliProcess implements AsyncDisposable {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #ended: Promise<unknown>;
  readonly #closed: Promise<unknown>;
  #out = "";
  #err = "";

  constructor({ args, home, temporaryFolder = home, stdin }: CliProcessOptions) {
    const { PATH = "" } = process.env;
    this.#child = spawn(process.execPath, [...sourceNodeArguments, main, ...args], { env: { PATH, HOME: home, TMPDIR: temporaryFolder }, stdio: ["pipe", "pipe", "pipe"] });
    this.#ended = once(this.#child, "exit");
    this.#closed = once(this.#child, "close");
    // A program that reads no input may be gone before it was written.
    this.#child.stdin.on("error", () => undefined);
    this.#child.stdin.end(stdin);
    this.#child.stdout.setEncoding("utf8").on("data", (text: string) => (this.#out += text));
    this.#child.stderr.setEncoding("utf8").on("data", (text: string) => (this.#err += text));
  }

  get out(): string {
    return this.#out;
  }

  get err(): string {
    return this.#err;
  }

  /** Resolves when standard output holds this. */
  async shows(text: string): Promise<void> {
    await vi.waitUntil(() => this.#out.includes(text) || this.#child.exitCode !== null, { timeout: 25_000, interval: 5 });
    if (!this.#out.includes(text)) throw new Error(`It ended without "${text}" and said: ${this.#err}`);
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Reads no more, as `head` does when it has enough. */
  closeOutput(): void {
    this.#child.stdout.destroy();
  }

  /** Takes no more, but keeps the pipe open; resolves when what was not taken has begun to pile up. */
  async pauseOutput(): Promise<void> {
    const { stdout } = this.#child;
    stdout.pause();
    await vi.waitUntil(() => stdout.readableLength >= stdout.readableHighWaterMark, { timeout: 25_000, interval: 5 });
  }

  /** Its exit code, once it is gone and what it wrote was read. Fails if it has left a process. */
  async exit(): Promise<number | null> {
    await this.#ended;
    assert.deepEqual(markedProcesses({ startedBy: [this.#pid] }), [], "the program has left processes");
    if (!this.#child.stdout.isPaused()) await this.#closed;
    return this.#child.exitCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill("SIGKILL");
    await this.#ended;
    await expectNoLeftoverProcesses({ startedBy: [this.#pid] });
  }

  get #pid(): number {
    const { pid } = this.#child;
    if (pid === undefined) throw new Error("It did not start.");
    return pid;
  }
}
