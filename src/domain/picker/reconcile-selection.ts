import {
  agentsOwnChoice,
  findModel,
  mayContinue,
  offeredModel,
  selectedModel,
  selectionOn,
  type ModelSelection,
  type OptionSelection,
  type ThreadLock,
} from "./model-selection.js";
import { findInstance, type PickerInstance } from "./picker-instance.js";
import { instanceUnavailable, instanceVanished, modelDropped, optionDropped, threadLocked, type SelectionNotice } from "./selection-notice.js";

export interface Reconciliation {
  /** The very object that was given, where it still holds. `undefined`: a person, or `firstSelection`, has to choose. */
  readonly selection: ModelSelection | undefined;
  readonly notices: readonly SelectionNotice[];
}

/**
 * What is left of a selection after the snapshots changed, or after a person chose another instance or model. Nothing changes without
 * a notice, and what cannot be judged stays: an empty list of instances, like the list of one that cannot be used, tells nothing.
 *
 * It never chooses another provider: an instance that is listed stays selected in whatever state it is, and in place of a vanished
 * one there is nothing, unless the thread's `lock` names who goes on with it. Reconciling again changes nothing more.
 */
export function reconcileSelection({
  instances,
  selection,
  lock,
}: {
  readonly instances: readonly PickerInstance[];
  readonly selection: ModelSelection | undefined;
  readonly lock?: ThreadLock | undefined;
}): Reconciliation {
  if (selection === undefined || instances.length === 0) return { selection, notices: [] };
  const placed = placeSelection({ instances, selection, lock });
  const instance = placed.selection === undefined ? undefined : findInstance(instances, placed.selection.instanceId);
  if (placed.selection === undefined || instance === undefined) return placed;
  const modelled = reconcileModel(instance, placed.selection);
  const optioned = reconcileOptions(instance, modelled.selection);
  return { selection: optioned.selection, notices: [...placed.notices, ...instanceUnavailable(instance), ...modelled.notices, ...optioned.notices] };
}

interface Step extends Reconciliation {
  readonly selection: ModelSelection;
}

function placeSelection({
  instances,
  selection,
  lock,
}: {
  readonly instances: readonly PickerInstance[];
  readonly selection: ModelSelection;
  readonly lock: ThreadLock | undefined;
}): Reconciliation {
  const { instanceId } = selection;
  const listed = findInstance(instances, instanceId);
  if (listed !== undefined && mayContinue({ instance: listed, lock })) return { selection, notices: [] };
  if (lock === undefined) return { selection: undefined, notices: [instanceVanished({ instanceId })] };
  const home = homeOf(instances, lock);
  // Nobody knows the group of an instance that is gone; the thread's own group is the best guess.
  const mayBeHome = listed === undefined && (lock.type === "group" || lock.instanceId === instanceId);
  if (!mayBeHome) {
    const notices = [threadLocked({ instanceId, label: listed?.label ?? `"${instanceId}"`, replacement: home })];
    return { selection: home === undefined ? undefined : selectionOn(home), notices };
  }
  // Without anyone who could go on, the thread waits for its instance to come back.
  return {
    selection: home === undefined ? selection : { ...selection, instanceId: home.instanceId },
    notices: [instanceVanished({ instanceId, replacement: home })],
  };
}

/** Who goes on with a locked thread: the first who can, else the first who could if it were well. */
function homeOf(instances: readonly PickerInstance[], lock: ThreadLock): PickerInstance | undefined {
  const members = instances.filter((instance) => mayContinue({ instance, lock }));
  return members.find(({ state }) => state.selectable) ?? members[0];
}

function reconcileModel(instance: PickerInstance, selection: ModelSelection): Step {
  const { model, ...others } = selection;
  if (model === undefined || !instance.modelsKnown || findModel(instance, model) !== undefined) return { selection, notices: [] };
  // The word says the same as no model.
  if (model === agentsOwnChoice) return { selection: others, notices: [] };
  const replacement = offeredModel(instance);
  return {
    selection: { ...others, ...(replacement === undefined ? {} : { model: replacement.slug }) },
    notices: [modelDropped({ instance, model, replacement })],
  };
}

function reconcileOptions(instance: PickerInstance, selection: ModelSelection): Step {
  const { options: chosen = [], ...others } = selection;
  const model = selectedModel({ instance, selection });
  const known = model?.options ?? undefined;
  if (!instance.state.selectable || model === undefined || known === undefined) return { selection, notices: [] };
  const verdicts = chosen.map((option) => {
    const offered = known.find(({ id }) => id === option.id);
    const real = offered?.type === "opaque" || offered?.choices.some(({ id }) => id === option.value) === true;
    return { option, offered, real };
  });
  const dropped = verdicts.filter(({ real }) => !real);
  if (dropped.length === 0) return { selection, notices: [] };
  const kept: readonly OptionSelection[] = verdicts.flatMap(({ option, real }) => (real ? option : []));
  return {
    selection: { ...others, ...(kept.length === 0 ? {} : { options: kept }) },
    // The word for the agent's own choice says the same as no choice.
    notices: dropped.flatMap(({ option, offered }) => (option.value === agentsOwnChoice ? [] : optionDropped({ model, option, known: offered }))),
  };
}
