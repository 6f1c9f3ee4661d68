import type { ServiceIdentifier } from "inversify";
import type { AgentDialect } from "../ports/agent-dialect.js";
import type { AttachmentReader } from "../ports/attachment-reader.js";
import type { BinaryLocator } from "../ports/binary-locator.js";
import type { ChildEnvironment } from "../ports/child-environment.js";
import type { Clock } from "../ports/clock.js";
import type { CompanionFiles } from "../ports/companion-files.js";
import type { CustomModelStore } from "../ports/custom-model-store.js";
import type { FileStamps } from "../ports/file-stamps.js";
import type { IdGenerator } from "../ports/id-generator.js";
import type { ProcessSpawner } from "../ports/process-spawner.js";
import type { RpcConnector } from "../ports/rpc-transport.js";
import type { SessionFiles } from "../ports/session-files.js";
import type { Telemetry } from "../ports/telemetry.js";
import type { Provider } from "./provider-facade.js";
import type { ProviderOptions } from "./provider-options.js";

/** A typed name of a service: `bind` and `get` with it know the type, and a wrong binding does not compile. */
function identifier<T>(name: string): ServiceIdentifier<T> {
  return Symbol.for(`t3-pi-provider/${name}`);
}

/** The ports. A host replaces any of them with a module of its own that is loaded after ours. */
export const ports = {
  agentDialect: identifier<AgentDialect>("AgentDialect"),
  attachmentReader: identifier<AttachmentReader>("AttachmentReader"),
  binaryLocator: identifier<BinaryLocator>("BinaryLocator"),
  childEnvironment: identifier<ChildEnvironment>("ChildEnvironment"),
  clock: identifier<Clock>("Clock"),
  companionFiles: identifier<CompanionFiles>("CompanionFiles"),
  customModelStore: identifier<CustomModelStore>("CustomModelStore"),
  fileStamps: identifier<FileStamps>("FileStamps"),
  idGenerator: identifier<IdGenerator>("IdGenerator"),
  processSpawner: identifier<ProcessSpawner>("ProcessSpawner"),
  rpcConnector: identifier<RpcConnector>("RpcConnector"),
  sessionFiles: identifier<SessionFiles>("SessionFiles"),
  telemetry: identifier<Telemetry>("Telemetry"),
} as const;

/** What a host asks the container for, and the options it was made with. */
export const services = {
  provider: identifier<Provider>("Provider"),
  options: identifier<ProviderOptions>("ProviderOptions"),
} as const;
