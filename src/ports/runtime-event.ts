/**
 * T3's canonical provider events (`ProviderRuntimeEvent`, second version), those of its 47 types that an RPC-mode agent can
 * honestly produce. Shapes equal T3's contract; ids are plain strings.
 */

export type RuntimeTurnState = "completed" | "failed" | "interrupted" | "cancelled";
export type RuntimeItemStatus = "inProgress" | "completed" | "failed" | "declined";
export type RuntimeErrorClass = "provider_error" | "transport_error" | "permission_error" | "validation_error" | "unknown";
export type RuntimeSessionState = "starting" | "ready" | "running" | "waiting" | "stopped" | "error";
export type RuntimeThreadState = "active" | "idle" | "archived" | "closed" | "compacted" | "error";
export type RuntimeContentStreamKind = "assistant_text" | "reasoning_text";
export type CanonicalRequestType =
  | "command_execution_approval"
  | "file_read_approval"
  | "file_change_approval"
  | "apply_patch_approval"
  | "exec_command_approval";
export type CanonicalToolItemType =
  | "command_execution"
  | "file_change"
  | "mcp_tool_call"
  | "dynamic_tool_call"
  | "web_search"
  | "image_view";
export type CanonicalItemType = "assistant_message" | "reasoning" | "context_compaction" | CanonicalToolItemType;

export interface RuntimeItemPayload {
  readonly itemType: CanonicalItemType;
  readonly status?: RuntimeItemStatus;
  readonly title?: string;
  readonly detail?: string;
  readonly data?: unknown;
}

export interface UserInputQuestion {
  readonly id: string;
  readonly header: string;
  readonly question: string;
  /** At least one: T3 drops a question without options. */
  readonly options: readonly { readonly label: string; readonly description: string }[];
}

export interface RuntimeTokenUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedInputTokens: number;
  readonly cacheWriteTokens: number;
  readonly totalTokens: number;
}

/** Payload by event type. */
export interface RuntimeEventPayloads {
  readonly "session.started": { readonly message?: string; readonly resume?: unknown };
  readonly "session.configured": { readonly config: Readonly<Record<string, unknown>> };
  readonly "session.state.changed": { readonly state: RuntimeSessionState; readonly reason?: string };
  readonly "session.exited": { readonly reason?: string; readonly recoverable?: boolean; readonly exitKind?: "graceful" | "error" };
  readonly "thread.started": { readonly providerThreadId?: string };
  readonly "thread.state.changed": { readonly state: RuntimeThreadState; readonly detail?: unknown };
  readonly "thread.metadata.updated": { readonly name?: string };
  readonly "thread.token-usage.updated": {
    readonly usage: {
      readonly totals: RuntimeTokenUsage;
      readonly totalCostUsd: number;
      readonly usedContextTokens?: number;
      readonly contextWindow?: number;
    };
  };
  readonly "turn.started": { readonly model?: string; readonly effort?: string };
  readonly "turn.completed": {
    readonly state: RuntimeTurnState;
    readonly stopReason?: string | null;
    readonly usage?: RuntimeTokenUsage;
    readonly totalCostUsd?: number;
    readonly errorMessage?: string;
    /** The agent's own reference to where its conversation stands now; only where the host asked for references. */
    readonly conversationHead?: string;
  };
  readonly "item.started": RuntimeItemPayload;
  readonly "item.updated": RuntimeItemPayload;
  readonly "item.completed": RuntimeItemPayload;
  readonly "content.delta": { readonly streamKind: RuntimeContentStreamKind; readonly delta: string };
  readonly "request.opened": { readonly requestType: CanonicalRequestType; readonly detail?: string; readonly args?: unknown };
  readonly "request.resolved": { readonly requestType: CanonicalRequestType; readonly decision?: string };
  readonly "user-input.requested": { readonly questions: readonly UserInputQuestion[] };
  readonly "user-input.resolved": { readonly answers: Readonly<Record<string, unknown>> };
  readonly "runtime.warning": { readonly message: string; readonly detail?: unknown };
  readonly "runtime.error": { readonly message: string; readonly class?: RuntimeErrorClass; readonly detail?: unknown };
}

export type RuntimeEventType = keyof RuntimeEventPayloads;

interface RuntimeEventBody<T extends RuntimeEventType> {
  readonly type: T;
  readonly turnId?: string;
  readonly itemId?: string;
  readonly requestId?: string;
  /** The agent's own names; with `turn.completed` that of the turn, where the host asked for references. */
  readonly providerRefs?: { readonly providerTurnId: string };
  readonly payload: RuntimeEventPayloads[T];
}

/** An event before it is stamped: what happened, without id, time and thread. */
export type RuntimeEventDraft = { [T in RuntimeEventType]: RuntimeEventBody<T> }[RuntimeEventType];

export interface RuntimeEventStamp {
  /** A UUID: T3 keys its activities by it. */
  readonly eventId: string;
  readonly provider: string;
  readonly threadId: string;
  /** `Date.prototype.toISOString()`, strictly increasing per thread. */
  readonly createdAt: string;
}

export type ProviderRuntimeEvent = RuntimeEventDraft & RuntimeEventStamp;
