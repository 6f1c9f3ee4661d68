import type { AgentCommandInfo } from "./agent-messages.js";
import type { CustomModelEntry } from "./custom-model-store.js";
import type { CallOptions, ProviderCapabilities, ProviderKind } from "./provider.js";

/** What a host learns of a provider without a session: whether it is usable, and which models it has, those that its user added among them. */

export interface ServerProviderStatus {
  readonly provider: ProviderKind;
  readonly status: "ready" | "warning" | "error";
  readonly available: boolean;
  readonly authStatus: "authenticated" | "unauthenticated" | "unknown";
  readonly checkedAt: string;
  readonly message?: string;
}

/** Why a provider is or is not usable; a UI or a test may rely on these words. */
export type ProviderHealthVerdict =
  | "ready"
  | "not-installed"
  | "configured-path-wrong"
  | "not-executable"
  | "not-the-agent"
  | "too-old"
  | "cannot-start"
  | "timed-out"
  | "launch-arguments-refused"
  | "no-models";

/** A health check with everything that was found on the way. */
export interface ProviderHealthReport {
  readonly status: ServerProviderStatus;
  readonly verdict: ProviderHealthVerdict;
  /** The path that was used, or that was configured and is wrong. */
  readonly binaryPath?: string;
  readonly searched: readonly { readonly place: string; readonly source: string; readonly outcome: string }[];
  readonly version?: string;
  readonly minimumVersion: string;
  /** Other programs of the same name, which are not used. */
  readonly others: readonly { readonly path: string; readonly version?: string }[];
  /** How many models the agent itself reports. */
  readonly modelCount?: number;
  /** What is wrong, in a sentence; absent when ready. */
  readonly detail?: string;
  /** What works, but not as the user may expect: a configuration file that is ignored, an extension that failed. */
  readonly warnings: readonly string[];
  /** What to do next; absent when ready. */
  readonly nextStep?: string;
}

/** One choice of a {@link ProviderSelectDescriptor}. */
export interface ProviderSelectOption {
  /** Goes back to the provider unchanged. */
  readonly id: string;
  readonly label: string;
  /** What the agent uses when nothing is chosen; absent where it does not tell. */
  readonly isDefault?: true;
}

/**
 * An option of a model, in T3's shape, so that a UI offers it without knowing what it is. The chosen id goes back under the
 * descriptor's own id: `modelOptions[provider][descriptor.id]`.
 */
export interface ProviderSelectDescriptor {
  readonly id: string;
  readonly label: string;
  readonly type: "select";
  /** At least two, in ascending order. */
  readonly options: readonly ProviderSelectOption[];
}

export type ProviderOptionDescriptor = ProviderSelectDescriptor;

export interface ProviderModel {
  /** `provider/model-id`. */
  readonly slug: string;
  readonly name: string;
  readonly subProvider: string;
  /** Typed by the user, not reported by the agent. */
  readonly isCustom: boolean;
  /** Only of a custom model: whether the agent itself has accepted it. */
  readonly verified?: boolean;
  /** What the agent uses when none is chosen. */
  readonly isDefault?: true;
  readonly input: readonly ("text" | "image")[];
  readonly contextWindow?: number;
  /** The agent's own level names, ascending; empty when the model offers no choice. */
  readonly thinkingLevels: readonly string[];
  readonly capabilities: { readonly optionDescriptors: readonly ProviderOptionDescriptor[] };
}

export interface ProviderModelCatalog {
  readonly defaultModel: string | null;
  /** The level the agent would use with its default model; absent when it offers no choice. */
  readonly defaultThinkingLevel?: string;
  readonly models: readonly ProviderModel[];
  readonly freshness: ProviderCatalogFreshness;
}

