import type { NativeRecord, Telemetry, TelemetryAttributes, TelemetrySpan } from "../../ports/telemetry.js";

export interface RecordedSpan {
  readonly name: string;
  readonly attributes: TelemetryAttributes;
  /** Absent while the span is open. */
  readonly end?: { readonly outcome: Parameters<TelemetrySpan["end"]>[0]; readonly attributes: TelemetryAttributes };
}

export interface RecordedCount {
  readonly name: string;
  readonly value: number;
  readonly attributes: TelemetryAttributes;
}

/** Keeps everything it is told, in order. Ending a span twice throws. */
export class RecordingTelemetry implements Telemetry {
  readonly #spans: RecordedSpan[] = [];
  readonly #counts: RecordedCount[] = [];
  readonly #nativeRecords: NativeRecord[] = [];

  get spans(): readonly RecordedSpan[] {
    return this.#spans;
  }

  get counts(): readonly RecordedCount[] {
    return this.#counts;
  }

  get nativeRecords(): readonly NativeRecord[] {
    return this.#nativeRecords;
  }

  span(name: string, attributes: TelemetryAttributes = {}): TelemetrySpan {
    const index = this.#spans.push({ name, attributes }) - 1;
    return {
      end: (outcome, endAttributes = {}) => {
        const span = this.#spans[index];
        if (span?.end !== undefined) throw new Error(`The span ${name} was ended twice.`);
        this.#spans[index] = { name, attributes, end: { outcome, attributes: endAttributes } };
      },
    };
  }

  count(name: string, value: number, attributes: TelemetryAttributes = {}): void {
    this.#counts.push({ name, value, attributes });
  }

  nativeRecord(record: NativeRecord): void {
    this.#nativeRecords.push(record);
  }
}
