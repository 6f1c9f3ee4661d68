import type { Clock } from "../../../src/ports/clock.js";
import type {
  ProviderAdapter,
  ProviderCapabilities,
  ProviderSendTurnInput,
  ProviderSession,
  ProviderSessionStartInput,
  ProviderThreadSnapshot,
  RollbackTarget,
  ProviderTurnStartResult,
} from "../../../src/ports/provider.js";
import type { ProviderRuntimeEvent, RuntimeEventDraft } from "../../../src/ports/runtime-event.js";

type Call = readonly [method: string, input: unknown];

/** An event; of `thread-1` and of the next millisecond unless told. */
export type StubEvent = RuntimeEventDraft & { readonly threadId?: string; readonly createdAt?: string; readonly eventId?: string };

/**
 * A provider that does nothing by itself: sessions begin and end when its test says so, and events are what its test emits, however bad.
 * The n-th accepted message is turn `turn-n`.
 */
export class StubProvider implements ProviderAdapter {
  readonly provider = "stub";
  capabilities: ProviderCapabilities = {
    sessionModelSwitch: "in-session",
    runtimeModes: ["full-access"],
    steering: true,
    userInput: true,
    attachments: [],
    resume: true,
    readThread: true,
    rollback: true,
    fork: false,
    commands: false,
    compaction: false,
    textGeneration: false,
  };
  /** Every call of a host that does something, oldest first. */
  readonly calls: Call[] = [];
  readonly sessions = new Map<string, ProviderSession>();
  /** While set, calls of this method reject with it. */
  readonly failures = new Map<string, Error>();
  /** Called within `startSession`, before it resolves or rejects. */
  onStart: (input: ProviderSessionStartInput) => void = () => undefined;
  /** What `sendTurn` waits for. */
  accepted: Promise<void> = Promise.resolve();
  readonly #queue: ProviderRuntimeEvent[] = [];
  readonly #clock: Clock;
  readonly #name: string;
  #time = 0;
  #arrival = Promise.withResolvers<void>();
  #ended = false;
  #turns = 0;
  #count = 0;

  /** The name tells one life of the server from the next in event ids. */
  constructor({ clock, name = "first" }: { readonly clock: Clock; readonly name?: string }) {
    this.#clock = clock;
    this.#name = name;
  }

  emit(...events: readonly StubEvent[]): void {
    for (const event of events) {
      this.#count += 1;
      this.#time = Math.max(this.#clock.now(), this.#time + 1);
      const createdAt = new Date(this.#time).toISOString();
      this.#queue.push({ eventId: `${this.#name}-${this.#count}`, provider: this.provider, threadId: "thread-1", createdAt, ...event });
    }
    this.#arrival.resolve();
  }

  /** Calls of one method, as their inputs. */
  callsOf(method: string): readonly unknown[] {
    return this.calls.flatMap(([name, input]) => (name === method ? [input] : []));
  }

  /** The process is gone, and nobody says so. */
  lose(threadId = "thread-1"): void {
    this.sessions.delete(threadId);
  }

  startSession(input: ProviderSessionStartInput): Promise<ProviderSession> {
    return this.#call("startSession", input, () => {
      this.onStart(input);
      this.#refuse("startSession");
      const { threadId, runtimeMode, cwd, model } = input;
      const at = new Date(0).toISOString();
      const session: ProviderSession = {
        provider: this.provider,
        status: "ready",
        threadId,
        runtimeMode,
        ...(cwd === undefined ? {} : { cwd }),
        ...(model === undefined ? {} : { model }),
        resumeCursor: { startedAs: this.calls.length },
        createdAt: at,
        updatedAt: at,
      };
      this.sessions.set(threadId, session);
      return session;
    });
  }

  async sendTurn(input: ProviderSendTurnInput): Promise<ProviderTurnStartResult> {
    this.calls.push(["sendTurn", input]);
    await this.accepted;
    this.#refuse("sendTurn");
    this.#turns += 1;
    return { threadId: input.threadId, turnId: `turn-${this.#turns}`, resumeCursor: { turns: this.#turns } };
  }

  interruptTurn(threadId: string): Promise<void> {
    return this.#call("interruptTurn", { threadId }, () => this.#refuse("interruptTurn"));
  }

  respondToRequest(threadId: string, requestId: string, decision: string): Promise<void> {
    return this.#call("respondToRequest", { threadId, requestId, decision }, () => this.#refuse("respondToRequest"));
  }

  respondToUserInput(threadId: string, requestId: string, answers: unknown): Promise<void> {
    return this.#call("respondToUserInput", { threadId, requestId, answers }, () => this.#refuse("respondToUserInput"));
  }

  stopSession(threadId: string): Promise<void> {
    return this.#call("stopSession", { threadId }, () => {
      this.#refuse("stopSession");
      this.sessions.delete(threadId);
    });
  }

  listSessions(): readonly ProviderSession[] {
    return [...this.sessions.values()];
  }

  hasSession(threadId: string): boolean {
    return this.sessions.has(threadId);
  }

  readThread(threadId: string): Promise<ProviderThreadSnapshot> {
    return Promise.resolve({ threadId, turns: [] });
  }

  forkThread(): Promise<never> {
    return Promise.reject(new Error("This provider cannot."));
  }

  nameThread(): Promise<never> {
    return Promise.reject(new Error("This provider cannot."));
  }

  rollbackThread(threadId: string, turns: RollbackTarget): Promise<ProviderThreadSnapshot> {
    return this.#call("rollbackThread", { threadId, turns }, () => {
      this.#refuse("rollbackThread");
      return { threadId, turns: [] };
    });
  }

  compactThread(): Promise<ProviderTurnStartResult> {
    return Promise.reject(new Error("This provider cannot."));
  }

  listCommands(): Promise<readonly never[]> {
    return Promise.resolve([]);
  }

  stopAll(): Promise<void> {
    return this.#call("stopAll", undefined, () => this.sessions.clear());
  }

  get events(): AsyncIterable<ProviderRuntimeEvent> {
    return this.#read();
  }

  async *#read(): AsyncGenerator<ProviderRuntimeEvent, void, undefined> {
    for (;;) {
      for (let event = this.#queue.shift(); event !== undefined; event = this.#queue.shift()) yield event;
      if (this.#ended) return;
      this.#arrival = Promise.withResolvers();
      await this.#arrival.promise;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended = true;
    this.#arrival.resolve();
  }

  async #call<T>(method: string, input: unknown, act: () => T): Promise<T> {
    this.calls.push([method, input]);
    return act();
  }

  #refuse(method: string): void {
    const failure = this.failures.get(method);
    if (failure !== undefined) throw failure;
  }
}
