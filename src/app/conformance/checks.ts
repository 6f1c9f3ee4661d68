import { inspect, isDeepStrictEqual } from "node:util";
import { ProviderError, type ProviderErrorCode, type ProviderErrorKind } from "../../ports/errors.js";

/** Checks of no test runner's: each throws an error that says what was expected. */

export function holds(condition: boolean, expectation: string): asserts condition {
  if (!condition) throw new Error(`Expected ${expectation}.`);
}

export function equals(actual: unknown, expected: unknown, subject: string): void {
  holds(isDeepStrictEqual(actual, expected), `${subject} to be ${shown(expected)}, not ${shown(actual)}`);
}

/** A call must be refused in one of these ways, in words that help a person. */
export async function isRefused(call: Promise<unknown>, reasons: readonly (readonly [ProviderErrorKind, ProviderErrorCode])[], subject: string): Promise<void> {
  const error = await refusalOf(call, subject);
  const wanted = reasons.map((reason) => reason.join("/")).join(" or ");
  holds(reasons.some(([kind, code]) => error.kind === kind && error.code === code), `${subject} to be refused as ${wanted}, not as ${error.kind}/${error.code} (${error.detail})`);
}

async function refusalOf(call: Promise<unknown>, subject: string): Promise<ProviderError> {
  try {
    await call;
  } catch (error) {
    if (!ProviderError.is(error)) throw new Error(`Expected ${subject} to reject with a ProviderError, not with ${shown(error)}.`, { cause: error });
    holds(error.detail.trim() !== "" && error.operation.trim() !== "", `the refusal of ${subject} to say what was tried and what happened`);
    return error;
  }
  throw new Error(`Expected ${subject} to be refused.`);
}

function shown(value: unknown): string {
  return inspect(value, { depth: 6, breakLength: Infinity });
}
