import { ProviderError } from "../../ports/errors.js";

/** Whatever kept the agent from being asked, as the error that a host knows. */
export function discoveryFailure(error: unknown): ProviderError {
  if (ProviderError.is(error)) return error;
  return new ProviderError({ kind: "process", code: "start-failed", operation: "model discovery", detail: "The agent could not be asked for its models.", cause: error });
}
