import { setImmediate } from "node:timers/promises";
import type { Clock } from "../../../ports/clock.js";
import type {
  ChatAttachment,
  ProviderAdapter,
  ProviderApprovalDecision,
  ProviderInteractionMode,
  ProviderModelOptions,
  ProviderStartOptions,
  RuntimeMode,
} from "../../../ports/provider.js";
import type { ProviderRuntimeEvent } from "../../../ports/runtime-event.js";
import type { DeliveryMode } from "./assistant-messages.js";
import type { HostCommand } from "./command-reactor.js";
import { HostServer } from "./host-server.js";
import { screenOf, type Screen } from "./screen.js";
import { SessionDirectory } from "./session-directory.js";
import type { StoredThread, T3Project } from "./stored-thread.js";
import { ThreadStore } from "./thread-store.js";
import { WebClient } from "./web-client.js";

export interface T3HostModelOptions {
  readonly provider: ProviderAdapter;
  /** Stamps what the host itself writes down, users' messages above all: it must be the provider's own. */
  readonly clock: Clock;
  /** Sees every event of every provider of this host, e.g. to feed `EventStreamRules`. */
  readonly onEvent?: (event: ProviderRuntimeEvent) => void;
}

export interface OpenThread {
  readonly threadId?: string;
  readonly project?: Partial<T3Project>;
  readonly model?: string;
  readonly modelOptions?: StoredThread["modelOptions"];
  readonly runtimeMode?: RuntimeMode;
}

export interface SendOptions {
  readonly attachments?: readonly ChatAttachment[];
  readonly providerOptions?: Readonly<Record<string, ProviderStartOptions | undefined>>;
  readonly interactionMode?: ProviderInteractionMode;
  /** The setting of whoever sends; it holds for all threads from now on. */
  readonly delivery?: DeliveryMode;
}

/**
 * T3's server and what its web makes of it, as far as a provider can tell: the rules by which calls are made and events are taken, the
 * unkind ones included. It drives any provider as users do, and shows what they would see:
 *
 * ```ts
 * await using host = new T3HostModel({ provider, clock });
 * const threadId = host.openThread();
 * host.send(threadId, "Hello?");
 * const screen = await host.until(threadId, ({ status, messages }) => status === "idle" && messages.length === 2);
 * ```
 *
 * The rules restated are those of T3's first generation (v0.0.10). Not in it: several providers on one thread, task and plan events, and
 * whatever lies beyond the session, such as worktrees, diffs and terminals.
 */
export class T3HostModel implements AsyncDisposable {
  readonly #clock: Clock;
  readonly #onEvent: (event: ProviderRuntimeEvent) => void;
  readonly #web = new WebClient();
  readonly #log: string[] = [];
  readonly #watchers = new Set<() => void>();
  #store = new ThreadStore();
  readonly #directory = new SessionDirectory();
  #server: HostServer;
  #threads = 0;
  #messages = 0;

  constructor({ provider, clock, onEvent = () => undefined }: T3HostModelOptions) {
    this.#clock = clock;
    this.#onEvent = onEvent;
    this.#server = this.#boot(provider);
  }

  // ------------------------------------------------------------------------------------------------------- what users do

