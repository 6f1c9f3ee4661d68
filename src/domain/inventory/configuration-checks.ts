import type { AgentDialect } from "../../ports/agent-dialect.js";
import type { ChildEnvironment } from "../../ports/child-environment.js";
import { absentFile, type FileStamps } from "../../ports/file-stamps.js";
import type { Telemetry } from "../../ports/telemetry.js";
import type { AgentInstallation } from "./agent-installation.js";
import type { ProgramOutputs } from "./program-output.js";

export interface CheckedConfiguration {
  readonly installation: AgentInstallation;
  readonly agentDir: string | undefined;
  readonly signal: AbortSignal;
}

/** `unknown`: the agent did not say in the time it had, which is no fault of the file. */
export type ConfigurationVerdict = { readonly type: "well" } | { readonly type: "ignored"; readonly problem: string } | { readonly type: "unknown" };

interface Deps {
  readonly dialect: AgentDialect;
  readonly environment: ChildEnvironment;
  readonly stamps: FileStamps;
  readonly outputs: ProgramOutputs;
  readonly telemetry: Telemetry;
}

/** Finds out whether the agent silently ignores a configuration file that it cannot read. Starts nothing where there is no such file. */
export class ConfigurationChecks {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Never rejects. */
  async run({ installation, agentDir, signal }: CheckedConfiguration): Promise<ConfigurationVerdict> {
    const { dialect, stamps, outputs, environment, telemetry } = this.#deps;
    const { check } = dialect.configuration;
    if (check === undefined) return { type: "well" };
    const set = { ...dialect.launch({ version: installation.version, mode: "discovery", agentDir }).environment, ...dialect.environment.fixed };
    const variables = environment.build({ dialect: dialect.environment, set });
    const [stamp] = await stamps.stamp([check.file({ agentDir, environment: variables })]);
    if (stamp === undefined || stamp === absentFile) return { type: "well" };
    const output = await outputs.of({ binary: installation.binary, args: check.args, environment: variables, signal, span: telemetry.span("agent.check") });
    if (output.type !== "ended") return { type: "unknown" };
    const problem = check.read(output.text);
    return problem === undefined ? { type: "well" } : { type: "ignored", problem };
  }
}
