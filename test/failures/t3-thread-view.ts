import { sessionAfter, untouchedSession, type SessionLifecycle } from "../../src/adapters/fake/host-model/session-lifecycle.js";
import type { ProviderRuntimeEvent } from "../../src/ports/runtime-event.js";

/** What T3's server keeps of a thread's session, and all its users ever see of it. */
export type T3Thread = SessionLifecycle;

export const untouchedThread: T3Thread = untouchedSession;

/** Follows a thread's events by the rules of T3's server, so that a mistake shows as a thread that is "running" for ever. */
export function t3Thread(events: readonly ProviderRuntimeEvent[], remembered: T3Thread = untouchedThread): T3Thread {
  return events.reduce<T3Thread>(sessionAfter, remembered);
}
