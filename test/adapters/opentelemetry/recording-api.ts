import { ROOT_CONTEXT, trace, type Attributes, type Context, type Counter, type Meter, type Span, type SpanOptions, type SpanStatus, type Tracer } from "@opentelemetry/api";
import type { OpenTelemetryOptions } from "../../../src/adapters/opentelemetry/open-telemetry.js";

export interface ToldSpan {
  readonly name: string;
  readonly root: boolean;
  readonly parent: string | undefined;
  attributes: Attributes;
  status: SpanStatus | undefined;
  ends: number;
}

export interface ToldCount {
  readonly name: string;
  readonly value: number;
  readonly attributes: Attributes | undefined;
}

/** What a host passes in, with an API that keeps what it is told instead of sending it anywhere. */
export class RecordingApi implements OpenTelemetryOptions {
  readonly spans: ToldSpan[] = [];
  readonly counts: ToldCount[] = [];
  /** The names of the instruments that were made. */
  readonly instruments: string[] = [];

  readonly contextOf = (span: Span): Context => trace.setSpan(ROOT_CONTEXT, span);

  readonly tracer: Tracer = {
    startSpan: (name: string, options: SpanOptions = {}, context: Context = ROOT_CONTEXT) => this.#start(name, options, context),
    startActiveSpan: () => {
      throw new Error("Nothing may depend on what is active.");
    },
  };

  get meter(): Meter {
    // Of a meter's nine methods one is used; whoever calls another one fails.
    return { createCounter: (name: string) => this.#counter(name) } as unknown as Meter;
  }

  #start(name: string, options: SpanOptions, context: Context): Span {
    const parent = trace.getSpan(context);
    const told: ToldSpan = { name, root: options.root === true, parent: parent?.spanContext().spanId, attributes: { ...options.attributes }, status: undefined, ends: 0 };
    this.spans.push(told);
    const span = {
      // Names are unique enough for ids here.
      spanContext: () => ({ traceId: "trace", spanId: name, traceFlags: 0 }),
      setAttributes: (attributes: Attributes) => {
        Object.assign(told.attributes, attributes);
        return span;
      },
      setStatus: (status: SpanStatus) => {
        told.status = status;
        return span;
      },
      end: () => {
        told.ends += 1;
      },
    } as unknown as Span;
    return span;
  }

  #counter(name: string): Counter {
    this.instruments.push(name);
    return { add: (value, attributes) => this.counts.push({ name, value, attributes }) };
  }
}
