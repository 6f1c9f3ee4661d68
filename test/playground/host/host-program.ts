import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { createInterface } from "node:readline";
import type { Command, CommandResult } from "../../../playground/shared/protocol.js";
import { markedProcesses, type LeftoverProcess } from "../../process-census.js";
import { JournalReader } from "./journal-reader.js";

const root = new URL("../../../", import.meta.url);
const compiledAgents = new URL("node_modules/.cache/compiled-agents", root).pathname;

/** The playground's host, started by its own command. */
export class PlaygroundProgram implements AsyncDisposable {
  readonly lines: string[] = [];
  readonly errors: string[] = [];
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  #arrived = Promise.withResolvers<void>();

  constructor(args: readonly string[], { cwd = root.pathname, environment = {} }: { readonly cwd?: string; readonly environment?: Readonly<Record<string, string>> } = {}) {
    const program = ["--import", new URL("test/fixtures/typescript-sources.mjs", root).pathname, new URL("playground/host/main.ts", root).pathname];
    const env = { ...process.env, NODE_COMPILE_CACHE: compiledAgents, ...environment };
    this.#child = spawn(process.execPath, [...program, ...args], { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    this.ended = once(this.#child, "close").then(([code, signal]) => {
      this.#wake();
      return { code, signal };
    });
    for (const [stream, lines] of [[this.#child.stdout, this.lines], [this.#child.stderr, this.errors]] as const) {
      createInterface({ input: stream }).on("line", (line) => {
        lines.push(line);
        this.#wake();
      });
    }
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Where the page is, its secret included. Rejects when the host ends instead. */
  async address(): Promise<URL> {
    for (;;) {
      const found = this.lines.map((line) => /http:\/\/\S+/.exec(line)?.[0]).find((url) => url !== undefined);
      if (found !== undefined) return new URL(found);
      if (this.#child.exitCode !== null || this.#child.signalCode !== null) throw new Error(`The host ended: ${this.errors.join("\n")}`);
      await this.#arrived.promise;
    }
  }

  async request(path: string, init: RequestInit = {}): Promise<Response> {
    const { origin, hash } = await this.address();
    return await fetch(`${origin}${path}`, { ...init, headers: { authorization: `Bearer ${hash.slice("#key=".length)}`, "content-type": "application/json" } });
  }

  async command(command: Command): Promise<CommandResult> {
    return (await (await this.request("/api/commands", { method: "POST", body: JSON.stringify(command) })).json()) as CommandResult;
  }

  async look(): Promise<JournalReader> {
    return new JournalReader(await this.request("/api/journal"));
  }

  /** The processes that it has started. */
  agents(): readonly LeftoverProcess[] {
    return markedProcesses({ startedBy: [this.pid] });
  }

  end(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** A test that fails must leave neither the host nor what it started. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.ended;
    for (const { pid } of this.agents()) process.kill(pid, "SIGKILL");
  }

  #wake(): void {
    this.#arrived.resolve();
    this.#arrived = Promise.withResolvers();
  }
}
