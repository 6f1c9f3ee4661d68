/** The complete `./testing` entry: in-memory twins of the ports, scripted agents and a scripted model, and the rules of the events. */

// The rules of the events, and a log that checks them
export { EventLog } from "../domain/turn/event-log.js";
export { EventStreamRules, eventStreamRules, type RuleViolation } from "../domain/turn/event-stream-rules.js";

// One twin a port
export { CountedIds } from "../adapters/fake/counted-ids.js";
export { FixedBinaryLocator } from "../adapters/fake/fixed-binary-locator.js";
export { FixedChildEnvironment } from "../adapters/fake/fixed-child-environment.js";
export { InMemoryAttachmentReader } from "../adapters/fake/in-memory-attachment-reader.js";
export { InMemoryCompanionFiles } from "../adapters/fake/in-memory-companion-files.js";
export { InMemoryCustomModelStore } from "../adapters/fake/in-memory-custom-model-store.js";
export { InMemoryFileStamps } from "../adapters/fake/in-memory-file-stamps.js";
export { InMemoryProcessSpawner, type InMemoryProcessSpawnerOptions } from "../adapters/fake/in-memory-process-spawner.js";
export type { InMemoryProgram, ProgramIo } from "../adapters/fake/in-memory-program.js";
export { InMemorySessionFiles } from "../adapters/fake/in-memory-session-files.js";
export { ManualClock } from "../adapters/fake/manual-clock.js";
export { RecordingTelemetry } from "../adapters/fake/recording-telemetry.js";
export { ScriptedRpcConnector } from "../adapters/fake/scripted-rpc-connector.js";

// A real agent with a scripted model
export { AgentSandbox, demoModels, type AgentSandboxOptions, type SandboxModel } from "../adapters/fake/agent-sandbox.js";
export type { ModelAnswer, ModelStep } from "../adapters/fake/model-endpoint/model-answer.js";
export type { ModelRequest } from "../adapters/fake/model-endpoint/model-request.js";
export { ScriptedModelEndpoint, inTurn, type ScriptedModelEndpointOptions } from "../adapters/fake/scripted-model-endpoint.js";

// Agents that are scripts themselves, in memory or as programs of their own
export type { AgentIo } from "../adapters/fake/agent-io.js";
export { echoAgent } from "../adapters/fake/echo-agent.js";
export { echoDialect } from "../adapters/fake/echo-dialect.js";
export { InstalledAgent, type InstalledAgentOptions } from "../adapters/fake/installed-agent.js";
export { ScriptedAgent, type ScriptedAgentOptions } from "../adapters/fake/scripted-agent.js";
export type { AgentScenario, PiMessageUpdate, ReplyPatch, Script, ScriptStep } from "../adapters/fake/scripted-agent/scenario.js";
export {
  piEndlessTurn,
  piErrorTurn,
  piExhaustedTurn,
  piFailure,
  piHandledPrompt,
  piRecoveringTurn,
  piRetryStart,
  piRunEnd,
  piRunStart,
  piSettled,
  piSpeech,
  piSpeechEnd,
  piSpeechStart,
  piSteeredTurn,
  piTextTurn,
  piToolTurn,
  piToolUse,
  type PiSpeech,
  type PiToolUse,
} from "../adapters/fake/scripted-agent/pi-turns.js";

// What every provider must keep, on whatever dialect
export { conformanceSettings } from "./conformance/conformance-settings.js";
export type { ConformanceAct, ConformanceActs, ConformanceFeature, ConformanceStage, ConformanceSubject, GeneratingAct, LackingAct, PromptedAct } from "./conformance/conformance-subject.js";
export { describeProviderConformance } from "./conformance/describe-provider-conformance.js";
export type { TestRunner } from "./conformance/test-runner.js";

// T3's own rules: what its users would see of a provider
export type { RequestKind } from "../adapters/fake/host-model/activity-of-event.js";
export type { DeliveryMode } from "../adapters/fake/host-model/assistant-messages.js";
export type { PendingApproval, PendingQuestion } from "../adapters/fake/host-model/pending-prompts.js";
export { emptyBubble, type Bubble, type Screen } from "../adapters/fake/host-model/screen.js";
export type { ProviderBinding } from "../adapters/fake/host-model/session-directory.js";
export { sessionAfter, untouchedSession, type SessionLifecycle, type T3SessionStatus } from "../adapters/fake/host-model/session-lifecycle.js";
export type { StoredActivity, StoredCheckpoint, StoredMessage, StoredSession, StoredThread, T3Project } from "../adapters/fake/host-model/stored-thread.js";
export { T3HostModel, type OpenThread, type SendOptions, type T3HostModelOptions } from "../adapters/fake/host-model/t3-host-model.js";
export type { WorkLogRow } from "../adapters/fake/host-model/work-log.js";