export interface ProviderCatalogFreshness {
  /** When the agent said so. */
  readonly readAt: string;
  /**
   * `live`: asked for this answer. `remembered`: nothing that would change the answer has changed since. `last-known-good`: the agent
   * could not be asked again; `problem` says why.
   */
  readonly source: "live" | "remembered" | "last-known-good";
  /** Older than the host's bound; the agent is being asked again, and `changes` will tell. */
  readonly stale?: true;
  readonly problem?: { readonly code: string; readonly message: string };
}

export interface ProviderSnapshot {
  readonly provider: ProviderKind;
  /** One configuration of the agent; several may live side by side. */
  readonly instanceId: string;
  readonly displayName: string;
  readonly capabilities: ProviderCapabilities;
  /** Absent until someone asked: nobody pays for the discovery of a provider that is not used. */
  readonly health?: ProviderHealthReport;
  readonly catalog?: ProviderModelCatalog;
  /** The agent's own commands, skills and prompt templates, where it was asked. */
  readonly commands?: readonly AgentCommandInfo[];
}

/** One configuration of the agent, in one folder. */
export interface InventoryPlace {
  readonly binaryPath?: string | undefined;
  readonly agentDir?: string | undefined;
  /** As in `ProviderStartOptions`: extensions that they load may bring models. */
  readonly launchArguments?: string | undefined;
  /**
   * The project's folder, whose own settings and extensions then count. The process that answers may wait there for the next
   * session, whose start then costs no time. Default: a folder that is no project, and a process that ends.
   */
  readonly cwd?: string | undefined;
}

export interface InventoryOptions extends CallOptions, InventoryPlace {
  /** Asks the agent again even if nothing has changed. */
  readonly refresh?: boolean | undefined;
}

export interface ProviderInventory {
  /** Never rejects: every problem is a status. */
  checkHealth(options?: InventoryOptions): Promise<ServerProviderStatus>;
  /** The same check with what was searched, found and to be done. Never rejects. */
  inspect(options?: InventoryOptions): Promise<ProviderHealthReport>;
  /**
   * The agent's models, and the user's custom ones. An empty list is only ever the agent's own answer: when the agent cannot be asked,
   * what it said last is told as such, and without that the call rejects with the reason.
   */
  listModels(options?: InventoryOptions): Promise<ProviderModelCatalog>;
  /**
   * What is known, from memory: nobody is asked. With a place what was learnt of that place last, by any of the calls above; without one
   * what was learnt last of any.
   */
  snapshot(place?: InventoryPlace): ProviderSnapshot;
  /** Each new snapshot; several consumers; ends when the provider is disposed. */
  readonly changes: AsyncIterable<ProviderSnapshot>;
}

/** A custom model with what the agent said to it. */
export interface CustomModelVerdict {
  readonly slug: string;
  /** `accepted` by the agent; `refused` by it; `unknown`: it could not be asked; `discovered`: no longer custom, the agent reports it. */
  readonly verdict: "accepted" | "refused" | "unknown" | "discovered";
  readonly detail?: string;
}

/** The models a user added by hand. Nothing is kept that has not been validated. */
export interface ProviderCustomModels {
  /** Rejects with `custom-models-unreadable` while the store holds something else. */
  list(): Promise<readonly CustomModelEntry[]>;
  /**
   * Validates a `provider/model-id`, with the agent itself where it can be asked, and keeps it. Rejects with the reason otherwise.
   * With `allowUnverified` an agent that cannot be asked is no reason: the entry is then kept, and shown, as not verified.
   */
  add(slug: string, options?: InventoryOptions & { readonly allowUnverified?: boolean | undefined }): Promise<CustomModelEntry>;
  /** Rejects with `invalid-model` when there is none of that name. */
  remove(slug: string): Promise<void>;
  /** Asks the agent about each kept model again, and keeps what it said. */
  check(options?: InventoryOptions): Promise<readonly CustomModelVerdict[]>;
  /** Keeps an unreadable store under another name; resolves to that name, or to nothing when the store is readable. */
  setAside(): Promise<string | undefined>;
}
