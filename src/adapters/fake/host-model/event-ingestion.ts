import type { ProviderRuntimeEvent } from "../../../ports/runtime-event.js";
import { activityOf } from "./activity-of-event.js";
import type { AssistantMessages } from "./assistant-messages.js";
import type { Checkpoints } from "./checkpoints.js";
import { sessionAfter, untouchedSession } from "./session-lifecycle.js";
import type { StoredSession } from "./stored-thread.js";
import type { ThreadStore } from "./thread-store.js";

export interface EventIngestionDeps {
  readonly store: ThreadStore;
  readonly messages: AssistantMessages;
  readonly checkpoints: Checkpoints;
  readonly log: (line: string) => void;
}

/** What T3 makes of a provider's events: none is validated, and one that fails is logged and skipped (host-contract D). */
export class EventIngestion {
  readonly #deps: EventIngestionDeps;

  constructor(deps: EventIngestionDeps) {
    this.#deps = deps;
  }

  ingest(event: ProviderRuntimeEvent): void {
    const { store, checkpoints, log } = this.#deps;
    if (store.get(event.threadId) === undefined) return;
    checkpoints.follow(event);
    try {
      this.#apply(event);
    } catch (error) {
      log(`provider runtime ingestion failed to process event: ${event.type}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** In this order: what is refused takes all that would have followed with it. */
  #apply(event: ProviderRuntimeEvent): void {
    const { store, messages } = this.#deps;
    this.#followSession(event);
    messages.follow(event);
    if (event.type === "thread.metadata.updated" && event.payload.name !== undefined) store.put({ ...store.require(event.threadId), title: event.payload.name });
    const activity = activityOf(event);
    if (activity !== undefined) store.addActivity(event.threadId, activity);
  }

  #followSession(event: ProviderRuntimeEvent): void {
    const { store } = this.#deps;
    const { threadId, provider: providerName, createdAt: updatedAt } = event;
    const known: StoredSession = store.require(threadId).session ?? { ...untouchedSession, providerName, runtimeMode: "full-access", updatedAt };
    const session = sessionAfter(known, event);
    if (session !== known) store.setSession(threadId, { ...session, providerName, updatedAt });
  }
}
