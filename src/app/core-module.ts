import { ContainerModule } from "inversify";
import { AgentDiscovery } from "../domain/inventory/agent-discovery.js";
import { AgentInstallations } from "../domain/inventory/agent-installation.js";
import { AgentInventory } from "../domain/inventory/provider-inventory.js";
import { AgentLauncher } from "../domain/session/agent-launcher.js";
import { SessionRegistry } from "../domain/session/session-registry.js";
import { EventOutbox } from "../domain/turn/event-outbox.js";
import { capabilities } from "./capabilities.js";
import { ports, services } from "./identifiers.js";
import { ProviderFacade } from "./provider-facade.js";
import { defaultSessionSettings } from "./provider-options.js";

/**
 * The domain, put together. Classes know nothing of containers: each gets its collaborators as one object. The provider is the one
 * root with a deactivation, because a container disposes in no order that could be relied on.
 */
export const coreModule: ContainerModule = new ContainerModule(({ bind }) => {
  bind(EventOutbox)
    .toResolvedValue(
      (clock, ids, dialect, options) =>
        new EventOutbox({ clock, ids, provider: dialect.provider, coalesceMs: options.coalesceMs ?? 50, highWater: options.maxWaitingEvents ?? 2_000 }),
      [ports.clock, ports.idGenerator, ports.agentDialect, services.options],
    )
    .inSingletonScope();

  bind(AgentInstallations)
    .toResolvedValue(
      (dialect, locator, spawner, environment, clock, options) =>
        new AgentInstallations({ dialect, locator, spawner, environment, clock, probeMs: options.versionProbeMs ?? 10_000 }),
      [ports.agentDialect, ports.binaryLocator, ports.processSpawner, ports.childEnvironment, ports.clock, services.options],
    )
    .inSingletonScope();

  bind(AgentLauncher)
    .toResolvedValue(
      (dialect, installations, spawner, environment, sessionFiles) => new AgentLauncher({ dialect, installations, spawner, environment, sessionFiles }),
      [ports.agentDialect, AgentInstallations, ports.processSpawner, ports.childEnvironment, ports.sessionFiles],
    )
    .inSingletonScope();

  bind(SessionRegistry)
    .toResolvedValue(
      (dialect, launcher, connector, clock, ids, telemetry, outbox, attachments, options) =>
        new SessionRegistry({
          dialect,
          launcher,
          connector,
          clock,
          ids,
          telemetry,
          outbox,
          attachments,
          capabilities,
          settings: { ...defaultSessionSettings, ...options.session },
          defaultCwd: options.cwd,
          defaultBinaryPath: options.binaryPath,
          defaultAgentDir: options.agentDir,
        }),
      [ports.agentDialect, AgentLauncher, ports.rpcConnector, ports.clock, ports.idGenerator, ports.telemetry, EventOutbox, ports.attachmentReader, services.options],
    )
    .inSingletonScope();

  bind(AgentDiscovery)
    .toResolvedValue(
      (dialect, launcher, connector, ids, options) =>
        new AgentDiscovery({ dialect, launcher, connector, ids, answerMs: options.session?.readyMs ?? defaultSessionSettings.readyMs, neutralFolder: options.neutralFolder }),
      [ports.agentDialect, AgentLauncher, ports.rpcConnector, ports.idGenerator, services.options],
    )
    .inSingletonScope();

  bind(AgentInventory)
    .toResolvedValue(
      (dialect, installations, discovery, clock, options) =>
        new AgentInventory({ dialect, installations, discovery, clock, capabilities, defaultBinaryPath: options.binaryPath, defaultAgentDir: options.agentDir }),
      [ports.agentDialect, AgentInstallations, AgentDiscovery, ports.clock, services.options],
    )
    .inSingletonScope();

  bind(services.provider)
    .toResolvedValue(
      (dialect, registry, inventory, outbox) => new ProviderFacade({ kind: dialect.provider, displayName: dialect.displayName, capabilities, registry, inventory, outbox }),
      [ports.agentDialect, SessionRegistry, AgentInventory, EventOutbox],
    )
    .inSingletonScope()
    .onDeactivation(async (provider) => {
      await provider[Symbol.asyncDispose]();
    });
});
