import { parseAgentVersion, type AgentVersion, isAtLeast } from "../../../ports/agent-version.js";
import type { RpcRecord } from "../../../ports/rpc-transport.js";
import type { AgentIo } from "../agent-io.js";
import { piSupervision } from "../../pi/supervision.js";
import { inputRecords } from "../input-records.js";
import { AgentOutput } from "./agent-output.js";
import type { Gates } from "./gates.js";
import { launchFlags } from "./launch-flags.js";
import { gateAnnounced } from "./pi-gate.js";
import { scriptedModels } from "./pi-models.js";
import { PiRun } from "./pi-run.js";
import { PiSession, type SavedSessions } from "./pi-session.js";
import { piTextTurn } from "./pi-turns.js";
import type { AgentScenario, Script } from "./scenario.js";
import { ScriptPlayer, type ScriptStage } from "./script-player.js";

/** What only a program in a process of its own can do. */
export interface RealProcess {
  closeOutput(): void;
  /** Starts a process that holds this one's standard output, and tells its id. */
  startGrandchild(): number;
}

export interface ScriptedProcessOptions {
  readonly scenario: AgentScenario;
  readonly gates: Gates;
  readonly io: AgentIo;
  readonly realProcess: RealProcess | undefined;
  readonly saved: SavedSessions;
  /** Called with every record that arrives, before anything is done about it. */
  readonly onRecord: (record: RpcRecord) => void;
}

const deltasIntroduced: AgentVersion = { major: 0, minor: 84, patch: 0 };

/** One run of the scripted program, from its start to its end. */
export class ScriptedProcess implements ScriptStage {
  readonly version: AgentVersion;
  readonly session: PiSession;
  readonly output: AgentOutput;
  readonly #options: ScriptedProcessOptions;
  readonly #versionText: string;
  readonly #players = new Set<ScriptPlayer>();
  readonly #occurrences = new Map<string, number>();
  /** Commands that a script was waiting for. */
  readonly #awaited = new WeakSet<RpcRecord>();
  readonly #ended = Promise.withResolvers<void>();
  #runOwner: ScriptPlayer | undefined;
  #isOver = false;

  constructor(options: ScriptedProcessOptions) {
    const { scenario, io } = options;
    this.#options = options;
    this.#versionText = scenario.version ?? "0.87.1";
    const version = parseAgentVersion(this.#versionText);
    if (version === undefined) throw new TypeError(`"${this.#versionText}" is no version.`);
    this.version = version;
    this.output = new AgentOutput(io);
    const flags = launchFlags(io.args);
    this.session = new PiSession({
      flags,
      saved: options.saved,
      models: scenario.models ?? scriptedModels,
      isGated: scenario.gate !== "missing" && flags.extensions.some((file) => file.endsWith(`/${piSupervision.companion.name}`)),
      run: new PiRun({ streamsSnapshots: !isAtLeast(version, deltasIntroduced) }),
    });
  }

  /** Resolves when the program has ended; rejects when a script asks for what this process cannot do. */
  async live(): Promise<void> {
    const { scenario, io } = this.#options;
    io.onTerminate(() => {
      this.#start(scenario.terminate ?? [{ exit: 143 }]);
    });
    if (io.args.includes("--version")) this.#start(scenario.versionProbe ?? [{ raw: `${this.#versionText}\n` }, { exit: 0 }]);
    else this.#listen().catch(this.#ended.reject);
    await this.#ended.promise;
  }

  async #listen(): Promise<void> {
    const { scenario, io } = this.#options;
    await this.#play([...(this.session.isGated ? [{ emit: gateAnnounced(String(this.session.state().sessionId)) }] : []), ...(scenario.startup ?? [])]);
    if (!this.session.takeOver()) return this.#start([{ errorOutput: "Error: Cannot fork: source session file is empty or invalid\n" }, { exit: 1 }]);
    for await (const record of inputRecords(io.input)) {
      if (this.#isOver) return;
      if (record === undefined) await this.output.record({ type: "response", command: "parse", success: false, error: "Failed to parse command" });
      else this.#receive(record);
    }
    this.#start(scenario.inputEnd ?? [{ exit: 0 }]);
  }

  #receive(record: RpcRecord): void {
    this.#options.onRecord(record);
    const isSteer = record.type === "prompt" && record.streamingBehavior !== undefined && this.session.run.isStreaming;
    const name = isSteer ? "steer" : String(record.type);
    for (const player of this.#players) {
      if (player.awaits(name)) this.#awaited.add(record);
      player.deliver(name, record);
    }
    this.#start(this.#scriptFor(name), record);
  }

  #scriptFor(name: string): Script {
    const told = this.#options.scenario.on?.[name];
    if (told !== undefined && "always" in told) return told.always;
    const occurrence = this.#occurrences.get(name) ?? 0;
    this.#occurrences.set(name, occurrence + 1);
    return told?.[occurrence] ?? usualScripts.get(name) ?? [{ reply: {} }];
  }

  /** Plays beside whatever else is played. */
  #start(script: Script, command?: RpcRecord): void {
    void this.#play(script, command);
  }

  async #play(script: Script, command?: RpcRecord): Promise<void> {
    const player = new ScriptPlayer({ stage: this, script, ...(command !== undefined && { command }) });
    this.#players.add(player);
    await player.play().catch(this.#ended.reject);
    this.#players.delete(player);
  }

  ownRun(player: ScriptPlayer): void {
    this.#runOwner = player;
  }

  async abortRun(command: RpcRecord): Promise<void> {
    if (!this.session.run.isStreaming) return;
    // An open dialog blocks Pi's abort until it is answered.
    await this.#runOwner?.dialogAnswered();
    if (this.#awaited.has(command)) return this.session.run.settled();
    this.#runOwner?.cancel();
    for (const record of this.session.run.abortedTail()) {
      this.session.follow(record);
      await this.output.record(record);
    }
  }

  writeError(text: string): void {
    this.#options.io.writeError(text);
  }

  gate(name: string): Promise<void> {
    return this.#options.gates.passed(name);
  }

  exit(code: number): void {
    this.#end(() => this.#options.io.exit(code));
  }

  crash(signal: string): void {
    this.#end(() => this.#options.io.crash(signal));
  }

  #end(leave: () => void): void {
    this.#isOver = true;
    for (const player of this.#players) player.cancel();
    leave();
    this.#ended.resolve();
  }

  closeOutput(): void {
    this.#realProcess.closeOutput();
  }

  startGrandchild(): number {
    return this.#realProcess.startGrandchild();
  }

  get #realProcess(): RealProcess {
    const { realProcess } = this.#options;
    if (realProcess === undefined) throw new Error("This step needs a process of its own.");
    return realProcess;
  }
}

/** What Pi does about a command beyond answering it. */
const usualScripts: ReadonlyMap<string, Script> = new Map([
  ["prompt", piTextTurn("Done.")],
  ["abort", [{ abortRun: true }, { reply: {} }]],
  ["extension_ui_response", []],
]);
