import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import { text } from "node:stream/consumers";
import type { ProcessExit } from "../src/ports/process-spawner.js";
import { JsonlClient } from "./jsonl-client.js";

/** Programs of this package as they stand, without a build. */
export const sourceNodeArguments: readonly string[] = ["--import", new URL("fixtures/typescript-sources.mjs", import.meta.url).href];

/** The real Pi of both eras, as programs for Node. */
export const realPis = {
  "0.87.1": new URL("../node_modules/@earendil-works/pi-coding-agent/dist/bundle/cli.js", import.meta.url).pathname,
  "0.80.10": new URL("../node_modules/pi-cumulative-era/dist/cli.js", import.meta.url).pathname,
} as const;

/** A real process with nothing between it and the test but pipes. Killed at the end if it is still there. */
export class ChildAgent implements AsyncDisposable {
  readonly client: JsonlClient;
  readonly exited: Promise<ProcessExit>;
  /** Everything it ever writes to standard error. */
  readonly errors: Promise<string>;
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;

  constructor(options: { readonly command: string; readonly args: readonly string[]; readonly cwd?: string; readonly environment?: Readonly<Record<string, string>> }) {
    const { command, args, cwd, environment } = options;
    const { PATH = "" } = process.env;
    const child = spawn(command, args, { cwd, env: { PATH, ...environment }, stdio: ["pipe", "pipe", "pipe"] });
    this.#child = child;
    this.exited = once(child, "exit").then(([code, signal]) => ({ code, signal }));
    this.errors = text(child.stderr);
    // A write to a dead program is told by its own promise.
    child.stdin.on("error", () => {});
    this.client = new JsonlClient({
      output: child.stdout,
      write: (line) =>
        new Promise((resolve, reject) => {
          child.stdin.write(line, (error) => {
            if (error) reject(error);
            else resolve();
          });
        }),
    });
  }

  get pid(): number {
    const { pid } = this.#child;
    if (pid === undefined) throw new Error("It did not start.");
    return pid;
  }

  closeInput(): void {
    this.#child.stdin.end();
  }

  /** Gone, not merely ended: its parent has taken note. */
  get isGone(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.isGone) this.#child.kill("SIGKILL");
    await this.exited;
  }
}
