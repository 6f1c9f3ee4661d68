import { ProviderError } from "../ports/errors.js";

/** What a caller is told of what it called off itself. */
export function callAborted(call: { readonly operation: string; readonly threadId?: string }): ProviderError {
  return new ProviderError({ kind: "session-closed", code: "aborted", detail: "The call was called off.", ...call });
}

/** Whatever goes wrong leaves as a `ProviderError`: a host maps one family, by its kind. What the call names may be anything. */
export function asProviderError(error: unknown, { operation, threadId }: { readonly operation: string; readonly threadId?: unknown }): ProviderError {
  if (ProviderError.is(error)) return error;
  return new ProviderError({
    kind: "validation",
    code: "invalid-input",
    operation,
    ...(typeof threadId === "string" ? { threadId } : {}),
    detail: `The call of ${operation} could not be understood.`,
    cause: error,
  });
}

export function providerDisposed(operation: string): ProviderError {
  return new ProviderError({ kind: "session-closed", code: "disposed", operation, detail: "The provider has been disposed." });
}
