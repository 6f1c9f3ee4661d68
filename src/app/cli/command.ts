import type { Readable } from "node:stream";
import type { CommandOptions } from "./command-options.js";
import type { Interruption } from "./interruption.js";
import type { Output } from "./output.js";
import type { Person } from "./questions.js";

/** One thing that the program can be asked to do. */
export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** What stands in the usage line after the name, besides the options. */
  readonly operands?: string;
  /** What its first operand may be, with what that does. */
  readonly actions?: Readonly<Record<string, string>>;
  readonly options: CommandOptions;
  /** Resolves to the exit code. Rejects with a `UsageError` or a `ProviderError`; nothing it started is left in either case. */
  readonly run: (args: readonly string[], context: CliContext) => Promise<number>;
}

/** What a command has of the world. */
export interface CliContext {
  readonly stdin: InputStream;
  readonly out: Output;
  readonly err: Output;
  readonly interruption: Interruption;
  /** Who can be asked; nobody where no terminal is. */
  readonly person: Person | undefined;
  /** What relative paths start from. */
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export type InputStream = Readable & { readonly isTTY?: boolean };
