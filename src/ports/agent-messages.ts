/**
 * What an RPC-mode agent is told and what it tells, in neutral words. A dialect translates both ways; the domain knows nothing
 * else. An agent's own "turns" are called steps here, because a turn is T3's.
 */

// ---------------------------------------------------------------------------------------------------------- models and state

export interface AgentModelRef {
  readonly provider: string;
  readonly id: string;
}

export interface AgentModel extends AgentModelRef {
  readonly name: string;
  /** What the model takes besides text. */
  readonly input: readonly ("text" | "image")[];
  readonly contextWindow?: number;
  readonly maxOutputTokens?: number;
  readonly reasoning: boolean;
  /** The levels the agent proves for this model, in ascending order; empty when there is no choice. */
  readonly thinkingLevels: readonly string[];
}

export interface AgentState {
  /** Absent when the agent has no usable model. */
  readonly model?: AgentModelRef;
  readonly thinkingLevel?: string;
  readonly sessionId: string;
  /** The file that keeps the conversation; absent for an ephemeral session. */
  readonly sessionFile?: string;
  /** A run is under way, waiting for a retry included. */
  readonly streaming: boolean;
  readonly compacting: boolean;
  /** Texts queued for the current or the next run. */
  readonly queued: number;
  readonly messageCount: number;
}

export interface AgentImage {
  readonly mimeType: string;
  readonly base64: string;
}

export interface AgentCommandInfo {
  /** Without a leading slash. */
  readonly name: string;
  readonly description?: string;
  readonly source: "extension" | "prompt" | "skill" | "other";
}

export interface AgentUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  readonly totalTokens: number;
  /** In US dollars, as the agent reckons it. */
  readonly costUsd: number;
}

export interface AgentSessionStats {
  readonly totals: AgentUsage;
  /** How full the model's context is; `usedTokens` is absent right after a compaction, when nobody knows. */
  readonly context?: { readonly usedTokens?: number; readonly windowTokens: number };
}

/** One message of the user on the active branch of the conversation, before which the agent can fork. */
export interface AgentForkPoint {
  readonly entryId: string;
  readonly text: string;
}

/** The active branch of the agent's conversation, or the end of it. */
export interface AgentHistory {
  /** Oldest first. */
  readonly entries: readonly AgentHistoryEntry[];
  /** Where the conversation stands: an entry, which need not be among those that are told. Absent while there is none. */
  readonly head?: string;
}

/** One entry of the active branch of the agent's conversation. */
export interface AgentHistoryEntry {
  readonly id: string;
  readonly role: "user" | "assistant" | "tool" | "other";
  readonly text: string;
}

// ----------------------------------------------------------------------------------------------------- commands and replies

export type AgentCommand =
  | { readonly type: "get-state" }
  | { readonly type: "list-models" }
  /** Levels of the current model. */
  | { readonly type: "list-thinking-levels" }
  | { readonly type: "list-commands" }
  | { readonly type: "set-model"; readonly model: AgentModelRef }
  | { readonly type: "set-thinking-level"; readonly level: string }
  | { readonly type: "prompt"; readonly text: string; readonly images: readonly AgentImage[] }
  /** Delivered into the running run; starts a run should the last one just have settled. */
  | { readonly type: "steer"; readonly text: string; readonly images: readonly AgentImage[] }
  | { readonly type: "abort" }
  /** Forgets queued texts. */
  | { readonly type: "clear-queue" }
  | { readonly type: "compact"; readonly instructions?: string }
  | { readonly type: "get-stats" }
  | { readonly type: "list-fork-points" }
  | { readonly type: "fork"; readonly entryId: string }
  /** With `since`, an agent that can tells only what came after this entry. */
  | { readonly type: "get-history"; readonly since?: string }
  /** Names the conversation, for the agent's own lists. */
  | { readonly type: "name-session"; readonly name: string };

