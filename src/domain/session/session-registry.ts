import type { AgentCommandInfo } from "../../ports/agent-messages.js";
import type { AttachmentReader } from "../../ports/attachment-reader.js";
import { ProviderError } from "../../ports/errors.js";
import type { IdGenerator } from "../../ports/id-generator.js";
import type {
  CallOptions,
  ProviderApprovalDecision,
  ForkedThread,
  ForkThreadOptions,
  ProviderCapabilities,
  ProviderSendTurnInput,
  ProviderSession,
  ProviderSessionStartInput,
  ProviderThreadSnapshot,
  ProviderTurnStartResult,
  RollbackTarget,
} from "../../ports/provider.js";
import type { TelemetrySpan } from "../../ports/telemetry.js";
import { abortable } from "../abortable.js";
import { asProviderError, callAborted, providerDisposed } from "../call-errors.js";
import { inSpan } from "../in-span.js";
import type { EventOutbox } from "../turn/event-outbox.js";
import { ownArgumentsOr, requireLaunchArguments } from "../launch/launch-arguments.js";
import type { AgentPlace } from "../inventory/agent-survey.js";
import type { ConversationForks } from "./conversation-forks.js";
import type { ModelWishes } from "./model-wishes.js";
import { unknownApproval } from "../supervision/approvals.js";
import { wantsOnlyAnotherMode } from "./mode-change.js";
import { MessageIntake } from "./message-intake.js";
import { Session, type SessionDeps } from "./session.js";
import { readRollbackTarget, readStart, readThreadName, unsupported, type ReadStart } from "./session-requests.js";
import type { SessionEffect, StartRequest } from "./session-state.js";
import { startCalledOff, startFailureEvents } from "./start-phase.js";
import { inTurn, ThreadPlaces, type Place } from "./thread-places.js";
import { forkThread } from "./thread-fork.js";
import { isThreadId, threadNotFound } from "./thread-errors.js";
import { threadSnapshot } from "./thread-snapshot.js";

interface Deps extends Pick<SessionDeps, "dialect" | "launcher" | "clock" | "telemetry" | "settings" | "decideRun"> {
  readonly ids: IdGenerator;
  readonly outbox: EventOutbox;
  readonly attachments: AttachmentReader;
  readonly wishes: ModelWishes;
  readonly forks: ConversationForks;
  readonly capabilities: ProviderCapabilities;
  /** This configuration of the agent: what a model selection must be for. */
  readonly instanceId: string;
  /** Where a session works whose host names no folder. */
  readonly defaultCwd: string | undefined;
  readonly defaultBinaryPath: string | undefined;
  readonly defaultAgentDir: string | undefined;
  readonly defaultLaunchArguments?: string | undefined;
}

/**
 * Threads and their sessions: at most one live session a thread. A start on a thread that has one ends the old one first, for two
 * processes on one conversation overwrite each other.
 */
