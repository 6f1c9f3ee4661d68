import type { RuntimeMode } from "./provider.js";
import type { ProviderOptionDescriptor } from "./provider-inventory.js";

/**
 * The richer snapshot that newer servers of T3 keep of each provider instance: the fields that can be filled truthfully, under T3's
 * names. Its other fields (usage limits, update state, workspaces) are the host's own and are left out.
 */
export interface ServerProvider {
  readonly instanceId: string;
  /** The provider's kind. */
  readonly driver: string;
  readonly displayName: string;
  readonly accentColor?: string;
  readonly badgeLabel?: string;
  readonly enabled: boolean;
  readonly installed: boolean;
  readonly version: string | null;
  readonly status: "ready" | "warning" | "error" | "disabled";
  readonly auth: { readonly status: "authenticated" | "unauthenticated" | "unknown" };
  /** ISO 8601. Until the first check: when the snapshot was made. */
  readonly checkedAt: string;
  readonly message?: string;
  /** T3 calls unavailable what its build has no driver for. */
  readonly availability: "available" | "unavailable";
  readonly unavailableReason?: string;
  /** Two instances may continue each other's threads only with the same key. */
  readonly continuation: { readonly groupKey: string };
  readonly models: readonly ServerProviderModel[];
  /** The agent's commands, prompt templates and skills. */
  readonly slashCommands: readonly ServerProviderSlashCommand[];
  /** None: see `slashCommands`. */
  readonly skills: readonly [];
  readonly showInteractionModeToggle: boolean;
  readonly reportsContextWindow: boolean;
  readonly supportedRuntimeModes: readonly RuntimeMode[];
  readonly requiresNewThreadForModelChange: boolean;
  readonly supportsConversationRollback: boolean;
  readonly supportsTextGeneration: boolean;
}

export interface ServerProviderModel {
  readonly slug: string;
  readonly name: string;
  readonly subProvider?: string;
  readonly isCustom: boolean;
  readonly isDefault?: true;
  /** `null` where nothing is known of the model. */
  readonly capabilities: { readonly optionDescriptors: readonly ProviderOptionDescriptor[] } | null;
}

export interface ServerProviderSlashCommand {
  readonly name: string;
  readonly description?: string;
}
