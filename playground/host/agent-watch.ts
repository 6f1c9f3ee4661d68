import { ContainerModule } from "inversify";
import { CombinedTelemetry, ports } from "../../src/app/index.js";
import type { NativeRecord, ProcessSpawner, SpawnedProcess, SpawnRequest } from "../../src/ports/index.js";

export interface AgentWatchOptions {
  readonly onRecord: (record: NativeRecord) => void;
}

/**
 * What the playground sees of an instance's agents beside its provider: their records, and which process is whose. A provider tells no
 * processes, so a thread's is known by what is written to it.
 */
export class AgentWatch {
  readonly #onRecord: AgentWatchOptions["onRecord"];
  readonly #agents = new Map<string, SpawnedProcess>();
  #said: { readonly threadId: string; readonly line: string } | undefined;

  constructor({ onRecord }: AgentWatchOptions) {
    this.#onRecord = onRecord;
  }

  /** To be loaded last: whatever is bound by then is watched. */
  get module(): ContainerModule {
    return new ContainerModule(({ onActivation }) => {
      onActivation(ports.telemetry, (_context, own) => new CombinedTelemetry([own, { nativeRecord: (record) => this.#tell(record) }]));
      onActivation(ports.processSpawner, (_context, own) => this.#watched(own));
    });
  }

  /** Ends the thread's process at once and without a word, as a crash would. `false` when there is none. */
  async crash(threadId: string): Promise<boolean> {
    const agent = this.#agents.get(threadId);
    if (agent === undefined) return false;
    await agent.stop({ graceMs: 0 });
    return true;
  }

  #tell(told: NativeRecord): void {
    if (told.direction === "to-agent") this.#said = { threadId: told.threadId, line: `${JSON.stringify(told.record)}\n` };
    this.#onRecord(told);
  }

  #watched(own: ProcessSpawner): ProcessSpawner {
    return {
      spawn: async (request: SpawnRequest) => {
        const agent = await own.spawn(request);
        void agent.exited.then(() => this.#forget(agent));
        // A record is told directly before it is written.
        const write = (bytes: string | Uint8Array): Promise<void> => {
          if (this.#said?.line === bytes) this.#agents.set(this.#said.threadId, agent);
          return agent.write(bytes);
        };
        return new Proxy(agent, { get: (target, name) => (name === "write" ? write : propertyOf(target, name)) });
      },
    };
  }

  #forget(agent: SpawnedProcess): void {
    for (const [threadId, known] of this.#agents) if (known === agent) this.#agents.delete(threadId);
  }
}

/** A process's own methods work on the process alone. */
function propertyOf(agent: SpawnedProcess, name: string | symbol): unknown {
  const value: unknown = Reflect.get(agent, name, agent);
  return typeof value === "function" ? (value.bind(agent) as unknown) : value;
}
