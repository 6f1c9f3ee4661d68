import { firstOfEach, listOf, textOf, type Fields } from "./lenient-fields.js";
import { readModelOptions, type ModelOption } from "./model-option.js";

/** A model as a picker shows it. */
export interface PickerModel {
  /** Unique within its instance. */
  readonly slug: string;
  readonly name: string;
  readonly subProvider?: string;
  /** What the agent uses when none is chosen: at most one model of an instance. */
  readonly isDefault: boolean;
  /** Typed by the user, not reported by the agent. */
  readonly isCustom: boolean;
  /** `null` where nothing is known of them. */
  readonly options: readonly ModelOption[] | null;
}

/** Of two models with one slug the first counts: the agent's own come before the custom ones. `undefined` where there is no list. */
export function readModels(value: unknown): readonly PickerModel[] | undefined {
  const models = listOf(value, readModel);
  if (models === undefined) return undefined;
  const unique = firstOfEach(models, ({ slug }) => slug);
  const first = unique.find(({ isDefault }) => isDefault);
  return unique.map((model) => (model === first || !model.isDefault ? model : unmarked(model)));
}

function unmarked(model: PickerModel): PickerModel {
  return { ...model, isDefault: false };
}

function readModel(fields: Fields): PickerModel | undefined {
  const slug = textOf(fields["slug"]);
  if (slug === undefined) return undefined;
  const subProvider = textOf(fields["subProvider"]);
  return {
    slug,
    name: textOf(fields["name"]) ?? slug,
    ...(subProvider === undefined ? {} : { subProvider }),
    isDefault: fields["isDefault"] === true,
    isCustom: fields["isCustom"] === true,
    options: readModelOptions(fields["capabilities"]),
  };
}

/** The models of one sub-provider. */
export interface PickerModelGroup {
  /** Absent for models that belong to no sub-provider. */
  readonly label?: string;
  readonly models: readonly PickerModel[];
}

/**
 * The models by sub-provider, groups and models in the provider's order. With a `search` only those that contain each of its words, in
 * whatever case, in their name, slug or sub-provider.
 */
export function modelGroups({
  models,
  search = "",
}: {
  readonly models: readonly PickerModel[];
  readonly search?: string | undefined;
}): readonly PickerModelGroup[] {
  const words = search.toLowerCase().split(/\s+/);
  const groups = new Map<string | undefined, PickerModel[]>();
  for (const model of models) {
    if (!contains(model, words)) continue;
    const group = groups.get(model.subProvider);
    if (group === undefined) groups.set(model.subProvider, [model]);
    else group.push(model);
  }
  return Array.from(groups, ([label, members]) => ({ ...(label === undefined ? {} : { label }), models: members }));
}

function contains({ name, slug, subProvider = "" }: PickerModel, words: readonly string[]): boolean {
  // On lines of their own, so that no word matches across two of them.
  const text = `${name}\n${slug}\n${subProvider}`.toLowerCase();
  return words.every((word) => text.includes(word));
}
