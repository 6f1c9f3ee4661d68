import type { AgentDialect } from "../../ports/agent-dialect.js";
import type { AgentCommand, AgentCommandInfo, AgentCommandType, AgentHistoryEntry, AgentReply } from "../../ports/agent-messages.js";
import { formatAgentVersion, type AgentVersion } from "../../ports/agent-version.js";
import type { Clock, Timer } from "../../ports/clock.js";
import { ProviderError } from "../../ports/errors.js";
import type { IdGenerator } from "../../ports/id-generator.js";
import type { SpawnedProcess } from "../../ports/process-spawner.js";
import type { ProviderSession, ProviderTurnStartResult } from "../../ports/provider.js";
import type { RpcClose, RpcConnector, RpcOutcome, RpcTransport } from "../../ports/rpc-transport.js";
import type { RuntimeEventDraft } from "../../ports/runtime-event.js";
import type { Telemetry } from "../../ports/telemetry.js";
import type { AgentLauncher, LaunchedAgent } from "./agent-launcher.js";
import { reduceSession } from "./session-reducer.js";
import { isLive, sessionView } from "./session-view.js";
import type {
  CallId,
  CallResult,
  CommandOutcome,
  CommandTag,
  LaunchWish,
  ReplyInput,
  SendRequest,
  SessionEffect,
  SessionIdentity,
  SessionInput,
  SessionSettings,
  SessionState,
  StartRequest,
  TimerKey,
} from "./session-state.js";
import { promptRequestId } from "./turn-events.js";

export interface SessionDeps {
  readonly dialect: AgentDialect;
  readonly launcher: AgentLauncher;
  readonly connector: RpcConnector;
  readonly clock: Clock;
  readonly ids: IdGenerator;
  readonly telemetry: Telemetry;
  readonly settings: SessionSettings;
  readonly identity: SessionIdentity;
  readonly binaryPath?: string | undefined;
  readonly agentDir?: string | undefined;
  readonly emit: (draft: RuntimeEventDraft) => void;
  /** Holds back the agent's output while the host is slow. */
  readonly ready: () => Promise<void> | undefined;
}

/** One process of the session, and the connection to it. */
interface Connection {
  readonly epoch: number;
  readonly process: SpawnedProcess;
  readonly version: AgentVersion;
  transport: RpcTransport | undefined;
}

interface Opening {
  readonly abort: AbortController;
  readonly done: Promise<Connection | undefined>;
}

/**
 * Runs the state machine against the ports: one mailbox, through which everything that can change the session goes in order. It
 * decides nothing itself.
 */
export class Session {
  readonly #deps: SessionDeps;
  readonly #createdAt: string;
  readonly #calls = new Map<CallId, PromiseWithResolvers<CallResult>>();
  readonly #timers = new Map<TimerKey, Timer>();
  readonly #mailbox: SessionInput[] = [];
  readonly #closed = Promise.withResolvers<void>();
  #state: SessionState;
  #updatedAt: string;
  #draining = false;
  #lastCall = 0;
  #opening: Opening | undefined;
  #connection: Connection | undefined;
  #disposal: Promise<void> = Promise.resolve();
  #replaced = false;
  #exitIsKnown = false;

