/**
 * The errors that cross the ports, and the one family a host ever sees.
 *
 * A host maps {@link ProviderError} to its own errors by `kind`, tests and health checks match on `code`, people read
 * `message`: what was tried, what happened, what to do next. No message holds a prompt, an environment value, a file's
 * content or the agent's stderr.
 */

/** What a host does with the failure; one per tagged error of T3's adapter contract, plus `unsupported`. */
export type ProviderErrorKind =
  | "validation" // the call itself was wrong; nothing was touched
  | "session-not-found" // no live session for that thread
  | "session-closed" // the session ended while the call was under way
  | "request" // the agent refused or did not answer a request; the session lives on
  | "process" // the agent's program could not be found, started, or kept alive
  | "unsupported"; // this provider, or this agent version, honestly cannot do it

/** The exact reason, stable across releases. */
export type ProviderErrorCode =
  // validation
  | "invalid-input"
  | "invalid-model"
  | "invalid-cursor"
  | "invalid-launch-arguments"
  | "attachment-unreadable"
  | "custom-models-unreadable"
  | "custom-models-unwritable"
  | "custom-model-exists"
  | "custom-model-limit"
  | "custom-model-refused"
  | "custom-model-unverified"
  | "request-unknown"
  // process
  | "binary-not-found"
  | "binary-not-executable"
  | "binary-path-invalid"
  | "working-directory-missing"
  | "agent-too-old"
  | "agent-unrecognised"
  | "start-failed"
  | "start-timeout"
  | "agent-exited"
  | "agent-unresponsive"
  | "supervision-missing"
  // request
  | "request-rejected"
  | "request-timeout"
  | "model-unavailable"
  | "thinking-level-unavailable"
  | "busy"
  | "resume-refused"
  | "rollback-refused"
  | "fork-refused"
  // lifecycle
  | "session-missing"
  | "session-ended"
  | "aborted"
  | "disposed"
  // unsupported
  | "not-supported";

export interface ProviderErrorInput {
  readonly kind: ProviderErrorKind;
  readonly code: ProviderErrorCode;
  /** The call or agent command that failed, e.g. `"startSession"` or `"set_model"`. */
  readonly operation: string;
  /** What was tried and what happened, in one or two sentences. */
  readonly detail: string;
  /** What the user can do about it. */
  readonly nextStep?: string | undefined;
  readonly threadId?: string | undefined;
  readonly cause?: unknown;
}

const brand = Symbol.for("rpc-agent-provider/ProviderError");

/** The one error family that leaves the library. Every rejection of a provider method is one of these. */
export class ProviderError extends Error {
  readonly kind: ProviderErrorKind;
  readonly code: ProviderErrorCode;
  readonly operation: string;
  readonly detail: string;
  readonly nextStep?: string;
  readonly threadId?: string;

  constructor(input: ProviderErrorInput) {
    super(
      input.nextStep === undefined ? input.detail : `${input.detail} ${input.nextStep}`,
      input.cause === undefined ? undefined : { cause: input.cause },
    );
    this.name = "ProviderError";
    this.kind = input.kind;
    this.code = input.code;
    this.operation = input.operation;
    this.detail = input.detail;
    if (input.nextStep !== undefined) this.nextStep = input.nextStep;
    if (input.threadId !== undefined) this.threadId = input.threadId;
    Object.defineProperty(this, brand, { value: true });
  }

  /** Works across two installed copies of this package, where `instanceof` does not. */
  static is(value: unknown): value is ProviderError {
    return typeof value === "object" && value !== null && brand in value;
  }
}

/** Why a program could not be started. Spawner adapters translate operating-system errors into these. */
export type SpawnFailureReason =
  | "not-found" // the program does not exist
  | "permission-denied" // it exists and may not be executed
  | "not-executable" // it is no program this system can run (wrong format, a directory)
  | "bad-working-directory"
  | "aborted" // the caller's signal fired first
  | "other";

export class SpawnError extends Error {
  readonly reason: SpawnFailureReason;
  /** The operating system's code where there is one, e.g. `"EACCES"`. */
  readonly systemCode?: string;

  constructor(input: { reason: SpawnFailureReason; command: string; systemCode?: string | undefined; cause?: unknown }) {
    super(`Could not start ${input.command}: ${input.reason}${input.systemCode === undefined ? "" : ` (${input.systemCode})`}.`, { cause: input.cause });
    this.name = "SpawnError";
    this.reason = input.reason;
    if (input.systemCode !== undefined) this.systemCode = input.systemCode;
  }
}
