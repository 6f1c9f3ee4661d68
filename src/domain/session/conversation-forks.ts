import type { AgentDialect } from "../../ports/agent-dialect.js";
import type { AgentForkPoint, AgentHistory } from "../../ports/agent-messages.js";
import { ProviderError } from "../../ports/errors.js";
import type { IdGenerator } from "../../ports/id-generator.js";
import type { Telemetry, TelemetrySpan } from "../../ports/telemetry.js";
import { callAborted } from "../call-errors.js";
import { inSpan } from "../in-span.js";
import type { AgentPlace } from "../inventory/agent-survey.js";
import type { AgentLauncher, Resume } from "./agent-launcher.js";
import { SideAgent } from "./side-agent.js";
import { endAgent } from "./spare-agents.js";
import { factsOf, type AgentFacts } from "./session-state.js";

interface Deps {
  readonly dialect: AgentDialect;
  readonly launcher: AgentLauncher;
  readonly ids: IdGenerator;
  readonly telemetry: Telemetry;
  /** From the process's start to its first answer. */
  readonly readyMs: number;
  /** For any other answer. */
  readonly requestMs: number;
}

export interface ForkWish {
  readonly threadId: string;
  readonly place: AgentPlace;
  readonly origin: Resume;
  /** What the conversation held when the copy was asked for. */
  readonly history: AgentHistory;
  /** The message of the user before which the copy ends; absent for all of it. */
  readonly before: string | undefined;
  readonly signal: AbortSignal | undefined;
}

/** A conversation of its own, kept in a file of its own. */
export interface ForkedConversation {
  readonly sessionFile: string;
  readonly sessionId: string;
  /** Where it ends; absent where the agent does not tell. */
  readonly head?: string;
}

type Conversation = Omit<ForkedConversation, "head">;

/**
 * Copies of conversations, each made by a process of its own that has no extensions and no tools and is gone when the call settles: the
 * session whose conversation it is goes on undisturbed. It may go on meanwhile, so the copy is compared with what was asked for, and
 * what is in it beyond that is cut off.
 */
export class ConversationForks {
  readonly #deps: Deps;
  readonly #disposal = new AbortController();
  readonly #calls = new Set<Promise<unknown>>();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Rejects with a `ProviderError`; whatever comes of it, the process is gone before it is told. */
  async fork(wish: ForkWish): Promise<ForkedConversation> {
    const span = this.#deps.telemetry.span("thread.fork", { threadId: wish.threadId, whole: wish.before === undefined });
    const signals = [this.#disposal.signal, ...(wish.signal === undefined ? [] : [wish.signal])];
    const call = inSpan(span, () => this.#fork(wish, { signal: AbortSignal.any(signals), span }));
    this.#calls.add(call);
    try {
      return await call;
    } finally {
      this.#calls.delete(call);
    }
  }

  /** Calls everything off and resolves when no process that this started is left. */
  async dispose(): Promise<void> {
    this.#disposal.abort();
    await Promise.allSettled(this.#calls);
  }

  async #fork(wish: ForkWish, { signal, span }: { readonly signal: AbortSignal; readonly span: TelemetrySpan }): Promise<ForkedConversation> {
    const { dialect, ids, launcher } = this.#deps;
    const { threadId, origin, place } = wish;
    if (signal.aborted) throw callAborted({ operation, threadId });
    const { binaryPath, agentDir, cwd } = place;
    await this.#require(wish, origin);
    const agent = await launcher.launch({ mode: "fork", binaryPath, agentDir, cwd, resume: origin, signal, span }).catch((error: unknown) => {
      throw ProviderError.is(error) ? asFork(error, threadId) : error;
    });
    const side = new SideAgent({ dialect, ids, agent, operation, threadId, refusal: "fork-refused" });
    const callOff = (): void => side.transport.detach();
    signal.addEventListener("abort", callOff, { once: true });
    if (signal.aborted) callOff();
    /** What the process has made so far, the latest last. */
    const made: Conversation[] = [];
    let copy: ForkedConversation | undefined;
    try {
      copy = await this.#copy(side, { wish, made });
    } finally {
      signal.removeEventListener("abort", callOff);
      await endAgent({ transport: side.transport, process: agent.process });
      await this.#discard(made, { wish, copy });
    }
    await this.#require(wish, { ...copy, provisional: false });
    return copy;
  }

  /** Nobody will ever come back to what was made on the way. */
  async #discard(made: readonly Conversation[], { wish, copy }: { readonly wish: ForkWish; readonly copy: ForkedConversation | undefined }): Promise<void> {
    for (const { sessionFile, sessionId } of made) {
      if (sessionFile !== copy?.sessionFile) await this.#deps.launcher.discard({ sessionFile, sessionId, provisional: false }, wish.place);
    }
  }

  /** What could not be continued cannot be copied, and is no copy either. */
  async #require(wish: ForkWish, conversation: Resume): Promise<void> {
    const refusal = await this.#deps.launcher.refusalOf(conversation, wish.place);
    if (refusal !== undefined) throw this.#refused(wish, refusal);
  }

