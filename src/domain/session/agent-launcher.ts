import type { AgentDialect, LaunchRequest } from "../../ports/agent-dialect.js";
import { formatAgentVersion, type AgentVersion } from "../../ports/agent-version.js";
import type { ChildEnvironment } from "../../ports/child-environment.js";
import { ProviderError, SpawnError } from "../../ports/errors.js";
import type { ProcessSpawner, SpawnedProcess } from "../../ports/process-spawner.js";
import type { RpcConnector, RpcListener, RpcTransport } from "../../ports/rpc-transport.js";
import type { SessionFiles, SessionFileVerdict } from "../../ports/session-files.js";
import type { TelemetrySpan } from "../../ports/telemetry.js";
import { inSpan } from "../in-span.js";
import type { AgentInstallation, AgentInstallations } from "../inventory/agent-installation.js";
import { requireLaunchArguments } from "../launch/launch-arguments.js";
import type { ConfigurationStamps } from "../inventory/configuration-stamp.js";
import type { SpareAgents } from "./spare-agents.js";

/** A conversation to continue. */
export interface Resume {
  readonly sessionFile: string;
  readonly sessionId: string;
  /** Nothing is known to have been saved: should the file be missing, there is nothing to lose by beginning anew. */
  readonly provisional: boolean;
}

/** A running process of the agent that belongs to whoever launched it. */
export interface LaunchedAgent {
  readonly process: SpawnedProcess;
  readonly version: AgentVersion;
  /** Once. Whatever the process said before that is not told again. */
  connect(listener: RpcListener): RpcTransport;
}

export interface Launch extends Omit<LaunchRequest, "version" | "sessionFile" | "launchArguments"> {
  /** The conversation to continue; refused when its file is not what it should be. */
  readonly resume?: Resume | undefined;
  readonly binaryPath?: string | undefined;
  /** As the user typed them; refused when they may not be given. */
  readonly launchArguments?: string | undefined;
  readonly cwd?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** What the launch takes is told in spans within this one. */
  readonly span?: TelemetrySpan | undefined;
}

const refusals: Readonly<Record<Extract<SessionFileVerdict, { type: "refused" }>["reason"], string>> = {
  missing: "its session file is gone",
  outside: "its session file does not lie in the agent's session folder",
  "not-a-session": "its file is not a session",
  "another-session": "its file holds another session",
  "another-folder": "it belongs to another working directory",
  unreadable: "its session file cannot be read",
};

interface Deps {
  readonly dialect: AgentDialect;
  readonly installations: AgentInstallations;
  readonly spawner: ProcessSpawner;
  readonly connector: RpcConnector;
  readonly environment: ChildEnvironment;
  readonly sessionFiles: SessionFiles;
  readonly configurations: ConfigurationStamps;
  readonly spares: SpareAgents;
}

/** From a wish to a running process: find the program, know its version, build its arguments and environment, start it. */
export class AgentLauncher {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Rejects with a `ProviderError`; no process is left then. A session gets a process that waits for one, should it fit. */
  async launch(launch: Launch): Promise<LaunchedAgent> {
    const installation = await this.#locate(launch);
    const sessionFile = launch.resume === undefined ? undefined : await this.#resumable(launch, launch.resume);
    const spare = sessionFile === undefined ? await this.#spare(installation, launch) : undefined;
    return spare ?? (await this.#start(installation, { launch, sessionFile }));
  }

  /** The same, but always a process of its own. */
  async launchFresh(launch: Launch & { readonly resume?: undefined }): Promise<LaunchedAgent> {
    return await this.#start(await this.#locate(launch), { launch, sessionFile: undefined });
  }

  async #locate({ binaryPath, signal, span }: Launch): Promise<AgentInstallation> {
    return await inSpan(
      span?.child("agent.locate"),
      () => this.#deps.installations.require({ binaryPath, signal }),
      ({ version }) => ({ version: formatAgentVersion(version) }),
    );
  }

