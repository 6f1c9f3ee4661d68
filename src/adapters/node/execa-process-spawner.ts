import { once } from "node:events";
import { execa } from "execa";
import { SpawnError } from "../../ports/errors.js";
import type { ProcessSpawner, SpawnedProcess, SpawnRequest } from "../../ports/process-spawner.js";
import { LocalProcess } from "./local-process.js";
import { createProcessMark, processMarkVariable } from "./process-mark.js";
import type { EnvironmentVariable } from "./process-table.js";
import { spawnFailure } from "./spawn-failure.js";

export interface ExecaProcessSpawnerOptions {
  /**
   * Whether programs get a process group of their own, so that a terminal's Ctrl-C does not reach them and the host decides how they
   * end. A host that is itself ended by a signal to its whole group says `false`. Default `true`; without effect on Windows.
   */
  readonly ownProcessGroup?: boolean;
}

/**
 * Starts programs on this machine. A host that exits, is ended by a signal or dies of an uncaught error takes its programs along, with
 * whatever they have started; only `SIGKILL` gives it no chance, and then the end of their input has to tell them.
 */
export class ExecaProcessSpawner implements ProcessSpawner {
  readonly #ownProcessGroup: boolean;

  constructor({ ownProcessGroup = true }: ExecaProcessSpawnerOptions = {}) {
    this.#ownProcessGroup = ownProcessGroup;
  }

  async spawn(request: SpawnRequest): Promise<SpawnedProcess> {
    const { command, signal } = request;
    const abortion = (): SpawnError => new SpawnError({ reason: "aborted", command, cause: signal?.reason });
    if (signal?.aborted) throw abortion();
    const program = await this.#start(request);
    if (signal?.aborted) {
      await program.stop({ graceMs: 0 });
      throw abortion();
    }
    return program;
  }

  async #start(request: SpawnRequest): Promise<LocalProcess> {
    const mark = { name: processMarkVariable, value: createProcessMark() };
    let subprocess;
    try {
      subprocess = launch({ request, mark, ownProcessGroup: this.#ownProcessGroup });
    } catch (cause) {
      // Refused before the system was asked, e.g. for a null byte in an argument.
      throw await spawnFailure({ request, cause });
    }
    const { pid, nodeChildProcess: child, stdin, stdout, stderr } = subprocess;
    if (pid === undefined) throw await spawnFailure({ request, cause: (await subprocess).cause });
    const program = new LocalProcess({ child, pid, stdin, stdout, stderr, mark });
    await once(child, "spawn");
    return program;
  }
}

/** Its return type is inferred: it says that all three pipes are there. */
function launch({ request, mark, ownProcessGroup }: { request: SpawnRequest; mark: EnvironmentVariable; ownProcessGroup: boolean }) {
  const { command, args, cwd, environment } = request;
  return execa(command, args, {
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...environment, [mark.name]: mark.value },
    extendEnv: false,
    encoding: "buffer",
    buffer: false,
    stripFinalNewline: false,
    // Execa's promise waits for every process that holds a pipe, so nobody waits for it; it must not reject unseen.
    reject: false,
    // This gives the program its own group; nothing is killed through Execa.
    killDescendants: ownProcessGroup,
    // Execa knows only that group, which an agent's tools have left.
    cleanup: false,
    // The delayed kill is the stop ladder's business.
    forceKillAfterDelay: false,
  });
}
