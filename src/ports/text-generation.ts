import type { CallOptions, ModelChoiceInput } from "./provider.js";

export interface GenerateJsonInput extends CallOptions, ModelChoiceInput {
  readonly prompt: string;
  /** Whose settings count. Default: a folder that is no project. */
  readonly cwd?: string | undefined;
  /** Absent in every form means the agent's own choice. */
  readonly model?: string | undefined;
  readonly binaryPath?: string | undefined;
  readonly agentDir?: string | undefined;
  /** Told to the model behind the prompt. The answer is not checked against it: that is the host's. */
  readonly jsonSchema?: unknown;
  /** For the whole call, the wait for its turn included. Milliseconds; default 180,000. */
  readonly timeoutMs?: number | undefined;
}

export interface ProviderTextGeneration {
  /**
   * Asks a model once, for a title, a commit message and the like: in a process of its own that keeps no session, has no tools and
   * loads nothing, and that is gone when the call settles. Resolves to the JSON that the model answered with; rejects when there is
   * none. No thread hears of it, and no error repeats prompt or answer. Few run at once; the others wait for their turn.
   */
  generateJson(input: GenerateJsonInput): Promise<unknown>;
}