export class SessionRegistry {
  readonly #deps: Deps;
  readonly #places = new ThreadPlaces();
  readonly #intake: MessageIntake;
  #disposed = false;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#intake = new MessageIntake(deps);
  }

  async start(input: ProviderSessionStartInput, options?: CallOptions): Promise<ProviderSession> {
    this.#requireOpen("startSession");
    const { read, key } = this.#readStart(input);
    const place = this.#places.at(input.threadId);
    if (place.starting?.key === key) return await abortable(place.starting.result, { signal: options?.signal, operation: "startSession", threadId: input.threadId });
    const { stops, stopped } = place;
    const span = this.#deps.telemetry.span("session.start", { threadId: input.threadId, resumed: read.request.hasCursor });
    const result = inSpan(span, () => inTurn(place, () => this.#replace(place, { input, read, stops, stopped: stopped.signal, signal: options?.signal, span })));
    const starting = { key, result };
    place.starting = starting;
    try {
      return await result;
    } finally {
      if (place.starting === starting) place.starting = undefined;
      this.#places.tidy(input.threadId);
    }
  }

  async send(input: ProviderSendTurnInput, options?: CallOptions): Promise<ProviderTurnStartResult> {
    this.#requireOpen("sendTurn");
    const read = this.#intake.read(input, this.#places.get(input.threadId)?.session);
    await this.#places.get(input.threadId)?.starting?.result.catch(() => undefined);
    const session = this.#places.get(input.threadId)?.session;
    if (session?.live !== true) throw this.#intake.tellUnsent(input.threadId);
    const request = await this.#intake.complete(session, { input, read, signal: options?.signal });
    if (options?.signal?.aborted === true) throw callAborted({ operation: "sendTurn", threadId: input.threadId });
    if (!session.live) throw this.#intake.tellUnsent(input.threadId);
    return await session.send(request);
  }

  /** Resolves when the compaction is accepted; it is a turn of its own. */
  async compact(threadId: string, instructions: string | undefined): Promise<ProviderTurnStartResult> {
    const session = this.#require(threadId, "compactThread");
    if (session.view().activeTurnId !== undefined) {
      throw new ProviderError({ kind: "request", code: "busy", operation: "compactThread", threadId, detail: "A turn is running.", nextStep: "Wait for its end, or stop it." });
    }
    const { displayName } = this.#deps.dialect;
    if (!session.has("compact")) throw unsupported("compactThread", { threadId, detail: `${displayName} cannot shorten a conversation when it is told to.` });
    const wish = instructions?.trim() ?? "";
    return await session.send({ text: "", images: [], wanted: {}, compaction: wish === "" ? {} : { instructions: wish } });
  }

  async read(threadId: string): Promise<ProviderThreadSnapshot> {
    return await snapshotOf(this.#require(threadId, "readThread"));
  }

  async commands(threadId: string): Promise<readonly AgentCommandInfo[]> {
    return await this.#require(threadId, "listCommands").commands();
  }

  async rollBack(threadId: string, target: RollbackTarget): Promise<ProviderThreadSnapshot> {
    const read = readRollbackTarget(threadId, target);
    const session = this.#require(threadId, "rollbackThread");
    await session.rollBack(read);
    return await snapshotOf(session);
  }

  async fork(threadId: string, options: ForkThreadOptions = {}): Promise<ForkedThread> {
    this.#requireOpen("forkThread");
    return await forkThread(this.#require(threadId, "forkThread"), options, this.#deps);
  }

  async name(threadId: string, name: string): Promise<void> {
    const read = readThreadName(threadId, name);
    const session = this.#require(threadId, "nameThread");
    if (!session.has("name-session")) throw unsupported("nameThread", { threadId, detail: `${this.#deps.dialect.displayName} has no names for its conversations.` });
    await session.name(read);
  }

  async interrupt(threadId: string, turnId: string | undefined): Promise<void> {
    await this.#require(threadId, "interruptTurn").interrupt(turnId);
  }

  async answer(threadId: string, requestId: string, answers: Readonly<Record<string, unknown>>): Promise<void> {
    const session = this.#places.get(threadId)?.session;
    if (session?.live !== true) this.#deps.outbox.offer(threadId, { type: "user-input.resolved", requestId, payload: { answers: {} } });
    await this.#require(threadId, "respondToUserInput").answer(requestId, answers);
  }

  async decide(threadId: string, requestId: string, decision: ProviderApprovalDecision): Promise<void> {
    if (!decisions.has(decision)) {
      throw new ProviderError({ kind: "validation", code: "invalid-input", operation: "respondToRequest", threadId, detail: "A request is answered with accept, acceptForSession, decline or cancel." });
    }
    const session = this.#places.get(threadId)?.session;
    if (session?.live !== true) throw new ProviderError(unknownApproval(threadId));
    await session.decide(requestId, decision);
  }

  async stop(threadId: string): Promise<void> {
    const place = this.#places.get(threadId);
    if (place === undefined) throw threadNotFound(threadId, "stopSession");
    // A start that is under way, or waits for its turn, is called off rather than waited for.
    place.stops += 1;
    place.stopped.abort();
    place.stopped = new AbortController();
    place.starting = undefined;
    // Taken at once, so that a start that is asked for from here on comes after it.
    const afterwards = inTurn(place, async () => place.session?.stop());
    await place.session?.stop();
    await afterwards;
    this.#places.tidy(threadId);
  }

  async stopAll(): Promise<void> {
    await Promise.all(this.#places.threadIds().map((threadId) => this.stop(threadId).catch(() => undefined)));
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    await this.stopAll();
  }

  list(): readonly ProviderSession[] {
    return this.#places.all().flatMap(({ session }) => (session?.live === true ? [session.view()] : []));
  }

  has(threadId: string): boolean {
    return this.#places.get(threadId)?.session?.live === true;
  }

  // -------------------------------------------------------------------------------------------------------------------- start

  #readStart(input: ProviderSessionStartInput): { readonly read: ReadStart; readonly key: string } {
    try {
      const read = readStart(input, this.#provider);
      requireLaunchArguments(this.#deps.dialect, this.#agentOf(read).launchArguments);
      // Starts that ask for the same share one; the agent's own choice has no form in JSON, so what was asked for stands at its side.
      const { model, modelOptions, modelSelection, runtimeMode } = input;
      return { read, key: JSON.stringify({ ...read, model, modelOptions, modelSelection, runtimeMode }) };
    } catch (error) {
      const refusal = asProviderError(error, { operation: "startSession", threadId: input.threadId });
      this.#tellRefusedStart(input, refusal);
      throw refusal;
    }
  }

  /** A start that is refused before anything was touched leaves a live session alone. */
  #tellRefusedStart(input: ProviderSessionStartInput, error: unknown): void {
    const session = this.#places.get(input.threadId)?.session;
    if (ProviderError.is(error) && session?.live === true && session.view().activeTurnId !== undefined) this.#intake.tellRefusal(session, error);
    else if (ProviderError.is(error) && isThreadId(input.threadId)) {
      const keep = this.has(input.threadId) || ((hasCursor(input.resumeCursor) || hasCursor(input.nativeThread)) && error.code !== "invalid-cursor");
      this.#tell(input.threadId, startFailureEvents({ hasCursor: keep, cursorLost: false, error }));
    }
  }

  /** A conversation that goes on has a model already, which the agent's own choice must replace by name. `undefined` when called off. */
  async #resolveStart({ input, read, stopped, signal }: { readonly input: ProviderSessionStartInput; readonly read: ReadStart; readonly stopped: AbortSignal; readonly signal: AbortSignal | undefined }, calledOff: () => boolean): Promise<Omit<StartRequest, "heal"> | undefined> {
    const { wishes } = this.#deps;
    const remembered = await wishes.forNewConversation(read.remembered);
    if (!read.request.hasCursor) return { ...read.request, chosen: await wishes.forNewConversation(read.wish), remembered };
    try {
      return { ...read.request, chosen: await wishes.forConversation(read.wish, { place: this.#agentOf(read), current: read.remembered.model, signal: signal === undefined ? stopped : AbortSignal.any([signal, stopped]) }), remembered };
    } catch (error) {
      if (calledOff()) return undefined;
      this.#tellRefusedStart(input, error);
      throw error;
    }
  }

  async #replace(place: Place, start: { readonly input: ProviderSessionStartInput; readonly read: ReadStart; readonly stops: number; readonly stopped: AbortSignal; readonly signal: AbortSignal | undefined; readonly span: TelemetrySpan }): Promise<ProviderSession> {
    const { threadId } = start.input;
    const calledOff = (): boolean => place.stops !== start.stops || this.#disposed || start.signal?.aborted === true;
    const wasLive = place.session?.live === true;
    const request = calledOff() ? undefined : await this.#resolveStart(start, calledOff);
    // Called off before anything was touched, it leaves a live session alone; if that was stopped meanwhile, it tells its own end.
    if (calledOff() && wasLive) throw callAborted({ operation: "startSession", threadId });
    if (request !== undefined && (await this.#changeMode(place.session, start, request))) return this.#require(threadId, "startSession").view();
    await place.session?.giveWay();
    if (request === undefined || calledOff()) throw this.#calledOff(place, threadId);
    const session = this.#create(start);
    place.session = session;
    void this.#watch(threadId, place, session);
    const callOff = (): void => void session.stop();
    start.signal?.addEventListener("abort", callOff, { once: true });
    try {
      const started = await session.start({ ...request, heal: request.hasCursor || place.stale });
      place.stale = false;
      return started;
    } catch (error) {
      // Whatever ended this start has told the host.
      place.toldStops = place.stops;
      throw error;
    } finally {
      start.signal?.removeEventListener("abort", callOff);
    }
  }

  /** A session that would be replaced by its like goes on as it is, whatever it does. */
  async #changeMode(session: Session | undefined, { input, read }: { readonly input: ProviderSessionStartInput; readonly read: ReadStart }, { chosen }: Pick<StartRequest, "chosen">): Promise<boolean> {
    if (session?.live !== true) return false;
    const { agent, place } = session;
    const mode = input.runtimeMode;
    const wanted = { mode, place: this.#agentOf(read), chosen, ...(read.conversation === undefined ? {} : { conversation: read.conversation }) };
    return wantsOnlyAnotherMode({ mode: session.view().runtimeMode, place, agent }, wanted) && (await session.changeMode(mode)) && session.live;
  }

  /** A thread that is being started must end as stopped, and is told so once a stop, however many starts that has called off. */
  #calledOff(place: Place, threadId: string): ProviderError {
    if (place.toldStops < place.stops || place.stops === 0) this.#deps.outbox.offer(threadId, startCalledOff);
    place.toldStops = place.stops;
    return callAborted({ operation: "startSession", threadId });
  }

  /** Which configuration of the agent a start means. */
  #agentOf({ binaryPath, agentDir, cwd, launchArguments }: ReadStart): AgentPlace {
    const { defaultBinaryPath, defaultAgentDir, defaultCwd, defaultLaunchArguments } = this.#deps;
    return {
      binaryPath: binaryPath ?? defaultBinaryPath,
      agentDir: agentDir ?? defaultAgentDir,
      cwd: cwd ?? defaultCwd,
      launchArguments: ownArgumentsOr(launchArguments, defaultLaunchArguments),
    };
  }

  #create({ input, read, span }: { readonly input: ProviderSessionStartInput; readonly read: ReadStart; readonly span: TelemetrySpan }): Session {
    const { ids, outbox, dialect } = this.#deps;
    const { binaryPath, agentDir, cwd, launchArguments } = this.#agentOf(read);
    return new Session({
      ...this.#deps,
      binaryPath,
      agentDir,
      launchArguments,
      identity: {
        threadId: input.threadId,
        sessionKey: ids.uuid(),
        provider: dialect.provider,
        displayName: dialect.displayName,
        runtimeMode: input.runtimeMode,
        ...(cwd === undefined ? {} : { cwd }),
      },
      emit: (draft) => outbox.offer(input.threadId, draft),
      ready: () => outbox.ready(),
      startSpan: span,
    });
  }

  /** When a session has ended, what it leaves behind is its own: a session that took its place is not touched. */
  async #watch(threadId: string, place: Place, session: Session): Promise<void> {
    await session.closed;
    if (place.session !== session) return;
    place.session = undefined;
    place.stale = !session.exitIsKnown;
    this.#places.tidy(threadId);
  }

  // ------------------------------------------------------------------------------------------------------------------ places

  get #provider() {
    const { dialect, instanceId, capabilities } = this.#deps;
    return { kind: dialect.provider, instanceId, displayName: dialect.displayName, capabilities };
  }

  #require(threadId: string, operation: string): Session {
    const session = this.#places.get(threadId)?.session;
    if (session === undefined || !session.live) throw threadNotFound(threadId, operation);
    return session;
  }

  #requireOpen(operation: string): void {
    if (this.#disposed) throw providerDisposed(operation);
  }

  #tell(threadId: string, effects: readonly SessionEffect[]): void {
    for (const effect of effects) if (effect.type === "emit") this.#deps.outbox.offer(threadId, effect.draft);
  }
}

async function snapshotOf(session: Session): Promise<ProviderThreadSnapshot> {
  const history = await session.history();
  const { threadId, nativeThread } = session.view();
  return threadSnapshot({ threadId, history, turnMessages: session.turnMessages, nativeThread });
}

const decisions: ReadonlySet<unknown> = new Set<ProviderApprovalDecision>(["accept", "acceptForSession", "decline", "cancel"]);

/** A host may say `null` for none. */
function hasCursor(cursor: unknown): boolean {
  return cursor !== undefined && cursor !== null;
}
