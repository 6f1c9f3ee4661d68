import type { SessionSettings } from "../../domain/session/session-state.js";

/**
 * What a subject's provider is made with, as its `session` option: the safety nets that end a turn whose end was missed come later than
 * the suite waits, or they would hide from it that a dialect misses ends.
 */
export const conformanceSettings = { settleFallbackMs: 60_000, quietMs: 60_000 } as const satisfies Partial<SessionSettings>;