  async #copy(side: SideAgent, { wish, made }: { readonly wish: ForkWish; readonly made: Conversation[] }): Promise<ForkedConversation> {
    const { readyMs, requestMs } = this.#deps;
    const first = this.#conversation(factsOf(await side.ask({ type: "get-state" }, readyMs)), { wish, other: wish.origin });
    made.push(first);
    const before = this.#cut(wish, await side.ask({ type: "get-history" }, requestMs));
    if (before === undefined) return forked(first, wish.history.head);
    const { cancelled } = await side.ask({ type: "fork", entryId: before }, requestMs);
    if (cancelled) throw this.#refused(wish, "an extension vetoed it");
    const cut = this.#conversation(factsOf(await side.ask({ type: "get-state" }, requestMs)), { wish, other: first });
    made.push(cut);
    const { head } = await side.ask({ type: "get-history" }, requestMs);
    return forked(cut, head);
  }

  /** Where the copy has to be cut to be what was asked for; `undefined` where it is that already. */
  #cut(wish: ForkWish, copied: AgentHistory): string | undefined {
    const wanted = messagesOf(wish.history);
    const found = messagesOf(copied);
    if (wanted.some(({ entryId }, message) => found[message]?.entryId !== entryId)) throw this.#refused(wish, "its file holds another branch of the conversation");
    if (wish.before !== undefined) return wish.before;
    const beyond = found[wanted.length];
    if (beyond !== undefined) return beyond.entryId;
    if (copied.entries.at(-1)?.id !== wish.history.entries.at(-1)?.id) throw this.#refused(wish, "the conversation went on meanwhile");
    return undefined;
  }

  /** What is kept in a file, and is not the other one. */
  #conversation(facts: AgentFacts, { wish, other }: { readonly wish: ForkWish; readonly other: Pick<Resume, "sessionFile" | "sessionId"> }): Conversation {
    const { sessionFile, sessionId, messageCount } = facts;
    if (sessionFile === undefined || sessionFile === other.sessionFile || sessionId === other.sessionId) throw this.#refused(wish, "it stayed in the session it was in");
    if (messageCount === 0) throw this.#refused(wish, "nothing would be in the copy");
    return { sessionFile, sessionId };
  }

  #refused({ threadId }: ForkWish, why: string): ProviderError {
    return forkRefused({ threadId, displayName: this.#deps.dialect.displayName, why });
  }
}

const operation = "forkThread";

export function forkRefused({ threadId, displayName, why }: { readonly threadId: string; readonly displayName: string; readonly why: string }): ProviderError {
  return new ProviderError({ kind: "request", code: "fork-refused", operation, threadId, detail: `${displayName} did not copy the conversation: ${why}.` });
}

/** The same failure, of this call. */
function asFork({ kind, code, detail, nextStep, cause }: ProviderError, threadId: string): ProviderError {
  return new ProviderError({ kind, code, detail, nextStep, cause, operation, threadId });
}

/** The messages of the user: what one can cut before. */
export function messagesOf({ entries }: AgentHistory): readonly AgentForkPoint[] {
  return entries.flatMap(({ id, role, text }) => (role === "user" ? [{ entryId: id, text }] : []));
}

function forked({ sessionFile, sessionId }: Conversation, head: string | undefined): ForkedConversation {
  return { sessionFile, sessionId, ...(head === undefined ? {} : { head }) };
}
