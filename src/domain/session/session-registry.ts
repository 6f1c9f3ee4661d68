import type { AgentCommandInfo } from "../../ports/agent-messages.js";
import type { AttachmentReader } from "../../ports/attachment-reader.js";
import { ProviderError } from "../../ports/errors.js";
import type {
  CallOptions,
  ProviderApprovalDecision,
  ForkedThread,
  ForkThreadOptions,
  ProviderSendTurnInput,
  ProviderSession,
  ProviderSessionStartInput,
  ProviderThreadSnapshot,
  ProviderTurnStartResult,
  RollbackTarget,
} from "../../ports/provider.js";
import { callAborted } from "../call-errors.js";
import { unknownApproval } from "../supervision/approvals.js";
import type { ConversationForks } from "./conversation-forks.js";
import { MessageIntake } from "./message-intake.js";
import type { Session } from "./session.js";
import { readRollbackTarget, readThreadName, unsupported } from "./session-requests.js";
import { SessionStarts, type SessionStartsDeps } from "./session-starts.js";
import { threadNotFound } from "./thread-errors.js";
import { forkThread } from "./thread-fork.js";
import { inTurn, ThreadPlaces } from "./thread-places.js";
import { threadSnapshot } from "./thread-snapshot.js";

interface Deps extends Omit<SessionStartsDeps, "places"> {
  readonly attachments: AttachmentReader;
  readonly forks: ConversationForks;
}

/** Threads and their sessions: at most one live session a thread, which gets the thread's calls until it is told to stop. */
export class SessionRegistry {
  readonly #deps: Deps;
  readonly #places = new ThreadPlaces();
  readonly #starts: SessionStarts;
  readonly #messages: MessageIntake;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#starts = new SessionStarts({ ...deps, places: this.#places });
    this.#messages = new MessageIntake(deps);
  }

  start(input: ProviderSessionStartInput, options?: CallOptions): Promise<ProviderSession> {
    return this.#starts.start(input, options);
  }

  async send(input: ProviderSendTurnInput, options?: CallOptions): Promise<ProviderTurnStartResult> {
    this.#places.requireOpen("sendTurn");
    const read = this.#messages.read(input, this.#places.get(input.threadId)?.session);
    await this.#places.get(input.threadId)?.starting?.result.catch(() => undefined);
    const session = this.#places.get(input.threadId)?.session;
    if (session?.live !== true) throw this.#messages.tellUnsent(input.threadId);
    const request = await this.#messages.complete(session, { input, read, signal: options?.signal });
    if (options?.signal?.aborted === true) throw callAborted({ operation: "sendTurn", threadId: input.threadId });
    if (!session.live) throw this.#messages.tellUnsent(input.threadId);
    return await session.send(request);
  }

  /** Resolves when the compaction is accepted; it is a turn of its own. */
  async compact(threadId: string, instructions: string | undefined): Promise<ProviderTurnStartResult> {
    const session = this.#places.liveSession(threadId, "compactThread");
    if (session.view().activeTurnId !== undefined) {
      throw new ProviderError({ kind: "request", code: "busy", operation: "compactThread", threadId, detail: "A turn is running.", nextStep: "Wait for its end, or stop it." });
    }
    const { displayName } = this.#deps.dialect;
    if (!session.has("compact")) throw unsupported("compactThread", { threadId, detail: `${displayName} cannot shorten a conversation when it is told to.` });
    const wish = instructions?.trim() ?? "";
    return await session.send({ text: "", images: [], wanted: {}, compaction: wish === "" ? {} : { instructions: wish } });
  }

  async read(threadId: string): Promise<ProviderThreadSnapshot> {
    return await snapshotOf(this.#places.liveSession(threadId, "readThread"));
  }

  async commands(threadId: string): Promise<readonly AgentCommandInfo[]> {
    return await this.#places.liveSession(threadId, "listCommands").commands();
  }

  async rollBack(threadId: string, target: RollbackTarget): Promise<ProviderThreadSnapshot> {
    const read = readRollbackTarget(threadId, target);
    const session = this.#places.liveSession(threadId, "rollbackThread");
    await session.rollBack(read);
    return await snapshotOf(session);
  }

  async fork(threadId: string, options: ForkThreadOptions = {}): Promise<ForkedThread> {
    this.#places.requireOpen("forkThread");
    return await forkThread(this.#places.liveSession(threadId, "forkThread"), options, this.#deps);
  }

  async name(threadId: string, name: string): Promise<void> {
    const read = readThreadName(threadId, name);
    const session = this.#places.liveSession(threadId, "nameThread");
    if (!session.has("name-session")) throw unsupported("nameThread", { threadId, detail: `${this.#deps.dialect.displayName} has no names for its conversations.` });
    await session.name(read);
  }

  async interrupt(threadId: string, turnId: string | undefined): Promise<void> {
    await this.#places.liveSession(threadId, "interruptTurn").interrupt(turnId);
  }

  async answer(threadId: string, requestId: string, answers: Readonly<Record<string, unknown>>): Promise<void> {
    const session = this.#places.get(threadId)?.session;
    if (session?.live !== true) this.#deps.outbox.offer(threadId, { type: "user-input.resolved", requestId, payload: { answers: {} } });
    await this.#places.liveSession(threadId, "respondToUserInput").answer(requestId, answers);
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
    this.#starts.callOff(place);
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
    this.#places.close();
    await this.stopAll();
  }

  list(): readonly ProviderSession[] {
    return this.#places.all().flatMap(({ session }) => (session?.live === true ? [session.view()] : []));
  }

  has(threadId: string): boolean {
    return this.#places.get(threadId)?.session?.live === true;
  }
}

async function snapshotOf(session: Session): Promise<ProviderThreadSnapshot> {
  const history = await session.history();
  const { threadId, nativeThread } = session.view();
  return threadSnapshot({ threadId, history, turnMessages: session.turnMessages, nativeThread });
}

const decisions: ReadonlySet<unknown> = new Set<ProviderApprovalDecision>(["accept", "acceptForSession", "decline", "cancel"]);
