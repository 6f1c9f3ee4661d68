/**
 * What the glue needs of T3's contracts, restated in our own words on the same `effect`: in T3's tree these are imports from
 * `@t3tools/contracts` and from `apps/server/src/provider`. Tags, fields and constraints are T3's; what the glue does not touch is left
 * out. Older copies of Effect 4 say `ServiceMap.Service` for `Context.Service`, and `Schema.TaggedErrorClass` for `Schema.TaggedError`.
 */
import { Context, Schema, type Effect, type Stream } from "effect";

// ------------------------------------------------------------------------------------------------------------- ids and enumerations

const Text = Schema.Trim.check(Schema.isNonEmpty());

export const ThreadId = Text.pipe(Schema.brand("ThreadId"));
export type ThreadId = typeof ThreadId.Type;
export const TurnId = Text.pipe(Schema.brand("TurnId"));
export type TurnId = typeof TurnId.Type;
export const ApprovalRequestId = Text.pipe(Schema.brand("ApprovalRequestId"));
export type ApprovalRequestId = typeof ApprovalRequestId.Type;
const EventId = Text.pipe(Schema.brand("EventId"));
const RuntimeItemId = Text.pipe(Schema.brand("RuntimeItemId"));
const RuntimeRequestId = Text.pipe(Schema.brand("RuntimeRequestId"));

/** Widened by one word. */
export const ProviderKind = Schema.Literals(["codex", "pi"]);
export type ProviderKind = typeof ProviderKind.Type;
const RuntimeMode = Schema.Literals(["approval-required", "full-access"]);
export type ProviderApprovalDecision = "accept" | "acceptForSession" | "decline" | "cancel";

// ------------------------------------------------------------------------------------------------------------------------- calls

/** Widened by `pi`. */
const ProviderModelOptions = Schema.Struct({
  codex: Schema.optional(Schema.Struct({ reasoningEffort: Schema.optional(Schema.Literals(["xhigh", "high", "medium", "low"])), fastMode: Schema.optional(Schema.Boolean) })),
  pi: Schema.optional(Schema.Struct({ thinkingLevel: Schema.optional(Text) })),
});

/** Widened by `pi`. */
export const ProviderStartOptions = Schema.Struct({
  codex: Schema.optional(Schema.Struct({ binaryPath: Schema.optional(Text), homePath: Schema.optional(Text) })),
  pi: Schema.optional(Schema.Struct({ binaryPath: Schema.optional(Text), agentDir: Schema.optional(Text) })),
});
export type ProviderStartOptions = typeof ProviderStartOptions.Type;

export const ProviderSessionStartInput = Schema.Struct({
  threadId: ThreadId,
  provider: Schema.optional(ProviderKind),
  cwd: Schema.optional(Text),
  model: Schema.optional(Text),
  modelOptions: Schema.optional(ProviderModelOptions),
  resumeCursor: Schema.optional(Schema.Unknown),
  providerOptions: Schema.optional(ProviderStartOptions),
  runtimeMode: RuntimeMode,
});
export type ProviderSessionStartInput = typeof ProviderSessionStartInput.Type;

export const ProviderSession = Schema.Struct({
  provider: ProviderKind,
  status: Schema.Literals(["connecting", "ready", "running", "error", "closed"]),
  runtimeMode: RuntimeMode,
  cwd: Schema.optional(Text),
  model: Schema.optional(Text),
  threadId: ThreadId,
  resumeCursor: Schema.optional(Schema.Unknown),
  activeTurnId: Schema.optional(TurnId),
  createdAt: Schema.String,
  updatedAt: Schema.String,
  lastError: Schema.optional(Text),
});
export type ProviderSession = typeof ProviderSession.Type;

const ChatAttachment = Schema.Struct({ type: Schema.Literal("image"), id: Text, name: Text, mimeType: Text, sizeBytes: Schema.Int });

export const ProviderSendTurnInput = Schema.Struct({
  threadId: ThreadId,
  input: Schema.optional(Text),
  attachments: Schema.optional(Schema.Array(ChatAttachment)),
  model: Schema.optional(Text),
  modelOptions: Schema.optional(ProviderModelOptions),
  interactionMode: Schema.optional(Schema.Literals(["default", "plan"])),
});
export type ProviderSendTurnInput = typeof ProviderSendTurnInput.Type;

export const ProviderTurnStartResult = Schema.Struct({ threadId: ThreadId, turnId: TurnId, resumeCursor: Schema.optional(Schema.Unknown) });
export type ProviderTurnStartResult = typeof ProviderTurnStartResult.Type;

export interface ProviderThreadSnapshot {
  readonly threadId: ThreadId;
  readonly turns: readonly { readonly id: TurnId; readonly items: readonly unknown[] }[];
}

// ------------------------------------------------------------------------------------------------------------------------ events

