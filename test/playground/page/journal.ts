import type { ProviderRuntimeEvent, RuntimeEventDraft } from "../../../src/ports/runtime-event.js";
import type { ServerProvider } from "../../../src/ports/server-provider.js";
import type { HostState, InstanceState, JournalEntry, JournalNews, ThreadRow, UserMessage } from "../../../playground/shared/protocol.js";

/** Entries in a row, as a host numbers them. */
export function journal(news: readonly JournalNews[], from = 1): readonly JournalEntry[] {
  return news.map((entry, index) => ({ seq: from + index, at: from + index, ...entry }));
}

export function hostState(changes: Partial<HostState> = {}): HostState {
  return { hostId: "host-1", instances: [], threads: [], histories: [], scenarios: [], scenario: null, rules: ["One rule."], ...changes };
}

let clock = 0;

/** An event of thread `t`, later than the one before. */
export function event(draft: RuntimeEventDraft): ProviderRuntimeEvent {
  clock += 1;
  return { ...draft, eventId: `event-${clock}`, provider: "some", threadId: "t", createdAt: new Date(clock * 1_000).toISOString() };
}

export const happened = (draft: RuntimeEventDraft): JournalNews => ({ type: "runtime-event", threadId: "t", event: event(draft) });
export const delta = (turnId: string, text: string): RuntimeEventDraft => ({
  type: "content.delta",
  turnId,
  itemId: `${turnId}-text`,
  payload: { streamKind: "assistant_text", delta: text },
});
export const started = (turnId: string): RuntimeEventDraft => ({ type: "turn.started", turnId, payload: { model: "a/b" } });
export const completed = (turnId: string): RuntimeEventDraft => ({ type: "turn.completed", turnId, payload: { state: "completed" } });

export function message(turnId: string, text: string, steers = false): UserMessage {
  return { messageId: `${turnId}-${text}`, turnId, text, steers, createdAt: "2026-01-01T00:00:00.000Z" };
}

export function threadRow(changes: Partial<ThreadRow> = {}): ThreadRow {
  return {
    threadId: "t",
    title: "A thread",
    instanceId: "one",
    runtimeMode: "full-access",
    cwd: "/project",
    session: "live",
    activeTurnId: null,
    lastError: null,
    createdAt: "2026-01-01T00:00:00.000Z",
    ...changes,
  };
}

export function instance(changes: Partial<ServerProvider> = {}): InstanceState {
  return {
    server: {
      instanceId: "one",
      driver: "some",
      displayName: "Some agent",
      enabled: true,
      installed: true,
      version: "1.0.0",
      status: "ready",
      auth: { status: "authenticated" },
      checkedAt: "2026-01-01T00:00:00.000Z",
      availability: "available",
      continuation: { groupKey: "some" },
      models: [thinker, plain],
      slashCommands: [],
      skills: [],
      showInteractionModeToggle: false,
      reportsContextWindow: true,
      supportedRuntimeModes: ["approval-required", "full-access"],
      requiresNewThreadForModelChange: false,
      supportsConversationRollback: true,
      supportsTextGeneration: true,
      ...changes,
    },
    settings: { binaryPath: "", launchArguments: "" },
    customModels: [],
    checking: false,
  };
}

const thinker: ServerProvider["models"][number] = {
  slug: "a/thinker",
  name: "Thinker",
  isCustom: false,
  isDefault: true,
  capabilities: {
    optionDescriptors: [{ id: "depth", label: "Depth", type: "select", options: [{ id: "low", label: "Low", isDefault: true }, { id: "high", label: "High" }] }],
  },
};

const plain: ServerProvider["models"][number] = { slug: "a/plain", name: "Plain", isCustom: false, capabilities: { optionDescriptors: [] } };
