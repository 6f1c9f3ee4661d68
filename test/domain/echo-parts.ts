import { CountedIds } from "../../src/adapters/fake/counted-ids.js";
import { echoAgent } from "../../src/adapters/fake/echo-agent.js";
import { echoDialect } from "../../src/adapters/fake/echo-dialect.js";
import { FixedBinaryLocator } from "../../src/adapters/fake/fixed-binary-locator.js";
import { FixedChildEnvironment } from "../../src/adapters/fake/fixed-child-environment.js";
import { InMemoryCompanionFiles } from "../../src/adapters/fake/in-memory-companion-files.js";
import { InMemoryFileStamps } from "../../src/adapters/fake/in-memory-file-stamps.js";
import { InMemoryProcessSpawner, type InMemoryProcessSpawnerOptions } from "../../src/adapters/fake/in-memory-process-spawner.js";
import { InMemorySessionFiles } from "../../src/adapters/fake/in-memory-session-files.js";
import { ManualClock } from "../../src/adapters/fake/manual-clock.js";
import { RecordingTelemetry } from "../../src/adapters/fake/recording-telemetry.js";
import { JsonlRpcConnector } from "../../src/adapters/node/jsonl-rpc-connector.js";
import { defaultInventorySettings } from "../../src/app/provider-options.js";
import { AgentDiscovery } from "../../src/domain/inventory/agent-discovery.js";
import { AgentInstallations } from "../../src/domain/inventory/agent-installation.js";
import { AgentSurvey } from "../../src/domain/inventory/agent-survey.js";
import { ConfigurationChecks } from "../../src/domain/inventory/configuration-checks.js";
import { ConfigurationStamps } from "../../src/domain/inventory/configuration-stamp.js";
import type { InventorySettings } from "../../src/domain/inventory/inventory-settings.js";
import { ModelCatalog } from "../../src/domain/inventory/model-catalog.js";
import { ProgramOutputs } from "../../src/domain/inventory/program-output.js";
import { AgentLauncher } from "../../src/domain/session/agent-launcher.js";
import { SpareAgents } from "../../src/domain/session/spare-agents.js";
import type { AgentDialect } from "../../src/ports/agent-dialect.js";
import type { BinaryLookup, LocatedBinary } from "../../src/ports/binary-locator.js";
import type { ProcessSpawner } from "../../src/ports/process-spawner.js";
import type { RpcConnector } from "../../src/ports/rpc-transport.js";

export const locatedEcho: LocatedBinary = { path: "/usr/bin/echo-agent", command: "/opt/echo/main", leadingArgs: [], identity: "first", packageVersion: "1.2.3" };
export const foundEcho: BinaryLookup = { type: "found", binary: locatedEcho, searched: [{ place: "/usr/bin", source: "path", outcome: "found" }] };

/** Resolves when the program's input is closed, having done nothing: a process that is only there. */
export async function idleProgram({ input }: { readonly input: AsyncIterable<Uint8Array> }): Promise<void> {
  for await (const _bytes of input);
}

export interface EchoPartsOptions {
  readonly program?: InMemoryProcessSpawnerOptions["program"];
  readonly lookup?: BinaryLookup | (() => BinaryLookup);
  readonly dialect?: Partial<AgentDialect>;
  readonly clock?: ManualClock;
  /** Speaks with the processes in the place of the one that reads JSON lines. */
  readonly connector?: RpcConnector;
  readonly spawner?: ProcessSpawner;
  readonly inventory?: Partial<InventorySettings>;
}

/** What the domain's classes are made of, around the echo agent in memory. Time stands still unless a test lets it pass. */
export function echoParts(options: EchoPartsOptions = {}) {
  const dialect: AgentDialect = { ...echoDialect, ...options.dialect };
  const clock = options.clock ?? new ManualClock();
  const memory = new InMemoryProcessSpawner({ program: options.program ?? echoAgent });
  const locator = new FixedBinaryLocator(options.lookup ?? foundEcho);
  const stamps = new InMemoryFileStamps();
  const telemetry = new RecordingTelemetry();
  const settings: InventorySettings = { ...defaultInventorySettings, ...options.inventory };
  const common = {
    dialect,
    clock,
    locator,
    stamps,
    telemetry,
    environment: new FixedChildEnvironment({ PATH: "/bin" }),
    sessionFiles: new InMemorySessionFiles(),
    companions: new InMemoryCompanionFiles(),
    ids: new CountedIds(),
    connector: options.connector ?? new JsonlRpcConnector({ clock }),
  };
  const spawner = options.spawner ?? memory;
  const outputs = new ProgramOutputs({ spawner, clock, probeMs: 10_000, neutralFolder: "/neutral" });
  const installations = new AgentInstallations({ ...common, outputs, retryMs: settings.retryMs });
  const configurations = new ConfigurationStamps(common);
  const checks = new ConfigurationChecks({ ...common, outputs });
  const spares = new SpareAgents({ clock, telemetry, keepMs: settings.warmStartMs });
  const launcher = new AgentLauncher({ ...common, spawner, installations, configurations, spares });
  const discovery = new AgentDiscovery({ ...common, launcher, spares, readyMs: 60_000, requestMs: 15_000, neutralFolder: "/neutral" });
  const survey = new AgentSurvey({ dialect, installations, discovery, configurations, spares, warmStartMs: settings.warmStartMs });
  const catalog = new ModelCatalog({ clock, survey, checks, settings });
  return { ...common, spawner: memory, outputs, installations, configurations, checks, spares, launcher, discovery, survey, catalog, settings, displayName: dialect.displayName };
}

export type EchoParts = ReturnType<typeof echoParts>;
