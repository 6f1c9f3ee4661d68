import type { AgentDialect } from "../../ports/agent-dialect.js";
import type { ChildEnvironment } from "../../ports/child-environment.js";
import { absentFile, type FileStamps } from "../../ports/file-stamps.js";
import { requireLaunchArguments } from "../launch/launch-arguments.js";
import type { AgentInstallation } from "./agent-installation.js";

/** Everything that can change what the agent answers, as two parts: what a process is given, and the files that it reads itself. */
export interface ConfigurationStamp {
  readonly launch: string;
  readonly files: readonly string[];
}

/** How one process of the agent would be started. */
export interface StampedLaunch {
  readonly installation: AgentInstallation;
  readonly mode: "session" | "discovery";
  readonly agentDir: string | undefined;
  readonly cwd: string | undefined;
  /** As the user typed them; they have been accepted. */
  readonly launchArguments?: string | undefined;
}

interface Deps {
  readonly dialect: AgentDialect;
  readonly environment: ChildEnvironment;
  readonly stamps: FileStamps;
}

/** Takes such stamps. Reads no file and starts nothing. */
export class ConfigurationStamps {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  async of({ installation, mode, agentDir, cwd, launchArguments }: StampedLaunch): Promise<ConfigurationStamp> {
    const { dialect, stamps } = this.#deps;
    const { binary, version } = installation;
    const plan = dialect.launch({ version, mode, agentDir, launchArguments: requireLaunchArguments(dialect, launchArguments) });
    const environment = this.#deps.environment.build({ dialect: dialect.environment, set: plan.environment });
    const launch = JSON.stringify([binary.identity, binary.command, binary.leadingArgs, version, plan.args, sorted(environment), cwd ?? null]);
    return { launch, files: await stamps.stamp(dialect.configuration.files({ agentDir, environment, cwd })) };
  }
}

/** The same variables are the same environment, in whatever order they were put together. */
function sorted(environment: Readonly<Record<string, string>>): readonly (readonly [string, string])[] {
  return Object.entries(environment).toSorted(([left], [right]) => (left < right ? -1 : 1));
}

export function sameConfiguration(left: ConfigurationStamp, right: ConfigurationStamp): boolean {
  return left.launch === right.launch && left.files.length === right.files.length && left.files.every((file, index) => file === right.files[index]);
}

/**
 * The stamp for an answer that was given between two others. A file that appeared meanwhile is the agent's own, made at its first
 * start; one that changed may have been read before it did, so the answer keeps the old stamp and will be asked for again.
 */
export function stampOfAnswer(before: ConfigurationStamp, after: ConfigurationStamp): ConfigurationStamp {
  return { launch: before.launch, files: before.files.map((file, index) => (file === absentFile ? (after.files[index] ?? file) : file)) };
}
