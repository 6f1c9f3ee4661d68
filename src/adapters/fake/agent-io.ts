/** What a fake agent's program needs of the process it runs in, be that one in memory or a real one. */
export interface AgentIo {
  readonly args: readonly string[];
  /** Standard input; ends when the other side closes it. */
  readonly input: AsyncIterable<Uint8Array>;
  /** Writes to standard output; resolves when there is room for more. Writes keep their order. */
  write(bytes: Uint8Array): Promise<void>;
  writeError(text: string): void;
  /** Calls the listener at each polite request to end. A program that does nothing about it lives on. */
  onTerminate(listener: () => void): void;
  exit(code: number): void;
  /** Ends as a signal from outside ends a program. */
  crash(signal: string): void;
}
