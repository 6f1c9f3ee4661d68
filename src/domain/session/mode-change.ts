import type { AgentModelRef } from "../../ports/agent-messages.js";
import type { RuntimeMode } from "../../ports/provider.js";
import type { AgentPlace } from "../inventory/agent-survey.js";
import { sameModel } from "../inventory/model-slug.js";
import type { AgentFacts, WantedModel } from "./session-state.js";

/** What a session is, and what a start on its thread asks for. */
export interface SessionAtStart {
  readonly mode: RuntimeMode;
  readonly place: AgentPlace;
  readonly agent: AgentFacts | undefined;
}

export interface WantedAtStart {
  readonly mode: RuntimeMode;
  readonly place: AgentPlace;
  readonly chosen: WantedModel;
  /** The conversation that is to go on; absent where none was named. */
  readonly conversation?: { readonly sessionId?: string; readonly sessionFile?: string };
}

/** Whether nothing but the mode would be another one, so that the session need not be replaced. */
export function wantsOnlyAnotherMode(session: SessionAtStart, wanted: WantedAtStart): boolean {
  const { agent } = session;
  if (agent === undefined || session.mode === wanted.mode) return false;
  return isSamePlace(session.place, wanted.place) && isModelInUse(agent, wanted.chosen) && isConversation(agent, wanted.conversation);
}

function isSamePlace(one: AgentPlace, other: AgentPlace): boolean {
  return one.binaryPath === other.binaryPath && one.agentDir === other.agentDir && one.cwd === other.cwd && one.launchArguments === other.launchArguments;
}

function isModelInUse({ model, thinkingLevel }: { readonly model?: AgentModelRef; readonly thinkingLevel?: string }, chosen: WantedModel): boolean {
  return (chosen.model === undefined || sameModel(chosen.model, model)) && (chosen.level === undefined || chosen.level === thinkingLevel);
}

/** A reference that knows only the file means whatever conversation is in it. */
function isConversation(agent: AgentFacts, wanted: WantedAtStart["conversation"]): boolean {
  if (wanted === undefined) return true;
  return wanted.sessionId === undefined ? wanted.sessionFile !== undefined && wanted.sessionFile === agent.sessionFile : wanted.sessionId === agent.sessionId;
}
