import { describe, expect, it } from "vitest";
import { RecordingTelemetry } from "../../src/adapters/fake/recording-telemetry.js";
import { inSpan } from "../../src/domain/in-span.js";
import { ProviderError, type ProviderErrorInput } from "../../src/ports/errors.js";

function failure(change: Partial<ProviderErrorInput> = {}): ProviderError {
  return new ProviderError({ kind: "process", code: "start-failed", operation: "startSession", detail: "secret words", ...change });
}

describe("work in a span", () => {
  it("ends it well, with what is to be said of its result", async () => {
    const telemetry = new RecordingTelemetry();
    const result = await inSpan(telemetry.span("work"), async () => 42, (value) => ({ value }));

    expect(result).toBe(42);
    expect(telemetry.spans).toEqual([{ name: "work", attributes: {}, end: { outcome: "ok", attributes: { value: 42 } } }]);
  });

  it.each([
    { error: failure(), outcome: "error", attributes: { code: "start-failed" } },
    { error: failure({ kind: "session-closed", code: "aborted" }), outcome: "cancelled", attributes: { code: "aborted" } },
    { error: new Error("secret words"), outcome: "error", attributes: {} },
  ])("ends it as it fails, without its words, and fails: $outcome $attributes", async ({ error, outcome, attributes }) => {
    const telemetry = new RecordingTelemetry();
    await expect(inSpan(telemetry.span("work"), () => Promise.reject(error))).rejects.toBe(error);

    expect(telemetry.spans).toEqual([{ name: "work", attributes: {}, end: { outcome, attributes } }]);
  });

  it("is only done where there is no span", async () => {
    const error = failure();
    expect(await inSpan(undefined, async () => "done", () => ({ never: true }))).toBe("done");
    await expect(inSpan(undefined, () => Promise.reject(error))).rejects.toBe(error);
  });

  it("begins at once", () => {
    let begun = false;
    void inSpan(undefined, async () => {
      begun = true;
    });
    expect(begun).toBe(true);
  });
});
