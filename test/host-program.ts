import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import type { ProviderOptions } from "../src/app/index.js";
import type { ProviderSessionStartInput } from "../src/ports/provider.js";
import { type LeftoverProcess, markedProcesses } from "./process-census.js";

export interface HostPlan {
  readonly options: ProviderOptions;
  readonly starts: readonly (Partial<ProviderSessionStartInput> & Pick<ProviderSessionStartInput, "threadId">)[];
  /** Sent to the first thread. */
  readonly message?: string;
}

/** The ways in which a host can end of itself; the last two end its provider first. */
export type HostEnd = "exit" | "throw" | "reject" | "dispose" | "unbind";

const program = new URL("fixtures/hosts/provider-host.mjs", import.meta.url).pathname;

/** A host in a process of its own, for tests of what becomes of its agents when it ends. */
export class HostProgram implements AsyncDisposable {
  readonly pid: number;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #events: { readonly type: string }[] = [];
  #arrived = Promise.withResolvers<void>();

  private constructor(child: ChildProcessByStdio<Writable, Readable, null>) {
    if (child.pid === undefined) throw new Error("The host did not start.");
    this.pid = child.pid;
    this.#child = child;
    this.ended = once(child, "exit").then(([code, signal]) => ({ code, signal }));
    createInterface({ input: child.stdout }).on("line", (line) => {
      this.#events.push(JSON.parse(line) as { readonly type: string });
      this.#arrived.resolve();
      this.#arrived = Promise.withResolvers();
    });
  }

  /** Resolves when its sessions are ready and its message was accepted. */
  static async start(plan: HostPlan, environment: Readonly<Record<string, string>> = {}): Promise<HostProgram> {
    // What it says of its own uncaught error is no news.
    const child = spawn(process.execPath, [program, JSON.stringify(plan)], { env: { ...process.env, ...environment }, stdio: ["pipe", "pipe", "ignore"] });
    const host = new HostProgram(child);
    await Promise.race([host.event("up"), host.ended.then(() => Promise.reject(new Error("The host ended before it was up.")))]);
    return host;
  }

  /** The first event of this type, past or future. */
  async event(type: string): Promise<unknown> {
    for (;;) {
      const event = this.#events.find((candidate) => candidate.type === type);
      if (event !== undefined) return event;
      await this.#arrived.promise;
    }
  }

  /** The processes it started, whether they are still its children or not. */
  agents(): readonly LeftoverProcess[] {
    return markedProcesses({ startedBy: [this.pid] });
  }

  /** Of itself, or by a signal. */
  end(how: HostEnd | NodeJS.Signals): void {
    if (isSignal(how)) this.#child.kill(how);
    else this.#child.stdin.write(`${how}\n`);
  }

  /** A test that fails must leave neither the host nor what it started. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.ended;
    for (const { pid } of this.agents()) killQuietly(pid);
  }
}

function isSignal(how: HostEnd | NodeJS.Signals): how is NodeJS.Signals {
  return how.startsWith("SIG");
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It was about to go.
  }
}
