import type { ChatAttachment, ProviderApprovalDecision, ProviderInteractionMode, ProviderModelOptions, ProviderSession, ProviderStartOptions } from "../../../ports/provider.js";
import type { Checkpoints } from "./checkpoints.js";
import type { ProviderService } from "./provider-service.js";
import { SerialWorker } from "./serial-worker.js";
import type { T3SessionStatus } from "./session-lifecycle.js";
import type { StoredSession, StoredThread } from "./stored-thread.js";
import type { ThreadStore } from "./thread-store.js";

/** What a user's action becomes in the server. */
export type HostCommand =
  | { readonly type: "turn-start"; readonly threadId: string; readonly turn: TurnRequest }
  | { readonly type: "runtime-mode"; readonly threadId: string }
  | { readonly type: "interrupt"; readonly threadId: string }
  | { readonly type: "approval"; readonly threadId: string; readonly requestId: string; readonly decision: ProviderApprovalDecision }
  | { readonly type: "user-input"; readonly threadId: string; readonly requestId: string; readonly answers: Readonly<Record<string, unknown>> }
  | { readonly type: "session-stop"; readonly threadId: string }
  | { readonly type: "revert"; readonly threadId: string; readonly turnCount: number };

export interface TurnRequest {
  readonly text: string;
  readonly attachments: readonly ChatAttachment[];
  readonly model: string | undefined;
  readonly modelOptions: Readonly<Record<string, ProviderModelOptions | undefined>> | undefined;
  readonly providerOptions: Readonly<Record<string, ProviderStartOptions | undefined>> | undefined;
  readonly interactionMode: ProviderInteractionMode;
}

type CommandOf<T extends HostCommand["type"]> = Extract<HostCommand, { type: T }>;

export interface CommandReactorDeps {
  readonly store: ThreadStore;
  readonly service: ProviderService;
  readonly checkpoints: Checkpoints;
  readonly now: () => string;
  /** The server's log: most of what fails here is told nowhere else. */
  readonly log: (line: string) => void;
}

/** How T3 makes calls of what users do: one worker for all threads, one call at a time (host-contract E). */
export class CommandReactor {
  readonly #deps: CommandReactorDeps;
  readonly #worker: SerialWorker<HostCommand>;
  /** As the thread's latest message named them. Not stored. */
  readonly #providerOptions = new Map<string, TurnRequest["providerOptions"]>();
  #failures = 0;

