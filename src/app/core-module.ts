import { ContainerModule } from "inversify";
import { JsonGeneration } from "../domain/generation/json-generation.js";
import { AgentDiscovery } from "../domain/inventory/agent-discovery.js";
import { AgentInstallations } from "../domain/inventory/agent-installation.js";
import { AgentSurvey } from "../domain/inventory/agent-survey.js";
import { ConfigurationChecks } from "../domain/inventory/configuration-checks.js";
import { ConfigurationStamps } from "../domain/inventory/configuration-stamp.js";
import { CustomModels } from "../domain/inventory/custom-models.js";
import type { InventorySettings } from "../domain/inventory/inventory-settings.js";
import { ModelCatalog } from "../domain/inventory/model-catalog.js";
import { OwnChoices } from "../domain/inventory/own-choices.js";
import { ProgramOutputs } from "../domain/inventory/program-output.js";
import { AgentInventory } from "../domain/inventory/provider-inventory.js";
import { AgentLauncher } from "../domain/session/agent-launcher.js";
import { ConversationForks } from "../domain/session/conversation-forks.js";
import { ModelWishes } from "../domain/session/model-wishes.js";
import type { DecideRun } from "../domain/session/session.js";
import { SessionRegistry } from "../domain/session/session-registry.js";
import type { SessionSettings } from "../domain/session/session-state.js";
import { SpareAgents } from "../domain/session/spare-agents.js";
import { EventOutbox } from "../domain/turn/event-outbox.js";
import type { AgentDialect } from "../ports/agent-dialect.js";
import { capabilitiesOf } from "./capabilities.js";
import { ports, services } from "./identifiers.js";
import { ProviderFacade } from "./provider-facade.js";
import { defaultCustomModelLimits, defaultInventorySettings, defaultSessionSettings, type ProviderOptions } from "./provider-options.js";

/**
 * The domain, put together. Classes know nothing of containers: each gets its collaborators as one object. The provider is the one
 * root with a deactivation, because a container disposes in no order that could be relied on.
 */
