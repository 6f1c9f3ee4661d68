/**
 * A program that runs in this process. What it returns is its exit code, 0 if nothing; a rejection is a crash with code 1. A killed
 * program stops where it waits: its reads and writes never settle again.
 */
export type InMemoryProgram = (io: ProgramIo) => Promise<number | void> | number | void;

/** What a program sees of the world. */
export interface ProgramIo {
  readonly args: readonly string[];
  readonly cwd: string | undefined;
  readonly environment: Readonly<Record<string, string>>;
  /** Standard input; ends when the host closes it. */
  readonly input: AsyncIterable<Uint8Array>;
  /** Writes to standard output; waits while the pipe is full. */
  write(bytes: string | Uint8Array): Promise<void>;
  /** Writes to standard error. */
  writeError(text: string): void;
  /** What to do on the polite signal instead of exiting with code 143. The last handler counts. */
  onTerminate(handler: () => void): void;
  /** Ends the program at once, whatever it is waiting for. */
  exit(code: number): void;
  /** Ends it as a signal from outside does. */
  crash(signal: string): void;
}
