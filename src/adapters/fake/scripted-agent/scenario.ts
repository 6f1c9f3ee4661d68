import type { RpcRecord } from "../../../ports/rpc-transport.js";
import type { GatedCall } from "./pi-gate.js";
import type { PiModelRecord } from "./pi-models.js";

/**
 * How a scripted agent behaves, as plain JSON, so that the same scenario runs in memory and in a real child process. Everything
 * that is not told is what a well-behaved Pi of that version does.
 */
export interface AgentScenario {
  /** Decides which commands exist and how messages are streamed. `0.87.1` unless told. */
  readonly version?: string;
  readonly models?: readonly PiModelRecord[];
  /** What happens before the first command is read. Nothing unless told. */
  readonly startup?: Script;
  /** What `--version` sets off: the version is printed and the program ends, unless told. */
  readonly versionProbe?: Script;
  /**
   * What a command sets off, by its name on the wire; a `prompt` that steers a running run is a `steer`. A list holds one script
   * per occurrence, after which the command works as usual. A script is everything that happens: without a `reply` there is none.
   */
  readonly on?: Readonly<Record<string, readonly Script[] | { readonly always: Script }>>;
  /** `missing`: a gate that Pi is launched with does not come up, as if another extension kept it from that. */
  readonly gate?: "missing";
  /** What a polite request to end sets off; exits with 143 unless told. */
  readonly terminate?: Script;
  /** What the end of standard input sets off; exits with 0 unless told. */
  readonly inputEnd?: Script;
}

/** Steps, played one after the other. Scripts of different commands run side by side, as Pi's own commands do. */
export type Script = readonly ScriptStep[];

export type ScriptStep =
  // ---- what is written
  /** A record as it stands. */
  | { readonly emit: RpcRecord; /** Written in pieces of this many bytes, whatever characters that cuts. */ readonly pieceBytes?: number }
  /** A piece of the assistant's message, wrapped as this version streams it: alone, or with a snapshot of the whole so far. */
  | { readonly update: PiMessageUpdate }
  /** The user's message, repeated from the command as Pi does. */
  | { readonly userMessage: true }
  | { readonly reply: ReplyPatch }
  /** Text as it stands, with no line feed added. */
  | { readonly raw: string }
  /** Bytes as they stand. */
  | { readonly rawBytes: readonly number[] }
  /** One valid record of this many bytes, its line feed not counted. */
  | { readonly oversize: number }
  | { readonly errorOutput: string }
  | { readonly repeat: number; readonly steps: Script }
  // ---- what is waited for
  /** The next command of this name that this script has not waited for yet; those that came since it began count. */
  | { readonly waitFor: string }
  /** Opens an extension's dialog and waits for the answer to its id. */
  | { readonly ask: PiDialog }
  /** A tool call that the gate asks about, where Pi was launched with one; `run` is played when it may run, else `blocked`. */
  | { readonly call: GatedCall; readonly run: Script; readonly blocked: Script }
  /** Waits until the test opens the gate of this name. In memory only. */
  | { readonly gate: string }
  /** Real time, for real processes only: in memory a gate says what is meant. */
  | { readonly delayMs: number }
  /** Does nothing for ever. */
  | { readonly stall: true }
  // ---- what is changed
  /** Makes `get_state` tell this, whatever is true. */
  | { readonly pretend: RpcRecord }
  /** Ends the running prompt as Pi's `abort` does; a script that waits for `abort` itself is left to end the run. */
  | { readonly abortRun: true }
  | { readonly exit: number }
  /** Ends the program as this signal does. */
  | { readonly crash: string }
  /** Closes standard output and lives on. Real process only. */
  | { readonly closeOutput: true }
  /** Starts a process that outlives this one and holds its standard output; a record tells its id. Real process only. */
  | { readonly grandchild: true };

/** The reply's difference from the proper one: `{}` is the proper reply with its effect. */
export interface ReplyPatch {
  /** Another command's id, or `null` for a reply without an id. */
  readonly id?: string | null;
  /** Replaces the proper data; the command then has no effect. */
  readonly data?: unknown;
  /** Refuses the command. */
  readonly error?: string;
}

export type PiMessageUpdate =
  | { readonly type: "text_start" | "thinking_start"; readonly contentIndex: number }
  | { readonly type: "text_delta" | "thinking_delta"; readonly contentIndex: number; readonly delta: string }
  | { readonly type: "text_end" | "thinking_end"; readonly contentIndex: number; readonly content: string };

export interface PiDialog extends RpcRecord {
  readonly id: string;
  readonly method: "select" | "confirm" | "input" | "editor";
}
