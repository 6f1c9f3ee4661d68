import type { AgentDialect } from "../../ports/agent-dialect.js";
import { formatAgentVersion, isAtLeast, parseAgentVersion, type AgentVersion } from "../../ports/agent-version.js";
import type { BinaryLocator, BinaryLookup, LocatedBinary, MissingBinaryReason, SearchedPlace } from "../../ports/binary-locator.js";
import type { ChildEnvironment } from "../../ports/child-environment.js";
import type { Clock } from "../../ports/clock.js";
import { ProviderError, SpawnError } from "../../ports/errors.js";
import type { ProcessSpawner } from "../../ports/process-spawner.js";

/** The agent's program, found and of a version that this library can drive. */
export interface AgentInstallation {
  readonly binary: LocatedBinary;
  readonly version: AgentVersion;
  readonly searched: readonly SearchedPlace[];
}

/** Every answer to "can this program be used?", short of starting a session with it. */
export type InstallationFinding =
  | { readonly type: "usable"; readonly installation: AgentInstallation }
  | { readonly type: "missing"; readonly reason: MissingBinaryReason; readonly searched: readonly SearchedPlace[]; readonly error: ProviderError }
  | {
      readonly type: "unusable";
      readonly reason: "not-executable" | "not-the-agent" | "too-old" | "cannot-start" | "timed-out";
      readonly binary: LocatedBinary;
      readonly version?: AgentVersion;
      readonly searched: readonly SearchedPlace[];
      readonly error: ProviderError;
    };

export interface InstallationQuery {
  readonly binaryPath?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

interface Deps {
  readonly dialect: AgentDialect;
  readonly locator: BinaryLocator;
  readonly spawner: ProcessSpawner;
  readonly environment: ChildEnvironment;
  readonly clock: Clock;
  /** How long the program may take to print its version. */
  readonly probeMs: number;
}

const maxProbeOutput = 8 * 1024;

/**
 * Finds the program and its version. The version comes from the package beside the program where that is certain, else from the
 * program itself, and is remembered for as long as the file stays the same.
 */
export class AgentInstallations {
  readonly #deps: Deps;
  readonly #versions = new Map<string, AgentVersion>();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Rejects with the finding's error when the program cannot be used. */
  async require(query: InstallationQuery): Promise<AgentInstallation> {
    const finding = await this.find(query);
    if (finding.type !== "usable") throw finding.error;
    return finding.installation;
  }

  async find(query: InstallationQuery): Promise<InstallationFinding> {
    const { dialect, locator, environment } = this.#deps;
    const lookup = await locator.locate({
      configured: query.binaryPath,
      defaultName: dialect.binaryName,
      packageNames: dialect.packageNames,
      environment: environment.build({ dialect: dialect.environment, set: {} }),
    });
    if (lookup.type === "missing") return { ...lookup, error: this.#missing(lookup, query.binaryPath) };
    const { binary, searched } = lookup;
    const version = await this.#versionOf(binary, query.signal);
    if (version instanceof ProviderError) return { type: "unusable", reason: reasonOf(version), binary, searched, error: version };
    if (!isAtLeast(version, dialect.versions.floor)) return { type: "unusable", reason: "too-old", binary, version, searched, error: this.#tooOld(binary, version) };
    return { type: "usable", installation: { binary, version, searched } };
  }

  async #versionOf(binary: LocatedBinary, signal: AbortSignal | undefined): Promise<AgentVersion | ProviderError> {
    const packaged = binary.packageVersion === undefined ? undefined : parseAgentVersion(binary.packageVersion);
    const known = packaged ?? this.#versions.get(binary.identity);
    if (known !== undefined) return known;
    const probed = await this.#probe(binary, signal);
    if (!(probed instanceof ProviderError)) this.#versions.set(binary.identity, probed);
    return probed;
  }

  async #probe(binary: LocatedBinary, signal: AbortSignal | undefined): Promise<AgentVersion | ProviderError> {
    const { dialect, spawner, environment, clock, probeMs } = this.#deps;
    let process;
    try {
      process = await spawner.spawn({
        command: binary.command,
        args: [...binary.leadingArgs, ...dialect.versions.probeArgs],
        environment: environment.build({ dialect: dialect.environment, set: dialect.environment.fixed }),
        signal,
      });
    } catch (error) {
      return this.#cannotStart(binary, error);
    }
    const deadline = Promise.withResolvers<"late" | "called off">();
    const timer = clock.schedule(probeMs, () => deadline.resolve("late"));
    const callOff = (): void => deadline.resolve("called off");
    signal?.addEventListener("abort", callOff, { once: true });
    if (signal?.aborted === true) callOff();
    process.closeInput();
    const reading = readText(process.output);
    const ended = await Promise.race([process.exited, deadline.promise]);
    timer.cancel();
    signal?.removeEventListener("abort", callOff);
    await process.stop({ graceMs: 0 });
    const text = `${await reading}\n${process.errorTail()}`;
    if (ended === "called off") return new ProviderError({ kind: "session-closed", code: "aborted", operation: "version check", detail: "The version check was called off." });
    if (ended === "late") return this.#silent(binary);
    return parseAgentVersion(text) ?? this.#unrecognised(binary, ended.code);
  }