  /** Tells the thread's id. No session is started before the first message. */
  openThread({ threadId, project, model, modelOptions = null, runtimeMode = "full-access" }: OpenThread = {}): string {
    this.#threads += 1;
    const id = threadId ?? `thread-${this.#threads}`;
    this.#store.put({
      threadId: id,
      title: null,
      project: { folder: "/project", git: true, ...project },
      model: model ?? null,
      modelOptions,
      runtimeMode,
      session: null,
      latestTurnId: null,
      messages: [],
      activities: [],
      checkpoints: [],
      filesAtTurn: 0,
    });
    return id;
  }

  /** Whether or not the composer is ready: somebody may have a second window. Into a running turn it is the same command. */
  send(threadId: string, text: string, { attachments = [], providerOptions, interactionMode = "default", delivery = "buffered" }: SendOptions = {}): void {
    const { model, modelOptions } = this.#store.require(threadId);
    this.#messages += 1;
    this.#server.messages.delivery = delivery;
    this.#store.addUserMessage(threadId, { messageId: `user:${this.#messages}`, text, createdAt: this.#now() });
    this.#web.sent(this.#store.require(threadId));
    this.#dispatch({ type: "turn-start", threadId, turn: { text, attachments, model: model ?? undefined, modelOptions: modelOptions ?? undefined, providerOptions, interactionMode } });
  }

  interrupt(threadId: string): void {
    this.#dispatch({ type: "interrupt", threadId });
  }

  /** `answers` by question id: the label that was chosen, or what was typed. */
  answer(threadId: string, requestId: string, answers: Readonly<Record<string, string>>): void {
    this.#dispatch({ type: "user-input", threadId, requestId, answers });
  }

  decide(threadId: string, requestId: string, decision: ProviderApprovalDecision): void {
    this.#dispatch({ type: "approval", threadId, requestId, decision });
  }

  /** As the web does when a thread is deleted or its worktree changes. */
  stopSession(threadId: string): void {
    this.#dispatch({ type: "session-stop", threadId });
  }

  setRuntimeMode(threadId: string, runtimeMode: RuntimeMode): void {
    this.#store.put({ ...this.#store.require(threadId), runtimeMode });
    this.#dispatch({ type: "runtime-mode", threadId });
  }

  /** For the messages from now on. */
  changeModel(threadId: string, { model, modelOptions }: { readonly model: string; readonly modelOptions?: Readonly<Record<string, ProviderModelOptions | undefined>> }): void {
    this.#store.put({ ...this.#store.require(threadId), model, modelOptions: modelOptions ?? null });
  }

  /** Goes back to the checkpoint after this many turns. */
  revert(threadId: string, turnCount: number): void {
    this.#dispatch({ type: "revert", threadId, turnCount });
  }

  /** Loads the page anew: what only the web knew is gone. */
  reload(): void {
    this.#web.reload();
  }

  // ------------------------------------------------------------------------------------------------------ what they see

  screen(threadId: string): Screen {
    return screenOf(this.#store.require(threadId), { sending: this.#web.isSending(threadId) });
  }

  /** Resolves when the screen is as it should be, be it at once. */
  async until(threadId: string, matches: (screen: Screen) => boolean): Promise<Screen> {
    for (;;) {
      const screen = this.screen(threadId);
      if (matches(screen)) return screen;
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#watchers.add(resolve);
      await promise;
    }
  }

  // ------------------------------------------------------------------------------------------------------ what T3 holds

  thread(threadId: string): StoredThread {
    return this.#store.require(threadId);
  }

  /** What is stored of the thread's session beside the thread: the cursor for a recovery. */
  binding(threadId: string): ReturnType<SessionDirectory["get"]> {
    return this.#directory.get(threadId);
  }

  /** The server's log, the only place where most failures of calls are told. */
  get log(): readonly string[] {
    return this.#log;
  }

  /**
   * Resolves when every call has been answered and what had been emitted by then is taken in. Where all that is behind the provider needs
   * no time, as in memory, nothing more comes by itself.
   */
  async settled(): Promise<void> {
    do {
      await this.#server.reactor.drained();
      await setImmediate();
    } while (!this.#server.reactor.isIdle);
  }

  // ----------------------------------------------------------------------------------------------------------- restarts

  /** The server ends and begins anew: threads, bindings and cursors come back from the disk, all else is forgotten. */
  async restartServer({ create }: { readonly create: () => ProviderAdapter }): Promise<void> {
    await this.#server.shutDown();
    this.#store = this.#store.reopened();
    this.#web.reload();
    this.#server = this.#boot(create());
    this.#wake();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutDown();
  }

  #boot(provider: ProviderAdapter): HostServer {
    const store = this.#store;
    store.watch((thread) => {
      this.#web.changed(thread);
      this.#wake();
    });
    return new HostServer({ provider, store, directory: this.#directory, now: () => this.#now(), log: (line) => this.#log.push(line), seen: (event) => this.#onEvent(event) });
  }

  #dispatch(command: HostCommand): void {
    this.#server.reactor.dispatch(command);
  }

  #wake(): void {
    const watchers = [...this.#watchers];
    this.#watchers.clear();
    for (const wake of watchers) wake();
  }

  #now(): string {
    return new Date(this.#clock.now()).toISOString();
  }
}
