import type { AgentModelRef, AgentState } from "../../ports/agent-messages.js";
import type { AgentVersion } from "../../ports/agent-version.js";
import type { Clock, Timer } from "../../ports/clock.js";
import type { SpawnedProcess } from "../../ports/process-spawner.js";
import type { RpcListener, RpcTransport } from "../../ports/rpc-transport.js";
import type { Telemetry } from "../../ports/telemetry.js";
import { sameConfiguration, type ConfigurationStamp } from "../inventory/configuration-stamp.js";
import { sameModel } from "../inventory/model-slug.js";
import type { LaunchedAgent } from "./agent-launcher.js";
import type { RecordRelay } from "./record-relay.js";

/** An ordinary process of the agent that has answered and that nothing was asked of yet. */
export interface SpareAgent {
  readonly process: SpawnedProcess;
  readonly version: AgentVersion;
  readonly transport: RpcTransport;
  readonly relay: RecordRelay;
  readonly state: AgentState;
  /** The agent's session in which its gate is in place; `undefined` while it is in none. */
  readonly gatedSession: () => string | undefined;
  /** Whether it is still as it was started, but for what it was asked. */
  readonly isUntouched: () => boolean;
  /** Asks it once more; rejects when it has ended or does not answer soon. */
  readonly recheck: () => Promise<AgentState>;
}

/** What a session needs; only a process that is just so will do. */
export interface SpareWish {
  readonly stamp: ConfigurationStamp;
  readonly model: AgentModelRef | undefined;
  readonly level: string | undefined;
  /** It must be one that asks before each tool call. */
  readonly gated: boolean;
}

interface Deps {
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** How long a process waits for a session. */
  readonly keepMs: number;
}

interface Waiting {
  readonly agent: SpareAgent;
  readonly stamp: ConfigurationStamp;
  readonly timer: Timer;
}

type Outcome = "adopted" | "expired" | "replaced" | "outdated" | "ended" | "busy" | "disposed";

/**
 * One process that has answered a discovery in a project's folder and waits there, for a bounded time, for the session that would
 * otherwise start the same one. At most one, because each costs as much memory as a session.
 */
export class SpareAgents {
  readonly #deps: Deps;
  readonly #ending = new Set<Promise<unknown>>();
  #waiting: Waiting | undefined;
  #disposed = false;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  get isEmpty(): boolean {
    return this.#waiting === undefined;
  }

  /** Takes the process over, whatever becomes of it. One that already waits gives way. */
  keep(agent: SpareAgent, stamp: ConfigurationStamp): void {
    if (this.#waiting !== undefined) this.#drop(this.#waiting, "replaced");
    const timer = this.#deps.clock.schedule(this.#deps.keepMs, () => this.#drop(waiting, "expired"));
    const waiting: Waiting = { agent, stamp, timer };
    this.#waiting = waiting;
    if (this.#disposed) this.#drop(waiting, "disposed");
  }

  /** For whoever watches a process that may be waiting here: it has ended, or has begun something without being asked. */
  withdraw(transport: RpcTransport, why: "ended" | "busy"): void {
    if (this.#waiting?.agent.transport === transport) this.#drop(this.#waiting, why);
  }

  /**
   * The process that waits, if it is what a fresh one would be; its new owner ends it. It is asked once more before it is handed out,
   * so that one that has died or hangs costs a session a moment and not its start.
   */
  async take(wish: SpareWish): Promise<LaunchedAgent | undefined> {
    const waiting = this.#waiting;
    if (waiting === undefined || waiting.stamp.launch !== wish.stamp.launch) return undefined;
    // A file that has changed since makes it what no session should get any more.
    if (!sameConfiguration(waiting.stamp, wish.stamp)) return this.#drop(waiting, "outdated");
    const { agent } = waiting;
    if (!fits(agent.state, wish) || (wish.gated && agent.gatedSession() === undefined)) return undefined;
    // From here on it is nobody else's.
    this.#release(waiting);
    const state = await agent.recheck().catch(() => undefined);
    if (state === undefined || state.streaming || !agent.isUntouched() || !fits(state, wish)) return this.#end(agent, "ended");
    this.#tell("adopted");
    const { process, version, relay, transport } = agent;
    const gatedSession = agent.gatedSession();
    return {
      process,
      version,
      ...(gatedSession === undefined ? {} : { gatedSession }),
      connect: (listener: RpcListener) => {
        relay.handTo(listener);
        return transport;
      },
    };
  }

  /** Resolves when no process is left. */
  async dispose(): Promise<void> {
    this.#disposed = true;
    if (this.#waiting !== undefined) this.#drop(this.#waiting, "disposed");
    await Promise.all(this.#ending);
  }

  #drop(waiting: Waiting, outcome: Outcome): undefined {
    this.#release(waiting);
    this.#end(waiting.agent, outcome);
  }

  #release(waiting: Waiting): void {
    waiting.timer.cancel();
    if (this.#waiting === waiting) this.#waiting = undefined;
  }

  #end(agent: SpareAgent, outcome: Outcome): undefined {
    this.#tell(outcome);
    const ending = endAgent(agent).finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
  }

  #tell(outcome: Outcome): void {
    this.#deps.telemetry.count("agent.spares", 1, { outcome });
  }
}

/** A process that was started without a model and a level is one that was started with those it has. */
function fits(state: AgentState, { model, level }: SpareWish): boolean {
  return (model === undefined || sameModel(model, state.model)) && (level === undefined || level === state.thinkingLevel);
}

/** Resolves when the process and its descendants are gone. */
export async function endAgent({ transport, process }: Pick<SpareAgent, "transport" | "process">): Promise<void> {
  transport.detach();
  await process.stop({ graceMs: 1_000 });
}
