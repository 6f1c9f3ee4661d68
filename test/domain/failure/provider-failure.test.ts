import { describe, expect, it } from "vitest";
import { providerFailureOf } from "../../../src/domain/failure/provider-failure.ts";
import { ProviderError, type ProviderErrorCode, type ProviderErrorKind } from "../../../src/ports/errors.ts";

function errorOf(kind: ProviderErrorKind, code: ProviderErrorCode): ProviderError {
  return new ProviderError({ kind, code, operation: "sendTurn", detail: "It went wrong.", nextStep: "Try this." });
}

/** Every code with the kind it comes with, and what is known of it. A new one does not compile until it is judged. */
const judged: Readonly<Record<ProviderErrorCode, readonly [kind: ProviderErrorKind, errorClass: string, retryable: boolean | null]>> = {
  "invalid-input": ["validation", "validation_error", false],
  "invalid-model": ["validation", "validation_error", false],
  "invalid-cursor": ["validation", "validation_error", false],
  "invalid-launch-arguments": ["validation", "validation_error", false],
  "attachment-unreadable": ["validation", "validation_error", false],
  "custom-models-unreadable": ["validation", "validation_error", false],
  "custom-models-unwritable": ["process", "provider_error", null],
  "custom-model-exists": ["validation", "validation_error", false],
  "custom-model-limit": ["validation", "validation_error", false],
  "custom-model-refused": ["validation", "validation_error", false],
  "custom-model-unverified": ["validation", "validation_error", false],
  "request-unknown": ["validation", "validation_error", false],
  "binary-not-found": ["process", "provider_error", false],
  "binary-not-executable": ["process", "provider_error", false],
  "binary-path-invalid": ["process", "provider_error", false],
  "working-directory-missing": ["process", "provider_error", false],
  "agent-too-old": ["process", "provider_error", false],
  "agent-unrecognised": ["process", "provider_error", false],
  "start-failed": ["process", "provider_error", null],
  "start-timeout": ["process", "provider_error", null],
  "supervision-missing": ["process", "provider_error", null],
  "agent-exited": ["process", "transport_error", null],
  "agent-unresponsive": ["process", "transport_error", null],
  "request-rejected": ["request", "provider_error", null],
  "request-timeout": ["request", "provider_error", null],
  "model-unavailable": ["request", "provider_error", false],
  "thinking-level-unavailable": ["request", "provider_error", false],
  busy: ["request", "provider_error", true],
  "resume-refused": ["request", "provider_error", null],
  "rollback-refused": ["request", "provider_error", null],
  "fork-refused": ["request", "provider_error", null],
  "session-missing": ["session-not-found", "transport_error", false],
  "session-ended": ["session-closed", "transport_error", true],
  aborted: ["session-closed", "provider_error", null],
  disposed: ["session-closed", "provider_error", false],
  "not-supported": ["unsupported", "provider_error", false],
};

describe("the record of a failed call", () => {
  it.each(Object.entries(judged) as [ProviderErrorCode, (typeof judged)[ProviderErrorCode]][])("with the code %s", (code, [kind, errorClass, retryable]) => {
    expect(providerFailureOf(errorOf(kind, code))).toEqual({ class: errorClass, message: "It went wrong. Try this.", code, retryable });
  });

  it("is that of an error from another copy of this package, too", () => {
    const error = errorOf("request", "busy");
    const foreign = Object.defineProperty({ kind: error.kind, code: error.code, message: error.message }, Symbol.for("rpc-agent-provider/ProviderError"), { value: true });
    expect(providerFailureOf(foreign as ProviderError)).toEqual(providerFailureOf(error));
  });
});

describe("the record of what an event tells", () => {
  it("has the class of a runtime error, and no more than is known", () => {
    expect(providerFailureOf({ message: "The agent ended.", class: "transport_error" })).toEqual({ class: "transport_error", message: "The agent ended.", code: null, retryable: null });
    expect(providerFailureOf({ message: "Something." }).class).toBe("unknown");
  });

  it("has the words of a failed turn", () => {
    expect(providerFailureOf({ state: "failed", errorMessage: "429 You have reached your usage limit." })).toEqual({ class: "unknown", message: "429 You have reached your usage limit.", code: null, retryable: null });
  });

  it("is never blank, never too long, and holds no key", () => {
    expect(providerFailureOf({ state: "failed" }).message).toBe("The provider reported a failure without words.");
    expect(providerFailureOf({ message: " \n" }).message).toBe("The provider reported a failure without words.");
    const { message } = providerFailureOf({ message: "word ".repeat(2_000) });
    expect([message.length, message.endsWith("…")]).toEqual([4_096, true]);
    expect(providerFailureOf({ message: `Incorrect API key provided: sk-proj-${"aB3".repeat(10)}.` }).message).toBe("Incorrect API key provided: ….");
  });
});
