import { ProviderError } from "../../src/app/index.js";
import type { CommandResult } from "../shared/protocol.js";

export type CommandFailure = Extract<CommandResult, { ok: false }>["error"];

/** Why a command was not carried out, in words for whoever gave it. */
export class CommandError extends Error {
  readonly failure: CommandFailure;

  constructor(failure: CommandFailure) {
    super(failure.detail);
    this.name = "CommandError";
    this.failure = failure;
  }
}

/** A provider's errors are made for people; anything else is a defect of ours, of which the page learns no more than that. */
export function failureOf(error: unknown): CommandFailure {
  if (error instanceof CommandError) return error.failure;
  if (!ProviderError.is(error)) return { code: "host-defect", detail: "The playground's host failed. Its terminal says more." };
  const { code, detail, nextStep } = error;
  return { code, detail, ...(nextStep === undefined ? {} : { nextStep }) };
}
