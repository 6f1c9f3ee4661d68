import type { AgentDialect } from "../../ports/agent-dialect.js";
import type { AgentCommandInfo, AgentModelList, AgentModelRef, AgentState } from "../../ports/agent-messages.js";
import type { AgentVersion } from "../../ports/agent-version.js";
import type { IdGenerator } from "../../ports/id-generator.js";
import type { Telemetry, TelemetrySpan } from "../../ports/telemetry.js";
import { inSpan } from "../in-span.js";
import type { AgentLauncher, LaunchedAgent } from "../session/agent-launcher.js";
import { endAgent, type SpareAgent, type SpareAgents } from "../session/spare-agents.js";
import { AgentInquiry } from "./agent-inquiry.js";
import { sameModel } from "./model-slug.js";

/** What a process of the agent says of itself. */
export interface Discovery {
  readonly version: AgentVersion;
  readonly state: AgentState;
  readonly models: AgentModelList;
  /** Absent where the agent has no such question, or did not answer it. */
  readonly commands?: readonly AgentCommandInfo[];
  /** How many of its extensions said that they failed meanwhile. */
  readonly failedExtensions: number;
}

export interface DiscoveryRequest {
  readonly binaryPath: string | undefined;
  readonly agentDir: string | undefined;
  /** Default: a folder that is no project. */
  readonly cwd?: string | undefined;
  /** As the user typed them. */
  readonly launchArguments?: string | undefined;
  readonly signal: AbortSignal;
}

/** A discovery whose process is still there, to be kept or ended by whoever asked. */
export interface HeldDiscovery {
  readonly discovery: Discovery;
  readonly agent: SpareAgent;
}

/** `session`: as a session in that folder would start it. `discovery`: ephemeral. */
type Mode = "session" | "discovery";

type Wish = DiscoveryRequest & { readonly mode: Mode; readonly model?: AgentModelRef };
type Launch = Wish & { readonly span: TelemetrySpan };

interface Deps {
  readonly dialect: AgentDialect;
  readonly launcher: AgentLauncher;
  readonly spares: SpareAgents;
  readonly ids: IdGenerator;
  readonly telemetry: Telemetry;
  /** For the first answer, which includes the agent's start. */
  readonly readyMs: number;
  /** For each of the others. */
  readonly requestMs: number;
  /** A folder that is no project, so that no project's extensions run. */
  readonly neutralFolder: string | undefined;
}

/**
 * Asks the agent itself. Every method rejects with a `ProviderError` that says why, leaves no process behind then, and never answers
 * with an empty list for a failure.
 */
export class AgentDiscovery {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** In an ephemeral process that is gone afterwards, whatever happens. */
  async run(request: DiscoveryRequest): Promise<Discovery> {
    const { discovery, agent } = await this.#inquire({ ...request, mode: "discovery" }, discover);
    await endAgent(agent);
    return discovery;
  }

  /** In an ordinary process, which is still there afterwards. */
  async hold(request: DiscoveryRequest): Promise<HeldDiscovery> {
    return await this.#inquire({ ...request, mode: "session" }, discover);
  }

  /** What the agent makes of a model that it is started with. */
  async stateWith(request: DiscoveryRequest & { readonly model: AgentModelRef }): Promise<AgentState> {
    return await this.#inquire({ ...request, mode: "discovery" }, async (inquiry, agent) => {
      const state = await inquiry.ask("get-state");
      await endAgent({ transport: inquiry.transport, process: agent.process });
      return state;
    });
  }

  async #inquire<T>(wish: Wish, ask: (inquiry: AgentInquiry, agent: LaunchedAgent) => Promise<T>): Promise<T> {
    const span = this.#deps.telemetry.span("agent.discovery", { mode: wish.mode });
    return await inSpan(span, async () => {
      const launch = { ...wish, span };
      const first = await this.#once(launch, ask);
      // A crash may be an accident; whoever took too long, or said why it does not start, would do so again.
      const last = first.type === "failed" && first.crashed && !wish.signal.aborted ? await this.#once(launch, ask) : first;
      if (last.type === "failed") throw last.error;
      return last.value;
    });
  }

  /** Whatever goes wrong, the process is gone before it is told. */
  async #once<T>(launch: Launch, ask: (inquiry: AgentInquiry, agent: LaunchedAgent) => Promise<T>): Promise<Attempt<T>> {
    const { dialect, launcher, spares, ids, readyMs, requestMs, neutralFolder } = this.#deps;
    const { signal } = launch;
    const agent = await launcher.launchFresh({ ...launch, cwd: launch.cwd ?? neutralFolder });
    const inquiry = new AgentInquiry({ dialect, ids, agent, readyMs, requestMs, onChange: (transport, why) => spares.withdraw(transport, why) });
    // Called off, it settles what is being waited for.
    const callOff = (): void => inquiry.transport.detach();
    signal.addEventListener("abort", callOff, { once: true });
    if (signal.aborted) callOff();
    try {
      return { type: "done", value: await ask(inquiry, agent) };
    } catch (error) {
      await endAgent({ transport: inquiry.transport, process: agent.process });
      return { type: "failed", error, crashed: inquiry.diagnosis === "crashed" };
    } finally {
      signal.removeEventListener("abort", callOff);
    }
  }
}

type Attempt<T> = { readonly type: "done"; readonly value: T } | { readonly type: "failed"; readonly error: unknown; readonly crashed: boolean };

/** A process that waits has nothing else to do than to answer. Milliseconds. */
const recheckMs = 2_000;

async function discover(inquiry: AgentInquiry, { process, version }: LaunchedAgent): Promise<HeldDiscovery> {
  const state = await inquiry.ask("get-state");
  // These only read, so their order does not matter.
  const [listed, commands, levels] = await Promise.all([inquiry.ask("list-models"), inquiry.askIfPossible("list-commands"), inquiry.askIfPossible("list-thinking-levels")]);
  const { transport, relay, failedExtensions } = inquiry;
  return {
    discovery: {
      version,
      state,
      models: levels === undefined ? listed : withProvenLevels(listed, { model: state.model, levels: levels.levels }),
      ...(commands === undefined ? {} : { commands: commands.commands }),
      failedExtensions,
    },
    agent: { process, version, transport, relay, state, gatedSession: () => inquiry.gatedSession, isUntouched: () => inquiry.isUntouched, recheck: () => inquiry.ask("get-state", recheckMs) },
  };
}

/** The agent's own word on its current model wins over what its list implies. One level is no choice. */
function withProvenLevels(list: AgentModelList, proven: { readonly model: AgentModelRef | undefined; readonly levels: readonly string[] }): AgentModelList {
  const index = list.models.findIndex((model) => model.reasoning && sameModel(model, proven.model));
  const current = list.models[index];
  return current === undefined ? list : { ...list, models: list.models.with(index, { ...current, thinkingLevels: proven.levels }) };
}
