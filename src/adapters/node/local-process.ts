import type { ChildProcess } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import type { ProcessExit, SpawnedProcess, StopLadder, StopVerdict } from "../../ports/process-spawner.js";
import { onExit } from "signal-exit";
import { ByteTail } from "./byte-tail.js";
import { ChildProgram } from "./child-program.js";
import { whenEmptied } from "./emptied-pipe.js";
import { ProcessOutput } from "./process-output.js";
import type { EnvironmentVariable } from "./process-table.js";
import { killProcess, ProcessTree } from "./process-tree.js";
import { stopProcessTree } from "./stop-ladder.js";
import { systemProcessTable } from "./system-process-table.js";

const errorTailBytes = 8 * 1024;

export interface LocalProcessInput {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly mark: EnvironmentVariable;
}

/** A program on this machine. Must be created in the same tick as the child, so that no event is missed. */
export class LocalProcess implements SpawnedProcess {
  readonly locality = "local";
  readonly pid: number;
  readonly exited: Promise<ProcessExit>;
  readonly #program: ChildProgram;
  readonly #stdin: Writable;
  readonly #output: ProcessOutput;
  readonly #errorTail = new ByteTail(errorTailBytes);
  readonly #tree: ProcessTree;
  readonly #forgetHostExit: () => void;
  #stopped: Promise<StopVerdict> | undefined;

  constructor({ child, pid, stdin, stdout, stderr, mark }: LocalProcessInput) {
    this.pid = pid;
    this.#stdin = stdin;
    this.#output = new ProcessOutput(stdout);
    this.#program = new ChildProgram({ child, pid, stdin });
    this.#tree = new ProcessTree({ table: systemProcessTable(), root: pid, mark, isRootAlive: () => this.#program.exit === undefined });
    stderr.on("data", (chunk: Uint8Array) => {
      this.#errorTail.append(chunk);
    });
    // A broken pipe is reported to whoever writes, a failed signal shows as a process that lives on. As events they would end the host.
    for (const emitter of [child, stdin, stdout, stderr]) emitter.on("error", () => undefined);
    this.exited = this.#awaitEnd(stderr);
    this.#forgetHostExit = onExit(() => {
      this.#abandon();
    });
  }

  get output(): AsyncIterable<Uint8Array> {
    return this.#output;
  }

  write(bytes: string | Uint8Array): Promise<void> {
    // Node would drop what is still on its way.
    if (this.#stdin.writableEnded) return Promise.reject(new Error("The program's input is closed."));
    // The callback, never "drain", which does not come any more once the program is dead.
    return new Promise((resolve, reject) => {
      this.#stdin.write(bytes, (error) => {
        if (error) reject(error);
        else resolve();
      });
    });
  }

  closeInput(): void {
    this.#program.closeInput();
  }

  errorTail(): string {
    return this.#errorTail.text();
  }

  stop(ladder: StopLadder): Promise<StopVerdict> {
    this.#stopped ??= this.#stop(ladder);
    return this.#stopped;
  }

  async #awaitEnd(stderr: Readable): Promise<ProcessExit> {
    const exit = await this.#program.ended;
    void this.#output.takeLastWords();
    // An exit is diagnosed with the help of the error output, so that has to be complete by then.
    await whenEmptied(stderr);
    stderr.destroy();
    return exit;
  }

  async #stop({ graceMs }: StopLadder): Promise<StopVerdict> {
    const verdict = await stopProcessTree({ program: this.#program, tree: this.#tree, graceMs });
    this.#forgetHostExit();
    // Whoever was told that the program is gone finds `exited` settled, too.
    if (this.#program.exit !== undefined) await this.exited;
    return verdict;
  }

  /** The host ends without a stop. The program may still clean up, but nobody will be there to look after what it started. */
  #abandon(): void {
    if (this.#program.exit === undefined) this.#program.abandon();
    for (const entry of this.#tree.descendantsNow()) killProcess(entry);
  }
}
