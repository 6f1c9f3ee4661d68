import type { InstanceObstacle } from "./instance-state.js";
import type { ModelOption } from "./model-option.js";
import type { OptionSelection } from "./model-selection.js";
import type { PickerInstance } from "./picker-instance.js";
import type { PickerModel } from "./picker-model.js";

/** What a person should be told of their selection. `message` is a sentence for them; the rest is for a program. */
export type SelectionNotice =
  /** The instance is no longer listed. Without a `replacement` nothing was selected in its place. */
  | { readonly type: "instance-vanished"; readonly message: string; readonly instanceId: string; readonly replacement?: string }
  /** The instance is still selected, but cannot be used now. Told as long as it is so. */
  | { readonly type: "instance-unavailable"; readonly message: string; readonly instanceId: string; readonly obstacle: InstanceObstacle }
  /** The instance may not go on with the thread. */
  | { readonly type: "thread-locked"; readonly message: string; readonly instanceId: string; readonly replacement?: string }
  | { readonly type: "model-dropped"; readonly message: string; readonly instanceId: string; readonly model: string; readonly replacement?: string }
  | {
      readonly type: "option-dropped";
      readonly message: string;
      readonly model: string;
      readonly option: OptionSelection;
      /** `no-such-option`: the model has no such option; `no-such-choice`: it has, but not with this value. */
      readonly reason: "no-such-option" | "no-such-choice";
    };

interface LeftInstance {
  readonly instanceId: string;
  readonly replacement?: PickerInstance | undefined;
}

export function instanceVanished({ instanceId, replacement }: LeftInstance): SelectionNotice {
  const gone = `The provider "${instanceId}" is no longer there`;
  if (replacement === undefined) return { type: "instance-vanished", message: `${gone}.`, instanceId };
  return { type: "instance-vanished", message: `${gone}; ${replacement.label} goes on with the thread.`, instanceId, replacement: replacement.instanceId };
}

/** Nothing to tell of an instance that can be used. */
export function instanceUnavailable({ instanceId, label, state }: PickerInstance): readonly SelectionNotice[] {
  if (state.selectable) return [];
  return [{ type: "instance-unavailable", message: `${label} cannot be used now: ${state.message}`, instanceId, obstacle: state.obstacle }];
}

export function threadLocked({ instanceId, label, replacement }: LeftInstance & { readonly label: string }): SelectionNotice {
  const refused = `${label} cannot go on with this thread`;
  if (replacement === undefined) return { type: "thread-locked", message: `${refused}, and the provider that can is not there.`, instanceId };
  return { type: "thread-locked", message: `${refused}; it stays with ${replacement.label}.`, instanceId, replacement: replacement.instanceId };
}

interface DroppedModel {
  readonly instance: PickerInstance;
  /** The slug that is not offered. */
  readonly model: string;
  readonly replacement: PickerModel | undefined;
}

export function modelDropped({ instance, model, replacement }: DroppedModel): SelectionNotice {
  const gone = `${instance.label} does not offer the model "${model}"`;
  const about = { instanceId: instance.instanceId, model };
  if (replacement === undefined) return { type: "model-dropped", message: `${gone}, nor any other.`, ...about };
  return { type: "model-dropped", message: `${gone}; ${replacement.name} is selected instead.`, ...about, replacement: replacement.slug };
}

interface DroppedOption {
  readonly model: PickerModel;
  readonly option: OptionSelection;
  /** The model's option of that id, where it has one. */
  readonly known: ModelOption | undefined;
}

export function optionDropped({ model, option, known }: DroppedOption): SelectionNotice {
  const about = { type: "option-dropped", model: model.slug, option } as const;
  if (known?.type !== "select") return { ...about, message: `${model.name} has no option "${option.id}"; "${option.value}" was dropped.`, reason: "no-such-option" };
  const choices = known.choices.map(({ label }) => label).join(", ");
  return { ...about, message: `${model.name} does not offer "${option.value}" for ${known.label}; it offers: ${choices}.`, reason: "no-such-choice" };
}
