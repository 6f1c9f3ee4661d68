import { ProviderError } from "../../ports/errors.js";

/** Ids are the host's, and may be as long as it likes. */
const maxShown = 200;

/** Whether a host can be told of this thread. What a call names may be anything. */
export function isThreadId(threadId: unknown): threadId is string {
  return typeof threadId === "string" && threadId.trim() !== "";
}

export function threadNotFound(threadId: string, operation: string): ProviderError {
  return new ProviderError({
    kind: "session-not-found",
    code: "session-missing",
    operation,
    threadId,
    detail: `The thread "${threadId.slice(0, maxShown)}" has no live session.`,
    nextStep: "Start a session for it first.",
  });
}