const base = {
  eventId: EventId,
  provider: ProviderKind,
  threadId: ThreadId,
  createdAt: Schema.String,
  turnId: Schema.optional(TurnId),
  itemId: Schema.optional(RuntimeItemId),
  requestId: Schema.optional(RuntimeRequestId),
};

const TokenUsage = Schema.Struct({ inputTokens: Schema.Number, outputTokens: Schema.Number, cachedInputTokens: Schema.Number, cacheWriteTokens: Schema.Number, totalTokens: Schema.Number });
const Item = Schema.Struct({
  itemType: Schema.Literals([
    "assistant_message", "reasoning", "context_compaction", "command_execution", "file_change", "mcp_tool_call", "dynamic_tool_call", "web_search", "image_view",
  ]),
  status: Schema.optional(Schema.Literals(["inProgress", "completed", "failed", "declined"])),
  title: Schema.optional(Text),
  detail: Schema.optional(Text),
  data: Schema.optional(Schema.Unknown),
});
const Question = Schema.Struct({ id: Text, header: Text, question: Text, options: Schema.Array(Schema.Struct({ label: Text, description: Text })) });
const ApprovalType = Schema.Literals(["command_execution_approval", "file_read_approval", "file_change_approval", "apply_patch_approval", "exec_command_approval"]);

/** Of T3's 47 events those that the provider sends. T3 leaves more strings open than this: what it calls unknown is named where we know it. */
export const ProviderRuntimeEvent = Schema.Union([
  event("session.started", { message: Schema.optional(Text), resume: Schema.optional(Schema.Unknown) }),
  event("session.configured", { config: Schema.Record(Schema.String, Schema.Unknown) }),
  event("session.state.changed", { state: Schema.Literals(["starting", "ready", "running", "waiting", "stopped", "error"]), reason: Schema.optional(Text) }),
  event("session.exited", { reason: Schema.optional(Text), recoverable: Schema.optional(Schema.Boolean), exitKind: Schema.optional(Schema.Literals(["graceful", "error"])) }),
  event("thread.started", { providerThreadId: Schema.optional(Text) }),
  event("thread.state.changed", { state: Schema.Literals(["active", "idle", "archived", "closed", "compacted", "error"]), detail: Schema.optional(Schema.Unknown) }),
  event("thread.metadata.updated", { name: Schema.optional(Text) }),
  event("thread.token-usage.updated", {
    usage: Schema.Struct({ totals: TokenUsage, totalCostUsd: Schema.Number, usedContextTokens: Schema.optional(Schema.Number), contextWindow: Schema.optional(Schema.Number) }),
  }),
  event("turn.started", { model: Schema.optional(Text), effort: Schema.optional(Text) }),
  event("turn.completed", {
    state: Schema.Literals(["completed", "failed", "interrupted", "cancelled"]),
    stopReason: Schema.optional(Schema.NullOr(Text)),
    usage: Schema.optional(TokenUsage),
    totalCostUsd: Schema.optional(Schema.Number),
    errorMessage: Schema.optional(Text),
  }),
  event("item.started", Item.fields),
  event("item.updated", Item.fields),
  event("item.completed", Item.fields),
  event("content.delta", { streamKind: Schema.Literals(["assistant_text", "reasoning_text"]), delta: Schema.String }),
  event("request.opened", { requestType: ApprovalType, detail: Schema.optional(Text), args: Schema.optional(Schema.Unknown) }),
  event("request.resolved", { requestType: ApprovalType, decision: Schema.optional(Text) }),
  event("user-input.requested", { questions: Schema.Array(Question) }),
  event("user-input.resolved", { answers: Schema.Record(Schema.String, Schema.Unknown) }),
  event("runtime.warning", { message: Text, detail: Schema.optional(Schema.Unknown) }),
  event("runtime.error", {
    message: Text,
    class: Schema.optional(Schema.Literals(["provider_error", "transport_error", "permission_error", "validation_error", "unknown"])),
    detail: Schema.optional(Schema.Unknown),
  }),
]);
export type ProviderRuntimeEvent = typeof ProviderRuntimeEvent.Type;

function event<const Type extends string, const Fields extends Schema.Struct.Fields>(type: Type, payload: Fields) {
  return Schema.Struct({ ...base, type: Schema.Literal(type), payload: Schema.Struct(payload) });
}

// ------------------------------------------------------------------------------------------------------------------------ errors

const cause = Schema.optional(Schema.Defect());

export class ProviderAdapterValidationError extends Schema.TaggedError<ProviderAdapterValidationError>()("ProviderAdapterValidationError", {
  provider: Schema.String,
  operation: Schema.String,
  issue: Schema.String,
  cause,
}) {
  override get message(): string {
    return `Provider adapter validation failed (${this.provider}) in ${this.operation}: ${this.issue}`;
  }
}

export class ProviderAdapterSessionNotFoundError extends Schema.TaggedError<ProviderAdapterSessionNotFoundError>()("ProviderAdapterSessionNotFoundError", {
  provider: Schema.String,
  threadId: Schema.String,
  cause,
}) {
  override get message(): string {
    return `Unknown ${this.provider} adapter thread: ${this.threadId}`;
  }
}

