import { runCli } from "../../../src/app/cli/run-cli.js";
import { stubHost } from "./stub-terminal.js";

export interface CliRun {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

/** The whole program within this process, with pipes for streams. */
export async function cliRun(argv: readonly string[], options: Omit<Parameters<typeof stubHost>[0], "argv"> = {}): Promise<CliRun> {
  const host = stubHost({ argv, ...options });
  const { exitCode } = await runCli(host);
  return { exitCode, out: host.output(), err: host.errors() };
}
