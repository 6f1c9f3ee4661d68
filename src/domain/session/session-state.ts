import type { FailureDiagnosis, ModelSwitchMode, SettlementStrategy } from "../../ports/agent-dialect.js";
import type {
  AgentCommand,
  AgentCommandInfo,
  AgentCommandType,
  AgentDialogAnswer,
  AgentEvent,
  AgentHistory,
  AgentImage,
  AgentModelRef,
  AgentRefusalReason,
  AgentReplies,
  AgentSessionStats,
  AgentState,
  AgentVerdict,
} from "../../ports/agent-messages.js";
import type { ProviderErrorInput } from "../../ports/errors.js";
import type { ProviderApprovalDecision, ProviderTurnStartResult, RollbackTarget, RuntimeMode, UnsolicitedRunDecision } from "../../ports/provider.js";
import type { RuntimeEventDraft } from "../../ports/runtime-event.js";
import type { Supervision } from "../supervision/supervision.js";
import type { OpenDialog } from "../turn/dialogs.js";
import type { TurnView } from "../turn/turn-projection.js";
import type { Resume } from "./agent-launcher.js";
import type { TurnMessages } from "./turn-messages.js";

/**
 * The words of the session's state machine: `(state, input) → (state, effects)`.
 *
 * Everything that can change a session is an input, everything it does is an effect, and every input that came through an
 * asynchronous edge carries the epoch of the process it belongs to, so that an echo of an earlier process changes nothing.
 */

// -------------------------------------------------------------------------------------------------------------------- state

export interface SessionState {
  readonly core: SessionCore;
  readonly phase: SessionPhase;
}

/** What every phase needs. */
export interface SessionCore {
  readonly identity: SessionIdentity;
  readonly settings: SessionSettings;
  readonly settlement: SettlementStrategy;
  /** Counts the processes of this session; a model switch may need a new one. */
  readonly epoch: number;
  /** The id of the next turn, made outside so that the reducer stays pure. */
  readonly nextTurnId: string;
  /** What the running version of the agent can do; absent until its process is open. */
  readonly abilities?: AgentAbilities;
  /** What the agent last said of itself; absent until it is ready. */
  readonly agent?: AgentFacts;
  readonly dialogs: readonly OpenDialog[];
  /** How many questions the agent has asked so far. */
  readonly questions: number;
  /** Whether the agent asks before each tool call, and what became of that. */
  readonly supervision: Supervision;
  /** A run that nobody asked for was told to stop, as the host's policy is, and has not settled yet. */
  readonly expelling: boolean;
  /** How many of these runs the host was asked about: a decision names its run. */
  readonly unaskedRuns: number;
  /** A message that waits for that. */
  readonly heldSend: PendingSend | undefined;
  /** Texts of an interrupted turn lie in the agent's queue and cannot be taken out: this process must not see another prompt. */
  readonly tainted: boolean;
  /** The user messages of each turn so far, the latest last: what a rollback by turns has to count. */
  readonly turnMessages: TurnMessages;
  /** Where the conversation stood when its last turn ended, as far as that was asked and told. */
  readonly head: string | undefined;
  /** Calls beside the turns that wait for the agent's answer, in whatever phase. */
  readonly readers: readonly CallId[];
  /** Calls that wait for the session to be gone. Not empty: the session ends as soon as it can. */
  readonly stopCalls: readonly CallId[];
  /** What was said on the way to the next turn, and is said again in it. */
  readonly unreadWarnings: readonly string[];
  readonly lastError?: string;
}

export interface SessionIdentity {
  readonly threadId: string;
  /** A UUID of this session, so that ids made from it are unique across threads. */
  readonly sessionKey: string;
  readonly provider: string;
  readonly displayName: string;
  readonly runtimeMode: RuntimeMode;
  readonly cwd?: string;
}

export interface AgentAbilities {
  readonly versionText: string;
  readonly modelSwitch: ModelSwitchMode;
  readonly commands: ReadonlySet<AgentCommandType>;
}

export interface AgentFacts {
  readonly sessionId: string;
  readonly sessionFile?: string;
  readonly model?: AgentModelRef;
  readonly thinkingLevel?: string;
  readonly messageCount: number;
  /** A run was under way when this was read. */
  readonly streaming: boolean;
}

