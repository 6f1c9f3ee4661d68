import type { InstanceDefinition } from "./instance-definition.js";
import type { ScriptedModel } from "./scenarios/scripted-model.js";

/** What a playground is made of: its instances, and what they need while they live. Disposed of after them. */
export interface Setup extends AsyncDisposable {
  readonly definitions: readonly InstanceDefinition[];
  /** The model behind the agents where it is ours; absent where the models are real ones. */
  readonly model: ScriptedModel | undefined;
}
