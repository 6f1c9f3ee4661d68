import type { AgentDialect } from "../../ports/agent-dialect.js";
import type { AgentImage } from "../../ports/agent-messages.js";
import type { AttachmentReader } from "../../ports/attachment-reader.js";
import { ProviderError } from "../../ports/errors.js";
import type { ProviderCapabilities, ProviderSendTurnInput } from "../../ports/provider.js";
import type { RuntimeEventDraft } from "../../ports/runtime-event.js";
import { asProviderError } from "../call-errors.js";
import type { EventOutbox } from "../turn/event-outbox.js";
import type { ModelWish, ModelWishes } from "./model-wishes.js";
import type { Session } from "./session.js";
import { readSend, type ReadSend } from "./session-requests.js";
import type { SendRequest, WantedModel } from "./session-state.js";
import { errorText } from "./step.js";
import { isThreadId, threadNotFound } from "./thread-errors.js";

interface Deps {
  readonly dialect: AgentDialect;
  readonly instanceId: string;
  readonly capabilities: ProviderCapabilities;
  readonly outbox: EventOutbox;
  readonly attachments: AttachmentReader;
  readonly wishes: ModelWishes;
}

/**
 * From what a host sends to what a session can be given: read, its images fetched, its wishes known by name. T3 waits for a sign of every
 * message and takes a rejection for none, so whatever is refused here is told as an event as well.
 */
export class MessageIntake {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Throws a `ProviderError`; `session` is the thread's, should it have one. */
  read(input: ProviderSendTurnInput, session: Session | undefined): ReadSend {
    const { dialect, instanceId, capabilities } = this.#deps;
    try {
      return readSend(input, { kind: dialect.provider, instanceId, displayName: dialect.displayName, capabilities });
    } catch (error) {
      const refusal = asProviderError(error, { operation: "sendTurn", threadId: input.threadId });
      if (session?.live === true) this.tellRefusal(session, refusal);
      else if (isThreadId(input.threadId)) this.#deps.outbox.offer(input.threadId, errorOf(refusal));
      throw refusal;
    }
  }

  /** Rejects with a `ProviderError`. */
  async complete(session: Session, message: { readonly input: ProviderSendTurnInput; readonly read: ReadSend; readonly signal: AbortSignal | undefined }): Promise<SendRequest> {
    const { input, read, signal } = message;
    const images = await this.#readImages(session, input);
    const wanted = await this.#resolveWish(session, { wish: read.wish, signal });
    return { text: read.text, images, wanted };
  }

  /** T3 routes a message by what it knew a moment ago, and shows "Sending…" until it hears of a turn or of an error. */
  tellUnsent(threadId: string): ProviderError {
    const { dialect, outbox } = this.#deps;
    const message = `The message was not sent, because ${dialect.displayName} has ended. Send it again: the conversation continues.`;
    if (isThreadId(threadId)) outbox.offer(threadId, { type: "runtime.error", payload: { message, class: "transport_error" } });
    return threadNotFound(threadId, "sendTurn");
  }

  /** A turn that is on must not be touched by an error, so it gets a warning. */
  tellRefusal(session: Session, failure: ProviderError): void {
    const { threadId, activeTurnId } = session.view();
    this.#deps.outbox.offer(threadId, activeTurnId === undefined ? errorOf(failure) : { type: "runtime.warning", payload: { message: errorText(failure.message) } });
  }

  async #resolveWish(session: Session, { wish, signal }: { readonly wish: ModelWish; readonly signal: AbortSignal | undefined }): Promise<WantedModel> {
    try {
      return await this.#deps.wishes.forConversation(wish, { place: session.place, current: session.model, signal });
    } catch (error) {
      if (ProviderError.is(error) && signal?.aborted !== true) this.tellRefusal(session, error);
      throw error;
    }
  }

  async #readImages(session: Session, { threadId, attachments }: ProviderSendTurnInput): Promise<readonly AgentImage[]> {
    try {
      return await Promise.all((attachments ?? []).map((attachment) => this.#deps.attachments.read(attachment)));
    } catch (error) {
      const failure = ProviderError.is(error)
        ? error
        : new ProviderError({ kind: "validation", code: "attachment-unreadable", operation: "sendTurn", threadId, detail: "An attachment could not be read.", cause: error });
      this.tellRefusal(session, failure);
      throw failure;
    }
  }
}

function errorOf({ message, kind }: ProviderError): RuntimeEventDraft {
  return { type: "runtime.error", payload: { message: errorText(message), class: kind === "validation" ? "validation_error" : "provider_error" } };
}
