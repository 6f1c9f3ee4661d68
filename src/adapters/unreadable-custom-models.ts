import { ProviderError } from "../ports/errors.js";

/** The error for a change of custom models whose store holds something that is not ours. `detail` is a sentence. */
export function unreadableCustomModels(detail: string): ProviderError {
  return new ProviderError({
    kind: "validation",
    code: "invalid-input",
    operation: "updateCustomModels",
    detail: `The stored custom models cannot be read, so nothing was changed. ${detail}`,
    nextStep: "Repair or move the file, then try again.",
  });
}
