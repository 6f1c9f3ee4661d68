import type { AgentDialect } from "../../ports/agent-dialect.js";
import { ProviderError } from "../../ports/errors.js";
import { launchArgumentsOf } from "../launch/launch-arguments.js";
import { endAgent, type SpareAgents } from "../session/spare-agents.js";
import type { AgentDiscovery, DiscoveryRequest } from "./agent-discovery.js";
import type { AgentInstallation, AgentInstallations } from "./agent-installation.js";
import type { Knowledge, RememberedAnswer } from "./catalog-memory.js";
import { discoveryFailure } from "./discovery-failure.js";
import { stampOfAnswer, type ConfigurationStamp, type ConfigurationStamps } from "./configuration-stamp.js";

/** Which configuration of the agent is meant. */
export interface AgentPlace {
  readonly binaryPath: string | undefined;
  readonly agentDir: string | undefined;
  /** The project's folder; absent means a folder that is no project. */
  readonly cwd?: string | undefined;
  /** More arguments for the program, as the user typed them. */
  readonly launchArguments?: string | undefined;
}

export interface SurveyedPlace extends AgentPlace {
  readonly signal: AbortSignal;
  /** Asks the program for its version even if it was asked before. */
  readonly refresh?: boolean | undefined;
  /** Whether a process that answers in a project's folder may wait there for a session. Default: yes. */
  readonly hold?: boolean | undefined;
}

interface Deps {
  readonly installations: AgentInstallations;
  readonly discovery: AgentDiscovery;
  readonly dialect: AgentDialect;
  readonly configurations: ConfigurationStamps;
  readonly spares: SpareAgents;
  /** 0: no process waits for a session. */
  readonly warmStartMs: number;
}

/** Finds out about one place: the program there, the stamp of everything that its answers depend on, and the answers. Remembers nothing. */
export class AgentSurvey {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Never rejects. */
  async find({ binaryPath, launchArguments, refresh, signal }: SurveyedPlace): Promise<Knowledge["finding"]> {
    const { installations, dialect } = this.#deps;
    try {
      const found = await installations.find({ binaryPath, signal, refresh, findOthers: true });
      const read = launchArgumentsOf(dialect, launchArguments);
      return found.type === "usable" && ProviderError.is(read) ? { type: "unusable", reason: "launch-arguments-refused", ...found.installation, error: read } : found;
    } catch (error) {
      return { type: "failed", error: discoveryFailure(error) };
    }
  }

  async stamp(installation: AgentInstallation, place: AgentPlace): Promise<ConfigurationStamp> {
    const { agentDir, cwd, launchArguments } = place;
    return await this.#deps.configurations.of({ installation, mode: this.#isWarm(place) ? "session" : "discovery", agentDir, cwd, launchArguments });
  }

  /** Rejects with a `ProviderError`. `before` is the stamp that was taken last. */
  async ask(place: SurveyedPlace, { installation, before }: { readonly installation: AgentInstallation; readonly before: ConfigurationStamp }): Promise<Pick<RememberedAnswer, "discovery" | "stamp">> {
    const { discovery, spares } = this.#deps;
    const { binaryPath, agentDir, cwd, launchArguments, signal, hold = true } = place;
    const request: DiscoveryRequest = { binaryPath, agentDir, cwd, launchArguments, signal };
    const stampNow = async (): Promise<ConfigurationStamp> => stampOfAnswer(before, await this.stamp(installation, place));
    try {
      if (!hold || !this.#isWarm(place)) return { discovery: await discovery.run(request), stamp: await stampNow() };
      const { discovery: found, agent } = await discovery.hold(request);
      const stamp = await stampNow().catch(async (error: unknown) => {
        await endAgent(agent);
        throw error;
      });
      // One that could not answer a message, or has begun something by itself, is not what a session would find.
      if (found.models.models.length > 0 && !agent.state.streaming && agent.isUntouched()) spares.keep(agent, stamp);
      else await endAgent(agent);
      return { discovery: found, stamp };
    } catch (error) {
      throw discoveryFailure(error);
    }
  }

  /** Only in a project that the caller named may a process wait for its session. */
  #isWarm({ cwd }: AgentPlace): boolean {
    return cwd !== undefined && this.#deps.warmStartMs > 0;
  }
}
