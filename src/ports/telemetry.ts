/**
 * What the library tells an operator: names, ids, sizes, codes and durations. Never a prompt, a model's text, a file's content,
 * an environment value or a stderr line; callers pass only {@link TelemetryValue}s that obey this.
 */
export interface Telemetry {
  /** Opens a span; `end` is called exactly once. */
  span(name: string, attributes?: TelemetryAttributes): TelemetrySpan;
  count(name: string, value: number, attributes?: TelemetryAttributes): void;
  /** One record as it crossed the wire, without what the dialect leaves unread, for a host's native-event log. The sink decides on redaction. */
  nativeRecord(record: NativeRecord): void;
}

export type TelemetryValue = string | number | boolean;
export type TelemetryAttributes = Readonly<Record<string, TelemetryValue>>;

export interface TelemetrySpan {
  end(outcome: "ok" | "error" | "cancelled", attributes?: TelemetryAttributes): void;
}

export interface NativeRecord {
  readonly threadId: string;
  readonly direction: "to-agent" | "from-agent";
  readonly record: Readonly<Record<string, unknown>>;
}
