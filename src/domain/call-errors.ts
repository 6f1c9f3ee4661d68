import { ProviderError } from "../ports/errors.js";

/** What a caller is told of what it called off itself. */
export function callAborted(call: { readonly operation: string; readonly threadId?: string }): ProviderError {
  return new ProviderError({ kind: "session-closed", code: "aborted", detail: "The call was called off.", ...call });
}

export function providerDisposed(operation: string): ProviderError {
  return new ProviderError({ kind: "session-closed", code: "disposed", operation, detail: "The provider has been disposed." });
}
