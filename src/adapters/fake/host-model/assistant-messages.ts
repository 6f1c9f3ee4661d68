import type { ProviderRuntimeEvent } from "../../../ports/runtime-event.js";
import { FadingMap } from "./fading-map.js";
import type { ThreadStore } from "./thread-store.js";

/** How text reaches the user: whole messages (T3's default), or each piece as it comes. */
export type DeliveryMode = "buffered" | "streaming";

type EventOf<T extends ProviderRuntimeEvent["type"]> = Extract<ProviderRuntimeEvent, { type: T }>;

/** A buffer that grows beyond this is shown as far as it goes. */
const maxBuffered = 24_000;

/** How T3 makes bubbles of text events (host-contract D.2). What it remembers for that lives in memory only. */
export class AssistantMessages {
  /** One setting for all threads: that of the message that was sent last, whoever sent it. */
  delivery: DeliveryMode = "buffered";
  readonly #store: ThreadStore;
  /** Text that is not shown yet, by message. */
  readonly #buffers = new FadingMap<{ readonly threadId: string; readonly text: string }>();
  /** Messages that are not complete, by thread and turn. */
  readonly #open = new FadingMap<{ readonly threadId: string; readonly messageIds: readonly string[] }>();

  constructor(store: ThreadStore) {
    this.#store = store;
  }

  follow(event: ProviderRuntimeEvent): void {
    if (event.type === "content.delta") this.#delta(event);
    else if (event.type === "item.completed" && event.payload.itemType === "assistant_message") this.#completed(event);
    else if (event.type === "turn.completed") this.#turnCompleted(event);
    else if (event.type === "session.exited") this.#sessionExited(event.threadId);
  }

  #delta(event: EventOf<"content.delta">): void {
    const { threadId, turnId = null, createdAt, payload } = event;
    if (payload.streamKind !== "assistant_text" || payload.delta === "") return;
    const messageId = messageIdOf(event);
    this.#remember(event);
    if (this.delivery === "streaming") return this.#store.appendText(threadId, { messageId, turnId, text: payload.delta, createdAt });
    const text = (this.#buffers.get(messageId, createdAt)?.text ?? "") + payload.delta;
    if (text.length <= maxBuffered) return this.#buffers.set(messageId, { threadId, text }, createdAt);
    this.#buffers.delete(messageId);
    this.#store.appendText(threadId, { messageId, turnId, text, createdAt });
  }

  #completed(event: EventOf<"item.completed">): void {
    this.#finish(event, { messageId: messageIdOf(event), fallback: event.payload.detail ?? "" });
    this.#forget(event);
  }

  /** Completes what is still open, whether or not the session took the event for its turn's end. */
  #turnCompleted(event: EventOf<"turn.completed">): void {
    const key = turnKey(event);
    if (key === undefined) return;
    for (const messageId of this.#open.get(key, event.createdAt)?.messageIds ?? []) this.#finish(event, { messageId, fallback: "" });
    this.#open.delete(key);
  }

  /** What was not shown by now is lost. */
  #sessionExited(threadId: string): void {
    this.#buffers.deleteWhere((buffer) => buffer.threadId === threadId);
    this.#open.deleteWhere((turn) => turn.threadId === threadId);
  }

  /** The fallback is shown only where no text was streamed. A message without any text is shown all the same. */
  #finish({ threadId, turnId: turn, createdAt }: ProviderRuntimeEvent, { messageId, fallback }: { readonly messageId: string; readonly fallback: string }): void {
    const turnId = turn ?? null;
    const buffered = this.#buffers.get(messageId, createdAt)?.text ?? "";
    this.#buffers.delete(messageId);
    const shown = this.#store.get(threadId)?.messages.find((message) => message.messageId === messageId)?.text ?? "";
    const text = buffered === "" && shown === "" ? fallback : buffered;
    if (text !== "") this.#store.appendText(threadId, { messageId, turnId, text, createdAt });
    this.#store.completeMessage(threadId, { messageId, turnId, createdAt });
  }

  #remember(event: EventOf<"content.delta">): void {
    const key = turnKey(event);
    const messageId = messageIdOf(event);
    // Text that is held back after its message was completed is never shown.
    if (key === undefined || (this.delivery === "buffered" && this.#isComplete(event.threadId, messageId))) return;
    const known = this.#open.get(key, event.createdAt)?.messageIds ?? [];
    this.#open.set(key, { threadId: event.threadId, messageIds: [...new Set([...known, messageId])] }, event.createdAt);
  }

  #forget(event: EventOf<"item.completed">): void {
    const key = turnKey(event);
    if (key === undefined) return;
    const messageIds = (this.#open.get(key, event.createdAt)?.messageIds ?? []).filter((messageId) => messageId !== messageIdOf(event));
    this.#open.set(key, { threadId: event.threadId, messageIds }, event.createdAt);
  }

  #isComplete(threadId: string, messageId: string): boolean {
    return this.#store.get(threadId)?.messages.some((message) => message.messageId === messageId && !message.streaming) === true;
  }
}

function messageIdOf({ itemId, turnId, eventId }: ProviderRuntimeEvent): string {
  return `assistant:${itemId ?? turnId ?? eventId}`;
}

function turnKey({ threadId, turnId }: ProviderRuntimeEvent): string | undefined {
  return turnId === undefined ? undefined : JSON.stringify([threadId, turnId]);
}
