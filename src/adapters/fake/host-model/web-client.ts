import { pendingApprovals, pendingQuestions } from "./pending-prompts.js";
import type { StoredSession, StoredThread } from "./stored-thread.js";

/**
 * What only the web knows: that a message was sent and there was no sign of it yet. Until then the user cannot send another one, unless
 * the page is loaded anew (host-contract D.3).
 */
export class WebClient {
  /** Threads that wait for a sign, with the session as it was when they were sent to. */
  readonly #sending = new Map<string, StoredSession | null>();

  isSending(threadId: string): boolean {
    return this.#sending.has(threadId);
  }

  /** A turn that runs already is sign enough: then the message steers it. */
  sent(thread: StoredThread): void {
    this.#sending.set(thread.threadId, thread.session);
    if (thread.session?.status === "running" || asks(thread)) this.#sending.delete(thread.threadId);
  }

  /** An error counts only if it came since: the banner of an earlier one is no sign. */
  changed(thread: StoredThread): void {
    const { threadId, session } = thread;
    if (!this.isSending(threadId)) return;
    const isNews = session !== this.#sending.get(threadId);
    if (asks(thread) || (isNews && (session?.status === "running" || (session?.lastError ?? null) !== null))) this.#sending.delete(threadId);
  }

  reload(): void {
    this.#sending.clear();
  }
}

function asks(thread: StoredThread): boolean {
  return pendingQuestions(thread).length > 0 || pendingApprovals(thread).length > 0;
}