/** Bounds in milliseconds, and policies. */
export interface SessionSettings {
  /** From the process's start to its first answer: extensions and a cold disk can make this long. */
  readonly readyMs: number;
  /** For any other request. */
  readonly requestMs: number;
  /** How long `sendTurn` waits for the agent's word before it counts the turn as accepted; never resent. */
  readonly acceptMs: number;
  /** For the reply to a prompt, which an agent's own command may hold back as long as it works. */
  readonly promptMs: number;
  /** From an interrupt until the agent is ended by force; the abort is repeated at half time. */
  readonly abortMs: number;
  /** Between two looks at an agent that says it is done but is not idle yet; doubles each time up to a second. */
  readonly probeMs: number;
  /** How long a turn's end waits for the agent's statistics; without them it ends all the same. */
  readonly statsMs: number;
  /** After a run's end without the agent's own word that it is settled. */
  readonly settleFallbackMs: number;
  /** Silence in a turn after which the agent is asked whether it still works. */
  readonly quietMs: number;
  /** Between the polite signal and force. */
  readonly stopGraceMs: number;
  /** What becomes of a run that nobody asked for; with `ask` the host says so, for each of them. */
  readonly unsolicitedRuns: "adopt" | "refuse" | "ask";
  /** How long the host may take to say so; then the run is adopted, as it is when the host fails to. */
  readonly decisionMs: number;
  /** Whether a turn ends with the agent's own references to it and to where the conversation stands. Costs one more question a turn. */
  readonly turnReferences: boolean;
}

export type SessionPhase =
  /** Nothing happened yet. */
  | { readonly type: "new" }
  | { readonly type: "starting"; readonly call: CallId; readonly request: StartRequest; readonly step: StartStep }
  | { readonly type: "idle" }
  /** A model or level change that a send needs; the prompt follows. */
  | { readonly type: "preparing"; readonly send: PendingSend; readonly interrupted: boolean; readonly step: PrepareStep }
  /** The conversation is being cut back to before its latest turns. */
  | { readonly type: "rolling-back"; readonly rollback: Rollback }
  /** The agent began to work by itself: what it does is held back until the host says what becomes of it. */
  | { readonly type: "holding"; readonly run: number; readonly held: readonly AgentEvent[] }
  | { readonly type: "running"; readonly turn: Turn }
  | { readonly type: "aborting"; readonly turn: Turn; readonly waiting?: PendingSend }
  /** The agent may be done; its state is being read. */
  | { readonly type: "settling"; readonly turn: Turn; readonly probe: SettleProbe; readonly waiting?: PendingSend }
  /** The process is being ended; what follows depends on why. */
  | { readonly type: "stopping"; readonly why: StopReason }
  | { readonly type: "closed" };

export interface Rollback {
  readonly call: CallId;
  readonly target: RollbackTarget;
  /** The turns that will be left, once it is known where the conversation is cut. */
  readonly left?: TurnMessages;
  readonly step: "find" | "fork" | "refresh";
}

export type StartStep = { readonly type: "opening" } | { readonly type: "readying" } | { readonly type: "selecting"; readonly selection: Selection };

export type PrepareStep =
  | { readonly type: "selecting"; readonly selection: Selection }
  /** The version can only switch by a new process: opened with the new model, then asked whether it is ready. */
  | ({ readonly type: "reopening" } & Reopening)
  | ({ readonly type: "readying" } & Reopening);

export interface Reopening {
  readonly selection: Selection;
  /** Why the message is refused: the switch has failed, and the process to come is the one that was there before. */
  readonly refusal?: ProviderErrorInput;
}

export type StopReason =
  /** With `retry` another start is tried instead of failing. */
  | { readonly type: "start-failed"; readonly call: CallId; readonly request: StartRequest; readonly error: ProviderErrorInput; readonly cursorLost: boolean; readonly retry?: StartRequest }
  | { readonly type: "requested"; readonly waiting?: PendingSend }
  /** A run that nobody asked for did not stop. */
  | { readonly type: "expelled" }
  /** The agent did not obey an interrupt. */
  | { readonly type: "disobedient"; readonly turn: Turn; readonly waiting?: PendingSend }
  /** It ran a tool that nobody let through, in a mode that asks. */
  | { readonly type: "ungated"; readonly turn?: Turn; readonly waiting?: PendingSend }
  /** A process that went silent in the middle of a turn. */
  | { readonly type: "unresponsive"; readonly turn: Turn; readonly waiting?: PendingSend }
  | ({ readonly type: "switching"; readonly send: PendingSend; readonly interrupted: boolean } & Reopening);

/** A model and level on the way to being the agent's. */
export interface Selection extends WantedModel {
  /** What gives way with a warning when it is not to be had, because a cursor remembers it and the host did not choose it. */
  readonly lenient: "nothing" | "level" | "everything";
  /** What has given way. */
  readonly warning?: string;
  readonly step: "check" | "set-model" | "set-level" | "read-back" | "look-back";
  /** What failed after something was sent: the call fails with it once it is known what the agent uses now. */
  readonly failure?: ProviderErrorInput;
}

