import type { CustomModelLimits } from "../domain/inventory/custom-model-validator.js";
import type { InventorySettings } from "../domain/inventory/inventory-settings.js";
import type { DecideRun } from "../domain/session/session.js";
import type { SessionSettings } from "../domain/session/session-state.js";

/** What a host may set when it makes the provider. Everything has a default; times are milliseconds. */
export interface ProviderOptions {
  /** Tells this configuration of the agent from others in the same host. Default: the provider's kind. */
  readonly instanceId?: string | undefined;
  /** How people tell it from others. Default: the agent's name. */
  readonly displayName?: string | undefined;
  /** The agent's program, where a call names none: an absolute path, `~/…`, or a name on the PATH. */
  readonly binaryPath?: string | undefined;
  /** The agent's own folder (settings, credentials, sessions), where a call names none. Default: the user's. */
  readonly agentDir?: string | undefined;
  /** More arguments for the agent's program, where a call names none, as one would type them in a shell. `validateLaunchArguments` tells which may be given. */
  readonly launchArguments?: string | undefined;
  /** Where a session works whose start names no folder. Default: the host's working directory. */
  readonly cwd?: string | undefined;
  /** Where the agent is asked for its models: a folder that is no project. Default: the system's temporary folder. */
  readonly neutralFolder?: string | undefined;
  /** Which of the host's environment variables reach the agent. Default: a safe list, and what the agent itself reads. */
  readonly environment?: EnvironmentOptions | undefined;
  /** Where T3 keeps attachments; without it, messages with images are refused. */
  readonly attachmentsFolder?: string | undefined;
  /** The file that keeps custom models. Default: they are kept in memory. */
  readonly customModelsFile?: string | undefined;
  /** How many custom models are kept, and how long one may be. Default: T3's own limits, 32 of 256 characters. */
  readonly customModelLimits?: Partial<CustomModelLimits> | undefined;
  readonly inventory?: Partial<InventorySettings> | undefined;
  /** Merges text deltas for this long, but for the first of an item, which is passed on at once; 0 passes on each. Default 50. */
  readonly coalesceMs?: number | undefined;
  /** Events that may wait for the host before the agents are held back. Default 2,000. */
  readonly maxWaitingEvents?: number | undefined;
  /** How long a program may take to print its version. Default 10,000. */
  readonly versionProbeMs?: number | undefined;
  readonly session?: SessionOptions | undefined;
}

export interface SessionOptions extends Partial<Omit<SessionSettings, "unsolicitedRuns">> {
  /**
   * What becomes of work that an agent begins by itself: a turn of its own (`adopt`, the default), or its end (`refuse`). A function decides
   * for each; what the agent does meanwhile is held back. A message of the user adopts it, and so does time: see `decisionMs`.
   */
  readonly unsolicitedRuns?: "adopt" | "refuse" | DecideRun | undefined;
}

export interface EnvironmentOptions {
  /** `everything` hands on the host's whole environment, its secrets included. */
  readonly inherit?: "safe-list" | "everything" | undefined;
  /** More names to hand on; a trailing `*` makes a prefix. */
  readonly names?: readonly string[] | undefined;
  /** Variables of this instance's own; they win over the host's. */
  readonly set?: Readonly<Record<string, string>> | undefined;
}

export const defaultSessionSettings: SessionSettings = {
  readyMs: 60_000,
  requestMs: 15_000,
  acceptMs: 10_000,
  promptMs: 15 * 60_000,
  abortMs: 6_000,
  probeMs: 100,
  statsMs: 2_000,
  settleFallbackMs: 5_000,
  quietMs: 30_000,
  stopGraceMs: 3_000,
  unsolicitedRuns: "adopt",
  decisionMs: 30_000,
  turnReferences: false,
};

export const defaultInventorySettings: InventorySettings = {
  recheckMs: 1_000,
  staleMs: 30 * 60_000,
  retryMs: 10_000,
  warmStartMs: 60_000,
};

/** T3's own. */
export const defaultCustomModelLimits: CustomModelLimits = { count: 32, length: 256 };
