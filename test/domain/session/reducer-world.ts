import { EventStreamRules } from "../../../src/domain/turn/event-stream-rules.ts";
import { unsupervised } from "../../../src/domain/supervision/supervision.ts";
import { reduceSession } from "../../../src/domain/session/session-reducer.ts";
import type { CallId, CallResult, CommandTag, ReplyInput, SessionEffect, SessionInput, SessionSettings, SessionState, StartRequest, TimerKey } from "../../../src/domain/session/session-state.ts";
import type { SettlementStrategy } from "../../../src/ports/agent-dialect.ts";
import type { AgentApprovalQuestion, AgentCommand, AgentCommandType, AgentEvent, AgentState } from "../../../src/ports/agent-messages.ts";
import type { ProviderErrorInput } from "../../../src/ports/errors.ts";
import type { ProviderApprovalDecision, RollbackTarget, RuntimeMode, UnsolicitedRunDecision } from "../../../src/ports/provider.ts";
import type { ProviderRuntimeEvent, RuntimeEventDraft } from "../../../src/ports/runtime-event.ts";

export const settings: SessionSettings = {
  readyMs: 60_000,
  requestMs: 10_000,
  acceptMs: 10_000,
  promptMs: 600_000,
  abortMs: 4_000,
  probeMs: 100,
  statsMs: 2_000,
  settleFallbackMs: 5_000,
  quietMs: 30_000,
  stopGraceMs: 3_000,
  unsolicitedRuns: "adopt",
  decisionMs: 30_000,
  turnReferences: false,
};

export interface OutstandingCommand {
  readonly epoch: number;
  readonly command: AgentCommand;
  readonly tag: CommandTag;
}

/** What the agent's version can do; everything unless told. */
export interface Abilities {
  readonly modelSwitch?: "command" | "relaunch";
  readonly commands?: readonly AgentCommandType[];
}

export const idleState: AgentState = {
  model: { provider: "demo", id: "plain" },
  thinkingLevel: "off",
  sessionId: "s1",
  sessionFile: "/sessions/s1.jsonl",
  streaming: false,
  compacting: false,
  queued: 0,
  messageCount: 0,
};

/**
 * The reducer's surroundings, played by hand: what it asked for lies here until a test answers it. Every event is checked against the
 * rules as it is emitted.
 */
export class ReducerWorld {
  state: SessionState;
  readonly rules = new EventStreamRules();
  readonly events: ProviderRuntimeEvent[] = [];
  readonly commands: OutstandingCommand[] = [];
  readonly timers = new Set<TimerKey>();
  readonly openCalls = new Set<CallId>();
  readonly results = new Map<CallId, CallResult>();
  readonly dialogAnswers: Extract<SessionEffect, { type: "answer-dialog" }>[] = [];
  /** What the agent asked about its tool calls. */
  readonly askedQuestions: AgentApprovalQuestion[] = [];
  readonly verdicts: Extract<SessionEffect, { type: "answer-approval" }>[] = [];
  opening = false;
  disposing = false;
  connected = false;
  /** Everything the reducer did so far. */
  readonly effects: SessionEffect[] = [];
  /** Calls that were answered twice. */
  readonly answeredTwice: CallId[] = [];
  /** The run that the host was asked about last. */
  runAskedFor = 0;
  #calls = 0;
  #questions = 0;
  #uuids = 0;
  readonly #inputs: SessionInput[] = [];
  #reducing = false;

