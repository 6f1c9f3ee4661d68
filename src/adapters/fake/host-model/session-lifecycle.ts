import type { ProviderRuntimeEvent, RuntimeSessionState } from "../../../ports/runtime-event.js";

export type T3SessionStatus = "idle" | "starting" | "running" | "ready" | "interrupted" | "stopped" | "error";

/** What T3 keeps of a thread's session as far as events change it. */
export interface SessionLifecycle {
  readonly status: T3SessionStatus;
  readonly activeTurnId: string | null;
  readonly lastError: string | null;
}

export const untouchedSession: SessionLifecycle = { status: "idle", activeTurnId: null, lastError: null };

/**
 * T3's table of what an event does to a session (host-contract D.1), its guard against foreign turns included: while one turn is active,
 * nothing that names another one may end it, and only an error may that names none. The same object comes back when nothing is to be done.
 */
export function sessionAfter<S extends SessionLifecycle>(session: S, event: ProviderRuntimeEvent): S {
  const { activeTurnId, lastError } = session;
  const turnId = event.turnId ?? null;
  const isForeign = activeTurnId !== null && turnId !== null && activeTurnId !== turnId;
  switch (event.type) {
    case "session.started":
    case "thread.started":
      return activeTurnId === null ? { ...session, status: "ready", lastError: null } : { ...session, status: "running" };
    case "session.state.changed":
      return afterStateChange(session, event.payload);
    case "turn.started":
      // Without an id it is no foreign turn, and leaves none active.
      return isForeign ? session : { ...session, status: "running", activeTurnId: turnId };
    case "turn.completed": {
      if (activeTurnId !== null && activeTurnId !== turnId) return session;
      const failed = event.payload.state === "failed";
      return { ...session, status: failed ? "error" : "ready", activeTurnId: null, lastError: failed ? (event.payload.errorMessage ?? lastError ?? "Turn failed") : null };
    }
    case "session.exited":
      return { ...session, status: "stopped", activeTurnId: null };
    case "runtime.error":
      // The turn it names stays active: only its completion ends it.
      return isForeign ? session : { ...session, status: "error", activeTurnId: turnId, lastError: event.payload.message };
    default:
      return session;
  }
}

const statusOf: Readonly<Record<RuntimeSessionState, T3SessionStatus>> = {
  starting: "starting",
  ready: "ready",
  running: "running",
  waiting: "running",
  stopped: "stopped",
  error: "error",
};

/** It never ends a turn. */
function afterStateChange<S extends SessionLifecycle>(session: S, change: { readonly state: RuntimeSessionState; readonly reason?: string }): S {
  const { state, reason } = change;
  const status = statusOf[state];
  if (state === "error") return { ...session, status, lastError: reason ?? session.lastError ?? "Provider session error" };
  return state === "ready" ? { ...session, status, lastError: null } : { ...session, status };
}
