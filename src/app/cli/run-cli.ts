import { SystemClock } from "../../adapters/node/system-clock.js";
import type { CliContext, Command, InputStream } from "./command.js";
import { customModelsCommand } from "./custom-models-command.js";
import { demoCommand } from "./demo/demo-command.js";
import { doctorCommand } from "./doctor-command.js";
import { exitCode } from "./exit-code.js";
import { commandHelp, programHelp, usageHint } from "./help.js";
import { Interruption, type SignalSource } from "./interruption.js";
import { modelsCommand } from "./models-command.js";
import { Output, type OutputStream } from "./output.js";
import { ownVersion } from "./own-version.js";
import { runCommand } from "./run-command.js";
import { safeText } from "./safe-text.js";
import { TerminalPerson } from "./terminal-person.js";
import { UsageError } from "./usage-error.js";

/** Everything that the program has of the process it runs in. */
export interface CliHost {
  /** Without the program itself. */
  readonly argv: readonly string[];
  readonly stdin: InputStream;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly signals: SignalSource;
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export interface CliEnd {
  readonly exitCode: number;
  /** `false` when a reader has left output lying: waiting for it would be waiting for ever. */
  readonly isFlushed: boolean;
}

const commands: readonly Command[] = [doctorCommand, modelsCommand, customModelsCommand, runCommand, demoCommand];

/** How long a program that was told to stop waits for the readers of its output. */
const lastReadMs = 1_000;

/** The whole program. Resolves, never rejects, when everything it started is gone and its output was written. */
export async function runCli(host: CliHost): Promise<CliEnd> {
  using interruption = new Interruption(host.signals);
  const { TERM: terminalKind } = host.environment;
  const err = new Output({ stream: host.stderr, terminalKind, onLost: () => undefined });
  const out = new Output({
    stream: host.stdout,
    terminalKind,
    onLost: (error) => {
      if (error.code === "EPIPE") return interruption.loseReader();
      interruption.loseOutput();
      void err.write(`The output cannot be written: ${error.message}\n`);
    },
  });
  interruption.stopped.addEventListener("abort", () => {
    new SystemClock().schedule(lastReadMs, () => [out, err].forEach((output) => output.giveUp()));
  });
  const canAsk = host.stdin.isTTY === true && err.isTerminal;
  const person = canAsk ? new TerminalPerson({ input: host.stdin, output: host.stderr, onInterrupt: () => interruption.interrupt() }) : undefined;
  const code = await obey(host.argv, { ...host, out, err, interruption, person });
  const flushed = await Promise.all([out.flushed(), err.flushed()]);
  return { exitCode: interruption.exitCode ?? code, isFlushed: flushed.every(Boolean) };
}

async function obey(argv: readonly string[], context: CliContext): Promise<number> {
  const [name, ...args] = argv;
  const command = commands.find((candidate) => candidate.name === name);
  try {
    if (name === undefined || name === "--help" || name === "-h") return await print(context, programHelp(commands));
    if (name === "--version") return await print(context, `${await ownVersion()}\n`);
    if (command === undefined) throw new UsageError(`There is no ${name.startsWith("-") ? "option" : "command"} "${name}".`);
    if (asksForHelp(args)) return await print(context, commandHelp(command));
    return await command.run(args, context);
  } catch (error) {
    return await explain(error, { command, context });
  }
}

/** A failure as its message: what was tried, what happened, what to do next. */
async function explain(error: unknown, { command, context }: { readonly command: Command | undefined; readonly context: CliContext }): Promise<number> {
  const { err, interruption } = context;
  if (interruption.interrupted.aborted) {
    // Whatever was called off has failed because of it.
    await err.write("Interrupted.\n");
    return exitCode.failed;
  }
  const message = safeText(error instanceof Error ? error.message : String(error));
  await err.write(`t3-pi: ${message}\n`);
  if (!(error instanceof UsageError)) return exitCode.failed;
  await err.write(`\n${usageHint(command)}`);
  return exitCode.usage;
}

async function print({ out }: CliContext, text: string): Promise<number> {
  await out.write(text);
  return exitCode.ok;
}

/** What follows `--` is no option. */
function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  return (end === -1 ? args : args.slice(0, end)).some((arg) => arg === "--help" || arg === "-h");
}
