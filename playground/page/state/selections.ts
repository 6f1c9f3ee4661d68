import {
  firstSelection,
  optionControls,
  readInstances,
  reconcileSelection,
  selectedModel,
  type ModelSelection,
  type OptionControl,
  type PickerInstance,
  type PickerModel,
  type SelectionNotice,
  type ThreadLock,
} from "../../../src/app/picker.js";
import type { InstanceState, ThreadRow } from "../../shared/protocol.js";

/** What the pickers show for one thread, or for one that has not begun. */
export interface PickerView {
  readonly instances: readonly PickerInstance[];
  readonly selection: ModelSelection | undefined;
  readonly instance: PickerInstance | undefined;
  readonly model: PickerModel | undefined;
  readonly controls: readonly OptionControl[];
  readonly notices: readonly SelectionNotice[];
  /** What the thread's latest turn ran with. */
  readonly answered: ModelSelection | undefined;
}

export interface PickerInput {
  readonly instances: readonly InstanceState[];
  /** Absent for a thread that has not begun: any instance may be chosen. */
  readonly thread: ThreadRow | undefined;
  /** What a person chose here; else what the thread was last answered with. */
  readonly chosen: ModelSelection | undefined;
  readonly answered: Answered | undefined;
}

/** What the latest turn of a thread ran with. */
export interface Answered {
  readonly model?: string | undefined;
  readonly effort?: string | undefined;
}

export function pickerView({ instances: states, thread, chosen, answered }: PickerInput): PickerView {
  const instances = readInstances(states.map(({ server }) => server));
  const lock: ThreadLock | undefined = thread === undefined ? undefined : { type: "instance", instanceId: thread.instanceId };
  const restored = thread === undefined ? undefined : lastAnswered({ instances, thread, answered });
  const kept = reconcileSelection({ instances, selection: chosen ?? restored, lock });
  const selection = kept.selection ?? firstOf({ instances, lock }) ?? unusable(instances, thread);
  const instance = instances.find(({ instanceId }) => instanceId === selection?.instanceId);
  return {
    instances,
    selection,
    instance,
    model: instance === undefined || selection === undefined ? undefined : selectedModel({ instance, selection }),
    controls: selection === undefined ? [] : optionControls({ instances, selection }),
    notices: kept.notices,
    answered: restored,
  };
}

/**
 * The selection that a thread's latest turn ran with, for a page that did not see it being chosen. A turn names its level without the
 * option it belongs to, so it is that of the model's options which has such a choice.
 */
export function lastAnswered({
  instances,
  thread,
  answered,
}: {
  readonly instances: readonly PickerInstance[];
  readonly thread: ThreadRow;
  readonly answered: Answered | undefined;
}): ModelSelection | undefined {
  const { instanceId } = thread;
  const { model, effort } = answered ?? {};
  if (model === undefined) return undefined;
  const selection: ModelSelection = { instanceId, model };
  const control = optionControls({ instances, selection }).find(({ choices }) => choices.some(({ id }) => id === effort));
  return control === undefined || effort === undefined ? selection : { ...selection, options: [{ id: control.id, value: effort }] };
}

/**
 * The first that can be used. One that stands before it and is still being looked for comes first all the same: what is shown must not
 * become another one when it is found, and least of all between a person's two words.
 */
function firstOf({ instances, lock }: { readonly instances: readonly PickerInstance[]; readonly lock: ThreadLock | undefined }): ModelSelection | undefined {
  const first = lock === undefined ? instances.find((instance) => instance.state.selectable || isLookedFor(instance)) : undefined;
  if (first !== undefined && isLookedFor(first)) return { instanceId: first.instanceId };
  return firstSelection({ instances, lock });
}

/** It has not been checked yet; what can be said of it will be known in a moment. */
export function isLookedFor({ state }: PickerInstance): boolean {
  return !state.selectable && state.obstacle === "checking";
}

/** Where nothing can be chosen, the pickers still show whose fault it is. */
function unusable(instances: readonly PickerInstance[], thread: ThreadRow | undefined): ModelSelection | undefined {
  const instanceId = thread?.instanceId ?? instances[0]?.instanceId;
  return instanceId === undefined ? undefined : { instanceId };
}
