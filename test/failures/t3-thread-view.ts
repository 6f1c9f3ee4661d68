import type { ProviderRuntimeEvent } from "../../src/ports/runtime-event.js";

/** What T3's server keeps of a thread's session, and all its users ever see of it. */
export interface T3Thread {
  readonly status: "idle" | "starting" | "ready" | "running" | "error" | "stopped";
  readonly activeTurnId: string | null;
  readonly lastError: string | null;
}

export const untouchedThread: T3Thread = { status: "idle", activeTurnId: null, lastError: null };

/**
 * Follows a thread's events by the rules of T3's server, its guard against foreign turns included: while one turn is active, nothing
 * that names another one or none may end it, so a mistake shows as a thread that is "running" for ever.
 */
export function t3Thread(events: readonly ProviderRuntimeEvent[], remembered: T3Thread = untouchedThread): T3Thread {
  return events.reduce(follow, remembered);
}

function follow(thread: T3Thread, event: ProviderRuntimeEvent): T3Thread {
  const { activeTurnId, lastError } = thread;
  const turnId = event.turnId ?? null;
  switch (event.type) {
    case "session.started":
    case "thread.started":
      return activeTurnId === null ? { status: "ready", activeTurnId, lastError: null } : { ...thread, status: "running" };
    case "session.state.changed":
      return afterStateChange(thread, event.payload);
    case "turn.started":
      return activeTurnId !== null && turnId !== null && activeTurnId !== turnId ? thread : { status: "running", activeTurnId: turnId, lastError };
    case "turn.completed": {
      if (activeTurnId !== null && activeTurnId !== turnId) return thread;
      const failed = event.payload.state === "failed";
      return { status: failed ? "error" : "ready", activeTurnId: null, lastError: failed ? (event.payload.errorMessage ?? lastError ?? "Turn failed") : null };
    }
    case "session.exited":
      return { status: "stopped", activeTurnId: null, lastError };
    case "runtime.error":
      return activeTurnId !== null && turnId !== null && activeTurnId !== turnId ? thread : { status: "error", activeTurnId: turnId, lastError: event.payload.message };
    default:
      return thread;
  }
}

function afterStateChange(thread: T3Thread, { state, reason }: Extract<ProviderRuntimeEvent, { type: "session.state.changed" }>["payload"]): T3Thread {
  if (state === "error") return { ...thread, status: "error", lastError: reason ?? thread.lastError ?? "Provider session error" };
  if (state === "waiting") return { ...thread, status: "running" };
  return state === "ready" ? { ...thread, status: state, lastError: null } : { ...thread, status: state };
}
