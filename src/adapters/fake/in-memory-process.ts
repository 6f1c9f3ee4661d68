import type { ProcessExit, SpawnedProcess, SpawnRequest, StopLadder, StopVerdict } from "../../ports/process-spawner.js";
import { ByteTail } from "../node/byte-tail.js";
import { BytePipe } from "./byte-pipe.js";
import type { InMemoryProgram, ProgramIo } from "./in-memory-program.js";

const errorTailBytes = 8 * 1024;

export interface InMemoryProcessInput {
  readonly program: InMemoryProgram;
  readonly request: SpawnRequest;
  readonly locality: SpawnedProcess["locality"];
}

/** A process without an operating system: pipes, signals and an exit around a program that is a function. */
export class InMemoryProcess implements SpawnedProcess {
  readonly locality: SpawnedProcess["locality"];
  readonly exited: Promise<ProcessExit>;
  readonly #input = new BytePipe();
  readonly #output = new BytePipe();
  readonly #errorTail = new ByteTail(errorTailBytes);
  readonly #settleExited: (exit: ProcessExit) => void;
  #exit: ProcessExit | undefined;
  #onTerminate = (): void => {
    this.#end({ code: 143, signal: null });
  };
  #stopped: Promise<StopVerdict> | undefined;

  constructor({ program, request, locality }: InMemoryProcessInput) {
    this.locality = locality;
    const { promise, resolve } = Promise.withResolvers<ProcessExit>();
    this.exited = promise;
    this.#settleExited = resolve;
    void this.#run({ program, request });
  }

  get output(): AsyncIterable<Uint8Array> {
    return this.#readOutput();
  }

  write(bytes: string | Uint8Array): Promise<void> {
    return this.#input.write(bytes);
  }

  closeInput(): void {
    this.#input.end();
  }

  errorTail(): string {
    return this.#errorTail.text();
  }

  stop(ladder: StopLadder): Promise<StopVerdict> {
    this.#stopped ??= this.#stop(ladder);
    return this.#stopped;
  }

  async #run({ program, request }: { program: InMemoryProgram; request: SpawnRequest }): Promise<void> {
    // Like any program, it starts on its own time, never within the call that starts it.
    await Promise.resolve();
    try {
      const code = await program(this.#io(request));
      this.#end({ code: code ?? 0, signal: null });
    } catch (error) {
      this.#fail(error);
    }
  }

  #io({ args, cwd, environment }: SpawnRequest): ProgramIo {
    return {
      args,
      cwd,
      environment,
      input: this.#input,
      write: async (bytes) => {
        if (this.#exit === undefined) await this.#output.write(bytes);
        if (this.#exit !== undefined) await forever();
      },
      writeError: (text) => {
        if (this.#exit === undefined) this.#errorTail.append(Buffer.from(text));
      },
      onTerminate: (handler) => {
        this.#onTerminate = () => {
          try {
            handler();
          } catch (error) {
            this.#fail(error);
          }
        };
      },
      exit: (code) => {
        this.#end({ code, signal: null });
      },
      crash: (signal) => {
        this.#end({ code: null, signal });
      },
    };
  }

  /** An error that the program did not catch. */
  #fail(error: unknown): void {
    if (this.#exit !== undefined) return;
    this.#errorTail.append(Buffer.from(String(error)));
    this.#end({ code: 1, signal: null });
  }

  #end(exit: ProcessExit): void {
    if (this.#exit !== undefined) return;
    this.#exit = exit;
    this.#input.break();
    this.#output.end();
    this.#settleExited(exit);
  }

  async *#readOutput(): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      yield* this.#output;
    } finally {
      this.#output.discard();
    }
  }

  /** The same ladder as for a real program: the end of input, the polite signal, force. */
  async #stop({ graceMs }: StopLadder): Promise<StopVerdict> {
    this.closeInput();
    if (graceMs > 0 && !(await this.#endsWithin(graceMs / 2))) {
      this.#onTerminate();
      await this.#endsWithin(graceMs / 2);
    }
    const forced = this.#exit === undefined;
    this.#end({ code: null, signal: "SIGKILL" });
    return { exit: await this.exited, forced, descendantsKilled: 0, survivors: [] };
  }

  async #endsWithin(ms: number): Promise<boolean> {
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    await Promise.race([this.exited, late]);
    clearTimeout(timer);
    return this.#exit !== undefined;
  }
}

/** A promise of its own each time: one that is shared would collect everybody who waits for it. */
function forever(): Promise<never> {
  return new Promise(() => undefined);
}
