import type {
  AgentCommand,
  AgentCommandType,
  AgentDialogAnswer,
  AgentEvent,
  AgentModelRef,
  AgentReply,
  AgentState,
  AgentVerdict,
} from "./agent-messages.js";
import type { AgentVersion } from "./agent-version.js";
import type { RecordFraming, RpcRecord } from "./rpc-transport.js";
import type { SessionFileHeader, SessionFolderSetting } from "./session-files.js";

/**
 * Everything that differs between RPC-mode agents. Pure: a dialect reads no file, starts nothing and keeps no state, so one
 * value serves every session.
 */
export interface AgentDialect {
  /** T3's provider kind. */
  readonly provider: string;
  /** The agent's name as people read it. */
  readonly displayName: string;
  /** The program looked for when the user configured none. */
  readonly binaryName: string;
  readonly packageNames: readonly string[];
  readonly environment: DialectEnvironment;
  readonly versions: DialectVersions;
  readonly launch: (request: LaunchRequest) => LaunchPlan;
  /** Why the user may not give the program these arguments as well; `undefined` when they may. Absent: no argument at all may be given. */
  readonly refuseArguments?: (args: readonly string[]) => ArgumentRefusal | undefined;
  readonly framing: RecordFraming;
  /** The record for a command; `undefined` when this version of the agent has no such command. */
  encodeCommand(command: AgentCommand, version: AgentVersion): RpcRecord | undefined;
  encodeDialogAnswer(dialogId: string, answer: AgentDialogAnswer): RpcRecord;
  /** Reads the reply to a command. Never throws: what cannot be read is `malformed`. */
  decodeReply<T extends AgentCommandType>(type: T, record: RpcRecord, version: AgentVersion): AgentReply<T>;
  /** Reads any other record. Never throws: what cannot be read is `unrecognised`. */
  decodeEvent(record: RpcRecord, version: AgentVersion): AgentEvent;
  readonly settlement: SettlementStrategy;
  readonly sessionFiles: DialectSessionFiles;
  /** A program that is launched in the mode `fork` begins with a copy of a conversation, and leaves the original alone. Absent: it cannot. */
  readonly canFork?: true;
  readonly configuration: DialectConfiguration;
  readonly modelSwitch: (version: AgentVersion) => ModelSwitchMode;
  /** How the agent is made to ask before each tool call. Absent: it cannot be, and only full access is offered. */
  readonly supervision?: DialectSupervision;
  /** What a program's early end or its stderr means. The tail is read here and never leaves. */
  diagnose(evidence: FailureEvidence): FailureDiagnosis;
}

/**
 * An agent that asks: each tool call becomes an `approval-asked` event before it runs, and runs only if the answer accepts it. Who
 * decides is the host: a file that is loaded into the agent only asks. `gate-announced` says that it is there to ask.
 */
export interface DialectSupervision {
  /** Put where the agent's process can read it; `LaunchRequest.companionFile` is its path. */
  readonly companion: CompanionFile;
  encodeVerdict(questionId: string, verdict: AgentVerdict): RpcRecord;
}

export interface CompanionFile {
  /** The file's name, without a folder. */
  readonly name: string;
  readonly text: string;
}

export interface DialectEnvironment {
  /** Names, and prefixes ending in `*`, that the agent itself reads: credentials, its own settings. Added to the safe list. */
  readonly inherited: readonly string[];
  /** Set for every child, e.g. to keep it from updating itself. */
  readonly fixed: Readonly<Record<string, string>>;
  /** Never passed on, although the host has them: marks of an agent that the host itself runs in. */
  readonly dropped: readonly string[];
  /** The variable that names the agent's own folder (settings, credentials, sessions). */
  readonly agentDirVariable: string;
  /** Path segments of that folder below the home directory when the variable is not set. */
  readonly defaultAgentDir: readonly string[];
}

export interface DialectVersions {
  /** Older programs are refused. */
  readonly floor: AgentVersion;
  /** Why an old version may be there although the user installed "the newest", and what to do. */
  readonly tooOldAdvice: string;
  /** How to install the agent. */
  readonly installAdvice: string;
  /** Arguments that make the program print its version on stdout or stderr and end. */
  readonly probeArgs: readonly string[];
}