  async #spare(installation: AgentInstallation, { mode, agentDir, cwd, launchArguments, model, thinkingLevel, span }: Launch): Promise<LaunchedAgent | undefined> {
    const { spares, configurations } = this.#deps;
    if (spares.isEmpty || mode !== "session") return undefined;
    return await inSpan(
      span?.child("agent.adopt"),
      async () => spares.take({ stamp: await configurations.of({ installation, mode, agentDir, cwd, launchArguments }), model, level: thinkingLevel }),
      (agent) => ({ adopted: agent !== undefined }),
    );
  }

  async #start(installation: AgentInstallation, plan: { readonly launch: Launch; readonly sessionFile: string | undefined }): Promise<LaunchedAgent> {
    return await inSpan(plan.launch.span?.child("agent.spawn"), () => this.#spawn(installation, plan));
  }

  async #spawn({ binary, version }: AgentInstallation, { launch, sessionFile }: { readonly launch: Launch; readonly sessionFile: string | undefined }): Promise<LaunchedAgent> {
    const { dialect, spawner, connector, environment } = this.#deps;
    const plan = dialect.launch({ ...launch, version, sessionFile, launchArguments: requireLaunchArguments(dialect, launch.launchArguments) });
    try {
      const process = await spawner.spawn({
        command: binary.command,
        args: [...binary.leadingArgs, ...plan.args],
        cwd: launch.cwd,
        environment: environment.build({ dialect: dialect.environment, set: plan.environment }),
        signal: launch.signal,
      });
      return { process, version, connect: (listener) => connector.connect({ process, framing: dialect.framing, listener }) };
    } catch (error) {
      throw this.#explain(error, { path: binary.path, cwd: launch.cwd });
    }
  }

  /** A conversation that cannot be continued is an error, never a silent fresh start. */
  async #resumable(launch: Launch, resume: Resume): Promise<string | undefined> {
    const { dialect, environment, sessionFiles } = this.#deps;
    const place = { agentDir: launch.agentDir, environment: environment.build({ dialect: dialect.environment, set: {} }) };
    const verdict = await sessionFiles.prepare({
      file: resume.sessionFile,
      folder: dialect.sessionFiles.folder(place),
      setting: dialect.sessionFiles.setting(place),
      sessionId: resume.sessionId,
      cwd: launch.cwd,
      readHeader: dialect.sessionFiles.readHeader,
    });
    if (verdict.type !== "refused") return resume.sessionFile;
    if (verdict.reason === "missing" && resume.provisional) return undefined;
    throw new ProviderError({
      kind: "process",
      code: "resume-refused",
      operation: "startSession",
      detail: `The thread's earlier ${dialect.displayName} conversation cannot be continued: ${refusals[verdict.reason]}.`,
      nextStep: "Send the message again to go on without it.",
    });
  }

  #explain(error: unknown, tried: { readonly path: string; readonly cwd: string | undefined }): ProviderError {
    const { displayName } = this.#deps.dialect;
    const reason = error instanceof SpawnError ? error.reason : "other";
    const common = { kind: "process", operation: "startSession", cause: error } as const;
    switch (reason) {
      case "bad-working-directory":
        return new ProviderError({
          ...common,
          code: "working-directory-missing",
          detail: `${displayName} could not be started in "${tried.cwd ?? ""}": the folder does not exist or is not accessible.`,
          nextStep: "Check the project's folder.",
        });
      case "not-found":
        return new ProviderError({ ...common, code: "binary-not-found", detail: `The ${displayName} binary "${tried.path}" is gone, or the interpreter it names is not installed.`, nextStep: "Reinstall it, or correct its configured path." });
      case "permission-denied":
      case "not-executable":
        return new ProviderError({ ...common, code: "binary-not-executable", detail: `The ${displayName} binary "${tried.path}" cannot be executed on this system.`, nextStep: "Configure the path of an executable program." });
      case "aborted":
        return new ProviderError({ ...common, kind: "session-closed", code: "aborted", detail: `The start of ${displayName} was called off.` });
      case "other":
        return new ProviderError({ ...common, code: "start-failed", detail: `${displayName} at "${tried.path}" could not be started.`, nextStep: "Run it in a terminal to see what it says." });
    }
  }
}
