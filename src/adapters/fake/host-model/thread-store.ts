import type { StoredActivity, StoredMessage, StoredSession, StoredThread } from "./stored-thread.js";

/** A command that T3's engine refuses, because what it carries does not fit its schema. */
export class RejectedCommand extends Error {}

/** The server's own limits for what it keeps of a thread (host-contract B.2). */
const maxMessages = 2_000;
const maxActivities = 500;

type Listener = (thread: StoredThread) => void;

/** T3's threads, which only commands change: each is checked as T3's schema checks it, and does nothing when it is refused (B.4). */
export class ThreadStore {
  readonly #threads = new Map<string, StoredThread>();
  readonly #listeners = new Set<Listener>();

  constructor(threads: readonly StoredThread[] = []) {
    for (const thread of threads) this.#threads.set(thread.threadId, thread);
  }

  /** Calls the listener after each change, until the returned function is called. */
  watch(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  get(threadId: string): StoredThread | undefined {
    return this.#threads.get(threadId);
  }

  require(threadId: string): StoredThread {
    const thread = this.#threads.get(threadId);
    if (thread === undefined) throw new Error(`There is no thread ${threadId}.`);
    return thread;
  }

  put(thread: StoredThread): void {
    this.#threads.set(thread.threadId, thread);
    for (const listener of this.#listeners) listener(thread);
  }

  setSession(threadId: string, session: StoredSession): void {
    if (session.lastError !== null) requireText(session.lastError, "lastError");
    const thread = this.require(threadId);
    const begunTurn = session.status === "running" ? session.activeTurnId : null;
    this.put({ ...thread, session, latestTurnId: begunTurn ?? thread.latestTurnId });
  }

  /** Begins the message if it is not there yet: then this moment is its place in the chat. */
  appendText(threadId: string, { text, ...message }: Omit<StoredMessage, "role" | "streaming">): void {
    this.#changeMessage(threadId, message, (known) => ({ ...known, text: known.text + text, streaming: true }));
  }

  /** Shows the message as done, be it empty. */
  completeMessage(threadId: string, message: Omit<StoredMessage, "role" | "streaming" | "text">): void {
    this.#changeMessage(threadId, message, (known) => ({ ...known, streaming: false }));
  }

  addUserMessage(threadId: string, message: Pick<StoredMessage, "messageId" | "text" | "createdAt">): void {
    const thread = this.require(threadId);
    this.put({ ...thread, messages: [...thread.messages, { ...message, role: "user" as const, turnId: null, streaming: false }].slice(-maxMessages) });
  }

  /** An activity with the id of another one replaces it. */
  addActivity(threadId: string, activity: StoredActivity): void {
    requireText(activity.summary, "summary");
    const stored: StoredActivity = { ...activity, payload: asJson(activity.payload) };
    const thread = this.require(threadId);
    const others = thread.activities.filter(({ activityId }) => activityId !== activity.activityId);
    this.put({ ...thread, activities: [...others, stored].slice(-maxActivities) });
  }

  /** What a new process of the server reads from the disk. */
  reopened(): ThreadStore {
    return new ThreadStore(JSON.parse(JSON.stringify([...this.#threads.values()])) as readonly StoredThread[]);
  }

  /** The id alone is the key: a message belongs to the thread that had it first (D.2). */
  #changeMessage(threadId: string, identity: Omit<StoredMessage, "role" | "streaming" | "text">, change: (known: StoredMessage) => StoredMessage): void {
    const { messageId } = identity;
    const owner = [...this.#threads.values()].find(({ messages }) => messages.some((message) => message.messageId === messageId)) ?? this.require(threadId);
    const known = owner.messages.find((message) => message.messageId === messageId);
    const changed = change(known ?? { ...identity, role: "assistant", text: "", streaming: true });
    const messages = known === undefined ? [...owner.messages, changed].slice(-maxMessages) : owner.messages.map((message) => (message === known ? changed : message));
    this.put({ ...owner, messages });
  }
}

function requireText(text: string, field: string): void {
  if (text.trim() === "") throw new RejectedCommand(`${field} is blank.`);
}

function asJson(payload: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(JSON.stringify(payload)) as Readonly<Record<string, unknown>>;
  } catch (error) {
    throw new RejectedCommand("The activity's payload is no JSON.", { cause: error });
  }
}