/** `command`: switched by a command. `relaunch`: only a new process can switch without writing to the user's settings. */
export type ModelSwitchMode = "command" | "relaunch";

export interface LaunchRequest {
  readonly version: AgentVersion;
  /**
   * `session`: an ordinary conversation. `discovery`: ephemeral, leaves nothing behind. `one-shot`: ephemeral, and nothing but the model
   * has a say in its answer, as far as this version allows: no tools, extensions, skills, prompt templates or context files.
   * `fork`: as bare as that, in a new conversation that is kept, and begins as a copy of `sessionFile`.
   */
  readonly mode: "session" | "discovery" | "one-shot" | "fork";
  readonly agentDir?: string | undefined;
  /** The conversation to continue, or to copy. */
  readonly sessionFile?: string | undefined;
  readonly model?: AgentModelRef | undefined;
  readonly thinkingLevel?: string | undefined;
  /** Where the file of `supervision` lies, for a `session`; absent when it could not be put there, or for the other modes. */
  readonly companionFile?: string | undefined;
  /** More arguments, from the user; accepted by `refuseArguments`. Never told for `one-shot` and `fork`. */
  readonly launchArguments?: readonly string[] | undefined;
}

export interface ArgumentRefusal {
  /** As it may be shown: never its value, which may be a secret. */
  readonly argument: string;
  /** Why, as a clause: `it decides …`. */
  readonly reason: string;
  /** What to do instead, in a sentence. */
  readonly nextStep: string;
}

export interface LaunchPlan {
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** Where the agent keeps its conversations, and how one recognises them. */
export interface DialectSessionFiles {
  /** The folder that holds all session files, for this agent folder and environment. */
  readonly folder: (place: SessionFilesPlace) => string;
  /** The user's setting that may name another folder; `undefined` when none could count here. */
  readonly setting: (place: SessionFilesPlace) => SessionFolderSetting | undefined;
  /** Reads a session file's first line; `undefined` when it is no header. */
  readonly readHeader: (line: string) => SessionFileHeader | undefined;
}

export interface SessionFilesPlace {
  readonly agentDir: string | undefined;
  readonly environment: Readonly<Record<string, string>>;
}

/** The files from which the agent takes its models, settings and credentials. */
export interface DialectConfiguration {
  /** Absolute paths. Whenever one of them changes, the agent may offer other models. */
  readonly files: (place: ConfigurationPlace) => readonly string[];
  /** How one learns that the agent ignores one of them because it cannot read it; absent where its ordinary answers tell. */
  readonly check?: ConfigurationCheck;
}

export interface ConfigurationPlace extends SessionFilesPlace {
  /** The project's folder, whose own settings may count. */
  readonly cwd: string | undefined;
}

export interface ConfigurationCheck {
  /** The file that is checked; without it there is nothing to check. */
  readonly file: (place: SessionFilesPlace) => string;
  /** Arguments that make the program say what is wrong and end. */
  readonly args: readonly string[];
  /** What its output means, in a sentence of our own: nothing of the output is repeated. `undefined` when all is well. */
  readonly read: (output: string) => string | undefined;
}

/**
 * How one learns that the agent will do nothing more by itself. The domain asks for the agent's state at each `end` and settles
 * only when no `activity` came in between and the state is idle; a state read before later activity is never used.
 */
export interface SettlementStrategy {
  /**
   * What an event says about the run. `activity` is only what an `end` always follows; whoever waited for an end after anything
   * else would wait for ever. An `end` too many does no harm: it is checked.
   */
  reads(event: AgentEvent): "activity" | "end" | "nothing";
  /** Whether this state proves that nothing more will come. */
  isIdle(state: AgentState): boolean;
}

export interface FailureEvidence {
  readonly phase: "start" | "run";
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly errorTail: string;
}

export interface FailureDiagnosis {
  readonly code: "session-invalid" | "model-unknown" | "working-directory-missing" | "unknown-flag" | "not-authenticated" | "misconfigured" | "crashed" | "unexplained";
  /** A sentence of our own; never the tail's text. */
  readonly detail: string;
}
