/**
 * What the library tells an operator: names, ids, sizes, codes and durations. Never a prompt, a model's text, a file's content,
 * an environment value or a stderr line; callers pass only {@link TelemetryValue}s that obey this. All names stand in
 * `docs/telemetry.md`.
 *
 * Nothing here may throw, or wait for anything: it is called in the middle of a session's work.
 */
export interface Telemetry {
  /** Opens a span that belongs to no other; `end` is called exactly once. */
  span(name: string, attributes?: TelemetryAttributes): TelemetrySpan;
  /** Adds to a counter. */
  count(name: string, value: number, attributes?: TelemetryAttributes): void;
  /** One record as it crossed the wire, without what the dialect leaves unread, for a host's native-event log. The sink decides on redaction. */
  nativeRecord(record: NativeRecord): void;
}

export type TelemetryValue = string | number | boolean;
export type TelemetryAttributes = Readonly<Record<string, TelemetryValue>>;

/** `cancelled`: called off by whoever asked for it. */
export type SpanOutcome = "ok" | "error" | "cancelled";

export interface TelemetrySpan {
  /** Opens a span within this one. It may end after this one, and be opened when this one has ended. */
  child(name: string, attributes?: TelemetryAttributes): TelemetrySpan;
  end(outcome: SpanOutcome, attributes?: TelemetryAttributes): void;
}

export interface NativeRecord {
  readonly threadId: string;
  readonly direction: "to-agent" | "from-agent";
  readonly record: Readonly<Record<string, unknown>>;
}