/** What each command's success carries. */
export interface AgentReplies {
  readonly "get-state": AgentState;
  readonly "list-models": AgentModelList;
  readonly "list-thinking-levels": { readonly levels: readonly string[] };
  readonly "list-commands": { readonly commands: readonly AgentCommandInfo[] };
  readonly "set-model": { readonly model?: AgentModelRef };
  /** Success says nothing more; the level that took effect is read back from the state. */
  readonly "set-thinking-level": null;
  readonly prompt: { readonly disposition: PromptDisposition };
  readonly steer: { readonly disposition: PromptDisposition };
  readonly abort: null;
  readonly "clear-queue": { readonly cleared: number };
  readonly compact: { readonly tokensBefore?: number; readonly tokensAfter?: number };
  readonly "get-stats": AgentSessionStats;
  readonly "list-fork-points": { readonly points: readonly AgentForkPoint[] };
  readonly fork: { readonly cancelled: boolean };
  readonly "get-history": AgentHistory;
  readonly "name-session": null;
}

export type AgentCommandType = AgentCommand["type"];

export interface AgentModelList {
  readonly models: readonly AgentModel[];
  /** Entries that were malformed and left out. */
  readonly rejected: number;
}

/**
 * What became of a prompt: it began a run, joined a queue, was handled without a run (the agent's own command), or the agent's
 * version does not say.
 */
export type PromptDisposition = "started" | "queued" | "handled" | "unknown";

/** A decoded reply: the success value of its command, the agent's refusal, or a reply this dialect cannot read. */
export type AgentReply<T extends AgentCommandType = AgentCommandType> =
  | { readonly type: "ok"; readonly value: AgentReplies[T] }
  | { readonly type: "refused"; readonly message: string; readonly reason: AgentRefusalReason }
  | { readonly type: "malformed" };

/** Why the agent refused, as far as its dialect can tell. */
export type AgentRefusalReason = "unknown-command" | "busy" | "not-authenticated" | "unknown-model" | "other";

// ------------------------------------------------------------------------------------------------------------------- events

export type AgentStopReason = "stop" | "length" | "tool-use" | "error" | "aborted" | "other";

/** What a tool does, as far as it matters to how it is shown. */
export type AgentToolKind = "command" | "file-change" | "web-search" | "image-view" | "mcp" | "other";

export type AgentEvent =
  | { readonly type: "run-started" }
  /** One activity period ended; by itself this never means that the agent is done. */
  | { readonly type: "run-ended"; readonly willRetry: boolean }
  /** The agent's own word that it will do nothing more by itself. */
  | { readonly type: "settled"; readonly aborted: boolean }
  | { readonly type: "step-started" }
  | { readonly type: "step-ended" }
  | { readonly type: "message-started"; readonly role: AgentRole }
  | { readonly type: "text-delta"; readonly block: number; readonly delta: string }
  | { readonly type: "reasoning-delta"; readonly block: number; readonly delta: string }
  /** The authoritative content of a message that is complete now. */
  | AgentMessageEnded
  | {
      readonly type: "tool-started";
      readonly toolCallId: string;
      readonly toolName: string;
      readonly kind: AgentToolKind;
      /** One line for people: the command, the path, … */
      readonly summary?: string;
      readonly input: Readonly<Record<string, unknown>>;
    }
  /** Progress of a running tool; the output so far is only counted, because agents repeat it whole. */
  | { readonly type: "tool-progressed"; readonly toolCallId: string; readonly outputBytes: number }
  | {
      readonly type: "tool-ended";
      readonly toolCallId: string;
      readonly toolName: string;
      readonly failed: boolean;
      readonly output: string;
    }
  | { readonly type: "queue-changed"; readonly queued: number }
  | { readonly type: "compaction-started"; readonly reason: CompactionReason }
  | {
      readonly type: "compaction-ended";
      readonly reason: CompactionReason;
      /** The run goes on after it. */
      readonly willContinue: boolean;
      readonly aborted: boolean;
      readonly tokensBefore?: number;
      readonly tokensAfter?: number;
      readonly errorMessage?: string;
    }
  | {
      readonly type: "retry-started";
      readonly attempt: number;
      readonly maxAttempts: number;
      readonly delayMs: number;
      readonly errorMessage: string;
    }
  | { readonly type: "retry-ended"; readonly success: boolean; readonly errorMessage?: string }
  | { readonly type: "thinking-level-changed"; readonly level: string }
  | { readonly type: "session-named"; readonly name?: string }
  | { readonly type: "extension-failed"; readonly extension: string; readonly event: string }
  | AgentDialog
  | AgentApprovalQuestion
  /** What makes this agent ask before each tool call is in place, in this session of the agent's; it is told again for each session. */
  | { readonly type: "gate-announced"; readonly sessionId: string }
  /** It is in place no longer. */
  | { readonly type: "gate-withdrawn" }
  /** The agent itself refused a call before it would have asked, so that it did not run. Told before the tool's end. */
  | { readonly type: "tool-refused"; readonly toolCallId: string }
  /** The agent shows something and expects no answer. */
  | { readonly type: "notice"; readonly severity: "info" | "warning" | "error"; readonly text: string }
  /** A reply that came when nobody waited for it: late, or the second one to the same request. */
  | { readonly type: "stray-reply"; readonly requestId?: string; readonly command?: string; readonly refusal?: string }
  /** Decoration that this library has no place for (a widget, a status line). */
  | { readonly type: "ignored"; readonly recordType: string }
  /** A record this dialect does not know or cannot read. */
  | { readonly type: "unrecognised"; readonly recordType: string };

