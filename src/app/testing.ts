/** The complete `./testing` entry: in-memory twins of the ports, scripted agents and a scripted model, and the rules of the events. */
export { EventLog } from "../domain/turn/event-log.js";
export { EventStreamRules, eventStreamRules, type RuleViolation } from "../domain/turn/event-stream-rules.js";
export { AgentSandbox, demoModels, type AgentSandboxOptions, type SandboxModel } from "../adapters/fake/agent-sandbox.js";
export { CountedIds } from "../adapters/fake/counted-ids.js";
export { FixedBinaryLocator } from "../adapters/fake/fixed-binary-locator.js";
export { InMemoryAttachmentReader } from "../adapters/fake/in-memory-attachment-reader.js";
export { InMemoryCustomModelStore } from "../adapters/fake/in-memory-custom-model-store.js";
export { ManualClock } from "../adapters/fake/manual-clock.js";
export { RecordingTelemetry } from "../adapters/fake/recording-telemetry.js";
export { ScriptedModelEndpoint, inTurn, type ScriptedModelEndpointOptions } from "../adapters/fake/scripted-model-endpoint.js";
export { ScriptedRpcConnector } from "../adapters/fake/scripted-rpc-connector.js";
export { echoDialect } from "../adapters/fake/echo-dialect.js";
