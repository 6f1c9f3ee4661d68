import { SpawnError, type SpawnFailureReason } from "../../ports/errors.js";
import type { ProcessSpawner, SpawnedProcess, SpawnRequest } from "../../ports/process-spawner.js";
import { InMemoryProcess } from "./in-memory-process.js";
import type { InMemoryProgram } from "./in-memory-program.js";

export interface InMemoryProcessSpawnerOptions {
  /** The program behind every command, or one for each command; any other command is not found. */
  readonly program: InMemoryProgram | Readonly<Record<string, InMemoryProgram>>;
  /** Default `elsewhere`: nobody may take the files and process ids of these programs for this machine's. */
  readonly locality?: SpawnedProcess["locality"];
}

/** Starts functions as programs. */
export class InMemoryProcessSpawner implements ProcessSpawner {
  /** Every request so far, those included that were refused. */
  readonly spawned: SpawnRequest[] = [];
  /** While set, every spawn fails for this reason. */
  refuse: SpawnFailureReason | undefined;
  readonly #program: InMemoryProcessSpawnerOptions["program"];
  readonly #locality: SpawnedProcess["locality"];
  #running = 0;

  constructor({ program, locality = "elsewhere" }: InMemoryProcessSpawnerOptions) {
    this.#program = program;
    this.#locality = locality;
  }

  /** How many programs have not ended. */
  get running(): number {
    return this.#running;
  }

  async spawn(request: SpawnRequest): Promise<SpawnedProcess> {
    const { command, signal } = request;
    this.spawned.push(request);
    // A start takes a moment, in which the caller may change its mind.
    await Promise.resolve();
    if (signal?.aborted) throw new SpawnError({ reason: "aborted", command, cause: signal.reason });
    if (this.refuse !== undefined) throw new SpawnError({ reason: this.refuse, command });
    const program = typeof this.#program === "function" ? this.#program : this.#program[command];
    if (program === undefined) throw new SpawnError({ reason: "not-found", command });
    const process = new InMemoryProcess({ program, request, locality: this.#locality });
    void this.#count(process);
    return process;
  }

  async #count(process: SpawnedProcess): Promise<void> {
    this.#running += 1;
    await process.exited;
    this.#running -= 1;
  }
}
