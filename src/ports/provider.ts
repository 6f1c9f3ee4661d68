import type { AgentCommandInfo } from "./agent-messages.js";
import type { ProviderRuntimeEvent } from "./runtime-event.js";

/**
 * What a host calls. Field names, enumerations and nesting are those of T3's contracts, with plain strings where T3 brands
 * them. Inputs accept `undefined` for an optional field; results leave absent fields out.
 */

export type ProviderKind = string;
/**
 * Who decides on a tool call. `approval-required`: the user, but for reading in the project. `auto-accept-edits`: the user, but for
 * reading and editing in the project. `full-access`: nobody.
 */
export type RuntimeMode = "approval-required" | "auto-accept-edits" | "full-access";
export type ProviderInteractionMode = "default" | "plan";
export type ProviderApprovalDecision = "accept" | "acceptForSession" | "decline" | "cancel";
export type ProviderSessionStatus = "connecting" | "ready" | "running" | "error" | "closed";
export type ProviderSessionModelSwitchMode = "in-session" | "restart-session" | "unsupported";

/** What is implemented, and nothing else: a host may trust each flag. */
export interface ProviderCapabilities {
  readonly sessionModelSwitch: ProviderSessionModelSwitchMode;
  readonly runtimeModes: readonly RuntimeMode[];
  readonly steering: boolean;
  readonly userInput: boolean;
  readonly attachments: readonly "image"[];
  readonly resume: boolean;
  readonly readThread: boolean;
  readonly rollback: boolean;
  /** `forkThread`. */
  readonly fork: boolean;
  readonly commands: boolean;
  readonly compaction: boolean;
  /** `generateJson`. */
  readonly textGeneration: boolean;
}

/** Options under the provider's own key, e.g. `modelOptions.<provider>.thinkingLevel`. */
export interface ProviderModelOptions {
  /** One of the selected model's real levels, or `"default"` for the agent's own choice; absent changes nothing. */
  readonly thinkingLevel?: string | undefined;
  /** Options of other providers, as a host hands all of them on. Never read. */
  readonly [option: string]: unknown;
}

/** A model as today's T3 names it. */
export interface ProviderModelSelection {
  /** That of the provider it is given to. */
  readonly instanceId: string;
  /** `provider/model-id`, or `"default"` for the agent's own choice; absent changes nothing. */
  readonly model?: string | undefined;
  /** By the ids of the model's option descriptors; `"default"` for the agent's own choice. What is absent stays as it is. */
  readonly options?: readonly { readonly id: string; readonly value: string | boolean }[] | undefined;
}

/** The two forms in which T3 names a model, by its age. A call may use either; if it uses both, they must agree. */
export interface ModelChoiceInput {
  /** `provider/model-id`, or `"default"` for the agent's own choice. */
  readonly model?: string | undefined;
  readonly modelOptions?: Readonly<Record<string, ProviderModelOptions | undefined>> | undefined;
  readonly modelSelection?: ProviderModelSelection | undefined;
}

export interface ProviderStartOptions {
  readonly binaryPath?: string | undefined;
  readonly agentDir?: string | undefined;
  /** More arguments for the agent's program, as one would type them in a shell; no shell ever sees them. Blank counts as absent. */
  readonly launchArguments?: string | undefined;
  /** Options of other providers, as a host hands all of them on. Never read. */
  readonly [option: string]: unknown;
}

/**
 * The agent's own name for something, in the shape that newer servers of T3 keep. `strong`: it names one thing for good, and nothing
 * else. `weak`: it was looked up afterwards, and names its thing only within its conversation and the copies of that.
 */
export interface NativeReference {
  readonly driver: ProviderKind;
  readonly nativeId: string;
  readonly strength: "strong" | "weak";
}

export interface ProviderSessionStartInput extends ModelChoiceInput {
  readonly threadId: string;
  readonly provider?: ProviderKind | undefined;
  readonly cwd?: string | undefined;
  /** Absent in every form means the cursor's model, else the agent's choice. */
  readonly model?: string | undefined;
  /** As a former result carried it; opaque to the host. */
  readonly resumeCursor?: unknown;
  /**
   * The conversation to continue, where there is no cursor: as `ProviderSession.nativeThread` told it, or a host that knew the agent by
   * itself. It names the conversation and nothing else: model and level are what the agent kept.
   */
  readonly nativeThread?: { readonly driver?: ProviderKind | undefined; readonly nativeId: string; readonly strength?: string | undefined } | undefined;
  readonly providerOptions?: Readonly<Record<string, ProviderStartOptions | undefined>> | undefined;
  readonly runtimeMode: RuntimeMode;
}

export interface ProviderSession {
  readonly provider: ProviderKind;
  readonly status: ProviderSessionStatus;
  readonly runtimeMode: RuntimeMode;
  readonly threadId: string;
  readonly cwd?: string;
  readonly model?: string;
  readonly resumeCursor?: unknown;
  /**
   * The agent's own name for the conversation, with which it can be continued; absent while nothing of it is kept. Another one after a
   * rollback.
   */
  readonly nativeThread?: NativeReference;
  readonly activeTurnId?: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly lastError?: string;
}

