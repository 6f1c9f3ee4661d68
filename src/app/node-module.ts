import { tmpdir } from "node:os";
import { ContainerModule } from "inversify";
import { InMemoryCustomModelStore } from "../adapters/fake/in-memory-custom-model-store.js";
import { ExecaProcessSpawner } from "../adapters/node/execa-process-spawner.js";
import { FolderAttachmentReader } from "../adapters/node/folder-attachment-reader.js";
import { JsonCustomModelStore } from "../adapters/node/json-custom-model-store.js";
import { JsonlRpcConnector } from "../adapters/node/jsonl-rpc-connector.js";
import { LocalFileStamps } from "../adapters/node/local-file-stamps.js";
import { LocalSessionFiles } from "../adapters/node/local-session-files.js";
import { PathBinaryLocator } from "../adapters/node/path-binary-locator.js";
import { RandomIds } from "../adapters/node/random-ids.js";
import { SafeListEnvironment } from "../adapters/node/safe-list-environment.js";
import { SilentTelemetry } from "../adapters/node/silent-telemetry.js";
import { SystemClock } from "../adapters/node/system-clock.js";
import { TemporaryCompanionFiles } from "../adapters/node/temporary-companion-files.js";
import { UnconfiguredAttachmentReader } from "../adapters/node/unconfigured-attachment-reader.js";
import { ports, services } from "./identifiers.js";
import type { ProviderOptions } from "./provider-options.js";

/** The infrastructure of a Node host, one binding a port. */
export const nodeModule: ContainerModule = new ContainerModule(({ bind }) => {
  bind(ports.clock).toResolvedValue(() => new SystemClock()).inSingletonScope();
  bind(ports.idGenerator).toResolvedValue(() => new RandomIds()).inSingletonScope();
  bind(ports.telemetry).toResolvedValue(() => new SilentTelemetry()).inSingletonScope();
  bind(ports.processSpawner).toResolvedValue(() => new ExecaProcessSpawner()).inSingletonScope();
  bind(ports.binaryLocator).toResolvedValue(() => new PathBinaryLocator()).inSingletonScope();
  bind(ports.rpcConnector)
    .toResolvedValue((clock) => new JsonlRpcConnector({ clock }), [ports.clock])
    .inSingletonScope();
  bind(ports.fileStamps).toResolvedValue(() => new LocalFileStamps()).inSingletonScope();
  bind(ports.companionFiles).toResolvedValue(() => new TemporaryCompanionFiles()).inSingletonScope();
  bind(ports.sessionFiles).toResolvedValue(() => new LocalSessionFiles()).inSingletonScope();
  bind(ports.childEnvironment)
    .toResolvedValue(({ environment }) => new SafeListEnvironment({ policy: { inherit: environment?.inherit ?? "safe-list", names: environment?.names ?? [], set: environment?.set ?? {} } }), [services.options])
    .inSingletonScope();
  bind(ports.attachmentReader)
    .toResolvedValue(({ attachmentsFolder: folder }) => (folder === undefined ? new UnconfiguredAttachmentReader() : new FolderAttachmentReader({ folder })), [services.options])
    .inSingletonScope();
  bind(ports.customModelStore)
    .toResolvedValue(({ customModelsFile: file }) => (file === undefined ? new InMemoryCustomModelStore() : new JsonCustomModelStore({ file })), [services.options])
    .inSingletonScope();
});

/** What only the machine knows. */
export function machineDefaults(): Pick<ProviderOptions, "cwd" | "neutralFolder"> {
  return { cwd: process.cwd(), neutralFolder: tmpdir() };
}
