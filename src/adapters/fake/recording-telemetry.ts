import type { NativeRecord, SpanOutcome, Telemetry, TelemetryAttributes, TelemetrySpan } from "../../ports/telemetry.js";

export interface RecordedSpan {
  readonly name: string;
  readonly attributes: TelemetryAttributes;
  /** The name of the span that it was opened in. */
  readonly within?: string;
  /** Absent while the span is open. */
  readonly end?: { readonly outcome: SpanOutcome; readonly attributes: TelemetryAttributes };
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
    return this.#open({ name, attributes });
  }

  count(name: string, value: number, attributes: TelemetryAttributes = {}): void {
    this.#counts.push({ name, value, attributes });
  }

  nativeRecord(record: NativeRecord): void {
    this.#nativeRecords.push(record);
  }

  #open(opened: RecordedSpan): TelemetrySpan {
    const index = this.#spans.push(opened) - 1;
    return {
      child: (name, attributes = {}) => this.#open({ name, attributes, within: opened.name }),
      end: (outcome, attributes = {}) => {
        if (this.#spans[index]?.end !== undefined) throw new Error(`The span ${opened.name} was ended twice.`);
        this.#spans[index] = { ...opened, end: { outcome, attributes } };
      },
    };
  }
}
