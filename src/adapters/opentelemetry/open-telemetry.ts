import type { Context, Counter, Meter, Span, SpanStatusCode, Tracer } from "@opentelemetry/api";
import type { Telemetry, TelemetryAttributes, TelemetrySpan } from "../../ports/telemetry.js";

export interface OpenTelemetryOptions {
  readonly tracer: Tracer;
  readonly meter: Meter;
  /** The context whose span is this one: `(span) => trace.setSpan(ROOT_CONTEXT, span)`. */
  readonly contextOf: (span: Span) => Context;
}

/**
 * Tells spans and counts to OpenTelemetry. All of that API comes from the host, so that there is one copy of it and this package needs
 * none. Native records go nowhere: they hold what people wrote, and no tracing backend should have it.
 *
 * A span that belongs to no other is a root. What is active where it opens would be its parent by accident only: a turn often begins
 * while the agent's output is read, long after the call that started the reading.
 */
export class OpenTelemetry implements Telemetry {
  readonly #options: OpenTelemetryOptions;
  readonly #counters = new Map<string, Counter>();

  constructor(options: OpenTelemetryOptions) {
    this.#options = options;
  }

  span(name: string, attributes: TelemetryAttributes = {}): TelemetrySpan {
    return this.#watched(this.#options.tracer.startSpan(name, { attributes, root: true }));
  }

  count(name: string, value: number, attributes: TelemetryAttributes = {}): void {
    this.#counter(name).add(value, attributes);
  }

  nativeRecord(): void {}

  #watched(span: Span): TelemetrySpan {
    const { tracer, contextOf } = this.#options;
    return {
      child: (name, attributes = {}) => this.#watched(tracer.startSpan(name, { attributes }, contextOf(span))),
      end: (outcome, attributes = {}) => {
        span.setAttributes({ ...attributes, outcome });
        if (outcome === "error") span.setStatus({ code: failed });
        span.end();
      },
    };
  }

  #counter(name: string): Counter {
    const known = this.#counters.get(name);
    if (known !== undefined) return known;
    const counter = this.#options.meter.createCounter(name);
    this.#counters.set(name, counter);
    return counter;
  }
}

/** The value itself, because the enum would have to be imported at run time. */
const failed: SpanStatusCode.ERROR = 2;
