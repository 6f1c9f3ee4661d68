/** The complete public surface of the package for a host. */
export type * from "../ports/index.js";
export { absentFile, ProviderError, SpawnError } from "../ports/index.js";
export { CombinedTelemetry } from "../adapters/combined-telemetry.js";
export { NativeRecordLog, type NativeRecordLogOptions } from "../adapters/node/native-record-log.js";
export { piDialect } from "../adapters/pi/pi-dialect.js";
export { redactedRecord } from "../adapters/redacted-record.js";
export { createPiProvider, createProviderContainer, type ProviderContainerOptions } from "./container.js";
export { coreModule } from "./core-module.js";
export { ports, services } from "./identifiers.js";
export { nodeModule } from "./node-module.js";
export { piModule } from "./pi-module.js";
export type { Provider } from "./provider-facade.js";
export { defaultCustomModelLimits, defaultInventorySettings, defaultSessionSettings, type EnvironmentOptions, type ProviderOptions } from "./provider-options.js";
export type { CustomModelLimits } from "../domain/inventory/custom-model-validator.js";
export type { InventorySettings } from "../domain/inventory/inventory-settings.js";
export { serverProviderOf, type ServerProviderInput } from "../domain/inventory/server-provider.js";
export type { SessionSettings } from "../domain/session/session-state.js";
