/** The complete `./opentelemetry` entry: telemetry through `@opentelemetry/api`, which the host brings. */
export { OpenTelemetry, type OpenTelemetryOptions } from "../adapters/opentelemetry/open-telemetry.js";