  #missing(lookup: Extract<BinaryLookup, { type: "missing" }>, configured: string | undefined): ProviderError {
    const { displayName, binaryName, versions } = this.#deps.dialect;
    const path = configured?.trim() ?? "";
    const detail: Readonly<Record<MissingBinaryReason, string>> = {
      "configured-path-missing": `The configured ${displayName} binary "${path}" does not exist.`,
      "configured-path-not-a-file": `The configured ${displayName} binary "${path}" is not a file.`,
      "configured-path-not-executable": `The configured ${displayName} binary "${path}" may not be executed.`,
      "configured-path-relative": `The configured ${displayName} binary "${path}" is a relative path, which means another file in every folder.`,
      "not-on-path": `${displayName} ("${binaryName}") was not found; ${lookup.searched.length} places were searched.`,
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

  #cannotStart(binary: LocatedBinary, cause: unknown): ProviderError {
    const { displayName } = this.#deps.dialect;
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

  #silent(binary: LocatedBinary): ProviderError {
    const { displayName } = this.#deps.dialect;
    return new ProviderError({
      kind: "process",
      code: "start-timeout",
      operation: "version check",
      detail: `${displayName} at "${binary.path}" did not tell its version within ${Math.round(this.#deps.probeMs / 1000)} s.`,
      nextStep: "Run it in a terminal to see what it waits for.",
    });
  }

  #unrecognised(binary: LocatedBinary, exitCode: number | null): ProviderError {
    const { displayName } = this.#deps.dialect;
    return new ProviderError({
      kind: "process",
      code: "agent-unrecognised",
      operation: "version check",
      detail: `"${binary.path}" does not look like ${displayName}: asked for its version it printed none${exitCode === null ? "" : ` (exit code ${exitCode})`}.`,
      nextStep: `Configure the path of the ${displayName} program.`,
    });
  }

  #tooOld(binary: LocatedBinary, version: AgentVersion): ProviderError {
    const { displayName, versions } = this.#deps.dialect;
    return new ProviderError({
      kind: "process",
      code: "agent-too-old",
      operation: "version check",
      detail: `${displayName} ${formatAgentVersion(version)} at "${binary.path}" is too old; ${formatAgentVersion(versions.floor)} or newer is needed.`,
      nextStep: versions.tooOldAdvice,
    });
  }
}

function reasonOf(error: ProviderError): "not-executable" | "not-the-agent" | "cannot-start" | "timed-out" {
  if (error.code === "binary-not-executable") return "not-executable";
  if (error.code === "agent-unrecognised") return "not-the-agent";
  return error.code === "start-timeout" ? "timed-out" : "cannot-start";
}

async function readText(output: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of output) {
    if (text.length < maxProbeOutput) text += decoder.decode(chunk, { stream: true });
  }
  return text.slice(0, maxProbeOutput);
}
