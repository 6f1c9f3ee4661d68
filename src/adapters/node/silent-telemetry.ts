import type { Telemetry, TelemetrySpan } from "../../ports/telemetry.js";

/** Tells nobody anything: what a host gets that brings no telemetry of its own. */
export class SilentTelemetry implements Telemetry {
  span(): TelemetrySpan {
    return silentSpan;
  }

  count(): void {}

  nativeRecord(): void {}
}

const silentSpan: TelemetrySpan = { child: () => silentSpan, end: () => {} };