export type AgentRole = "user" | "assistant" | "tool" | "system" | "custom";

export type CompactionReason = "manual" | "threshold" | "overflow" | "unknown";

export interface AgentMessageEnded {
  readonly type: "message-ended";
  readonly role: AgentRole;
  /** Text blocks by their index in the message; reasoning blocks likewise. */
  readonly text: readonly AgentBlock[];
  readonly reasoning: readonly AgentBlock[];
  readonly stopReason: AgentStopReason;
  readonly errorMessage?: string;
  readonly usage?: AgentUsage;
  readonly model?: AgentModelRef;
}

export interface AgentBlock {
  readonly block: number;
  readonly text: string;
}

/** A question that blocks the agent until it is answered, cancelled, or its own time-out passes. */
export interface AgentDialog {
  readonly type: "dialog-opened";
  readonly dialogId: string;
  readonly method: "select" | "confirm" | "input" | "editor";
  readonly title: string;
  readonly message?: string;
  /** The choices of a `select`. */
  readonly options: readonly string[];
  readonly placeholder?: string;
  readonly prefill?: string;
  readonly timeoutMs?: number;
}

export type AgentDialogAnswer =
  | { readonly type: "value"; readonly value: string }
  | { readonly type: "confirmed"; readonly confirmed: boolean }
  | { readonly type: "cancelled" };

/** What a tool call does, as far as it matters to whether it may. */
export type AgentToolAccess = "file-read" | "file-change" | "command" | "other";

/**
 * Whether a tool call may run. It blocks the call until it is answered; the call's start was told before. A call that was not asked about
 * has not run, unless the agent is not what it should be.
 */
export interface AgentApprovalQuestion {
  readonly type: "approval-asked";
  readonly questionId: string;
  readonly toolCallId: string;
  readonly toolName: string;
  readonly access: AgentToolAccess;
  /** One line for people: the command, the path, … */
  readonly summary?: string;
  /** What the call is given, long texts cut. */
  readonly input: Readonly<Record<string, unknown>>;
  /** Equal for equal inputs; absent when unknown. */
  readonly inputDigest?: string;
  /**
   * The one path that the call is about, without links, and whether it lies in the project; absent when there is none or it is unknown.
   * What would run without a tool call once it is changed, the agent's own extensions for one, counts as outside for a change.
   */
  readonly path?: { readonly resolved: string; readonly inside: boolean };
}

/** The answer to an {@link AgentApprovalQuestion}. Only `accept` lets the call run; `cancel`: nobody is there to decide any more. */
export type AgentVerdict = "accept" | "decline" | "cancel";
