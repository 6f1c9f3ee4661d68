import type { NativeReference, ProviderSession, ProviderSessionStatus } from "../../ports/provider.js";
import { modelSlug } from "../inventory/model-slug.js";
import type { ResumeCursor } from "./resume-cursor.js";
import { maxCountedTurns } from "./turn-messages.js";
import type { SessionPhase, SessionState } from "./session-state.js";

/** The session as the host's `listSessions` shows it; cursor, model and cwd are always those of now. */
export function sessionView(state: SessionState, times: { readonly createdAt: string; readonly updatedAt: string }): ProviderSession {
  const { identity, agent, lastError } = state.core;
  const cursor = cursorOf(state);
  const nativeThread = nativeThreadOf(state);
  const activeTurnId = activeTurnOf(state.phase);
  return {
    provider: identity.provider,
    status: statusOf(state.phase),
    runtimeMode: identity.runtimeMode,
    threadId: identity.threadId,
    ...(identity.cwd === undefined ? {} : { cwd: identity.cwd }),
    ...(agent?.model === undefined ? {} : { model: modelSlug(agent.model) }),
    ...(cursor === undefined ? {} : { resumeCursor: cursor }),
    ...(nativeThread === undefined ? {} : { nativeThread }),
    ...(activeTurnId === undefined ? {} : { activeTurnId }),
    ...times,
    ...(lastError === undefined ? {} : { lastError }),
  };
}

/** The file is what an agent can be started with; before anything was said there is none. */
export function nativeThreadOf({ core: { identity, agent } }: SessionState): NativeReference | undefined {
  if (agent?.sessionFile === undefined || agent.messageCount === 0) return undefined;
  return nativeThreadIn(agent.sessionFile, identity.provider);
}

export function nativeThreadIn(sessionFile: string, provider: string): NativeReference {
  return { driver: provider, nativeId: sessionFile, strength: "strong" };
}

export function cursorOf(state: SessionState): ResumeCursor | undefined {
  const { identity, agent, turnMessages, head } = state.core;
  if (agent === undefined) return undefined;
  return {
    version: 1,
    provider: identity.provider,
    sessionId: agent.sessionId,
    // Before anything was said there is no file to come back to.
    ...(agent.sessionFile === undefined || (agent.messageCount === 0 && turnMessages.length === 0) ? {} : { sessionFile: agent.sessionFile }),
    ...(agent.messageCount === 0 ? { provisional: true } : {}),
    ...(identity.cwd === undefined ? {} : { cwd: identity.cwd }),
    ...(agent.model === undefined ? {} : { model: modelSlug(agent.model) }),
    ...(agent.thinkingLevel === undefined ? {} : { thinkingLevel: agent.thinkingLevel }),
    ...(turnMessages.length === 0 ? {} : { turnMessages: turnMessages.slice(-maxCountedTurns) }),
    ...(head === undefined ? {} : { head }),
  };
}

/** Whether a host may route calls to this session. */
export function isLive(phase: SessionPhase): boolean {
  switch (phase.type) {
    case "idle":
    case "preparing":
    case "rolling-back":
    case "holding":
    case "running":
    case "aborting":
    case "settling":
      return true;
    case "stopping":
      return phase.why.type === "switching";
    case "new":
    case "starting":
    case "closed":
      return false;
  }
}

function statusOf(phase: SessionPhase): ProviderSessionStatus {
  switch (phase.type) {
    case "new":
    case "starting":
      return "connecting";
    case "idle":
    case "preparing":
    case "rolling-back":
    case "holding":
      return "ready";
    case "running":
    case "aborting":
    case "settling":
      return "running";
    case "stopping":
      return phase.why.type === "switching" ? "ready" : "closed";
    case "closed":
      return "closed";
  }
}

function activeTurnOf(phase: SessionPhase): string | undefined {
  const turn = phase.type === "running" || phase.type === "aborting" || phase.type === "settling" ? phase.turn : undefined;
  return turn === undefined || turn.acceptance !== undefined ? undefined : turn.id;
}
