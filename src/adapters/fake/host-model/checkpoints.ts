import type { ProviderRuntimeEvent } from "../../../ports/runtime-event.js";
import type { ProviderService } from "./provider-service.js";
import type { StoredMessage, StoredThread } from "./stored-thread.js";
import type { ThreadStore } from "./thread-store.js";

export interface CheckpointsDeps {
  readonly store: ThreadStore;
  readonly service: ProviderService;
}

/** How T3 keeps the state of the files after each turn, and goes back to it (host-contract D.5). */
export class Checkpoints {
  readonly #deps: CheckpointsDeps;

  constructor(deps: CheckpointsDeps) {
    this.#deps = deps;
  }

  /** To be called before the session takes note of the event. */
  follow(event: ProviderRuntimeEvent): void {
    const { store } = this.#deps;
    const { threadId, turnId } = event;
    const thread = store.get(threadId);
    if (event.type !== "turn.completed" || turnId === undefined || thread?.project.git !== true) return;
    const activeTurnId = thread.session?.activeTurnId ?? null;
    if (activeTurnId !== null && activeTurnId !== turnId) return;
    const turnCount = thread.checkpoints.length + 1;
    // Of an interrupted turn it is taken later and counts as any other.
    const status = event.payload.state === "failed" ? "error" : "ready";
    store.put({ ...thread, checkpoints: [...thread.checkpoints, { turnCount, turnId, status }], filesAtTurn: turnCount });
  }

  /** The files first, then the conversation: when the provider cannot go back, the two no longer fit each other. */
  async revert(threadId: string, { turnCount, activity }: { readonly turnCount: number; readonly activity: (detail: string) => void }): Promise<void> {
    const { store, service } = this.#deps;
    const before = store.require(threadId);
    if (service.sessionOf(threadId)?.cwd === undefined) return activity("No active provider session with workspace cwd is bound to this thread.");
    store.put({ ...before, filesAtTurn: turnCount });
    try {
      await service.rollbackConversation(threadId, before.checkpoints.length - turnCount);
    } catch (error) {
      return activity(error instanceof Error ? error.message : String(error));
    }
    store.put(trimmed(store.require(threadId), turnCount));
  }
}

/** Keeps the messages of the turns that remain; one message of the user belongs to each. */
function trimmed(thread: StoredThread, turnCount: number): StoredThread {
  const checkpoints = thread.checkpoints.filter((checkpoint) => checkpoint.turnCount <= turnCount);
  const turns = new Set<string | null>(checkpoints.map(({ turnId }) => turnId));
  const asked = new Set(thread.messages.filter(({ role }) => role === "user").slice(0, turnCount));
  const kept = (message: StoredMessage): boolean => (message.role === "user" ? asked.has(message) : turns.has(message.turnId));
  return {
    ...thread,
    checkpoints,
    messages: thread.messages.filter(kept),
    activities: thread.activities.filter(({ turnId }) => turnId === null || turns.has(turnId)),
    latestTurnId: checkpoints.at(-1)?.turnId ?? null,
  };
}
