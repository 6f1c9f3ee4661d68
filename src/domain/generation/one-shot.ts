import type { AgentDialect } from "../../ports/agent-dialect.js";
import type { AgentCommand, AgentCommandType, AgentMessageEnded, AgentReplies } from "../../ports/agent-messages.js";
import type { Clock } from "../../ports/clock.js";
import type { ProviderError } from "../../ports/errors.js";
import type { IdGenerator } from "../../ports/id-generator.js";
import type { RpcClose, RpcOutcome, RpcRecord, RpcTransport } from "../../ports/rpc-transport.js";
import { sameModel } from "../inventory/model-slug.js";
import type { LaunchedAgent } from "../session/agent-launcher.js";
import { ended, refused, silentFor, unanswered, unreadable, wrongLevel, wrongModel } from "./generation-errors.js";
import type { GenerationRequest } from "./generation-request.js";

interface Deps {
  readonly dialect: AgentDialect;
  readonly ids: IdGenerator;
  readonly clock: Clock;
  readonly agent: LaunchedAgent;
}

/** Between two looks at an agent that said it was done and is not idle yet, in milliseconds. */
const lookAgainMs = 100;

/** One process that is asked one thing. Owns the connection, not the process. */
export class OneShot {
  readonly transport: RpcTransport;
  readonly #deps: Deps;
  readonly #over = Promise.withResolvers<never>();
  #hasAnswered = false;
  /** Counts what the agent did: a state read before any of it says nothing. */
  #activity = 0;
  #isAtEnd = false;
  #end = Promise.withResolvers<void>();
  #lastMessage: AgentMessageEnded | undefined;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#over.promise.catch(() => undefined);
    this.transport = deps.agent.connect({
      onRecord: (record) => this.#hear(record),
      onDropped: () => undefined,
      onClose: (close) => this.#over.reject(this.#endOf(close)),
    });
  }

  /** The text of the agent's last message, once it does nothing more by itself. Rejects with a `ProviderError` that repeats none of it. */
  async answer({ prompt, model, level, timeoutMs }: GenerationRequest): Promise<string> {
    const { dialect } = this.#deps;
    const state = await this.#ask({ type: "get-state" }, timeoutMs);
    // What it does not know it may take for something similar.
    if (model !== undefined && !sameModel(model, state.model)) throw wrongModel(dialect, { wanted: model, taken: state.model });
    if (level !== undefined && level !== state.thinkingLevel) throw wrongLevel(dialect, { wanted: level, taken: state.thinkingLevel });
    const { disposition } = await this.#ask({ type: "prompt", text: prompt, images: [] }, timeoutMs);
    if (disposition !== "handled") await this.#rest(timeoutMs);
    const message = this.#lastMessage;
    if (message === undefined || message.stopReason === "error" || message.stopReason === "aborted") throw unanswered(dialect);
    return message.text.map(({ text }) => text).join("");
  }

  /** Whatever is waited for ends with this error; the process is told nothing. */
  callOff(error: ProviderError): void {
    this.#over.reject(error);
    this.transport.detach();
  }

  /** Resolves when the agent has said that it is done and its state proves it, with nothing in between. */
  async #rest(deadlineMs: number): Promise<void> {
    const { settlement } = this.#deps.dialect;
    for (;;) {
      if (!this.#isAtEnd) await this.#orOver(this.#end.promise);
      const before = this.#activity;
      const state = await this.#ask({ type: "get-state" }, deadlineMs);
      if (this.#activity !== before) continue;
      if (settlement.isIdle(state)) return;
      await this.#pause();
    }
  }

  async #pause(): Promise<void> {
    const pause = Promise.withResolvers<void>();
    const timer = this.#deps.clock.schedule(lookAgainMs, pause.resolve);
    await this.#orOver(pause.promise).finally(() => timer.cancel());
  }

  #orOver<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.#over.promise]);
  }

  async #ask<T extends AgentCommandType>(command: Extract<AgentCommand, { type: T }> & { readonly type: T }, deadlineMs: number): Promise<AgentReplies[T]> {
    const { dialect, ids, agent } = this.#deps;
    const record = dialect.encodeCommand(command, agent.version);
    if (record === undefined) throw unreadable(dialect);
    const outcome = Promise.withResolvers<RpcOutcome>();
    this.transport.send({ id: ids.uuid(), record, deadlineMs, settle: outcome.resolve });
    const settled = await this.#orOver(outcome.promise);
    if (settled.type === "closed") throw this.#endOf(settled.close);
    if (settled.type === "deadline") throw silentFor(dialect, settled.afterMs);
    this.#hasAnswered = true;
    const reply = dialect.decodeReply<T>(command.type, settled.record, agent.version);
    if (reply.type === "ok") return reply.value;
    throw reply.type === "refused" ? refused(dialect, reply.reason) : unreadable(dialect);
  }

  #hear(record: RpcRecord): void {
    const { dialect, agent } = this.#deps;
    const event = dialect.decodeEvent(record, agent.version);
    // Nobody is there to answer it.
    if (event.type === "dialog-opened") this.transport.post(dialect.encodeDialogAnswer(event.dialogId, { type: "cancelled" }));
    if (event.type === "message-ended" && event.role === "assistant") this.#lastMessage = event;
    const reading = dialect.settlement.reads(event);
    if (reading === "activity") this.#goOn();
    if (reading === "end") this.#comeToEnd();
  }

  #goOn(): void {
    this.#activity += 1;
    if (this.#isAtEnd) this.#end = Promise.withResolvers();
    this.#isAtEnd = false;
  }

  #comeToEnd(): void {
    this.#isAtEnd = true;
    this.#end.resolve();
  }

  #endOf({ exit }: RpcClose): ProviderError {
    const { dialect, agent } = this.#deps;
    const phase = this.#hasAnswered ? "run" : "start";
    return ended(dialect.diagnose({ phase, exitCode: exit?.code ?? null, signal: exit?.signal ?? null, errorTail: agent.process.errorTail() }), phase);
  }
}