export interface ChatAttachment {
  readonly type: "image";
  readonly id: string;
  readonly name: string;
  readonly mimeType: string;
  readonly sizeBytes: number;
}

export interface ProviderSendTurnInput extends ModelChoiceInput {
  readonly threadId: string;
  readonly input?: string | undefined;
  readonly attachments?: readonly ChatAttachment[] | undefined;
  /** Absent in every form changes nothing. */
  readonly model?: string | undefined;
  readonly interactionMode?: ProviderInteractionMode | undefined;
}

export interface ProviderTurnStartResult {
  readonly threadId: string;
  readonly turnId: string;
  readonly resumeCursor?: unknown;
}

export interface ProviderThreadSnapshot {
  readonly threadId: string;
  /** The turns that the conversation holds now, oldest first. `id` is the agent's own reference to the turn. */
  readonly turns: readonly { readonly id: string; readonly items: readonly unknown[] }[];
  readonly nativeThread?: NativeReference;
  /** The agent's own reference to where the conversation stands; absent where it is empty. */
  readonly conversationHead?: string;
}

/** What is left of a conversation: all but its latest turns, all up to and with a turn (by the agent's reference), or nothing. */
export type RollbackTarget = number | { readonly toTurn: string } | { readonly toStart: true };

export interface ForkThreadOptions extends CallOptions {
  /** The last turn of the copy, by the agent's reference. Default: the whole conversation. */
  readonly atTurn?: string | undefined;
}

/** A conversation that begins as a copy of another one. A session of any thread continues it. */
export interface ForkedThread {
  readonly nativeThread: NativeReference;
  /** Knows more than the reference: the model and level in use, and how the turns are counted. */
  readonly resumeCursor: unknown;
}

/** Work that an agent has begun by itself. */
export interface UnsolicitedRun {
  readonly threadId: string;
}

/** `adopt`: it becomes a turn, which begins with all that has happened meanwhile. `discard`: it is ended, and nothing of it is shown. */
export type UnsolicitedRunDecision = "adopt" | "discard";

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

/** One agent provider. Every rejection is a `ProviderError`; every failure a user should see is also an event. */
export interface ProviderAdapter extends AsyncDisposable {
  readonly provider: ProviderKind;
  readonly capabilities: ProviderCapabilities;
  /**
   * Resolves when the session is usable. A live session of the same thread is replaced, unless nothing but `runtimeMode` is different:
   * then it goes on as it is, with its running turn, in the new mode.
   */
  startSession(input: ProviderSessionStartInput, options?: CallOptions): Promise<ProviderSession>;
  /** Resolves when the turn is accepted, never at its end. While a turn runs, the text steers it and its id is returned. */
  sendTurn(input: ProviderSendTurnInput, options?: CallOptions): Promise<ProviderTurnStartResult>;
  /** Resolves when the interrupt is under way; the turn ends with `turn.completed{interrupted}`. Without a turn: nothing. */
  interruptTurn(threadId: string, turnId?: string): Promise<void>;
  /**
   * Answers a `request.opened`. `acceptForSession` accepts the same again as long as the session lives: the same input of a command, the
   * same file for an edit. `cancel` declines, and interrupts the turn.
   */
  respondToRequest(threadId: string, requestId: string, decision: ProviderApprovalDecision): Promise<void>;
  respondToUserInput(threadId: string, requestId: string, answers: Readonly<Record<string, unknown>>): Promise<void>;
  /** Resolves when the process and its descendants are gone. */
  stopSession(threadId: string): Promise<void>;
  listSessions(): readonly ProviderSession[];
  hasSession(threadId: string): boolean;
  readThread(threadId: string): Promise<ProviderThreadSnapshot>;
  /** Resolves when the agent's conversation ends where the target says; a number counts the turns that go. Refused while a turn runs. */
  rollbackThread(threadId: string, target: RollbackTarget): Promise<ProviderThreadSnapshot>;
  /** Copies the conversation of a live session, which is not touched, in a process of its own. Refused while a turn runs. */
  forkThread(threadId: string, options?: ForkThreadOptions): Promise<ForkedThread>;
  /** Gives the agent's conversation a name, as its own lists show it. Changes nothing else, and does not wait for a turn. */
  nameThread(threadId: string, name: string): Promise<void>;
  /**
   * Has the agent shorten its conversation, as a turn that shows no text. Resolves when it is accepted; refused while a turn runs.
   * `instructions` say what the summary must keep.
   */
  compactThread(threadId: string, instructions?: string): Promise<ProviderTurnStartResult>;
  /** The agent's own commands, skills and prompt templates, for a host's composer. They are sent as text like any other. */
  listCommands(threadId: string): Promise<readonly AgentCommandInfo[]>;
  stopAll(): Promise<void>;
  /** One consumer; buffers from creation; never throws; ends when the provider is disposed. */
  readonly events: AsyncIterable<ProviderRuntimeEvent>;
}
