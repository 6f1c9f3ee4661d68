/** The complete `./ports` entry: what a host needs to bring its own infrastructure, or to write a dialect. */
export type * from "./agent-dialect.js";
export type * from "./agent-messages.js";
export { formatAgentVersion, isAtLeast, parseAgentVersion, type AgentVersion } from "./agent-version.js";
export type * from "./attachment-reader.js";
export type * from "./binary-locator.js";
export type * from "./child-environment.js";
export type * from "./clock.js";
export type * from "./companion-files.js";
export type * from "./custom-model-store.js";
export {
  ProviderError,
  SpawnError,
  type ProviderErrorCode,
  type ProviderErrorInput,
  type ProviderErrorKind,
  type SpawnFailureReason,
} from "./errors.js";
export { absentFile, type FileStamps } from "./file-stamps.js";
export type * from "./id-generator.js";
export type * from "./orchestration-capabilities.js";
export type * from "./process-spawner.js";
export type * from "./provider.js";
export type * from "./provider-inventory.js";
export type * from "./rpc-transport.js";
export type * from "./runtime-event.js";
export type * from "./server-provider.js";
export type * from "./session-files.js";
export type * from "./telemetry.js";
export type * from "./text-generation.js";
