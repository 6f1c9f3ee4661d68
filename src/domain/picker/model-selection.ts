import { findInstance, type PickerInstance } from "./picker-instance.js";
import type { PickerModel } from "./picker-model.js";

/** What a person chose, in T3's shape; what is absent is left to the agent. */
export interface ModelSelection {
  readonly instanceId: string;
  /** A model's slug. */
  readonly model?: string | undefined;
  /** By the ids of the model's options. */
  readonly options?: readonly OptionSelection[] | undefined;
}

export interface OptionSelection {
  readonly id: string;
  readonly value: string | boolean;
}

/** The word on the wire for "what the agent itself would take", for a model and for an option. */
export const agentsOwnChoice = "default";

/** A thread that has begun stays with its instance, or with those that may continue its threads. */
export type ThreadLock = { readonly type: "instance"; readonly instanceId: string } | { readonly type: "group"; readonly continuationKey: string };

/** Whether a thread may go on with an instance. */
export function mayContinue({ instance, lock }: { readonly instance: PickerInstance; readonly lock: ThreadLock | undefined }): boolean {
  if (lock === undefined) return true;
  return lock.type === "instance" ? instance.instanceId === lock.instanceId : instance.continuationKey === lock.continuationKey;
}

/**
 * What to select where nothing is selected: the first preferred instance that can be chosen, else the first that can, with its model.
 * Nothing where none can be.
 */
export function firstSelection({
  instances,
  preferred = [],
  lock,
}: {
  readonly instances: readonly PickerInstance[];
  /** Ids, most preferred first; an unknown one is no harm. */
  readonly preferred?: readonly string[] | undefined;
  readonly lock?: ThreadLock | undefined;
}): ModelSelection | undefined {
  const open = instances.filter((instance) => instance.state.selectable && mayContinue({ instance, lock }));
  const [wished] = preferred.flatMap((instanceId) => findInstance(open, instanceId) ?? []);
  const instance = wished ?? open[0];
  return instance === undefined ? undefined : selectionOn(instance);
}

/** An instance with the model it offers first. */
export function selectionOn(instance: PickerInstance): ModelSelection {
  const model = offeredModel(instance);
  return { instanceId: instance.instanceId, ...(model === undefined ? {} : { model: model.slug }) };
}

/** The agent's default, else the first of the list. */
export function offeredModel({ models }: PickerInstance): PickerModel | undefined {
  return models.find(({ isDefault }) => isDefault) ?? models[0];
}

export function findModel({ models }: PickerInstance, slug: string): PickerModel | undefined {
  return models.find((model) => model.slug === slug);
}

/** The model that answers; `undefined` where it is not known: not listed, or the agent's own choice and that is not told. */
export function selectedModel({ instance, selection }: { readonly instance: PickerInstance; readonly selection: ModelSelection }): PickerModel | undefined {
  const { model = agentsOwnChoice } = selection;
  return findModel(instance, model) ?? (model === agentsOwnChoice ? instance.models.find(({ isDefault }) => isDefault) : undefined);
}
