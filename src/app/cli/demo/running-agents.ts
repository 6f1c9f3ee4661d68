import { ContainerModule } from "inversify";
import { ExecaProcessSpawner } from "../../../adapters/node/execa-process-spawner.js";
import type { ProcessSpawner, SpawnedProcess, SpawnRequest } from "../../../ports/process-spawner.js";
import { ports } from "../../identifiers.js";

/** Starts programs as a host does, and knows which of them run: a provider tells no process ids. */
export class RunningAgents implements ProcessSpawner {
  readonly #own = new ExecaProcessSpawner();
  readonly #running = new Set<SpawnedProcess>();

  async spawn(request: SpawnRequest): Promise<SpawnedProcess> {
    const agent = await this.#own.spawn(request);
    this.#running.add(agent);
    void agent.exited.then(() => this.#running.delete(agent));
    return agent;
  }

  /** Ends each as the system does when it runs out of memory: at once, and without a word. Their number. */
  kill(): number {
    const pids = [...this.#running].flatMap(({ pid }) => (pid === undefined ? [] : [pid]));
    for (const pid of pids) process.kill(pid, "SIGKILL");
    return pids.length;
  }
}

export function runningAgentsModule(agents: RunningAgents): ContainerModule {
  return new ContainerModule(({ bind, unbind }) => {
    unbind(ports.processSpawner);
    bind(ports.processSpawner).toConstantValue(agents);
  });
}
