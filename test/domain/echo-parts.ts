import { CountedIds } from "../../src/adapters/fake/counted-ids.js";
import { echoAgent } from "../../src/adapters/fake/echo-agent.js";
import { echoDialect } from "../../src/adapters/fake/echo-dialect.js";
import { FixedBinaryLocator } from "../../src/adapters/fake/fixed-binary-locator.js";
import { FixedChildEnvironment } from "../../src/adapters/fake/fixed-child-environment.js";
import { InMemoryProcessSpawner, type InMemoryProcessSpawnerOptions } from "../../src/adapters/fake/in-memory-process-spawner.js";
import { InMemorySessionFiles } from "../../src/adapters/fake/in-memory-session-files.js";
import { ManualClock } from "../../src/adapters/fake/manual-clock.js";
import { RecordingTelemetry } from "../../src/adapters/fake/recording-telemetry.js";
import { JsonlRpcConnector } from "../../src/adapters/node/jsonl-rpc-connector.js";
import { AgentInstallations } from "../../src/domain/inventory/agent-installation.js";
import { AgentLauncher } from "../../src/domain/session/agent-launcher.js";
import type { AgentDialect } from "../../src/ports/agent-dialect.js";
import type { BinaryLookup, LocatedBinary } from "../../src/ports/binary-locator.js";

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
}

/** What the domain's classes are made of, around the echo agent in memory. Time stands still unless a test lets it pass. */
export function echoParts(options: EchoPartsOptions = {}) {
  const dialect: AgentDialect = { ...echoDialect, ...options.dialect };
  const clock = new ManualClock();
  const spawner = new InMemoryProcessSpawner({ program: options.program ?? echoAgent });
  const locator = new FixedBinaryLocator(options.lookup ?? foundEcho);
  const environment = new FixedChildEnvironment({ PATH: "/bin" });
  const sessionFiles = new InMemorySessionFiles();
  const installations = new AgentInstallations({ dialect, locator, spawner, environment, clock, probeMs: 10_000 });
  return {
    dialect,
    clock,
    spawner,
    locator,
    environment,
    sessionFiles,
    installations,
    ids: new CountedIds(),
    telemetry: new RecordingTelemetry(),
    connector: new JsonlRpcConnector({ clock }),
    launcher: new AgentLauncher({ dialect, installations, spawner, environment, sessionFiles }),
  };
}

export type EchoParts = ReturnType<typeof echoParts>;
