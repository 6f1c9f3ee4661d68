import type { AgentDialect, LaunchRequest } from "../../ports/agent-dialect.js";
import { formatAgentVersion, type AgentVersion } from "../../ports/agent-version.js";
import type { CompanionFiles } from "../../ports/companion-files.js";
import type { ChildEnvironment } from "../../ports/child-environment.js";
import { ProviderError, SpawnError } from "../../ports/errors.js";
import type { ProcessSpawner, SpawnedProcess } from "../../ports/process-spawner.js";
import type { RpcConnector, RpcListener, RpcTransport } from "../../ports/rpc-transport.js";
import type { SessionFileRequest, SessionFiles, SessionFileVerdict } from "../../ports/session-files.js";
import type { TelemetrySpan } from "../../ports/telemetry.js";
import { inSpan } from "../in-span.js";
import type { AgentInstallation, AgentInstallations } from "../inventory/agent-installation.js";
import { requireLaunchArguments } from "../launch/launch-arguments.js";
import type { ConfigurationStamps } from "../inventory/configuration-stamp.js";
import type { SpareAgents } from "./spare-agents.js";

/** A conversation to continue. */
export interface Resume {
  readonly sessionFile: string;
  /** Absent where only the file is known: whatever conversation it holds is meant. */
  readonly sessionId?: string;
  /** Nothing is known to have been saved: should the file be missing, there is nothing to lose by beginning anew. */
  readonly provisional: boolean;
}

/** A running process of the agent that belongs to whoever launched it. */
export interface LaunchedAgent {
  readonly process: SpawnedProcess;
  readonly version: AgentVersion;
  /** The agent's session in which its gate is in place, where the process has told so before. */
  readonly gatedSession?: string;
  /** Once. Whatever the process said before that is not told again. */
  connect(listener: RpcListener): RpcTransport;
}

export interface Launch extends Omit<LaunchRequest, "version" | "sessionFile" | "companionFile" | "launchArguments"> {
  /** The conversation to continue; refused when its file is not what it should be. */
  readonly resume?: Resume | undefined;
  readonly binaryPath?: string | undefined;
  /** As the user typed them; refused when they may not be given. */
  readonly launchArguments?: string | undefined;
  readonly cwd?: string | undefined;
  /** Refused rather than started without what makes the agent ask before each tool call. */
  readonly supervised?: boolean | undefined;
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
  readonly companions: CompanionFiles;
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

  /** Why a launch could not continue this conversation, as a clause; `undefined` where it could. Starts nothing. */
  async refusalOf(resume: Resume, place: Pick<Launch, "agentDir" | "cwd">): Promise<string | undefined> {
    const verdict = await this.#verdictOn(resume, place);
    return verdict.type === "refused" ? refusals[verdict.reason] : undefined;
  }

  async #locate({ binaryPath, signal, span }: Launch): Promise<AgentInstallation> {
    return await inSpan(
      span?.child("agent.locate"),
      () => this.#deps.installations.require({ binaryPath, signal }),
      ({ version }) => ({ version: formatAgentVersion(version) }),
    );
  }

  async #spare(installation: AgentInstallation, { mode, agentDir, cwd, launchArguments, model, thinkingLevel, supervised, span }: Launch): Promise<LaunchedAgent | undefined> {
    const { spares, configurations } = this.#deps;
    if (spares.isEmpty || mode !== "session") return undefined;
    return await inSpan(
      span?.child("agent.adopt"),
      async () => spares.take({ stamp: await configurations.of({ installation, mode, agentDir, cwd, launchArguments }), model, level: thinkingLevel, gated: supervised === true }),
      (agent) => ({ adopted: agent !== undefined }),
    );
  }

  async #start(installation: AgentInstallation, plan: { readonly launch: Launch; readonly sessionFile: string | undefined }): Promise<LaunchedAgent> {
    return await inSpan(plan.launch.span?.child("agent.spawn"), () => this.#spawn(installation, plan));
  }

  async #spawn({ binary, version }: AgentInstallation, { launch, sessionFile }: { readonly launch: Launch; readonly sessionFile: string | undefined }): Promise<LaunchedAgent> {
    const { dialect, spawner, connector, environment } = this.#deps;
    const companionFile = await this.#companionFile(launch);
    const plan = dialect.launch({ ...launch, version, sessionFile, companionFile, launchArguments: requireLaunchArguments(dialect, launch.launchArguments) });
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

  /** Removes the file of a conversation that nobody was told of, where that can be done. */
  async discard(conversation: Resume & { readonly sessionId: string }, place: Pick<Launch, "agentDir" | "cwd">): Promise<void> {
    await this.#deps.sessionFiles.discard?.({ ...this.#fileOf(conversation, place), sessionId: conversation.sessionId });
  }

  async #verdictOn(resume: Resume, place: Pick<Launch, "agentDir" | "cwd">): Promise<SessionFileVerdict> {
    return await this.#deps.sessionFiles.prepare(this.#fileOf(resume, place));
  }

  #fileOf({ sessionFile, sessionId }: Resume, { agentDir, cwd }: Pick<Launch, "agentDir" | "cwd">): SessionFileRequest {
    const { dialect, environment } = this.#deps;
    const place = { agentDir, environment: environment.build({ dialect: dialect.environment, set: {} }) };
    return {
      file: sessionFile,
      folder: dialect.sessionFiles.folder(place),
      setting: dialect.sessionFiles.setting(place),
      sessionId,
      cwd,
      readHeader: dialect.sessionFiles.readHeader,
    };
  }

  /** Every session has it, whatever its mode, so that another mode needs no other process. Only where it is needed is it missed. */
  async #companionFile({ mode, supervised }: Launch): Promise<string | undefined> {
    const { dialect, companions } = this.#deps;
    if (mode !== "session" || dialect.supervision === undefined) return undefined;
    try {
      return await companions.provide(dialect.supervision.companion);
    } catch (error) {
      if (supervised !== true) return undefined;
      throw new ProviderError({
        kind: "process",
        code: "supervision-missing",
        operation: "startSession",
        detail: `The file that makes ${dialect.displayName} ask for approval could not be written, so it was not started.`,
        nextStep: "Check the temporary folder, or choose full access.",
        cause: error,
      });
    }
  }

  /** A conversation that cannot be continued is an error, never a silent fresh start. */
  async #resumable(launch: Launch, resume: Resume): Promise<string | undefined> {
    const verdict = await this.#verdictOn(resume, launch);
    if (verdict.type !== "refused") return resume.sessionFile;
    if (verdict.reason === "missing" && resume.provisional) return undefined;
    throw new ProviderError({
      kind: "process",
      code: "resume-refused",
      operation: "startSession",
      detail: `The thread's earlier ${this.#deps.dialect.displayName} conversation cannot be continued: ${refusals[verdict.reason]}.`,
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
