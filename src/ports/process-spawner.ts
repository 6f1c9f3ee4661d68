/**
 * Starts the agent's program.
 *
 * The agent may run elsewhere (over ssh, in a container): nothing above this port may assume that its files or process ids are
 * on this machine unless {@link SpawnedProcess.locality} says `"local"`.
 */
export interface ProcessSpawner {
  /**
   * Resolves once the operating system has started the program, rejects with a {@link SpawnError} when it has not. A rejected
   * or aborted spawn leaves no process behind. After it resolves, the caller owns the process and must `stop` it.
   */
  spawn(request: SpawnRequest): Promise<SpawnedProcess>;
}

export interface SpawnRequest {
  /** An executable's absolute path. Never interpreted by a shell. */
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string | undefined;
  /** The whole environment of the child; nothing is added but the spawner's own marker. */
  readonly environment: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

export interface SpawnedProcess {
  readonly locality: "local" | "elsewhere";
  /** The process id on this machine; absent when it runs elsewhere. */
  readonly pid?: number;
  /**
   * Standard output. One consumer. A consumer that stops reading stops the program once the pipe is full, and everything that
   * was written before the program's end arrives. Ends (never throws) when the pipe closes or, should a descendant keep the pipe
   * open, a bounded time after the program's exit.
   */
  readonly output: AsyncIterable<Uint8Array>;
  /**
   * Writes to standard input. Resolves when the operating system took the bytes, rejects when it cannot any more. Writes keep
   * their order. Never throws elsewhere: a broken pipe cannot surface as an unhandled error.
   */
  write(bytes: string | Uint8Array): Promise<void>;
  /** Closes standard input, an RPC agent's own signal to exit. Idempotent. */
  closeInput(): void;
  /** The last few KiB of standard error, for a classified diagnosis only; never to be logged or shown. */
  errorTail(): string;
  /** The program's end. Resolves once, never rejects; does not wait for descendants that hold the pipes. */
  readonly exited: Promise<ProcessExit>;
  /**
   * Ends the program and all its descendants, including those in their own sessions and process groups: input closed; if that does
   * not end it within half of `graceMs`, one polite signal and the other half; then the descendants and the program are killed and
   * their death verified. Never two polite signals, never a signal to a recycled id. Idempotent; resolves when all are gone.
   */
  stop(ladder: StopLadder): Promise<StopVerdict>;
}

export interface StopLadder {
  /** How long the program may take to end by itself. 0 kills at once, without a polite signal. */
  readonly graceMs: number;
}

export interface ProcessExit {
  readonly code: number | null;
  readonly signal: string | null;
}

export interface StopVerdict {
  readonly exit: ProcessExit;
  /** Whether force was needed for the program itself. */
  readonly forced: boolean;
  /** How many descendants had to be killed. */
  readonly descendantsKilled: number;
  /** Ids that could not be verified dead; empty in every normal case, and a thing to report otherwise. */
  readonly survivors: readonly number[];
}
