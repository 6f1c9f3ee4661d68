import type { AgentPlace } from "../../../src/domain/inventory/agent-survey.js";
import type { CatalogAnswer, CatalogQuestion } from "../../../src/domain/inventory/model-catalog.js";
import { ProviderError } from "../../../src/ports/errors.js";
import { agentDir, type ChangingWorld } from "./changing-agent.js";

const place: AgentPlace = { binaryPath: undefined, agentDir };

export function ask({ parts }: ChangingWorld, change: Partial<CatalogQuestion> = {}): Promise<CatalogAnswer> {
  return parts.catalog.ask({ ...place, ...change });
}

/** What an answer tells of the models, and whether it is a good one. */
export interface Gist {
  readonly ids: readonly string[] | undefined;
  readonly problem: string | undefined;
  readonly stale: boolean;
  readonly live: boolean;
}

export function gist({ knowledge, live }: CatalogAnswer): Gist {
  return { ids: knowledge.answer?.discovery.models.models.map(({ id }) => id), problem: knowledge.failure?.error.code, stale: knowledge.stale === true, live };
}

/** Of an answer from memory that holds. */
export const quiet = { live: false, stale: false, problem: undefined };

/** What is told of the agent's settings. */
export function problemOf({ knowledge }: CatalogAnswer): string | undefined {
  return knowledge.configuration?.verdict.type === "ignored" ? knowledge.configuration.verdict.problem : knowledge.configuration?.verdict.type;
}

export function codeOf(error: unknown): unknown {
  return ProviderError.is(error) ? error.code : error;
}
