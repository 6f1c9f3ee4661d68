import { instanceState, isSignedOut, type InstanceState } from "./instance-state.js";
import { isFields, listOf, textOf, type Fields } from "./lenient-fields.js";
import { readModels, type PickerModel } from "./picker-model.js";

/** One configuration of a provider, as a picker shows it. */
export interface PickerInstance {
  /** Unique in the list. */
  readonly instanceId: string;
  /** The provider's kind. */
  readonly driver: string;
  /** Where two have one name, their ids are added to it. */
  readonly label: string;
  readonly badge?: string;
  readonly accentColor?: string;
  /** Instances with the same key may continue each other's threads; one without a key only its own. */
  readonly continuationKey?: string;
  /** A thread that has begun keeps its model. */
  readonly requiresNewThreadForModelChange: boolean;
  readonly state: InstanceState;
  readonly models: readonly PickerModel[];
  /**
   * Whether `models` are all there are. Until an instance is checked, while it cannot be used or is signed out, its list is old, or short
   * for that reason alone.
   */
  readonly modelsKnown: boolean;
}

/**
 * Reads snapshots in the shape of `ServerProvider`, in their order. One without an id or a kind is left out; of two with one id the
 * later counts, being the newer. Whatever else is missing, unknown or malformed is no reason to lose the rest.
 */
export function readInstances(snapshots: readonly unknown[]): readonly PickerInstance[] {
  const named = new Map<string, NamedSnapshot>();
  for (const entry of listOf(snapshots, readNames) ?? []) named.set(entry.instanceId, entry);
  const entries = [...named.values()];
  return entries.map((entry) => {
    const ambiguous = entries.some((other) => other !== entry && other.name === entry.name);
    return readInstance(entry, ambiguous ? `${entry.name} (${entry.instanceId})` : entry.name);
  });
}

export function findInstance(instances: readonly PickerInstance[], instanceId: string): PickerInstance | undefined {
  return instances.find((instance) => instance.instanceId === instanceId);
}

interface NamedSnapshot {
  readonly instanceId: string;
  readonly driver: string;
  readonly name: string;
  readonly snapshot: Fields;
}

function readNames(snapshot: Fields): NamedSnapshot | undefined {
  const instanceId = textOf(snapshot["instanceId"]);
  const driver = textOf(snapshot["driver"]);
  if (instanceId === undefined || driver === undefined) return undefined;
  return { instanceId, driver, name: textOf(snapshot["displayName"]) ?? driver, snapshot };
}

function readInstance({ instanceId, driver, snapshot }: NamedSnapshot, label: string): PickerInstance {
  const models = readModels(snapshot["models"]);
  const state = instanceState({ snapshot, label, modelCount: models?.length ?? 0 });
  const badge = textOf(snapshot["badgeLabel"]);
  const accentColor = textOf(snapshot["accentColor"]);
  const continuation = snapshot["continuation"];
  const continuationKey = isFields(continuation) ? textOf(continuation["groupKey"]) : undefined;
  return {
    instanceId,
    driver,
    label,
    ...(badge === undefined ? {} : { badge }),
    ...(accentColor === undefined ? {} : { accentColor }),
    ...(continuationKey === undefined ? {} : { continuationKey }),
    requiresNewThreadForModelChange: snapshot["requiresNewThreadForModelChange"] === true,
    state,
    models: models ?? [],
    modelsKnown: models !== undefined && (state.selectable || state.obstacle === "no-models") && isUsable(snapshot),
  };
}

/** Only a status that is known tells that the check is done and went well. */
function isUsable(snapshot: Fields): boolean {
  return (snapshot["status"] === "ready" || snapshot["status"] === "warning") && !isSignedOut(snapshot);
}
