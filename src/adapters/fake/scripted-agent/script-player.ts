import { setTimeout } from "node:timers/promises";
import type { AgentVersion } from "../../../ports/agent-version.js";
import type { RpcRecord } from "../../../ports/rpc-transport.js";
import type { AgentOutput } from "./agent-output.js";
import { gateQuestion, isAccepted, type GatedCall } from "./pi-gate.js";
import { userMessage } from "./pi-records.js";
import type { PiSession } from "./pi-session.js";
import { properReply } from "./proper-replies.js";
import type { ReplyPatch, Script, ScriptStep } from "./scenario.js";

/** The process in which scripts are played. */
export interface ScriptStage {
  readonly version: AgentVersion;
  readonly session: PiSession;
  readonly output: AgentOutput;
  writeError(text: string): void;
  gate(name: string): Promise<void>;
  /** The run that is under way belongs to this player from now on. */
  ownRun(player: ScriptPlayer): void;
  abortRun(command: RpcRecord): Promise<void>;
  exit(code: number): void;
  crash(signal: string): void;
  closeOutput(): void;
  startGrandchild(): number;
}

/** Plays one script, for the command that set it off if there was one. */
export class ScriptPlayer {
  readonly #stage: ScriptStage;
  readonly #script: Script;
  readonly #command: RpcRecord;
  #position = 0;
  #isOver = false;
  readonly #cancelled = Promise.withResolvers<void>();
  /** What came since the script began and it has not waited for. */
  readonly #inbox: { readonly name: string; readonly record: RpcRecord }[] = [];
  #wake = Promise.withResolvers<void>();
  #dialog: Promise<unknown> | undefined;

  constructor(options: { readonly stage: ScriptStage; readonly script: Script; readonly command?: RpcRecord }) {
    this.#stage = options.stage;
    this.#script = options.script;
    this.#command = options.command ?? {};
  }

  /** Rejects when the script asks for what this process cannot do, or when nobody reads the output any more. */
  async play(): Promise<void> {
    for (; this.#position < this.#script.length && !this.#isOver; this.#position += 1) {
      const step = this.#script[this.#position];
      if (step !== undefined) await this.#step(step);
    }
  }

  /** Ends the script where it is. */
  cancel(): void {
    this.#isOver = true;
    this.#cancelled.resolve();
  }

  deliver(name: string, record: RpcRecord): void {
    this.#inbox.push({ name, record });
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  }

  /** Whether the rest of the script waits for a command of this name. */
  awaits(name: string): boolean {
    return waitsFor(this.#script.slice(this.#position), name);
  }

  /** Resolves when no dialog is open. */
  async dialogAnswered(): Promise<void> {
    await this.#dialog;
  }

  async #steps(steps: Script): Promise<void> {
    for (const step of steps) {
      if (this.#isOver) return;
      await this.#step(step);
    }
  }

  async #step(step: ScriptStep): Promise<void> {
    const { output, session } = this.#stage;
    if ("emit" in step) await this.#emit(step.emit, step.pieceBytes);
    else if ("update" in step) await output.record(session.run.stream(step.update));
    else if ("userMessage" in step) await this.#repeatUserMessage();
    else if ("reply" in step) await this.#reply(step.reply);
    else if ("raw" in step) await output.bytes(Buffer.from(step.raw));
    else if ("rawBytes" in step) await output.bytes(Uint8Array.from(step.rawBytes));
    else if ("oversize" in step) await output.record(recordOf(step.oversize));
    else if ("errorOutput" in step) this.#stage.writeError(step.errorOutput);
    else if ("repeat" in step) for (let round = 0; round < step.repeat; round += 1) await this.#steps(step.steps);
    else if ("waitFor" in step) await this.#take(({ name }) => name === step.waitFor);
    else if ("ask" in step) await this.#ask(step.ask);
    else if ("call" in step) await this.#steps(!session.isGated || (await this.#isAllowed(step.call)) ? step.run : step.blocked);
    else if ("gate" in step) await this.#unlessCancelled(this.#stage.gate(step.gate));
    else if ("delayMs" in step) await this.#unlessCancelled(setTimeout(step.delayMs));
    else if ("stall" in step) await this.#cancelled.promise;
    else if ("pretend" in step) session.pretend(step.pretend);
    else if ("abortRun" in step) await this.#stage.abortRun(this.#command);
    else if ("exit" in step) this.#stage.exit(step.exit);
    else if ("crash" in step) this.#stage.crash(step.crash);
    else if ("closeOutput" in step) this.#stage.closeOutput();
    else await output.record({ type: "grandchild_started", pid: this.#stage.startGrandchild() });
  }

  async #emit(record: RpcRecord, pieceBytes?: number): Promise<void> {
    if (record.type === "agent_start") this.#stage.ownRun(this);
    this.#stage.session.follow(record);
    await this.#stage.output.record(record, pieceBytes);
  }

  async #repeatUserMessage(): Promise<void> {
    const message = userMessage(String(this.#command.message));
    await this.#emit({ type: "message_start", message });
    await this.#emit({ type: "message_end", message });
  }

  /** A proper refusal ends the script: a refused command sets nothing off. */
  async #reply(patch: ReplyPatch): Promise<void> {
    const { session, version } = this.#stage;
    const isProper = !("data" in patch) && patch.error === undefined;
    const answer = isProper ? properReply({ command: this.#command, session, version }) : patch;
    const { type: command, id: ownId } = this.#command;
    const id = patch.id === undefined ? ownId : patch.id;
    const head = { ...(id !== undefined && id !== null && { id }), type: "response", command };
    if ("error" in answer && answer.error !== undefined) {
      await this.#stage.output.record({ ...head, success: false, error: answer.error });
      if (isProper) this.cancel();
      return;
    }
    if ("announce" in answer) for (const record of answer.announce ?? []) await this.#emit(record);
    await this.#stage.output.record({ ...head, success: true, ...("data" in answer && { data: answer.data }) });
  }

  async #isAllowed(call: GatedCall): Promise<boolean> {
    const answer = await this.#ask(gateQuestion(call));
    return answer !== undefined && isAccepted(answer);
  }

  async #ask(dialog: RpcRecord): Promise<RpcRecord | undefined> {
    const answered = this.#take(({ name, record }) => name === "extension_ui_response" && record.id === dialog.id);
    this.#dialog = answered;
    await this.#stage.output.record({ type: "extension_ui_request", ...dialog });
    const answer = await answered;
    this.#dialog = undefined;
    return answer;
  }

  /** `undefined` when the script is over before it comes. */
  async #take(wanted: (item: { readonly name: string; readonly record: RpcRecord }) => boolean): Promise<RpcRecord | undefined> {
    while (!this.#isOver) {
      const found = this.#inbox.findIndex(wanted);
      if (found !== -1) return this.#inbox.splice(found, 1)[0]?.record;
      await this.#unlessCancelled(this.#wake.promise);
    }
    return undefined;
  }

  async #unlessCancelled(promise: Promise<void>): Promise<void> {
    await Promise.race([promise, this.#cancelled.promise]);
  }
}

function waitsFor(script: Script, name: string): boolean {
  return script.some(
    (step) =>
      ("waitFor" in step && step.waitFor === name) || ("repeat" in step && waitsFor(step.steps, name)) || ("call" in step && (waitsFor(step.run, name) || waitsFor(step.blocked, name))),
  );
}

/** A record whose line is this long; 30 bytes is the least. */
function recordOf(bytes: number): RpcRecord {
  const frame = { type: "padding", text: "" };
  return { ...frame, text: "x".repeat(Math.max(0, bytes - JSON.stringify(frame).length)) };
}
