import type { AgentModelRef } from "../../ports/agent-messages.js";
import { ProviderError } from "../../ports/errors.js";
import { SharedWork } from "../shared-work.js";
import type { AgentDiscovery } from "./agent-discovery.js";
import type { RememberedAnswer } from "./catalog-memory.js";
import type { AgentPlace } from "./agent-survey.js";
import type { ModelCatalog } from "./model-catalog.js";
import { modelSlug, sameModel } from "./model-slug.js";

/** The model and level that the agent uses when nobody chooses. */
export interface OwnChoice {
  readonly model: AgentModelRef;
  /** Absent when the model offers no choice. */
  readonly level?: string;
}

export interface OwnChoiceQuestion extends AgentPlace {
  /** With this model; absent: with the agent's own. */
  readonly model?: AgentModelRef | undefined;
  readonly signal?: AbortSignal | undefined;
}

interface Deps {
  readonly catalog: ModelCatalog;
  readonly discovery: AgentDiscovery;
  readonly displayName: string;
}

/**
 * Learns from the agent itself what it would use: agents have no command that forgets a choice, so going back to their own one means
 * choosing it by name. A level depends on the model, on the user's settings and on how the agent fits the one to the other; it is read
 * off a process that is started with that model and without a level.
 */
export class OwnChoices {
  readonly #deps: Deps;
  /** By slug, for as long as the answer they belong to holds. */
  readonly #levels = new WeakMap<RememberedAnswer, Map<string, string | undefined>>();
  readonly #asking = new SharedWork<string | undefined>();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Rejects with a `ProviderError` when the agent cannot be asked or has no model. */
  async find(question: OwnChoiceQuestion): Promise<OwnChoice> {
    const { binaryPath, agentDir, cwd, launchArguments, signal } = question;
    // The conversation has a process: none needs to wait for it.
    const { answer, failure } = (await this.#deps.catalog.ask({ binaryPath, agentDir, cwd, launchArguments, signal, hold: false })).knowledge;
    if (answer === undefined) throw failure?.error ?? this.#noModel();
    const { state, models } = answer.discovery;
    const model = question.model ?? state.model;
    if (model === undefined) throw this.#noModel();
    const listed = models.models.find((candidate) => sameModel(candidate, model));
    if (listed?.thinkingLevels.length === 0) return { model };
    const level = sameModel(model, state.model) ? state.thinkingLevel : await this.#levelOf(model, { question, answer });
    return { model, ...(level === undefined ? {} : { level }) };
  }

  /** Resolves when no process that this started is left. */
  async dispose(): Promise<void> {
    await this.#asking.dispose();
  }

  async #levelOf(model: AgentModelRef, { question, answer }: { readonly question: OwnChoiceQuestion; readonly answer: RememberedAnswer }): Promise<string | undefined> {
    const { binaryPath, agentDir, cwd, launchArguments, signal } = question;
    const levels = this.#levels.get(answer) ?? new Map<string, string | undefined>();
    this.#levels.set(answer, levels);
    const slug = modelSlug(model);
    if (levels.has(slug)) return levels.get(slug);
    const ask = async (abandoned: AbortSignal): Promise<string | undefined> => {
      const state = await this.#deps.discovery.stateWith({ binaryPath, agentDir, cwd, launchArguments, model, signal: abandoned });
      return state.thinkingLevel;
    };
    const level = await this.#asking.join(JSON.stringify([binaryPath, agentDir, cwd, launchArguments, answer.stamp, slug]), ask, { signal, operation: "model selection" });
    levels.set(slug, level);
    return level;
  }

  #noModel(): ProviderError {
    return new ProviderError({
      kind: "request",
      code: "model-unavailable",
      operation: "model selection",
      detail: `${this.#deps.displayName} has no model to use.`,
      nextStep: "Log in to a provider, or add a model to its configuration.",
    });
  }
}
