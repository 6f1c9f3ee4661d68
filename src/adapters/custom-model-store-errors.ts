import { ProviderError } from "../ports/errors.js";

/** The error for a change of custom models whose store holds something that is not ours. `detail` is a sentence. */
export function unreadableCustomModels(detail: string): ProviderError {
  return new ProviderError({
    kind: "validation",
    code: "custom-models-unreadable",
    operation: "updateCustomModels",
    detail: `The stored custom models cannot be read, so nothing was changed. ${detail}`,
    nextStep: "Repair or move the file, then try again.",
  });
}

/** The error for a change that another program, which lives, keeps from being made. */
export function lockedCustomModels(cause: unknown): ProviderError {
  return new ProviderError({
    kind: "process",
    code: "custom-models-unwritable",
    operation: "updateCustomModels",
    detail: "The custom models could not be written, so nothing was changed: another program has them locked.",
    nextStep: "Try again; where no program is changing them, remove the file beside theirs that ends in .lock.",
    cause,
  });
}

/** The error for a change that the system would not let be made. `reason` is its own code. */
export function unwritableCustomModels(reason: string, cause: unknown): ProviderError {
  return new ProviderError({
    kind: "process",
    code: "custom-models-unwritable",
    operation: "updateCustomModels",
    detail: `The custom models could not be written, so nothing was changed: the file system answered ${reason}.`,
    nextStep: "Check the file's folder, and who may write to it.",
    cause,
  });
}
