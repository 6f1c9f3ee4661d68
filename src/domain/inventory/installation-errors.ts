import type { AgentDialect } from "../../ports/agent-dialect.js";
import { formatAgentVersion, type AgentVersion } from "../../ports/agent-version.js";
import type { BinaryLookup, LocatedBinary, MissingBinaryReason } from "../../ports/binary-locator.js";
import { ProviderError, SpawnError } from "../../ports/errors.js";

/** Why the agent's program cannot be used: what was tried, and what to do. */

export function missingBinary({ displayName, binaryName, versions }: AgentDialect, { lookup, configured }: { readonly lookup: Extract<BinaryLookup, { type: "missing" }>; readonly configured: string | undefined }): ProviderError {
  const path = configured?.trim() ?? "";
  const detail: Readonly<Record<MissingBinaryReason, string>> = {
    "configured-path-missing": `The configured ${displayName} binary "${path}" does not exist.`,
    "configured-path-not-a-file": `The configured ${displayName} binary "${path}" is not a file.`,
    "configured-path-not-executable": `The configured ${displayName} binary "${path}" may not be executed.`,
    "configured-path-relative": `The configured ${displayName} binary "${path}" is a relative path, which means another file in every folder.`,
    "not-on-path": `${displayName} ("${path === "" ? binaryName : path}") was not found; ${lookup.searched.length} places were searched.`,
  };
  const next: Readonly<Record<MissingBinaryReason, string>> = {
    "configured-path-missing": `Correct the path, or clear it to use "${binaryName}" from the PATH.`,
    "configured-path-not-a-file": `Give the path of the program itself, or clear it to use "${binaryName}" from the PATH.`,
    "configured-path-not-executable": "Make the file executable (chmod +x), or configure another one.",
    "configured-path-relative": `Give an absolute path, or just "${binaryName}" to look it up on the PATH.`,
    "not-on-path": versions.installAdvice,
  };
  return new ProviderError({
    kind: "process",
    code: lookup.reason === "configured-path-not-executable" ? "binary-not-executable" : lookup.reason === "not-on-path" || lookup.reason === "configured-path-missing" ? "binary-not-found" : "binary-path-invalid",
    operation: "locate",
    detail: detail[lookup.reason],
    nextStep: next[lookup.reason],
  });
}

export function notStarted({ displayName }: AgentDialect, { binary, cause }: { readonly binary: LocatedBinary; readonly cause: unknown }): ProviderError {
  const reason = cause instanceof SpawnError ? cause.reason : "other";
  const inexecutable = reason === "permission-denied" || reason === "not-executable";
  return new ProviderError({
    kind: "process",
    code: reason === "aborted" ? "aborted" : inexecutable ? "binary-not-executable" : "start-failed",
    operation: "version check",
    detail: `${displayName} at "${binary.path}" could not be started${cause instanceof SpawnError && cause.systemCode !== undefined ? ` (${cause.systemCode})` : ""}.`,
    nextStep: inexecutable ? "Make sure that it is an executable program for this system." : "Run it in a terminal to see what it says.",
    cause,
  });
}

export function silent({ displayName }: AgentDialect, { binary, waitedMs }: { readonly binary: LocatedBinary; readonly waitedMs: number }): ProviderError {
  return new ProviderError({
    kind: "process",
    code: "start-timeout",
    operation: "version check",
    detail: `${displayName} at "${binary.path}" did not tell its version within ${Math.round(waitedMs / 1000)} s.`,
    nextStep: "Run it in a terminal to see what it waits for.",
  });
}

export function unrecognised({ displayName }: AgentDialect, { binary, exitCode }: { readonly binary: LocatedBinary; readonly exitCode: number | null }): ProviderError {
  return new ProviderError({
    kind: "process",
    code: "agent-unrecognised",
    operation: "version check",
    detail: `"${binary.path}" does not look like ${displayName}: asked for its version it printed none${exitCode === null ? "" : ` (exit code ${exitCode})`}.`,
    nextStep: `Configure the path of the ${displayName} program.`,
  });
}

export function tooOld({ displayName, versions }: AgentDialect, { binary, version }: { readonly binary: LocatedBinary; readonly version: AgentVersion }): ProviderError {
  return new ProviderError({
    kind: "process",
    code: "agent-too-old",
    operation: "version check",
    detail: `${displayName} ${formatAgentVersion(version)} at "${binary.path}" is too old; ${formatAgentVersion(versions.floor)} or newer is needed.`,
    nextStep: versions.tooOldAdvice,
  });
}
