import { describe, expect, it } from "vitest";
import { orchestrationCapabilitiesOf } from "../../../src/domain/inventory/orchestration-capabilities.ts";
import type { OrchestrationCapabilities } from "../../../src/ports/orchestration-capabilities.ts";
import type { ProviderCapabilities } from "../../../src/ports/provider.ts";

const everything: ProviderCapabilities = {
  sessionModelSwitch: "in-session",
  runtimeModes: ["approval-required", "auto-accept-edits", "full-access"],
  steering: true,
  userInput: true,
  attachments: ["image"],
  resume: true,
  readThread: true,
  rollback: true,
  fork: true,
  commands: true,
  compaction: true,
  textGeneration: true,
};

const nothing: ProviderCapabilities = {
  sessionModelSwitch: "unsupported",
  runtimeModes: ["full-access"],
  steering: false,
  userInput: false,
  attachments: [],
  resume: false,
  readThread: false,
  rollback: false,
  fork: false,
  commands: false,
  compaction: false,
  textGeneration: false,
};

/** T3's record field by field. `[of a provider that can everything, of one that can nothing]` where the two differ. */
const record: { readonly [Group in keyof OrchestrationCapabilities]: { readonly [Name in keyof OrchestrationCapabilities[Group]]: unknown } } = {
  runtimePolicy: { enforcement: "client-boundary" },
  sessions: {
    supportsMultipleProviderThreadsPerSession: false,
    supportsModelSwitchInSession: [true, false],
    supportsProviderSwitchingViaHandoff: true,
    supportsRuntimeModeSwitchInSession: [true, false],
    pendingRequestsSurviveRestart: false,
  },
  threads: {
    canCreateEmptyThread: true,
    canReadThreadSnapshot: [true, false],
    canRollbackThread: [true, false],
    canForkThread: [true, false],
    canForkFromTurn: [true, false],
    canForkFromSubagentThread: false,
    exposesNativeThreadId: [true, false],
  },
  turns: {
    exposesNativeTurnId: false,
    emitsTurnStarted: true,
    emitsTurnCompleted: true,
    supportsInterrupt: true,
    supportsActiveSteering: [true, false],
    supportsSteeringByInterruptRestart: false,
    supportsQueuedMessages: true,
    terminalStatusQuality: "strong",
  },
  streaming: { streamsAssistantText: true, streamsReasoning: true, streamsToolOutput: false, streamsPlanText: false, emitsMessageCompleted: true },
  tools: { exposesToolItemIds: true, emitsToolStarted: true, emitsToolCompleted: true, emitsToolOutput: true, supportsMcpTools: false, supportsDynamicToolCallbacks: false },
  approvals: {
    supportsCommandApproval: [true, false],
    supportsFileReadApproval: [true, false],
    supportsFileChangeApproval: [true, false],
    supportsApplyPatchApproval: false,
    approvalsHaveNativeRequestIds: [true, false],
    approvalCallbacksAreLiveOnly: true,
    approvalsCanOriginateFromSubagents: false,
  },
  planning: { emitsPlanUpdated: false, emitsTodoList: false, emitsProposedPlan: false, supportsStructuredQuestions: [true, false], planDeltasHaveItemIds: false },
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
    acceptsSyntheticUserContext: true,
    canGenerateSummaries: false,
    canConsumeHandoffSummaries: true,
    supportsDeltaHandoff: true,
    supportsFullThreadHandoff: true,
    maxRecommendedHandoffChars: 100_000,
  },
  checkpointing: {
    appCanCheckpointFilesystem: true,
    supportsNestedCheckpointScopes: false,
    providerCanRollbackConversation: [true, false],
    providerRollbackReturnsSnapshot: [true, false],
    providerCanReadConversationSnapshot: [true, false],
  },
  identity: { nativeThreadIds: ["strong", "none"], nativeTurnIds: ["weak", "none"], nativeItemIds: "weak", nativeRequestIds: "strong" },
};

describe("the capability record of today's T3", () => {
  it.each([
    ["everything", everything, 0],
    ["nothing", nothing, 1],
  ])("has each field of a provider that can %s", (_what, capabilities, column) => {
    const expected = Object.fromEntries(
      Object.entries(record).map(([group, fields]) => [group, Object.fromEntries(Object.entries(fields).map(([name, value]: [string, unknown]) => [name, Array.isArray(value) ? (value[column] as unknown) : value]))]),
    );
    expect(orchestrationCapabilitiesOf(capabilities)).toEqual(expected);
  });

  it.each<[flag: string, change: Partial<ProviderCapabilities>, differences: readonly string[]]>([
    ["sessionModelSwitch", { sessionModelSwitch: "restart-session" }, ["sessions.supportsModelSwitchInSession"]],
    [
      "runtimeModes",
      { runtimeModes: ["full-access"] },
      ["sessions.supportsRuntimeModeSwitchInSession", "approvals.supportsCommandApproval", "approvals.supportsFileReadApproval", "approvals.supportsFileChangeApproval", "approvals.approvalsHaveNativeRequestIds"],
    ],
    ["steering", { steering: false }, ["turns.supportsActiveSteering"]],
    ["userInput", { userInput: false }, ["planning.supportsStructuredQuestions"]],
    ["resume", { resume: false }, ["threads.exposesNativeThreadId", "identity.nativeThreadIds"]],
    ["readThread", { readThread: false }, ["threads.canReadThreadSnapshot", "checkpointing.providerCanReadConversationSnapshot", "identity.nativeTurnIds"]],
    ["rollback", { rollback: false }, ["threads.canRollbackThread", "checkpointing.providerCanRollbackConversation", "checkpointing.providerRollbackReturnsSnapshot"]],
    ["fork", { fork: false }, ["threads.canForkThread", "threads.canForkFromTurn"]],
    ["commands", { commands: false }, []],
  ])("follows %s where that is meant, and nowhere else", (_flag, change, differences) => {
    const [before, after] = [everything, { ...everything, ...change }].map((capabilities) => flat(orchestrationCapabilitiesOf(capabilities)));
    expect(Object.keys(before ?? {}).filter((name) => before?.[name] !== after?.[name])).toEqual(differences);
  });
});

function flat(capabilities: OrchestrationCapabilities): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(capabilities).flatMap(([group, fields]) => Object.entries(fields).map(([name, value]) => [`${group}.${name}`, value])));
}
