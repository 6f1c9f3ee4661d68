import type { RpcRecord } from "../../ports/rpc-transport.js";
import type { AgentIo } from "./agent-io.js";
import { Gates } from "./scripted-agent/gates.js";
import type { SavedSessions } from "./scripted-agent/pi-session.js";
import type { AgentScenario } from "./scripted-agent/scenario.js";
import { ScriptedProcess, type RealProcess } from "./scripted-agent/scripted-process.js";

export interface ScriptedAgentOptions {
  readonly scenario: AgentScenario;
  /** What only a process of its own can do; a scenario that asks for it elsewhere fails. */
  readonly realProcess?: RealProcess;
  /** Where its processes save their conversations, which others may copy. Its own unless told. */
  readonly saved?: SavedSessions;
}

/**
 * A program that speaks Pi's wire and does what a scenario tells it to, however badly: for everything that a real agent does
 * once in a thousand times.
 *
 * ```ts
 * const agent = new ScriptedAgent({ scenario: { on: { prompt: [piTextTurn("Hello!")] } } });
 * const spawner = new InMemoryProcessSpawner({ program: agent.program });
 * ```
 */
export class ScriptedAgent {
  readonly gates = new Gates();
  readonly #options: ScriptedAgentOptions;
  readonly #saved: SavedSessions;
  readonly #received: RpcRecord[] = [];

  constructor(options: ScriptedAgentOptions) {
    this.#options = options;
    this.#saved = options.saved ?? new Map();
  }

  /** Every record that all processes of this program were sent, oldest first. */
  get received(): readonly RpcRecord[] {
    return this.#received;
  }

  /** One process, from its start to its end. Every process begins the scenario anew. */
  readonly program = async (io: AgentIo): Promise<void> => {
    const { scenario, realProcess } = this.#options;
    await new ScriptedProcess({
      scenario,
      realProcess,
      saved: this.#saved,
      io,
      gates: this.gates,
      onRecord: (record) => this.#received.push(record),
    }).live();
  };
}
