import type { CompanionFile } from "./agent-dialect.js";

/**
 * Puts a text where the agent's process can read it: what a dialect has the agent load. The file need not lie on this machine, only
 * where the `ProcessSpawner` starts processes.
 *
 * Nobody but the file's owner may write it: whoever changes it decides what the agent loads. Each provider has its own, and disposes of it.
 */
export interface CompanionFiles {
  /**
   * Resolves to the file's absolute path. Asked before each start: as long as the file is there unchanged it stays where it is, otherwise
   * it is put there anew. Rejects when it cannot be.
   */
  provide(file: CompanionFile): Promise<string>;
  /** Removes every file. Idempotent; never rejects. The processes that read them are gone by then, and nothing is provided any more. */
  dispose(): Promise<void>;
}