export interface StartRequest {
  /** What the host chose. */
  readonly chosen: WantedModel;
  /** What a cursor remembers. */
  readonly remembered: WantedModel;
  /** The conversation to continue. */
  readonly resume?: Resume;
  readonly hasCursor: boolean;
  /** What the cursor counted of the conversation that is resumed. */
  readonly turnMessages: TurnMessages;
  /** Where the conversation stood, as the cursor remembers it. */
  readonly head?: string;
  /** The host may still hold a state of an earlier session of this thread. */
  readonly heal: boolean;
  /** What was remembered and is not to be had any more, in a sentence. */
  readonly gaveWay?: string;
}

export interface WantedModel {
  readonly model?: AgentModelRef;
  readonly level?: string;
  /** The user added this model, and it was validated then: should the agent not list it, it is to be started with it. */
  readonly unlisted?: true;
}

export interface SendRequest {
  readonly text: string;
  readonly images: readonly AgentImage[];
  readonly wanted: WantedModel;
  /** Not a message at all: the agent is to shorten the conversation. */
  readonly compaction?: { readonly instructions?: string };
}

export interface PendingSend {
  readonly call: CallId;
  readonly request: SendRequest;
}

export interface Turn {
  readonly id: string;
  readonly view: TurnView;
  /** The `sendTurn` that still waits for the turn to be accepted; the turn has not begun for the host. */
  readonly acceptance?: CallId;
  /** Whether the agent answered the prompt; an abort before that is lost. */
  readonly answered: boolean;
  /** Whether the agent showed any activity since the prompt. */
  readonly active: boolean;
  /** Grows with every activity; a state that was read at a smaller count proves nothing. */
  readonly fence: number;
  /** The fence when the silence was last measured. */
  readonly quietFence: number;
  readonly interrupted: boolean;
  /** How often the agent was told to abort. */
  readonly aborts: number;
  /** Calls whose steering text the agent has not acknowledged yet. */
  readonly steering: readonly CallId[];
  /** Steering texts that wait for the prompt's answer: two prompts are never in flight. */
  readonly heldSteers: readonly PendingSend[];
  /** Calls among those that were answered already, because the agent took too long. */
  readonly answeredSteers: readonly CallId[];
  /** Whether the agent was sent texts for its queue. */
  readonly steered: boolean;
  /** How many of them wait there, as far as is known. */
  readonly queued: number;
  /** Looks at a silent agent that said it still works, since it was last heard; and whether its silence was told. */
  readonly silentLooks: number;
  readonly toldSilent: boolean;
  /** The agent said it aborted without being asked by us. */
  readonly abortedByAgent: boolean;
}

export interface SettleProbe {
  readonly fence: number;
  /** How many more idle states are needed. One, where the agent itself said that it is done. */
  readonly needed: number;
  /** Whether the agent said so; without its word a busy state leads back to waiting. */
  readonly announced: boolean;
  readonly attempts: number;
  readonly unanswered: number;
  readonly idle: boolean;
  readonly stats: { readonly type: "asked" } | { readonly type: "known"; readonly stats: AgentSessionStats } | { readonly type: "unknown" };
  /** Where the conversation stands; asked for at once, or when the agent proves to be idle. */
  readonly history: { readonly type: "unwanted" | "later" | "asked" | "unknown" } | { readonly type: "known"; readonly history: AgentHistory };
}

// -------------------------------------------------------------------------------------------------------------------- inputs

/** Names one call of the host that waits for its result. */
export type CallId = number;

