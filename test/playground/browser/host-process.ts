import assert from "node:assert/strict";
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { cp, mkdir, readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import type { Command, CommandResult, InstanceState, ThreadRow } from "../../../playground/shared/protocol.js";
import { markedProcesses } from "../../process-census.js";
import { JournalReader } from "../host/journal-reader.js";

const program = fileURLToPath(new URL("../../../playground/host/main.ts", import.meta.url));
const sources = fileURLToPath(new URL("../../fixtures/typescript-sources.mjs", import.meta.url));

const compiled = fileURLToPath(new URL("../../../node_modules/.cache/compiled-agents", import.meta.url));

export interface HostProcessOptions {
  /** Its own. Threads and settings stay in it for the host's next life. */
  readonly folder: string;
  /** The built page. */
  readonly pageFolder: string;
  /** Between two pieces of what the scripted model says, in milliseconds. */
  readonly paceMs?: number;
}

/**
 * The playground's host as its command starts it, with a home of its own. Whatever it tells its pages is read along: no rule of the event
 * stream may be broken, whoever looks. Its disposal is a test in itself: it ends when it is asked to, has complained of nothing, and
 * leaves no process.
 */
export class HostProcess implements AsyncDisposable {
  /** What it printed for a person to open. */
  readonly url: string;
  readonly origin: string;
  readonly secret: string;
  readonly journal: JournalReader;
  readonly #stateFolder: string;
  readonly #child: RunningChild;
  readonly #complaints: () => string;

  private constructor({ url, journal, stateFolder, child, complaints }: { readonly url: string; readonly journal: JournalReader; readonly stateFolder: string; readonly child: RunningChild; readonly complaints: () => string }) {
    this.url = url;
    this.origin = new URL(url).origin;
    this.secret = secretOf(url);
    this.journal = journal;
    this.#stateFolder = stateFolder;
    this.#child = child;
    this.#complaints = complaints;
  }

  static async start({ folder, pageFolder, paceMs = 0 }: HostProcessOptions): Promise<HostProcess> {
    const [home, temporary, state] = [join(folder, "home"), join(folder, "tmp"), join(folder, "state")];
    for (const place of [home, temporary]) await mkdir(place, { recursive: true });
    // Nothing of whoever runs the tests, but where programs are; and what tests have compiled before.
    const env = { HOME: home, TMPDIR: temporary, NODE_COMPILE_CACHE: compiled, PATH: [dirname(process.execPath), process.env["PATH"] ?? ""].join(":") };
    const child = spawn(process.execPath, ["--import", sources, program, "--port", "0", "--state", state, "--page", pageFolder, "--pace", String(paceMs)], { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
    let complaints = "";
    child.stderr.on("data", (text) => (complaints += String(text)));
    try {
      const url = await printedUrl(child);
      const journal = new JournalReader(await fetch(`${new URL(url).origin}/api/journal`, { headers: { authorization: `Bearer ${secretOf(url)}` } }));
      const host = new HostProcess({ url, journal, stateFolder: state, child, complaints: () => complaints });
      if (!existsSync(host.#firstProject)) await cp(host.projectDir, host.#firstProject, { recursive: true });
      return host;
    } catch (error) {
      child.kill("SIGKILL");
      throw new Error(`The host did not start: ${complaints}`, { cause: error });
    }
  }

  /** Where the agents work. */
  get projectDir(): string {
    return join(this.#stateFolder, "sandbox", "project");
  }

  get #firstProject(): string {
    return join(this.#stateFolder, "first-project");
  }

  /** An agent's own folder. */
  agentDir(instanceId: string): string {
    return join(this.#stateFolder, "sandbox", "agents", instanceId);
  }

  async command(command: Command): Promise<CommandResult> {
    const headers = { authorization: `Bearer ${this.secret}`, "content-type": "application/json" };
    const response = await fetch(`${this.origin}/api/commands`, { method: "POST", headers, body: JSON.stringify(command) });
    return (await response.json()) as CommandResult;
  }

  /** As it was before a test: no thread with its process is a burden for the next one, and every setting and file is the first one again. */
  async restore(): Promise<void> {
    for (const { threadId } of this.#threads()) await this.command({ type: "remove-thread", threadId });
    for (const first of this.journal.state.instances) {
      const { instanceId } = first.server;
      const now = this.instance(instanceId);
      for (const { slug } of now.customModels) await this.command({ type: "remove-custom-model", instanceId, slug });
      if (JSON.stringify(now.settings) !== JSON.stringify(first.settings)) await this.command({ type: "configure", instanceId, settings: first.settings });
    }
    for (const name of await readdir(this.projectDir)) await rm(join(this.projectDir, name), { recursive: true });
    await cp(this.#firstProject, this.projectDir, { recursive: true });
    const { scenario } = this.journal.state;
    if (scenario !== null) await this.command({ type: "scenario", scenario });
  }

  /** As it was told last. */
  instance(instanceId: string): InstanceState {
    const told = [...this.journal.state.instances, ...this.journal.of("instance").map(({ instance }) => instance)];
    const latest = told.findLast(({ server }) => server.instanceId === instanceId);
    if (latest === undefined) throw new Error(`There is no instance ${instanceId}.`);
    return latest;
  }

  /** Rules that were broken, as far as the host has noticed. */
  get violations(): readonly string[] {
    return this.journal.of("violation").map(({ rule, detail }) => `${rule}: ${detail}`);
  }

  #threads(): readonly ThreadRow[] {
    const told = [...this.journal.state.threads, ...this.journal.of("thread").map(({ thread }) => thread)];
    const removed = new Set(this.journal.of("thread-removed").map(({ threadId }) => threadId));
    return [...new Map(told.map((thread) => [thread.threadId, thread])).values()].filter(({ threadId }) => !removed.has(threadId));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { pid } = this.#child;
    const exit = this.#child.exitCode === null && this.#child.signalCode === null ? once(this.#child, "exit") : [this.#child.exitCode, this.#child.signalCode];
    this.#child.kill("SIGTERM");
    const [code, signal] = await exit;
    await this.journal.ended;
    assert.deepEqual(this.violations, [], "the events broke the rules");
    assert.deepEqual({ code, signal, complaints: this.#complaints() }, { code: 0, signal: null, complaints: "" }, "the host did not end well");
    // Read at once: a host that has ended has left nobody.
    assert.deepEqual(markedProcesses({ startedBy: pid === undefined ? [] : [pid] }), [], "processes outlived their host");
  }
}

type RunningChild = ChildProcessByStdio<null, Readable, Readable>;

async function printedUrl(child: RunningChild): Promise<string> {
  let said = "";
  for await (const text of child.stdout) {
    said += String(text);
    const [, url] = /^Open (\S+)$/m.exec(said) ?? [];
    if (url === undefined) continue;
    return url;
  }
  throw new Error(`It named no address: ${said}`);
}

function secretOf(url: string): string {
  return new URLSearchParams(new URL(url).hash.slice(1)).get("key") ?? "";
}
