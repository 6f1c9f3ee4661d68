import type { OrchestrationCapabilities } from "../../ports/orchestration-capabilities.js";
import type { ProviderCapabilities } from "../../ports/provider.js";

/** A message may have 120,000 characters, and the user's own words need room beside what is handed over. */
const maxHandoffCharacters = 100_000;

/** The same capabilities in the groups of today's T3. What no flag speaks of is how every agent is driven here. */
export function orchestrationCapabilitiesOf(capabilities: ProviderCapabilities): OrchestrationCapabilities {
  const isSupervised = capabilities.runtimeModes.some((mode) => mode !== "full-access");
  return {
    // The agent asks before it acts, and does what it is told. That is no sandbox.
    runtimePolicy: { enforcement: "client-boundary" },
    sessions: {
      supportsMultipleProviderThreadsPerSession: false,
      supportsModelSwitchInSession: capabilities.sessionModelSwitch === "in-session",
      supportsProviderSwitchingViaHandoff: true,
      supportsRuntimeModeSwitchInSession: isSupervised,
      pendingRequestsSurviveRestart: false,
    },
    threads: {
      canCreateEmptyThread: true,
      canReadThreadSnapshot: capabilities.readThread,
      canRollbackThread: capabilities.rollback,
      canForkThread: capabilities.fork,
      canForkFromTurn: capabilities.fork,
      canForkFromSubagentThread: false,
      exposesNativeThreadId: capabilities.resume,
    },
    turns: {
      // There is one, but only once the turn is over: see `identity`.
      exposesNativeTurnId: false,
      emitsTurnStarted: true,
      emitsTurnCompleted: true,
      supportsInterrupt: true,
      supportsActiveSteering: capabilities.steering,
      supportsSteeringByInterruptRestart: false,
      supportsQueuedMessages: true,
      terminalStatusQuality: "strong",
    },
    streaming: {
      streamsAssistantText: true,
      streamsReasoning: true,
      // A tool's output is told when the tool has ended.
      streamsToolOutput: false,
      streamsPlanText: false,
      emitsMessageCompleted: true,
    },
    tools: {
      exposesToolItemIds: true,
      emitsToolStarted: true,
      emitsToolCompleted: true,
      emitsToolOutput: true,
      supportsMcpTools: false,
      supportsDynamicToolCallbacks: false,
    },
    approvals: {
      supportsCommandApproval: isSupervised,
      supportsFileReadApproval: isSupervised,
      supportsFileChangeApproval: isSupervised,
      supportsApplyPatchApproval: false,
      approvalsHaveNativeRequestIds: isSupervised,
      approvalCallbacksAreLiveOnly: true,
      approvalsCanOriginateFromSubagents: false,
    },
    planning: {
      emitsPlanUpdated: false,
      emitsTodoList: false,
      emitsProposedPlan: false,
      supportsStructuredQuestions: capabilities.userInput,
      planDeltasHaveItemIds: false,
    },
    subagents: {
      supportsSubagents: false,
      exposesSubagentThreadIds: false,
      emitsSubagentLifecycle: false,
      canWaitForSubagents: false,
      canCloseSubagents: false,
      canForkSubagentThread: false,
    },
    context: {
      acceptsSystemContext: false,
      acceptsDeveloperContext: false,
      // Whatever a host writes for the user is a message like another.
      acceptsSyntheticUserContext: true,
      canGenerateSummaries: false,
      canConsumeHandoffSummaries: true,
      supportsDeltaHandoff: true,
      supportsFullThreadHandoff: true,
      maxRecommendedHandoffChars: maxHandoffCharacters,
    },
    checkpointing: {
      appCanCheckpointFilesystem: true,
      supportsNestedCheckpointScopes: false,
      providerCanRollbackConversation: capabilities.rollback,
      providerRollbackReturnsSnapshot: capabilities.rollback,
      providerCanReadConversationSnapshot: capabilities.readThread,
    },
    identity: {
      nativeThreadIds: capabilities.resume ? "strong" : "none",
      nativeTurnIds: capabilities.readThread ? "weak" : "none",
      // Unique, but of one run of the session: a snapshot names the same message otherwise.
      nativeItemIds: "weak",
      nativeRequestIds: "strong",
    },
  };
}
