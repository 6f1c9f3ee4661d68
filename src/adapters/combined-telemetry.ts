import type { NativeRecord, Telemetry, TelemetryAttributes, TelemetrySpan } from "../ports/telemetry.js";

/** Tells several what it is told, in their order. Each may listen to a part only: spans, counts or native records. */
export class CombinedTelemetry implements Telemetry {
  readonly #parts: readonly Partial<Telemetry>[];

  constructor(parts: readonly Partial<Telemetry>[]) {
    this.#parts = parts;
  }

  span(name: string, attributes?: TelemetryAttributes): TelemetrySpan {
    return combined(this.#parts.flatMap((part) => part.span?.(name, attributes) ?? []));
  }

  count(name: string, value: number, attributes?: TelemetryAttributes): void {
    for (const part of this.#parts) part.count?.(name, value, attributes);
  }

  nativeRecord(record: NativeRecord): void {
    for (const part of this.#parts) part.nativeRecord?.(record);
  }
}

function combined(spans: readonly TelemetrySpan[]): TelemetrySpan {
  return {
    child: (name, attributes) => combined(spans.map((span) => span.child(name, attributes))),
    end: (outcome, attributes) => {
      for (const span of spans) span.end(outcome, attributes);
    },
  };
}
