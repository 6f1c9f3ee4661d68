import type { ModelOptionChoice, SelectModelOption } from "./model-option.js";
import { selectedModel, type ModelSelection, type OptionSelection } from "./model-selection.js";
import { findInstance, type PickerInstance } from "./picker-instance.js";

/** A control for one option of the selected model. */
export interface OptionControl {
  readonly id: string;
  readonly label: string;
  readonly description?: string;
  readonly choices: readonly ModelOptionChoice[];
  /** The choice to show as the one that counts: the chosen one, else the default; absent where neither is known. */
  readonly value?: string;
  /** Whether a person chose `value`. */
  readonly isChosen: boolean;
}

/** The controls for the selected model; none where its options are not known. */
export function optionControls({
  instances,
  selection,
}: {
  readonly instances: readonly PickerInstance[];
  readonly selection: ModelSelection;
}): readonly OptionControl[] {
  const instance = findInstance(instances, selection.instanceId);
  const model = instance === undefined ? undefined : selectedModel({ instance, selection });
  return (model?.options ?? []).flatMap((option) => (option.type === "select" ? controlFor(option, selection.options ?? []) : []));
}

function controlFor({ id, label, description, choices, defaultChoice }: SelectModelOption, selected: readonly OptionSelection[]): OptionControl {
  const wanted = selected.findLast((option) => option.id === id)?.value;
  const chosen = choices.find((choice) => choice.id === wanted)?.id;
  const value = chosen ?? defaultChoice;
  return {
    id,
    label,
    ...(description === undefined ? {} : { description }),
    choices,
    ...(value === undefined ? {} : { value }),
    isChosen: chosen !== undefined,
  };
}
