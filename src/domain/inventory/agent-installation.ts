import type { AgentDialect } from "../../ports/agent-dialect.js";
import { isAtLeast, parseAgentVersion, type AgentVersion } from "../../ports/agent-version.js";
import type { BinaryLocator, LocatedBinary, MissingBinaryReason, SearchedPlace } from "../../ports/binary-locator.js";
import type { ChildEnvironment } from "../../ports/child-environment.js";
import type { Clock } from "../../ports/clock.js";
import { ProviderError } from "../../ports/errors.js";
import type { Telemetry } from "../../ports/telemetry.js";
import { callAborted } from "../call-errors.js";
import { SharedWork } from "../shared-work.js";
import { isYounger } from "./age.js";
import { missingBinary, notStarted, silent, tooOld, unrecognised } from "./installation-errors.js";
import type { ProgramOutputs } from "./program-output.js";

/** The agent's program, found and of a version that this library can drive. */
export interface AgentInstallation {
  readonly binary: LocatedBinary;
  readonly version: AgentVersion;
  readonly searched: readonly SearchedPlace[];
  /** Other programs of that name; empty unless they were asked for. */
  readonly others: readonly LocatedBinary[];
}

/** Every answer to "can this program be used?", short of starting a session with it. */
export type InstallationFinding =
  | { readonly type: "usable"; readonly installation: AgentInstallation }
  | { readonly type: "missing"; readonly reason: MissingBinaryReason; readonly searched: readonly SearchedPlace[]; readonly error: ProviderError }
  | {
      readonly type: "unusable";
      readonly reason: "not-executable" | "not-the-agent" | "too-old" | "cannot-start" | "timed-out" | "launch-arguments-refused";
      readonly binary: LocatedBinary;
      readonly version?: AgentVersion;
      readonly searched: readonly SearchedPlace[];
      readonly others: readonly LocatedBinary[];
      readonly error: ProviderError;
    };

export interface InstallationQuery {
  readonly binaryPath?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Looks for other programs of the same name as well. */
  readonly findOthers?: boolean;
  /** Asks the program for its version even if it was asked before. */
  readonly refresh?: boolean | undefined;
}

interface Deps {
  readonly dialect: AgentDialect;
  readonly locator: BinaryLocator;
  readonly environment: ChildEnvironment;
  readonly outputs: ProgramOutputs;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** For this long a failure that may pass is told again without another try, in milliseconds. */
  readonly retryMs: number;
}

/** What a program said when it was asked for its version. */
interface ProbedVersion {
  readonly version: AgentVersion | ProviderError;
  readonly at: number;
}

/**
 * Finds the program and its version. The version comes from the package beside the program where that is certain, else from the
 * program itself, and is remembered for as long as the file stays the same.
 */
export class AgentInstallations {
  readonly #deps: Deps;
  /** By the file's identity. */
  readonly #probed = new Map<string, ProbedVersion>();
  readonly #probes = new SharedWork<AgentVersion | ProviderError>();

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
      findOthers: query.findOthers,
    });
    if (lookup.type === "missing") return { ...lookup, error: missingBinary(dialect, { lookup, configured: query.binaryPath }) };
    const { binary, searched, others = [] } = lookup;
    const version = await this.#versionOf(binary, query);
    if (ProviderError.is(version)) return { type: "unusable", reason: reasonOf(version), binary, searched, others, error: version };
    if (!isAtLeast(version, dialect.versions.floor)) return { type: "unusable", reason: "too-old", binary, version, searched, others, error: tooOld(dialect, { binary, version }) };
    return { type: "usable", installation: { binary, version, searched, others } };
  }

  /** Resolves when no program that was asked for its version is left. */
  async dispose(): Promise<void> {
    await this.#probes.dispose();
  }

  async #versionOf(binary: LocatedBinary, { signal, refresh }: InstallationQuery): Promise<AgentVersion | ProviderError> {
    const packaged = binary.packageVersion === undefined ? undefined : parseAgentVersion(binary.packageVersion);
    const known = packaged ?? (refresh === true ? undefined : this.#remembered(binary));
    if (known !== undefined) return known;
    const version = await this.#probes.join(binary.identity, (abandoned) => this.#probe(binary, abandoned), { signal, operation: "version check" }).catch(asProviderError);
    const calledOff = ProviderError.is(version) && version.kind === "session-closed";
    if (!calledOff) this.#probed.set(binary.identity, { version, at: this.#deps.clock.now() });
    return version;
  }

  /** What prints no version now will print none later; a program that was slow or could not be started may do better. */
  #remembered(binary: LocatedBinary): AgentVersion | ProviderError | undefined {
    const probed = this.#probed.get(binary.identity);
    if (probed === undefined) return undefined;
    const lasting = !ProviderError.is(probed.version) || probed.version.code === "agent-unrecognised";
    const { clock, retryMs } = this.#deps;
    return lasting || isYounger(probed.at, { now: clock.now(), than: retryMs }) ? probed.version : undefined;
  }

  async #probe(binary: LocatedBinary, signal: AbortSignal): Promise<AgentVersion | ProviderError> {
    const { dialect, environment, outputs, telemetry } = this.#deps;
    const run = await outputs.of({
      binary,
      args: dialect.versions.probeArgs,
      environment: environment.build({ dialect: dialect.environment, set: dialect.environment.fixed }),
      signal,
      span: telemetry.span("agent.version"),
    });
    switch (run.type) {
      case "not started":
        return notStarted(dialect, { binary, cause: run.cause });
      case "called off":
        return callAborted({ operation: "version check" });
      case "late":
        return silent(dialect, { binary, waitedMs: run.afterMs });
      case "ended":
        return parseAgentVersion(run.text) ?? unrecognised(dialect, { binary, exitCode: run.exitCode });
    }
  }
}

function reasonOf(error: ProviderError): "not-executable" | "not-the-agent" | "cannot-start" | "timed-out" {
  if (error.code === "binary-not-executable") return "not-executable";
  if (error.code === "agent-unrecognised") return "not-the-agent";
  return error.code === "start-timeout" ? "timed-out" : "cannot-start";
}

function asProviderError(error: unknown): ProviderError {
  if (ProviderError.is(error)) return error;
  throw error;
}
