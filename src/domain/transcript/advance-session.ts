import type { ProviderRuntimeEvent } from "../../ports/runtime-event.js";
import type { Transcript, TranscriptSession } from "./transcript.js";

/** The session after an event, by T3's own table; the same object where it is told nothing new. `before` is the transcript before the event. */
export function advanceSession(before: Transcript, event: ProviderRuntimeEvent): TranscriptSession {
  const { session, latest } = before;
  const running = latest?.state === "running" ? latest.id : undefined;
  switch (event.type) {
    case "session.started":
      return running === undefined ? { ...withoutError(session), state: "ready" } : session;
    case "session.configured":
      return configured(session, event.payload.config);
    case "session.state.changed": {
      const { state, reason } = event.payload;
      if (state === "error") return { ...session, state, ...(reason === undefined ? {} : { lastError: reason }) };
      return { ...(state === "ready" ? withoutError(session) : session), state };
    }
    case "session.exited":
      return { ...session, state: "stopped" };
    case "thread.started": {
      const { providerThreadId } = event.payload;
      return providerThreadId === undefined ? session : { ...session, providerThreadId };
    }
    case "thread.metadata.updated": {
      const { name } = event.payload;
      return name === undefined ? session : { ...session, name };
    }
    case "turn.started":
      return { ...session, state: "running" };
    case "turn.completed": {
      // The end of a turn that is over says nothing of the one that runs.
      if (running !== undefined && event.turnId !== running) return session;
      const { state, errorMessage } = event.payload;
      if (state !== "failed") return { ...withoutError(session), state: "ready" };
      return { ...session, state: "error", ...(errorMessage === undefined ? {} : { lastError: errorMessage }) };
    }
    case "runtime.error":
      return { ...session, state: "error", lastError: event.payload.message };
    default:
      return session;
  }
}

function configured(session: TranscriptSession, { model, thinkingLevel }: Readonly<Record<string, unknown>>): TranscriptSession {
  return { ...session, ...(typeof model === "string" ? { model } : {}), ...(typeof thinkingLevel === "string" ? { effort: thinkingLevel } : {}) };
}

function withoutError(session: TranscriptSession): TranscriptSession {
  const { lastError: _past, ...rest } = session;
  return rest;
}
