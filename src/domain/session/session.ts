import type { AgentCommandInfo, AgentCommandType, AgentHistory, AgentModelRef } from "../../ports/agent-messages.js";
import type { Clock, Timer } from "../../ports/clock.js";
import { ProviderError } from "../../ports/errors.js";
import type { ProviderApprovalDecision, ProviderSession, ProviderTurnStartResult, RollbackTarget, RuntimeMode, UnsolicitedRun, UnsolicitedRunDecision } from "../../ports/provider.js";
import type { RuntimeEventDraft } from "../../ports/runtime-event.js";
import type { TelemetrySpan } from "../../ports/telemetry.js";
import type { AgentPlace } from "../inventory/agent-survey.js";
import { AgentLink, type AgentLinkDeps } from "./agent-link.js";
import type { ResumeCursor } from "./resume-cursor.js";
import { reduceSession } from "./session-reducer.js";
import { unsupervised } from "../supervision/supervision.js";
import { SessionTrace } from "./session-trace.js";
import { cursorOf, isLive, sessionView } from "./session-view.js";
import type { TurnMessages } from "./turn-messages.js";
import type { AgentFacts, CallId, CallResult, SendRequest, SessionEffect, SessionIdentity, SessionInput, SessionSettings, SessionState, StartRequest, TimerKey } from "./session-state.js";

export interface SessionDeps extends Omit<AgentLinkDeps, "threadId" | "cwd" | "report"> {
  readonly clock: Clock;
  readonly settings: SessionSettings;
  readonly identity: SessionIdentity;
  readonly emit: (draft: RuntimeEventDraft) => void;
  /** What becomes of a run that the agent has begun by itself, where the host says so for each. */
  readonly decideRun?: DecideRun | undefined;
  /** Of the start that this session comes from; whoever opened it ends it. */
  readonly startSpan?: TelemetrySpan | undefined;
}

export type DecideRun = (run: UnsolicitedRun) => UnsolicitedRunDecision | PromiseLike<UnsolicitedRunDecision>;

/**
 * Runs the state machine against the ports: one mailbox, through which everything that can change the session goes in order. It
 * decides nothing itself.
 */
export class Session {
  readonly #deps: SessionDeps;
  readonly #link: AgentLink;
  readonly #trace: SessionTrace;
  readonly #createdAt: string;
  readonly #calls = new Map<CallId, PromiseWithResolvers<CallResult>>();
  readonly #timers = new Map<TimerKey, Timer>();
  readonly #mailbox: SessionInput[] = [];
  readonly #closed = Promise.withResolvers<void>();
  #state: SessionState;
  #updatedAt: string;
  #draining = false;
  #lastCall = 0;
  #replaced = false;
  #exitIsKnown = false;

