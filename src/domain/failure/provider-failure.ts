import { ProviderError, type ProviderErrorCode, type ProviderErrorKind } from "../../ports/errors.js";
import type { RuntimeErrorClass } from "../../ports/runtime-event.js";
import { cutText } from "../turn/bounded-data.js";
import { withoutCredentials } from "./credentials.js";

/** A failure as newer servers of T3 store and show it. */
export interface ProviderFailure {
  readonly class: RuntimeErrorClass;
  /** Never blank, at most 4,096 characters, and without what looks like a credential. */
  readonly message: string;
  /** The provider's own, where there is one: see `ProviderErrorCode`. */
  readonly code: string | null;
  /** Whether the same call may go well without anything being done about it first; `null` where nobody knows. */
  readonly retryable: boolean | null;
}

/** What a failure is told by: an error of a call, or the payload of a `runtime.error` or of a failed `turn.completed`. */
export type FailureSource =
  | ProviderError
  | { readonly message: string; readonly class?: RuntimeErrorClass | undefined }
  | { readonly state: "failed"; readonly errorMessage?: string | undefined };

const maxMessage = 4_096;

/**
 * T3's record of a failure. A failed turn was told by a `runtime.error` just before its end, and only that one knows the class. No class
 * says that a usage limit was reached: agents tell of one in prose, which is no proof.
 */
export function providerFailureOf(source: FailureSource): ProviderFailure {
  if (ProviderError.is(source)) {
    const { kind, code, message } = source;
    return { class: classOf(kind, code), message: readable(message), code, retryable: retryable.get(code) ?? (certain.has(kind) ? false : null) };
  }
  const { message = "", class: errorClass = "unknown" } = "state" in source ? { message: source.errorMessage } : source;
  return { class: errorClass, message: readable(message), code: null, retryable: null };
}

/** Said of the kinds of which it holds whatever the code: the call itself was wrong, or cannot be had at all. */
const certain: ReadonlySet<ProviderErrorKind> = new Set<ProviderErrorKind>(["validation", "unsupported"]);

const retryable: ReadonlyMap<ProviderErrorCode, boolean> = new Map<ProviderErrorCode, boolean>([
  ["busy", true],
  ["session-ended", true],
  // Somebody has to install, repair or choose something first.
  ["binary-not-found", false],
  ["binary-not-executable", false],
  ["binary-path-invalid", false],
  ["working-directory-missing", false],
  ["agent-too-old", false],
  ["agent-unrecognised", false],
  ["model-unavailable", false],
  ["thinking-level-unavailable", false],
  ["request-unknown", false],
  ["session-missing", false],
  ["disposed", false],
]);

/** The same as of the event that tells of it. */
function classOf(kind: ProviderErrorKind, code: ProviderErrorCode): RuntimeErrorClass {
  if (kind === "validation") return "validation_error";
  return lost.has(code) ? "transport_error" : "provider_error";
}

/** The connection to the agent was lost, or was never there. */
const lost: ReadonlySet<ProviderErrorCode> = new Set<ProviderErrorCode>(["agent-exited", "agent-unresponsive", "session-ended", "session-missing"]);

function readable(message: string): string {
  const trimmed = withoutCredentials(message).trim();
  return trimmed === "" ? "The provider reported a failure without words." : cutText(trimmed, maxMessage);
}
