import type { AgentCommandInfo } from "../../ports/agent-messages.js";
import type { ProviderHealthReport, ProviderHealthVerdict, ProviderModel, ProviderSnapshot } from "../../ports/provider-inventory.js";
import type { ServerProvider, ServerProviderModel, ServerProviderSlashCommand } from "../../ports/server-provider.js";

export interface ServerProviderInput {
  readonly snapshot: ProviderSnapshot;
  /** ISO 8601: when the snapshot was taken. */
  readonly madeAt: string;
  /** Whether the host's user has this instance switched on. Default: yes. */
  readonly enabled?: boolean | undefined;
  readonly accentColor?: string | undefined;
  readonly badgeLabel?: string | undefined;
}

/** What is known of a provider in T3's richer shape, as JSON. T3 refuses the whole of it for one blank string, so none is there. */
export function serverProviderOf(input: ServerProviderInput): ServerProvider {
  const { snapshot, enabled = true } = input;
  const { health, catalog, capabilities } = snapshot;
  const displayName = present(snapshot.displayName) ?? snapshot.provider;
  const [accentColor, badgeLabel] = [present(input.accentColor), present(input.badgeLabel)];
  const message = enabled ? messageOf({ snapshot, displayName }) : `${displayName} is disabled.`;
  return {
    instanceId: snapshot.instanceId,
    driver: snapshot.provider,
    displayName,
    ...(accentColor === undefined ? {} : { accentColor }),
    ...(badgeLabel === undefined ? {} : { badgeLabel }),
    enabled,
    // T3 shows "Not found" where it is false, which nobody may say who has not looked.
    installed: health === undefined || !absent.has(health.verdict),
    version: present(health?.version) ?? null,
    status: enabled ? statusOf(health) : "disabled",
    auth: { status: health?.status.authStatus ?? "unknown" },
    checkedAt: health?.status.checkedAt ?? input.madeAt,
    ...(message === "" ? {} : { message }),
    // T3 calls unavailable only what its build has no driver for, and starts no turn with it. This one is here: the rest is `status`.
    availability: "available",
    continuation: { groupKey: `${snapshot.provider}:instance:${snapshot.instanceId}` },
    models: (catalog?.models ?? []).map(modelOf),
    slashCommands: (snapshot.commands ?? []).flatMap(commandOf),
    // T3 sends a skill as "$name", which no agent reads; as a command it is sent in the agent's own words.
    skills: [],
    // There is no plan mode to switch to.
    showInteractionModeToggle: false,
    reportsContextWindow: true,
    supportedRuntimeModes: capabilities.runtimeModes,
    requiresNewThreadForModelChange: capabilities.sessionModelSwitch === "unsupported",
    supportsConversationRollback: capabilities.rollback,
    supportsTextGeneration: capabilities.textGeneration,
  };
}

/** Verdicts of a search that found no program of the agent's where it was told to look. */
const absent: ReadonlySet<ProviderHealthVerdict> = new Set(["not-installed", "configured-path-wrong", "not-the-agent"]);

/**
 * T3's picker offers the models of a provider that is `ready`, and of no other. So one that can be used is ready, whatever else there
 * is to say of it: a warning is a message, and takes no model from the user.
 */
function statusOf(health: ProviderHealthReport | undefined): ServerProvider["status"] {
  if (health === undefined) return "warning";
  return health.status.available ? "ready" : health.status.status;
}

/** The verdict's message, then what else a user may wonder about, each thing once. */
function messageOf({ snapshot, displayName }: { readonly snapshot: ProviderSnapshot; readonly displayName: string }): string {
  const { health, catalog } = snapshot;
  const notes = [
    health === undefined ? `${displayName} has not been checked yet.` : health.status.message,
    ...(health?.warnings ?? []),
    catalog?.freshness.problem?.message,
  ];
  let message = "";
  for (const note of notes) {
    const words = present(note);
    if (words !== undefined && !message.includes(words)) message = message === "" ? words : `${message} ${words}`;
  }
  return message;
}

function modelOf(model: ProviderModel): ServerProviderModel {
  const { slug, isCustom, isDefault, capabilities } = model;
  const name = present(model.name) ?? slug;
  const subProvider = present(model.subProvider);
  return {
    slug,
    // The one field of T3's in which a user can see it.
    name: model.verified === false ? `${name} (not verified)` : name,
    ...(subProvider === undefined ? {} : { subProvider }),
    isCustom,
    ...(isDefault === undefined ? {} : { isDefault }),
    // The agent describes only the models it reports: that it names no option for another one proves nothing.
    capabilities: isCustom && capabilities.optionDescriptors.length === 0 ? null : capabilities,
  };
}

function commandOf(command: AgentCommandInfo): readonly ServerProviderSlashCommand[] {
  const name = present(command.name);
  const description = present(command.description);
  return name === undefined ? [] : [{ name, ...(description === undefined ? {} : { description }) }];
}

/** Without the white space around it; a blank text is none. */
function present(text: string | undefined): string | undefined {
  const trimmed = text?.trim();
  return trimmed === "" ? undefined : trimmed;
}