export const coreModule: ContainerModule = new ContainerModule(({ bind }) => {
  bind(EventOutbox)
    .toResolvedValue(
      (clock, ids, telemetry, dialect, options) =>
        new EventOutbox({ clock, ids, telemetry, provider: dialect.provider, coalesceMs: options.coalesceMs ?? 50, highWater: options.maxWaitingEvents ?? 2_000 }),
      [ports.clock, ports.idGenerator, ports.telemetry, ports.agentDialect, services.options],
    )
    .inSingletonScope();

  bind(ProgramOutputs)
    .toResolvedValue(
      (spawner, clock, options) => new ProgramOutputs({ spawner, clock, probeMs: options.versionProbeMs ?? 10_000, neutralFolder: options.neutralFolder }),
      [ports.processSpawner, ports.clock, services.options],
    )
    .inSingletonScope();

  bind(AgentInstallations)
    .toResolvedValue(
      (dialect, locator, environment, outputs, clock, telemetry, options) =>
        new AgentInstallations({ dialect, locator, environment, outputs, clock, telemetry, retryMs: inventorySettings(options).retryMs }),
      [ports.agentDialect, ports.binaryLocator, ports.childEnvironment, ProgramOutputs, ports.clock, ports.telemetry, services.options],
    )
    .inSingletonScope();

  bind(ConfigurationStamps)
    .toResolvedValue((dialect, environment, stamps) => new ConfigurationStamps({ dialect, environment, stamps }), [ports.agentDialect, ports.childEnvironment, ports.fileStamps])
    .inSingletonScope();

  bind(ConfigurationChecks)
    .toResolvedValue(
      (dialect, environment, stamps, outputs, telemetry) => new ConfigurationChecks({ dialect, environment, stamps, outputs, telemetry }),
      [ports.agentDialect, ports.childEnvironment, ports.fileStamps, ProgramOutputs, ports.telemetry],
    )
    .inSingletonScope();

  bind(SpareAgents)
    .toResolvedValue(
      (clock, telemetry, options) => new SpareAgents({ clock, telemetry, keepMs: inventorySettings(options).warmStartMs }),
      [ports.clock, ports.telemetry, services.options],
    )
    .inSingletonScope();

  bind(AgentLauncher)
    .toResolvedValue(
      (dialect, installations, spawner, connector, environment, sessionFiles, configurations, spares, companions) =>
        new AgentLauncher({ dialect, installations, spawner, connector, environment, sessionFiles, configurations, spares, companions }),
      [ports.agentDialect, AgentInstallations, ports.processSpawner, ports.rpcConnector, ports.childEnvironment, ports.sessionFiles, ConfigurationStamps, SpareAgents, ports.companionFiles],
    )
    .inSingletonScope();

  bind(AgentDiscovery)
    .toResolvedValue((dialect, launcher, spares, ids, telemetry, options) => {
      const { readyMs, requestMs } = sessionSettings(options);
      return new AgentDiscovery({ dialect, launcher, spares, ids, telemetry, readyMs, requestMs, neutralFolder: options.neutralFolder });
    }, [ports.agentDialect, AgentLauncher, SpareAgents, ports.idGenerator, ports.telemetry, services.options])
    .inSingletonScope();

  bind(AgentSurvey)
    .toResolvedValue(
      (dialect, installations, discovery, configurations, spares, options) =>
        new AgentSurvey({ dialect, installations, discovery, configurations, spares, warmStartMs: inventorySettings(options).warmStartMs }),
      [ports.agentDialect, AgentInstallations, AgentDiscovery, ConfigurationStamps, SpareAgents, services.options],
    )
    .inSingletonScope();

  bind(ModelCatalog)
    .toResolvedValue((survey, checks, clock, options) => new ModelCatalog({ survey, checks, clock, settings: inventorySettings(options) }), [AgentSurvey, ConfigurationChecks, ports.clock, services.options])
    .inSingletonScope();

  bind(OwnChoices)
    .toResolvedValue((catalog, discovery, dialect) => new OwnChoices({ catalog, discovery, displayName: dialect.displayName }), [ModelCatalog, AgentDiscovery, ports.agentDialect])
    .inSingletonScope();

  bind(CustomModels)
    .toResolvedValue(
      (store, catalog, discovery, clock, dialect, options) =>
        new CustomModels({
          store,
          catalog,
          discovery,
          clock,
          displayName: dialect.displayName,
          limits: { ...defaultCustomModelLimits, ...options.customModelLimits },
          recheckMs: inventorySettings(options).recheckMs,
          defaults: { binaryPath: options.binaryPath, agentDir: options.agentDir, launchArguments: options.launchArguments },
        }),
      [ports.customModelStore, ModelCatalog, AgentDiscovery, ports.clock, ports.agentDialect, services.options],
    )
    .inSingletonScope();

  bind(ConversationForks)
    .toResolvedValue(
      (dialect, launcher, ids, telemetry, options) => {
        const { readyMs, requestMs } = sessionSettings(options);
        return new ConversationForks({ dialect, launcher, ids, telemetry, readyMs, requestMs });
      },
      [ports.agentDialect, AgentLauncher, ports.idGenerator, ports.telemetry, services.options],
    )
    .inSingletonScope();

  bind(SessionRegistry)
    .toResolvedValue(
      (dialect, launcher, clock, ids, telemetry, outbox, attachments, choices, customModels, forks, options) =>
        new SessionRegistry({
          dialect,
          launcher,
          clock,
          ids,
          telemetry,
          outbox,
          attachments,
          capabilities: capabilitiesOf(dialect),
          instanceId: instanceIdOf(dialect, options),
          wishes: new ModelWishes({ choices, unlisted: customModels }),
          forks,
          settings: sessionSettings(options),
          decideRun: decideRun(options),
          defaultCwd: options.cwd,
          defaultBinaryPath: options.binaryPath,
          defaultAgentDir: options.agentDir,
          defaultLaunchArguments: options.launchArguments,
        }),
      [ports.agentDialect, AgentLauncher, ports.clock, ports.idGenerator, ports.telemetry, EventOutbox, ports.attachmentReader, OwnChoices, CustomModels, ConversationForks, services.options],
    )
    .inSingletonScope();

  bind(AgentInventory)
    .toResolvedValue(
      (dialect, catalog, customModels, clock, options) =>
        new AgentInventory({
          dialect,
          catalog,
          customModels,
          clock,
          identity: { provider: dialect.provider, instanceId: instanceIdOf(dialect, options), displayName: options.displayName ?? dialect.displayName, capabilities: capabilitiesOf(dialect) },
          defaults: { binaryPath: options.binaryPath, agentDir: options.agentDir, launchArguments: options.launchArguments },
        }),
      [ports.agentDialect, ModelCatalog, CustomModels, ports.clock, services.options],
    )
    .inSingletonScope();

  bind(JsonGeneration)
    .toResolvedValue(
      (dialect, launcher, ids, clock, telemetry, options) =>
        new JsonGeneration({ dialect, instanceId: instanceIdOf(dialect, options), launcher, ids, clock, telemetry, defaults: { binaryPath: options.binaryPath, agentDir: options.agentDir }, neutralFolder: options.neutralFolder }),
      [ports.agentDialect, AgentLauncher, ports.idGenerator, ports.clock, ports.telemetry, services.options],
    )
    .inSingletonScope();

  bind(services.provider)
    .toResolvedValue(
      (dialect, registry, inventory, customModels, generation, catalog, choices, forks, installations, spares, companions, outbox) =>
        new ProviderFacade({
          kind: dialect.provider,
          capabilities: capabilitiesOf(dialect),
          registry,
          inventory,
          customModels,
          generation,
          outbox,
          // Sessions and questions first: they are what starts processes. Last what processes read.
          disposals: [[registry, catalog, choices, customModels, generation, forks], [installations, spares], [companions]],
        }),
      [ports.agentDialect, SessionRegistry, AgentInventory, CustomModels, JsonGeneration, ModelCatalog, OwnChoices, ConversationForks, AgentInstallations, SpareAgents, ports.companionFiles, EventOutbox],
    )
    .inSingletonScope()
    .onDeactivation(async (provider) => {
      await provider[Symbol.asyncDispose]();
    });
});

function instanceIdOf({ provider }: AgentDialect, { instanceId }: ProviderOptions): string {
  return instanceId ?? provider;
}

function sessionSettings({ session }: ProviderOptions): SessionSettings {
  const { unsolicitedRuns = defaultSessionSettings.unsolicitedRuns, ...rest } = session ?? {};
  return { ...defaultSessionSettings, ...rest, unsolicitedRuns: typeof unsolicitedRuns === "function" ? "ask" : unsolicitedRuns };
}

function decideRun({ session }: ProviderOptions): DecideRun | undefined {
  return typeof session?.unsolicitedRuns === "function" ? session.unsolicitedRuns : undefined;
}

function inventorySettings(options: ProviderOptions): InventorySettings {
  return { ...defaultInventorySettings, ...options.inventory };
}