  constructor(options: { readonly settings?: Partial<SessionSettings>; readonly settlement?: SettlementStrategy; readonly mode?: RuntimeMode } = {}) {
    this.state = {
      core: {
        identity: { threadId: "t1", sessionKey: this.#uuid(), provider: "demo", displayName: "Demo", runtimeMode: options.mode ?? "full-access", cwd: "/project" },
        settings: { ...settings, ...options.settings },
        settlement: options.settlement ?? {
          reads: (event) => (event.type === "settled" ? "end" : activities.has(event.type) ? "activity" : "nothing"),
          isIdle: (state) => !state.streaming && !state.compacting && state.queued === 0,
        },
        epoch: 1,
        nextTurnId: this.#uuid(),
        dialogs: [],
        questions: 0,
        supervision: unsupervised,
        expelling: false,
        unaskedRuns: 0,
        heldSend: undefined,
        tainted: false,
        turnMessages: [],
        head: undefined,
        readers: [],
        stopCalls: [],
        unreadWarnings: [],
      },
      phase: { type: "new" },
    };
  }

  // ------------------------------------------------------------------------------------------------------------------- inputs

  input(input: SessionInput): void {
    this.#inputs.push(input);
    if (this.#reducing) return;
    this.#reducing = true;
    for (let next = this.#inputs.shift(); next !== undefined; next = this.#inputs.shift()) {
      const { state, effects } = reduceSession(this.state, next);
      this.state = state;
      this.effects.push(...effects);
      for (const effect of effects) this.#perform(effect);
      if (state.phase.type === "closed") this.timers.clear();
    }
    this.#reducing = false;
  }

  call(make: (call: CallId) => SessionInput): CallId {
    this.#calls += 1;
    const call = this.#calls;
    this.openCalls.add(call);
    this.input(make(call));
    return call;
  }

  start(request: Partial<StartRequest> = {}): CallId {
    return this.call((call) => ({ type: "start", call, request: { chosen: {}, remembered: {}, hasCursor: false, turnMessages: [], heal: false, ...request } }));
  }

  send(text = "hello", wanted: StartRequest["chosen"] = {}): CallId {
    return this.call((call) => ({ type: "send", call, request: { text, images: [], wanted } }));
  }

  interrupt(turnId?: string): CallId {
    return this.call((call) => ({ type: "interrupt", call, ...(turnId === undefined ? {} : { turnId }) }));
  }

  stop(): CallId {
    return this.call((call) => ({ type: "stop", call }));
  }

  answer(requestId: string, answers: Readonly<Record<string, unknown>> = { answer: "yes" }): CallId {
    return this.call((call) => ({ type: "answer", call, requestId, answers }));
  }

  rollback(target: RollbackTarget = 1): CallId {
    return this.call((call) => ({ type: "rollback", call, target }));
  }

  /** The user decides on a request; on the one that was opened last unless told. */
  approve(decision: ProviderApprovalDecision, requestId = this.state.core.supervision.open.at(-1)?.requestId ?? "no-such-request"): CallId {
    return this.call((call) => ({ type: "decide", call, requestId, decision }));
  }

  changeMode(mode: RuntimeMode): CallId {
    return this.call((call) => ({ type: "mode", call, mode }));
  }

  /** The agent starts a tool and asks about it. */
  asks(change: Partial<AgentApprovalQuestion> = {}): AgentApprovalQuestion {
    const asked: AgentApprovalQuestion = { ...question(change.toolCallId ?? `call-${this.#questions}`), questionId: `question-${this.#questions}`, ...change };
    this.#questions += 1;
    this.event({ type: "tool-started", toolCallId: asked.toolCallId, toolName: asked.toolName, kind: "command", input: asked.input });
    this.event(asked);
    return asked;
  }

  toolEnds(toolCallId: string, failed = false): void {
    this.event({ type: "tool-ended", toolCallId, toolName: "bash", failed, output: failed ? "It failed." : "ok" });
  }

  /** The host says what becomes of the run it was asked about last, or of another one. */
  decide(decision: UnsolicitedRunDecision, run = this.runAskedFor): void {
    this.input({ type: "decision", epoch: this.state.core.epoch, run, decision });
  }

  openFailed(error: ProviderErrorInput, options: { readonly cursorLost?: boolean } = {}): void {
    if (!this.opening) return;
    this.opening = false;
    this.input({ type: "open-failed", epoch: this.state.core.epoch, error, cursorLost: options.cursorLost ?? false });
  }

  opened(options: Abilities = {}): void {
    if (!this.opening) return;
    this.opening = false;
    this.connected = true;
    this.input({
      type: "opened",
      epoch: this.state.core.epoch,
      abilities: {
        versionText: "1.0.0",
        modelSwitch: options.modelSwitch ?? "command",
        commands: new Set(options.commands ?? ["list-thinking-levels", "clear-queue", "get-stats", "list-fork-points", "get-history", "list-commands"]),
      },
    });
  }

  event(event: AgentEvent): void {
    if (this.connected && event.type === "approval-asked") this.askedQuestions.push(event);
    if (this.connected) this.input({ type: "event", epoch: this.state.core.epoch, event });
  }

  /** Answers the oldest outstanding command of a type; `false` when there is none. */
  reply<T extends AgentCommandType>(to: T, outcome: Extract<ReplyInput, { to: T }>["outcome"]): boolean {
    const index = this.commands.findIndex(({ command }) => command.type === to);
    const outstanding = this.commands[index];
    if (outstanding === undefined) return false;
    this.commands.splice(index, 1);
    this.input({ type: "reply", epoch: outstanding.epoch, to, tag: outstanding.tag, outcome } as ReplyInput);
    return true;
  }

  lost(detail = "Demo ended.", diagnosis: Extract<SessionInput, { type: "lost" }>["diagnosis"] = "crashed"): void {
    if (!this.connected) return;
    this.connected = false;
    this.commands.length = 0;
    this.input({ type: "lost", epoch: this.state.core.epoch, detail, diagnosis });
  }

  disposed(): void {
    if (!this.disposing) return;
    this.disposing = false;
    this.opening = false;
    this.connected = false;
    this.commands.length = 0;
    this.input({ type: "disposed", epoch: this.state.core.epoch });
  }

  fire(key: TimerKey): void {
    if (!this.timers.delete(key)) return;
    this.input({ type: "timer", key });
  }

  /** A session that is ready: started, its first state read. */
  ready(state: AgentState = idleState, abilities: Abilities = {}): this {
    this.start();
    this.opened(abilities);
    this.event({ type: "gate-announced", sessionId: state.sessionId });
    this.reply("get-state", { type: "ok", value: state });
    return this;
  }

  /** A turn that was accepted, and its id. */
  turn(): string {
    const call = this.send();
    this.reply("prompt", { type: "ok", value: { disposition: "started" } });
    const result = this.results.get(call);
    if (result?.type !== "turn") throw new Error("The turn was not accepted.");
    return result.turn.turnId;
  }

  /** The agent says it is done, and is. */
  settle(state: AgentState = idleState): void {
    this.event({ type: "settled", aborted: false });
    this.idle(state);
  }

  idle(state: AgentState = idleState): void {
    this.reply("get-stats", { type: "refused", message: "no", reason: "unknown-command" });
    this.reply("get-state", { type: "ok", value: state });
  }

  errorOf(call: CallId): string | undefined {
    const result = this.results.get(call);
    return result?.type === "error" ? result.error.code : undefined;
  }

  /** The commands that wait for an answer, oldest first. */
  get asked(): readonly AgentCommandType[] {
    return this.commands.map(({ command }) => command.type);
  }

  get types(): readonly string[] {
    return this.events.map((event) => event.type);
  }

  // ------------------------------------------------------------------------------------------------------------------ effects

  #perform(effect: SessionEffect): void {
    switch (effect.type) {
      case "emit":
        return this.#emit(effect.draft);
      case "command":
        if (this.connected) this.commands.push({ epoch: this.state.core.epoch, command: effect.command, tag: effect.tag });
        return;
      case "answer-dialog":
        this.dialogAnswers.push(effect);
        return;
      case "answer-approval":
        this.verdicts.push(effect);
        return;
      case "settle":
        if (!this.openCalls.delete(effect.call)) this.answeredTwice.push(effect.call);
        this.results.set(effect.call, effect.result);
        this.timers.delete(`call:${effect.call}`);
        return;
      case "timer":
        this.timers.add(effect.key);
        return;
      case "cancel-timer":
        this.timers.delete(effect.key);
        return;
      case "mint-turn-id":
        this.#inputs.unshift({ type: "turn-id", id: this.#uuid() });
        return;
      case "ask-host":
        this.runAskedFor = effect.run;
        return;
      case "open":
        this.opening = true;
        return;
      case "dispose":
        this.disposing = true;
        return;
    }
  }

  #emit(draft: RuntimeEventDraft): void {
    const createdAt = new Date(Date.UTC(2026, 0, 1) + this.events.length).toISOString();
    const event: ProviderRuntimeEvent = { ...draft, eventId: this.#uuid(), provider: "demo", threadId: "t1", createdAt };
    this.rules.check(event);
    this.events.push(event);
  }

  #uuid(): string {
    this.#uuids += 1;
    return `00000000-0000-4000-8000-${this.#uuids.toString(16).padStart(12, "0")}`;
  }
}

/** About a command. */
export function question(toolCallId: string): AgentApprovalQuestion {
  return { type: "approval-asked", questionId: `about-${toolCallId}`, toolCallId, toolName: "bash", access: "command", summary: "ls", input: { command: "ls" }, inputDigest: "ls" };
}

const activities: ReadonlySet<AgentEvent["type"]> = new Set<AgentEvent["type"]>([
  "run-started",
  "step-started",
  "message-started",
  "message-ended",
  "text-delta",
  "reasoning-delta",
  "tool-started",
  "tool-progressed",
  "tool-ended",
  "compaction-started",
  "retry-started",
]);