export type SessionInput =
  | { readonly type: "start"; readonly call: CallId; readonly request: StartRequest }
  | { readonly type: "send"; readonly call: CallId; readonly request: SendRequest }
  | { readonly type: "interrupt"; readonly call: CallId; readonly turnId?: string }
  | { readonly type: "answer"; readonly call: CallId; readonly requestId: string; readonly answers: Readonly<Record<string, unknown>> }
  | { readonly type: "decide"; readonly call: CallId; readonly requestId: string; readonly decision: ProviderApprovalDecision }
  /** Another mode for the process that is there, whatever it does. */
  | { readonly type: "mode"; readonly call: CallId; readonly mode: RuntimeMode }
  /** Reads something of the agent without changing anything. */
  | { readonly type: "read"; readonly call: CallId; readonly what: "history" | "commands" }
  /** Names the conversation, beside whatever the session does. */
  | { readonly type: "name"; readonly call: CallId; readonly name: string }
  | { readonly type: "rollback"; readonly call: CallId; readonly target: RollbackTarget }
  | { readonly type: "stop"; readonly call: CallId }
  | { readonly type: "turn-id"; readonly id: string }
  | { readonly type: "decision"; readonly epoch: number; readonly run: number; readonly decision: UnsolicitedRunDecision }
  | { readonly type: "timer"; readonly key: TimerKey }
  | { readonly type: "opened"; readonly epoch: number; readonly abilities: AgentAbilities }
  | { readonly type: "open-failed"; readonly epoch: number; readonly error: ProviderErrorInput; readonly cursorLost: boolean }
  | { readonly type: "event"; readonly epoch: number; readonly event: AgentEvent }
  | ReplyInput
  /** A record larger than the bound was dropped; whatever it said is unknown. */
  | { readonly type: "record-dropped"; readonly epoch: number; readonly bytes: number }
  /** The connection ended without our asking. */
  | { readonly type: "lost"; readonly epoch: number; readonly detail: string; readonly diagnosis: FailureDiagnosis["code"] }
  | { readonly type: "disposed"; readonly epoch: number };

export type ReplyInput = {
  [T in AgentCommandType]: {
    readonly type: "reply";
    readonly epoch: number;
    readonly to: T;
    readonly tag: CommandTag;
    readonly outcome: CommandOutcome<T>;
  };
}[AgentCommandType];

export type CommandOutcome<T extends AgentCommandType> =
  | { readonly type: "ok"; readonly value: AgentReplies[T] }
  | { readonly type: "refused"; readonly message: string; readonly reason: AgentRefusalReason }
  | { readonly type: "unanswered"; readonly detail: string };

/** Whose request it was; compared with the state when the reply comes. */
export interface CommandTag {
  readonly turnId?: string;
  readonly fence?: number;
  readonly call?: CallId;
}

// -------------------------------------------------------------------------------------------------------------------- effects

/** `call:` bounds how long a second message of a turn may keep its caller waiting; it goes when the call is answered. */
export type TimerKey = "accept" | "abort" | "probe" | "quiet" | "decision" | `dialog:${string}` | `call:${CallId}`;

export type SessionEffect =
  | { readonly type: "open"; readonly epoch: number; readonly launch: LaunchWish }
  | { readonly type: "command"; readonly command: AgentCommand; readonly tag: CommandTag; readonly deadlineMs: number }
  | { readonly type: "answer-dialog"; readonly dialogId: string; readonly answer: AgentDialogAnswer }
  | { readonly type: "answer-approval"; readonly questionId: string; readonly verdict: AgentVerdict }
  | { readonly type: "emit"; readonly draft: RuntimeEventDraft }
  | { readonly type: "timer"; readonly key: TimerKey; readonly delayMs: number }
  | { readonly type: "cancel-timer"; readonly key: TimerKey }
  | { readonly type: "settle"; readonly call: CallId; readonly result: CallResult }
  /** Ends the process, cancelling a launch that is under way; answered by `disposed`. */
  | { readonly type: "dispose"; readonly graceMs: number }
  /** Answered by a `decision`. */
  | { readonly type: "ask-host"; readonly run: number }
  | { readonly type: "mint-turn-id" };

export interface LaunchWish extends WantedModel {
  readonly resume?: Resume;
  /** A process that would not ask before each tool call is of no use. */
  readonly supervised?: true;
}

export type CallResult =
  | { readonly type: "ok" }
  | { readonly type: "turn"; readonly turn: ProviderTurnStartResult }
  | { readonly type: "history"; readonly history: AgentHistory }
  | { readonly type: "commands"; readonly commands: readonly AgentCommandInfo[] }
  /** Whether the mode is the session's now; not where the process would have to be another one. */
  | { readonly type: "mode"; readonly changed: boolean }
  | { readonly type: "error"; readonly error: ProviderErrorInput };

export interface Step {
  readonly state: SessionState;
  readonly effects: readonly SessionEffect[];
}

/** What the agent's state means for us. */
export function factsOf(state: AgentState): AgentFacts {
  return {
    sessionId: state.sessionId,
    messageCount: state.messageCount,
    streaming: state.streaming,
    ...(state.sessionFile === undefined ? {} : { sessionFile: state.sessionFile }),
    ...(state.model === undefined ? {} : { model: state.model }),
    ...(state.thinkingLevel === undefined ? {} : { thinkingLevel: state.thinkingLevel }),
  };
}