  constructor(deps: SessionDeps) {
    this.#deps = deps;
    this.#createdAt = new Date(deps.clock.now()).toISOString();
    this.#updatedAt = this.#createdAt;
    this.#state = {
      core: {
        identity: deps.identity,
        settings: deps.settings,
        settlement: deps.dialect.settlement,
        epoch: 1,
        nextTurnId: deps.ids.uuid(),
        dialogs: [],
        turnMessages: [],
        readers: [],
        stopCalls: [],
      },
      phase: { type: "new" },
    };
  }

  /** Whether calls may be routed here. */
  get live(): boolean {
    return isLive(this.#state.phase);
  }

  /** Resolves when the session has ended and its process is gone. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  /** Whether the host holds nothing of this session any more: it was told of the exit, or another session took the thread. */
  get exitIsKnown(): boolean {
    return this.#exitIsKnown;
  }

  view(): ProviderSession {
    return sessionView(this.#state, { createdAt: this.#createdAt, updatedAt: this.#updatedAt });
  }

  async start(request: StartRequest): Promise<ProviderSession> {
    await this.#ask((call) => ({ type: "start", call, request }));
    return this.view();
  }

  async send(request: SendRequest): Promise<ProviderTurnStartResult> {
    const result = await this.#ask((call) => ({ type: "send", call, request }));
    if (result.type !== "turn") throw new TypeError("A send was answered without a turn.");
    return result.turn;
  }

  async interrupt(turnId: string | undefined): Promise<void> {
    await this.#ask((call) => ({ type: "interrupt", call, ...(turnId === undefined ? {} : { turnId }) }));
  }

  async answer(requestId: string, answers: Readonly<Record<string, unknown>>): Promise<void> {
    await this.#ask((call) => ({ type: "answer", call, requestId, answers }));
  }

  /** The active branch of the agent's conversation, oldest first. */
  async history(): Promise<readonly AgentHistoryEntry[]> {
    const result = await this.#ask((call) => ({ type: "read", call, what: "history" }));
    return result.type === "history" ? result.entries : [];
  }

  /** The agent's own commands, skills and prompt templates. */
  async commands(): Promise<readonly AgentCommandInfo[]> {
    const result = await this.#ask((call) => ({ type: "read", call, what: "commands" }));
    return result.type === "commands" ? result.commands : [];
  }

  /** Resolves when the conversation ends before its latest `turns` turns, and the cursor says so. */
  async rollBack(turns: number): Promise<void> {
    await this.#ask((call) => ({ type: "rollback", call, turns }));
  }

  /** Resolves when the process is gone. */
  async stop(): Promise<void> {
    await this.#ask((call) => ({ type: "stop", call }));
    await this.#disposal;
  }

  /** Stops the session because another one takes its thread; the host hears nothing of this one's exit. */
  async giveWay(): Promise<void> {
    this.#replaced = true;
    await this.stop();
  }

  // ------------------------------------------------------------------------------------------------------------------ mailbox

  async #ask(input: (call: CallId) => SessionInput): Promise<CallResult> {
    this.#lastCall += 1;
    const call = this.#lastCall;
    const waiting = Promise.withResolvers<CallResult>();
    this.#calls.set(call, waiting);
    this.#dispatch(input(call));
    const result = await waiting.promise;
    if (result.type === "error") throw new ProviderError(result.error);
    return result;
  }

  #dispatch(input: SessionInput): void {
    this.#mailbox.push(input);
    if (this.#draining) return;
    this.#draining = true;
    try {
      for (let next = this.#mailbox.shift(); next !== undefined; next = this.#mailbox.shift()) this.#process(next);
    } finally {
      this.#draining = false;
    }
  }

  #process(input: SessionInput): void {
    const before = this.#state;
    const { state, effects } = reduceSession(before, input);
    this.#state = state;
    if (state.core !== before.core || state.phase.type !== before.phase.type) this.#updatedAt = new Date(this.#deps.clock.now()).toISOString();
    for (const effect of effects) this.#perform(effect);
    if (state.phase.type === "closed" && before.phase.type !== "closed") this.#conclude();
  }

  #perform(effect: SessionEffect): void {
    switch (effect.type) {
      case "emit":
        return this.#emit(effect.draft);
      case "command":
        return this.#send(effect.command, effect.tag, effect.deadlineMs);
      case "answer-dialog":
        return this.#connection?.transport?.post(this.#deps.dialect.encodeDialogAnswer(effect.dialogId, effect.answer));
      case "settle":
        this.#calls.get(effect.call)?.resolve(effect.result);
        this.#calls.delete(effect.call);
        return;
      case "timer":
        return this.#setTimer(effect.key, effect.delayMs);
      case "cancel-timer":
        return this.#cancelTimer(effect.key);
      case "mint-turn-id":
        // Ahead of everything else: the next input may need it.
        this.#mailbox.unshift({ type: "turn-id", id: this.#deps.ids.uuid() });
        return;
      case "open":
        return this.#open(effect.epoch, effect.launch);
      case "dispose":
        return this.#dispose(effect.graceMs);
    }
  }

  #emit(draft: RuntimeEventDraft): void {
    if (draft.type === "session.exited") this.#exitIsKnown = true;
    if (draft.type === "session.started") this.#exitIsKnown = false;
    if (draft.type !== "session.exited" || !this.#replaced) this.#deps.emit(draft);
  }

  #setTimer(key: TimerKey, delayMs: number): void {
    this.#cancelTimer(key);
    const timer = this.#deps.clock.schedule(delayMs, () => {
      if (this.#timers.get(key) !== timer) return;
      this.#timers.delete(key);
      this.#dispatch({ type: "timer", key });
    });
    this.#timers.set(key, timer);
  }

  #cancelTimer(key: TimerKey): void {
    this.#timers.get(key)?.cancel();
    this.#timers.delete(key);
  }

  /** No timer and no call outlives the session. */
  #conclude(): void {
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
    this.#closed.resolve(this.#disposal);
  }

  // ------------------------------------------------------------------------------------------------------------------ process

  #open(epoch: number, wish: LaunchWish): void {
    const abort = new AbortController();
    const launching = this.#deps.launcher.launch({
      mode: "session",
      binaryPath: this.#deps.binaryPath,
      agentDir: this.#deps.agentDir,
      cwd: this.#deps.identity.cwd,
      signal: abort.signal,
      resume: wish.resume,
      model: wish.model,
      thinkingLevel: wish.level,
    });
    const done = launching.then(
      (agent) => this.#own(epoch, agent, abort.signal),
      (error: unknown) => {
        this.#opening = undefined;
        const failure = asError(error);
        this.#dispatch({ type: "open-failed", epoch, error: failure, cursorLost: failure.code === "resume-refused" });
        return undefined;
      },
    );
    this.#opening = { abort, done };
  }

  /** The process is owned before anything else can go wrong with it. */
  #own(epoch: number, agent: LaunchedAgent, signal: AbortSignal): Connection {
    const connection: Connection = { epoch, process: agent.process, version: agent.version, transport: undefined };
    this.#connection = connection;
    this.#opening = undefined;
    if (signal.aborted) return connection;
    const { dialect, connector } = this.#deps;
    connection.transport = connector.connect({
      process: agent.process,
      framing: dialect.framing,
      listener: {
        onRecord: (record) => {
          this.#deps.telemetry.nativeRecord({ threadId: this.#deps.identity.threadId, direction: "from-agent", record });
          this.#dispatch({ type: "event", epoch, event: dialect.decodeEvent(record, agent.version) });
        },
        onDropped: ({ reason, bytes }) => {
          this.#deps.telemetry.count("agent.records.dropped", 1, { reason, bytes });
          if (reason === "too-large") this.#dispatch({ type: "record-dropped", epoch, bytes });
        },
        onClose: (close) => this.#dispatch({ type: "lost", epoch, ...this.#verdict(connection, close) }),
        ready: this.#deps.ready,
      },
    });
    this.#dispatch({
      type: "opened",
      epoch,
      abilities: {
        versionText: formatAgentVersion(agent.version),
        modelSwitch: dialect.modelSwitch(agent.version),
        commands: supportedCommands(dialect, agent.version),
      },
    });
    return connection;
  }

  #verdict(connection: Connection, close: RpcClose): { readonly detail: string; readonly cursorLost: boolean } {
    const { dialect } = this.#deps;
    const diagnosis = dialect.diagnose({
      phase: this.#state.phase.type === "starting" ? "start" : "run",
      exitCode: close.exit?.code ?? null,
      signal: close.exit?.signal ?? null,
      errorTail: connection.process.errorTail(),
    });
    this.#deps.telemetry.count("agent.exits", 1, { code: close.exit?.code ?? -1, cause: close.cause, diagnosis: diagnosis.code });
    return { detail: diagnosis.detail, cursorLost: diagnosis.code === "session-invalid" };
  }

  #dispose(graceMs: number): void {
    const { epoch } = this.#state.core;
    this.#opening?.abort.abort();
    this.#disposal = this.#disposeAfter(this.#disposal, { epoch, graceMs, opening: this.#opening?.done });
  }

  async #disposeAfter(earlier: Promise<void>, end: { readonly epoch: number; readonly graceMs: number; readonly opening: Opening["done"] | undefined }): Promise<void> {
    await earlier;
    await end.opening;
    const connection = this.#connection;
    this.#connection = undefined;
    if (connection !== undefined) await this.#end(connection, end.graceMs);
    this.#dispatch({ type: "disposed", epoch: end.epoch });
  }

  async #end(connection: Connection, graceMs: number): Promise<void> {
    // Its output runs dry unread from here on: a slow host must not keep the agent from ending in peace.
    connection.transport?.detach();
    const verdict = await connection.process.stop({ graceMs });
    const { telemetry } = this.#deps;
    if (verdict.forced) telemetry.count("agent.kills", 1, { reason: "forced" });
    if (verdict.descendantsKilled > 0) telemetry.count("agent.kills", verdict.descendantsKilled, { reason: "descendant" });
    if (verdict.survivors.length > 0) telemetry.count("agent.survivors", verdict.survivors.length, {});
  }

  // ----------------------------------------------------------------------------------------------------------------- commands

  #send(command: AgentCommand, tag: CommandTag, deadlineMs: number): void {
    const connection = this.#connection;
    const { dialect, ids } = this.#deps;
    const { epoch } = this.#state.core;
    if (connection?.transport === undefined) {
      return this.#reply(epoch, command.type, tag, { type: "unanswered", detail: `${dialect.displayName} is not running.` });
    }
    const record = dialect.encodeCommand(command, connection.version);
    if (record === undefined) {
      const message = `${dialect.displayName} ${formatAgentVersion(connection.version)} has no such command.`;
      return this.#reply(epoch, command.type, tag, { type: "refused", message, reason: "unknown-command" });
    }
    const id = command.type === "prompt" && tag.turnId !== undefined ? promptRequestId(tag.turnId) : ids.uuid();
    this.#deps.telemetry.nativeRecord({ threadId: this.#deps.identity.threadId, direction: "to-agent", record });
    connection.transport.send({
      id,
      record,
      deadlineMs,
      settle: (outcome) => {
        if (outcome.type !== "closed") this.#reply(epoch, command.type, tag, this.#read(command.type, outcome, connection.version));
      },
    });
  }

  #read<T extends AgentCommandType>(type: T, outcome: Exclude<RpcOutcome, { type: "closed" }>, version: AgentVersion): CommandOutcome<T> {
    const { dialect } = this.#deps;
    if (outcome.type === "deadline") {
      return { type: "unanswered", detail: `${dialect.displayName} did not answer within ${Math.max(1, Math.round(outcome.afterMs / 1000))} s.` };
    }
    const reply: AgentReply<T> = dialect.decodeReply(type, outcome.record, version);
    return reply.type === "malformed" ? { type: "unanswered", detail: `${dialect.displayName} gave an answer that cannot be read.` } : reply;
  }

  #reply<T extends AgentCommandType>(epoch: number, to: T, tag: CommandTag, outcome: CommandOutcome<T>): void {
    // The union over all commands is one member per command; a generic one fits exactly the member of its type.
    this.#dispatch({ type: "reply", epoch, to, tag, outcome } as unknown as ReplyInput);
  }
}

const probedCommands: readonly AgentCommand[] = [
  { type: "list-thinking-levels" },
  { type: "clear-queue" },
  { type: "get-stats" },
  { type: "get-history" },
  { type: "list-fork-points" },
  { type: "list-commands" },
];

/** The optional commands this version knows, learnt from what the dialect can encode. */
function supportedCommands(dialect: AgentDialect, version: AgentVersion): ReadonlySet<AgentCommandType> {
  return new Set(probedCommands.filter((command) => dialect.encodeCommand(command, version) !== undefined).map((command) => command.type));
}

function asError(error: unknown): ProviderError {
  if (ProviderError.is(error)) return error;
  return new ProviderError({ kind: "process", code: "start-failed", operation: "startSession", detail: "The agent could not be started.", cause: error });
}
