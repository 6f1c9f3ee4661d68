import { ProviderError } from "../ports/errors.js";
import type { SpanOutcome, TelemetryAttributes, TelemetrySpan } from "../ports/telemetry.js";

/** Does something within a span, which ends as the work does. Without a span it is only done. */
export async function inSpan<T>(span: TelemetrySpan | undefined, work: () => Promise<T>, attributesOf?: (value: T) => TelemetryAttributes): Promise<T> {
  try {
    const value = await work();
    span?.end("ok", attributesOf?.(value));
    return value;
  } catch (error) {
    span?.end(failureOutcome(error), ProviderError.is(error) ? { code: error.code } : {});
    throw error;
  }
}

/** What was called off, or lost its session, did not fail by itself. */
function failureOutcome(error: unknown): SpanOutcome {
  return ProviderError.is(error) && error.kind === "session-closed" ? "cancelled" : "error";
}
