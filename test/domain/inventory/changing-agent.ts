import { echoDialect } from "../../../src/adapters/fake/echo-dialect.js";
import type { InMemoryProgram, ProgramIo } from "../../../src/adapters/fake/in-memory-program.js";
import { inputRecords } from "../../../src/adapters/fake/input-records.js";
import type { AgentDialect } from "../../../src/ports/agent-dialect.js";
import type { BinaryLookup } from "../../../src/ports/binary-locator.js";
import type { RpcRecord } from "../../../src/ports/rpc-transport.js";
import { echoParts, locatedEcho, type EchoParts, type EchoPartsOptions } from "../echo-parts.js";

/** Where the echo agent keeps its settings when it is told this folder. */
export const agentDir = "/agent-home/echo";
export const settingsFile = `${agentDir}/settings.json`;

const { packageVersion: _unknown, ...unversioned } = locatedEcho;

/** The echo agent, but for a check of its settings. */
export const checkedDialect: Partial<AgentDialect> = {
  configuration: {
    ...echoDialect.configuration,
    check: { file: () => settingsFile, args: ["--check"], read: (output) => (output.includes("broken") ? "The settings are ignored." : undefined) },
  },
};

export type ProcessKind = "version" | "check" | "rpc";

/**
 * An agent in memory that a test changes under the feet of whoever asks it. Like a real one, a process reads its models when it starts
 * and knows no newer ones; the version is known only to the program itself.
 */
export class ChangingAgent {
  /** What a process that starts now will offer; the first is its own choice. */
  models: readonly string[] = ["echo/plain"];
  levels: readonly string[] = [];
  version = "1.4.0";
  /** Of the program's file: another value is another file. */
  identity = "first";
  /** `fails`: ends before it has answered. `is silent`: never answers. */
  health: "answers" | "fails" | "is silent" = "answers";
  /** What it makes of whatever model it is started with, instead of believing in it. */
  takesEveryModelFor: string | undefined;
  settings: "fine" | "broken" = "fine";
  /** The program is not there at all. */
  isGone = false;
  /** How often it was started for what. */
  readonly starts: Record<ProcessKind, number> = { version: 0, check: 0, rpc: 0 };
  /** The most processes to talk to that there were at one time. */
  mostAtOnce = 0;
  #speaking = 0;
  #gates: Readonly<Partial<Record<ProcessKind, Promise<void> | undefined>>> = {};

  /** Processes of this kind that start from now on wait before they say anything, until they are let go: all of them with what is returned. */
  hold(kind: ProcessKind): () => void {
    const gate = Promise.withResolvers<void>();
    this.#gates = { ...this.#gates, [kind]: gate.promise };
    return () => {
      this.holdNoMore(kind);
      gate.resolve();
    };
  }

  /** Those that start from now on do not wait; who waits goes on waiting. */
  holdNoMore(kind: ProcessKind): void {
    this.#gates = { ...this.#gates, [kind]: undefined };
  }

  readonly lookup = (): BinaryLookup =>
    this.isGone ? { type: "missing", reason: "not-on-path", searched: [] } : { type: "found", binary: { ...unversioned, identity: this.identity }, searched: [] };

  readonly program: InMemoryProgram = async (io) => {
    if (io.args.includes("--version")) return await this.#print(io, { kind: "version", text: `echo-agent ${this.version}` });
    if (io.args.includes("--check")) return await this.#print(io, { kind: "check", text: `The settings are ${this.settings}.` });
    this.starts.rpc += 1;
    this.#speaking += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#speaking);
    try {
      return await this.#speak(io);
    } finally {
      this.#speaking -= 1;
    }
  };

  async #print(io: ProgramIo, { kind, text }: { readonly kind: "version" | "check"; readonly text: string }): Promise<void> {
    this.starts[kind] += 1;
    await this.#gates[kind];
    await io.write(text);
  }

  /** Ends with its input, whatever it is waiting for. */
  async #speak(io: ProgramIo): Promise<number> {
    const { models, levels, health } = this;
    const gate = this.#gates.rpc;
    if (health === "fails") return 0;
    const wanted = io.args.find((arg) => arg.startsWith("--model="))?.slice("--model=".length);
    const chosen = this.takesEveryModelFor ?? wanted ?? models[0] ?? "echo/none";
    const answers: Readonly<Record<string, RpcRecord>> = {
      look: { model: chosen, ...(levels.length === 0 ? {} : { level: levels[0] }), busy: false, waiting: 0, lines: 0, session: "echo" },
      models: { models: models.map((name) => ({ name, title: name, sees: ["text"], levels })) },
      tricks: { tricks: [] },
      levels: { levels },
    };
    for await (const record of inputRecords(io.input)) {
      const answer = answers[String(record?.["do"])];
      if (health === "answers" && answer !== undefined) void this.#reply(io, { gate, record: { re: record?.["ref"], ok: true, ...answer } });
    }
    return 0;
  }

  async #reply(io: ProgramIo, { gate, record }: { readonly gate: Promise<void> | undefined; readonly record: RpcRecord }): Promise<void> {
    await gate;
    await io.write(`${JSON.stringify(record)}\n`);
  }
}

/** Everything that was done to the outside world. */
export interface Traffic {
  readonly located: number;
  readonly stamped: number;
  readonly spawned: number;
  readonly timers: number;
}

export interface ChangingWorld {
  readonly agent: ChangingAgent;
  readonly parts: EchoParts;
  readonly traffic: () => Traffic;
}

/** The domain around an agent that changes. */
export function changingWorld(options: Omit<EchoPartsOptions, "program" | "lookup"> = {}): ChangingWorld {
  const agent = new ChangingAgent();
  const parts = echoParts({ program: agent.program, lookup: agent.lookup, ...options });
  return {
    agent,
    parts,
    traffic: () => ({ located: parts.locator.queries.length, stamped: parts.stamps.requests.length, spawned: parts.spawner.spawned.length, timers: parts.clock.pendingTimers }),
  };
}