  constructor(deps: CommandReactorDeps) {
    this.#deps = deps;
    this.#worker = new SerialWorker({
      handle: (command) => this.#handle(command),
      failed: (error) => deps.log(`provider command reactor failed to process event: ${wordsOf(error)}`),
    });
  }

  get isIdle(): boolean {
    return this.#worker.isIdle;
  }

  dispatch(command: HostCommand): void {
    this.#worker.offer(command);
  }

  drained(): Promise<void> {
    return this.#worker.drained();
  }

  close(): void {
    this.#worker.close();
  }

  async #handle(command: HostCommand): Promise<void> {
    switch (command.type) {
      case "turn-start":
        return this.#startTurn(command);
      case "runtime-mode":
        return this.#changeRuntimeMode(command);
      case "interrupt":
        return this.#interrupt(command);
      case "approval":
      case "user-input":
        return this.#respond(command);
      case "session-stop":
        return this.#stopSession(command);
      case "revert":
        return this.#deps.checkpoints.revert(command.threadId, {
          turnCount: command.turnCount,
          activity: (detail) => this.#tell(command.threadId, { kind: "checkpoint.revert.failed", summary: "Checkpoint revert failed", detail }),
        });
    }
  }

  /** Whatever fails here is only logged: to be seen is the provider's business (E.1). */
  async #startTurn({ threadId, turn }: CommandOf<"turn-start">): Promise<void> {
    const { store, service } = this.#deps;
    if (turn.providerOptions !== undefined) this.#providerOptions.set(threadId, turn.providerOptions);
    await this.#ensureSession(store.require(threadId), turn);
    const ownModel = service.capabilities.sessionModelSwitch === "unsupported" ? service.sessionOf(threadId)?.model : undefined;
    const { text: input, attachments, modelOptions, interactionMode } = turn;
    await service.sendTurn({ threadId, input, attachments, model: ownModel ?? turn.model, modelOptions, interactionMode });
  }

  async #changeRuntimeMode({ threadId }: CommandOf<"runtime-mode">): Promise<void> {
    const thread = this.#deps.store.require(threadId);
    if (hasSession(thread)) await this.#ensureSession(thread, {});
  }

  /** T3's turn ids are not the provider's: it interrupts by session. */
  async #interrupt({ threadId }: CommandOf<"interrupt">): Promise<void> {
    const { store, service } = this.#deps;
    const none = { kind: "provider.turn.interrupt.failed", summary: "Provider turn interrupt failed", detail: "No active provider session is bound to this thread." };
    if (!hasSession(store.require(threadId))) return this.#tell(threadId, none);
    await service.interruptTurn(threadId);
  }

  /** A prompt stays open when the answer fails: only an event resolves it. */
  async #respond(command: CommandOf<"approval"> | CommandOf<"user-input">): Promise<void> {
    const { threadId } = command;
    const { service } = this.#deps;
    try {
      await (command.type === "approval" ? service.respondToRequest(threadId, command) : service.respondToUserInput(threadId, command));
    } catch (error) {
      const { requestId } = command;
      if (command.type === "approval") this.#tell(threadId, { kind: "provider.approval.respond.failed", summary: "Provider approval response failed", detail: wordsOf(error), requestId });
      else this.#tell(threadId, { kind: "provider.user-input.respond.failed", summary: "Provider user input response failed", detail: wordsOf(error), requestId });
    }
  }

  async #stopSession({ threadId }: CommandOf<"session-stop">): Promise<void> {
    const { store, service, now } = this.#deps;
    if (hasSession(store.require(threadId))) await service.stopSession(threadId);
    const { session } = store.require(threadId);
    if (session !== null) store.setSession(threadId, { ...session, status: "stopped", activeTurnId: null, updatedAt: now() });
  }

  /** A session that is not stopped is not looked at: whether it lives is found out by the next call (E.2). */
  async #ensureSession(thread: StoredThread, { model, modelOptions }: Partial<Pick<TurnRequest, "model" | "modelOptions">>): Promise<void> {
    const { service } = this.#deps;
    const { threadId, project, session, runtimeMode } = thread;
    const providerOptions = this.#providerOptions.get(threadId);
    const start = { threadId, provider: service.providerName, cwd: project.folder, model: model ?? thread.model ?? undefined, modelOptions, providerOptions, runtimeMode };
    // Without a cursor: what was said before is known to the user only.
    if (session === null || session.status === "stopped") return this.#bind(thread, await service.startSession(start));

    const live = service.sessionOf(threadId);
    const needsOtherModel = service.capabilities.sessionModelSwitch === "restart-session" && model !== undefined && model !== live?.model;
    if (runtimeMode === session.runtimeMode && !needsOtherModel) return;
    const resumeCursor = needsOtherModel ? undefined : live?.resumeCursor;
    this.#bind(thread, await service.startSession({ ...start, resumeCursor }));
  }

  #bind({ threadId, runtimeMode }: StoredThread, session: ProviderSession): void {
    const { store, now } = this.#deps;
    const bound: StoredSession = {
      status: boundStatus[session.status],
      providerName: session.provider,
      runtimeMode,
      activeTurnId: null,
      lastError: session.lastError ?? null,
      updatedAt: now(),
    };
    store.setSession(threadId, bound);
  }

  #tell(threadId: string, { kind, summary, ...payload }: { readonly kind: string; readonly summary: string; readonly detail: string; readonly requestId?: string }): void {
    const { store, now } = this.#deps;
    this.#failures += 1;
    store.addActivity(threadId, { activityId: `host:${now()}:${this.#failures}`, kind, tone: "error", summary, turnId: null, payload, createdAt: now() });
  }
}

const boundStatus: Readonly<Record<ProviderSession["status"], T3SessionStatus>> = {
  connecting: "starting",
  ready: "ready",
  running: "running",
  error: "error",
  closed: "stopped",
};

function hasSession({ session }: StoredThread): boolean {
  return session !== null && session.status !== "stopped";
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