export class ProviderAdapterSessionClosedError extends Schema.TaggedError<ProviderAdapterSessionClosedError>()("ProviderAdapterSessionClosedError", {
  provider: Schema.String,
  threadId: Schema.String,
  cause,
}) {
  override get message(): string {
    return `${this.provider} adapter thread is closed: ${this.threadId}`;
  }
}

export class ProviderAdapterRequestError extends Schema.TaggedError<ProviderAdapterRequestError>()("ProviderAdapterRequestError", {
  provider: Schema.String,
  method: Schema.String,
  detail: Schema.String,
  cause,
}) {
  override get message(): string {
    return `Provider adapter request failed (${this.provider}) for ${this.method}: ${this.detail}`;
  }
}

export class ProviderAdapterProcessError extends Schema.TaggedError<ProviderAdapterProcessError>()("ProviderAdapterProcessError", {
  provider: Schema.String,
  threadId: Schema.String,
  detail: Schema.String,
  cause,
}) {
  override get message(): string {
    return `Provider adapter process error (${this.provider}) for thread ${this.threadId}: ${this.detail}`;
  }
}

export type ProviderAdapterError =
  | ProviderAdapterValidationError
  | ProviderAdapterSessionNotFoundError
  | ProviderAdapterSessionClosedError
  | ProviderAdapterRequestError
  | ProviderAdapterProcessError;

// ---------------------------------------------------------------------------------------------------------------------- services

export interface ProviderAdapterShape<E> {
  readonly provider: ProviderKind;
  readonly capabilities: { readonly sessionModelSwitch: "in-session" | "restart-session" | "unsupported" };
  readonly startSession: (input: ProviderSessionStartInput) => Effect.Effect<ProviderSession, E>;
  readonly sendTurn: (input: ProviderSendTurnInput) => Effect.Effect<ProviderTurnStartResult, E>;
  readonly interruptTurn: (threadId: ThreadId, turnId?: TurnId) => Effect.Effect<void, E>;
  readonly respondToRequest: (threadId: ThreadId, requestId: ApprovalRequestId, decision: ProviderApprovalDecision) => Effect.Effect<void, E>;
  readonly respondToUserInput: (threadId: ThreadId, requestId: ApprovalRequestId, answers: Readonly<Record<string, unknown>>) => Effect.Effect<void, E>;
  readonly stopSession: (threadId: ThreadId) => Effect.Effect<void, E>;
  readonly listSessions: () => Effect.Effect<readonly ProviderSession[]>;
  readonly hasSession: (threadId: ThreadId) => Effect.Effect<boolean>;
  readonly readThread: (threadId: ThreadId) => Effect.Effect<ProviderThreadSnapshot, E>;
  readonly rollbackThread: (threadId: ThreadId, numTurns: number) => Effect.Effect<ProviderThreadSnapshot, E>;
  readonly stopAll: () => Effect.Effect<void, E>;
  readonly streamEvents: Stream.Stream<ProviderRuntimeEvent>;
}

export const ServerProviderStatus = Schema.Struct({
  provider: ProviderKind,
  status: Schema.Literals(["ready", "warning", "error"]),
  available: Schema.Boolean,
  authStatus: Schema.Literals(["authenticated", "unauthenticated", "unknown"]),
  checkedAt: Schema.String,
  message: Schema.optional(Text),
});
export type ServerProviderStatus = typeof ServerProviderStatus.Type;

export interface ProviderHealthShape {
  readonly getStatuses: Effect.Effect<readonly ServerProviderStatus[]>;
}
export class ProviderHealth extends Context.Service<ProviderHealth, ProviderHealthShape>()("t3/provider/Services/ProviderHealth") {}

export interface ServerProviderModelCatalogEntry {
  readonly defaultModel: string | null;
  readonly models: readonly { readonly slug: string; readonly name: string }[];
}
export interface ProviderModelCatalogShape {
  readonly getCatalog: (input?: {
    readonly provider?: ProviderKind | undefined;
    readonly providerOptions?: ProviderStartOptions | undefined;
  }) => Effect.Effect<{ readonly pi?: ServerProviderModelCatalogEntry }>;
}
export class ProviderModelCatalog extends Context.Service<ProviderModelCatalog, ProviderModelCatalogShape>()("t3/provider/Services/ProviderModelCatalog") {}

/** Of T3's settings: the folder its server was started in, and the one it keeps its state in. */
export class ServerConfig extends Context.Service<ServerConfig, { readonly cwd: string; readonly stateDir: string }>()("t3/config/ServerConfig") {}

/** T3's writer of provider events, one log a thread. */
export interface EventNdjsonLogger {
  readonly write: (event: unknown, threadId: ThreadId | null) => Effect.Effect<void>;
}
