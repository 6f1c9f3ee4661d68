import { InMemoryProcessSpawner } from "../src/adapters/fake/in-memory-process-spawner.js";
import type { InMemoryProgram } from "../src/adapters/fake/in-memory-program.js";
import type { SpawnedProcess } from "../src/ports/process-spawner.js";
import { JsonlClient } from "./jsonl-client.js";

/** A program started in memory, with a client that talks to it. Killed at the end if it is still there. */
export class InMemoryAgent implements AsyncDisposable {
  readonly process: SpawnedProcess;
  readonly client: JsonlClient;

  private constructor(process: SpawnedProcess) {
    this.process = process;
    this.client = new JsonlClient({ output: process.output, write: (text) => process.write(text) });
  }

  static async start(program: InMemoryProgram, args: readonly string[] = []): Promise<InMemoryAgent> {
    return new InMemoryAgent(await new InMemoryProcessSpawner({ program }).spawn({ command: "/agent", args, environment: {} }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.process.stop({ graceMs: 0 });
  }
}
