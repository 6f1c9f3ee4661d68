import type { AgentModelRef } from "../../ports/agent-messages.js";
import type { AgentPlace } from "../inventory/agent-survey.js";
import { modelSlug } from "../inventory/model-slug.js";
import type { OwnChoices } from "../inventory/own-choices.js";
import type { WantedModel } from "./session-state.js";

/** What a host asked for, by name or as the agent's own choice. Absent: nothing is to change. */
export interface ModelWish {
  readonly model?: AgentModelRef | typeof own;
  readonly level?: string | typeof own;
}

/** Whatever the agent uses when nobody chooses. No name can be it. */
export const own: unique symbol = Symbol("own");

/** Models that the agent may not list and takes all the same when it is started with them. */
export interface UnlistedModels {
  has(slug: string): Promise<boolean>;
}

interface Deps {
  readonly choices: Pick<OwnChoices, "find">;
  readonly unlisted: UnlistedModels;
}

/** From what a host wished to what an agent can be told: a model and a level, each by its name. */
export class ModelWishes {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** For a conversation that begins: it has the agent's own choice where nothing is asked for. */
  async forNewConversation({ model, level }: ModelWish): Promise<WantedModel> {
    return await this.#marked({ ...(model === undefined || model === own ? {} : { model }), ...(level === undefined || level === own ? {} : { level }) });
  }

  /**
   * For a conversation that goes on with `current`: the agent's own choice has to be told by name, or the last one would stay. A model
   * that goes back to the agent's choice takes its level along, unless another one is asked for. Rejects with a `ProviderError`.
   */
  async forConversation(wish: ModelWish, { place, current, signal }: { readonly place: AgentPlace; readonly current: AgentModelRef | undefined; readonly signal: AbortSignal | undefined }): Promise<WantedModel> {
    const { model, level } = wish;
    if (model !== own && level !== own) return await this.#marked({ ...(model === undefined ? {} : { model }), ...(level === undefined ? {} : { level }) });
    const choice = await this.#deps.choices.find({ ...place, model: model === own ? undefined : (model ?? current), signal });
    const wantedLevel = level === undefined || level === own ? choice.level : level;
    return await this.#marked({ ...(model === undefined ? {} : { model: choice.model }), ...(wantedLevel === undefined ? {} : { level: wantedLevel }) });
  }

  /** Says of a model whether the agent may take it although it does not list it. */
  async #marked(wanted: WantedModel): Promise<WantedModel> {
    const { model } = wanted;
    if (model === undefined || !(await this.#deps.unlisted.has(modelSlug(model)))) return wanted;
    return { ...wanted, unlisted: true };
  }
}