  constructor(deps: SessionDeps) {
    const { identity, settings, dialect, ids, clock } = deps;
    this.#deps = deps;
    this.#trace = new SessionTrace({ telemetry: deps.telemetry, threadId: identity.threadId, start: deps.startSpan });
    this.#link = new AgentLink({ ...deps, telemetry: this.#trace, threadId: identity.threadId, cwd: identity.cwd, report: (input) => this.#dispatch(input) });
    this.#createdAt = new Date(clock.now()).toISOString();
    this.#updatedAt = this.#createdAt;
    this.#state = {
      core: { identity, settings, settlement: dialect.settlement, epoch: 1, nextTurnId: ids.uuid(), dialogs: [], questions: 0, supervision: unsupervised, expelling: false, unaskedRuns: 0, heldSend: undefined, tainted: false, turnMessages: [], head: undefined, readers: [], stopCalls: [], unreadWarnings: [] },
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

  /** The user messages of each counted turn, the latest last. */
  get turnMessages(): TurnMessages {
    return this.#state.core.turnMessages;
  }

  /** Which configuration of the agent it runs. */
  get place(): AgentPlace {
    const { binaryPath, agentDir, launchArguments, identity } = this.#deps;
    return { binaryPath, agentDir, cwd: identity.cwd, launchArguments };
  }

  /** Whether this version of the agent has such a command; not before it is ready. */
  has(command: AgentCommandType): boolean {
    return this.#state.core.abilities?.commands.has(command) === true;
  }

  /** Whether the agent does nothing, nothing was asked of it, and it is not being ended. */
  get idle(): boolean {
    const { core, phase } = this.#state;
    return phase.type === "idle" && !core.expelling;
  }

  /** What another process needs to continue the conversation. */
  get cursor(): ResumeCursor | undefined {
    return cursorOf(this.#state);
  }

  /** The model in use, as far as it is known. */
  get model(): AgentModelRef | undefined {
    return this.#state.core.agent?.model;
  }

  /** What the agent last said of itself; absent until it is ready. */
  get agent(): AgentFacts | undefined {
    return this.#state.core.agent;
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

  async decide(requestId: string, decision: ProviderApprovalDecision): Promise<void> {
    await this.#ask((call) => ({ type: "decide", call, requestId, decision }));
  }

  /** Whether the session is in that mode now; not where it would need another process. */
  async changeMode(mode: RuntimeMode): Promise<boolean> {
    const result = await this.#ask((call) => ({ type: "mode", call, mode }));
    return result.type === "mode" && result.changed;
  }

  /** The active branch of the agent's conversation. */
  async history(): Promise<AgentHistory> {
    const result = await this.#ask((call) => ({ type: "read", call, what: "history" }));
    return result.type === "history" ? result.history : { entries: [] };
  }

  /** The agent's own commands, skills and prompt templates. */
  async commands(): Promise<readonly AgentCommandInfo[]> {
    const result = await this.#ask((call) => ({ type: "read", call, what: "commands" }));
    return result.type === "commands" ? result.commands : [];
  }

  /** Resolves when the conversation ends where the target says, and the cursor says so. */
  async rollBack(target: RollbackTarget): Promise<void> {
    await this.#ask((call) => ({ type: "rollback", call, target }));
  }

  async name(name: string): Promise<void> {
    await this.#ask((call) => ({ type: "name", call, name }));
  }

  /** Resolves when the process is gone. */
  async stop(): Promise<void> {
    await this.#ask((call) => ({ type: "stop", call }));
    await this.#link.disposed;
  }

  /** Stops the session because another one takes its thread; the host hears nothing of this one's exit. */
  async giveWay(): Promise<void> {
    this.#replaced = true;
    await this.stop();
  }

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
    if (this.#draining) {
      this.#mailbox.push(input);
      return;
    }
    this.#draining = true;
    try {
      for (let next: SessionInput | undefined = input; next !== undefined; next = this.#mailbox.shift()) this.#process(next);
    } finally {
      this.#draining = false;
    }
  }

  #process(input: SessionInput): void {
    const before = this.#state;
    const step = reduceSession(before, input);
    const { state, effects } = step;
    this.#state = state;
    this.#trace.follow(input, step);
    if (state.core !== before.core || state.phase.type !== before.phase.type) this.#updatedAt = new Date(this.#deps.clock.now()).toISOString();
    for (const effect of effects) this.#perform(effect);
    if (state.phase.type === "closed" && before.phase.type !== "closed") this.#conclude();
  }

  #perform(effect: SessionEffect): void {
    const { epoch } = this.#state.core;
    switch (effect.type) {
      case "emit":
        return this.#emit(effect.draft);
      case "command":
        return this.#link.send(effect.command, { epoch, tag: effect.tag, deadlineMs: effect.deadlineMs });
      case "answer-dialog":
        return this.#link.answerDialog(effect.dialogId, effect.answer);
      case "answer-approval":
        return this.#link.answerApproval(effect.questionId, effect.verdict);
      case "settle":
        this.#calls.get(effect.call)?.resolve(effect.result);
        this.#calls.delete(effect.call);
        this.#cancelTimer(`call:${effect.call}`);
        return;
      case "timer":
        return this.#setTimer(effect.key, effect.delayMs);
      case "cancel-timer":
        return this.#cancelTimer(effect.key);
      case "mint-turn-id":
        // Ahead of everything else: the next input may need it.
        this.#mailbox.unshift({ type: "turn-id", id: this.#deps.ids.uuid() });
        return;
      case "ask-host":
        return void this.#askHost(effect.run, epoch);
      case "open":
        return this.#link.open(effect.epoch, effect.launch);
      case "dispose":
        return this.#link.dispose({ epoch, graceMs: effect.graceMs });
    }
  }

  /** A host that fails to decide has not said that it wants the run gone. */
  async #askHost(run: number, epoch: number): Promise<void> {
    const { decideRun, identity } = this.#deps;
    const decision = await Promise.resolve({ threadId: identity.threadId })
      .then(decideRun)
      .catch(() => undefined);
    this.#dispatch({ type: "decision", epoch, run, decision: decision === "discard" ? "discard" : "adopt" });
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

  /** No timer outlives the session. */
  #conclude(): void {
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
    this.#closed.resolve(this.#link.disposed);
  }
}
