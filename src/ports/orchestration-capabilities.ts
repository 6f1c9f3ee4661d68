/**
 * What newer servers of T3 want to know of a provider before they offer it anything: their record, group by group and under their names.
 * Hosts branch on it, so each value says what is there today.
 */
export interface OrchestrationCapabilities {
  /** Where a runtime mode takes effect: at what this side lets through, or in a sandbox of the agent's own. */
  readonly runtimePolicy: { readonly enforcement: "client-boundary" | "native" };
  readonly sessions: {
    readonly supportsMultipleProviderThreadsPerSession: boolean;
    readonly supportsModelSwitchInSession: boolean;
    readonly supportsProviderSwitchingViaHandoff: boolean;
    readonly supportsRuntimeModeSwitchInSession: boolean;
    readonly pendingRequestsSurviveRestart: boolean;
  };
  readonly threads: {
    readonly canCreateEmptyThread: boolean;
    readonly canReadThreadSnapshot: boolean;
    readonly canRollbackThread: boolean;
    readonly canForkThread: boolean;
    readonly canForkFromTurn: boolean;
    readonly canForkFromSubagentThread: boolean;
    readonly exposesNativeThreadId: boolean;
  };
  readonly turns: {
    readonly exposesNativeTurnId: boolean;
    readonly emitsTurnStarted: boolean;
    readonly emitsTurnCompleted: boolean;
    readonly supportsInterrupt: boolean;
    readonly supportsActiveSteering: boolean;
    readonly supportsSteeringByInterruptRestart: boolean;
    readonly supportsQueuedMessages: boolean;
    readonly terminalStatusQuality: "strong" | "weak" | "none";
  };
  readonly streaming: {
    readonly streamsAssistantText: boolean;
    readonly streamsReasoning: boolean;
    readonly streamsToolOutput: boolean;
    readonly streamsPlanText: boolean;
    readonly emitsMessageCompleted: boolean;
  };
  readonly tools: {
    readonly exposesToolItemIds: boolean;
    readonly emitsToolStarted: boolean;
    readonly emitsToolCompleted: boolean;
    readonly emitsToolOutput: boolean;
    readonly supportsMcpTools: boolean;
    readonly supportsDynamicToolCallbacks: boolean;
  };
  readonly approvals: {
    readonly supportsCommandApproval: boolean;
    readonly supportsFileReadApproval: boolean;
    readonly supportsFileChangeApproval: boolean;
    readonly supportsApplyPatchApproval: boolean;
    readonly approvalsHaveNativeRequestIds: boolean;
    readonly approvalCallbacksAreLiveOnly: boolean;
    readonly approvalsCanOriginateFromSubagents: boolean;
  };
  readonly planning: {
    readonly emitsPlanUpdated: boolean;
    readonly emitsTodoList: boolean;
    readonly emitsProposedPlan: boolean;
    readonly supportsStructuredQuestions: boolean;
    readonly planDeltasHaveItemIds: boolean;
  };
  readonly subagents: {
    readonly supportsSubagents: boolean;
    readonly exposesSubagentThreadIds: boolean;
    readonly emitsSubagentLifecycle: boolean;
    readonly canWaitForSubagents: boolean;
    readonly canCloseSubagents: boolean;
    readonly canForkSubagentThread: boolean;
  };
  readonly context: {
    readonly acceptsSystemContext: boolean;
    readonly acceptsDeveloperContext: boolean;
    readonly acceptsSyntheticUserContext: boolean;
    readonly canGenerateSummaries: boolean;
    readonly canConsumeHandoffSummaries: boolean;
    readonly supportsDeltaHandoff: boolean;
    readonly supportsFullThreadHandoff: boolean;
    readonly maxRecommendedHandoffChars: number | null;
  };
  readonly checkpointing: {
    readonly appCanCheckpointFilesystem: boolean;
    readonly supportsNestedCheckpointScopes: boolean;
    readonly providerCanRollbackConversation: boolean;
    readonly providerRollbackReturnsSnapshot: boolean;
    readonly providerCanReadConversationSnapshot: boolean;
  };
  /** How far the ids of a thing can be trusted, as with `NativeReference`. */
  readonly identity: {
    readonly nativeThreadIds: NativeIdStrength;
    readonly nativeTurnIds: NativeIdStrength;
    readonly nativeItemIds: NativeIdStrength;
    readonly nativeRequestIds: NativeIdStrength;
  };
}

export type NativeIdStrength = "strong" | "weak" | "none";
