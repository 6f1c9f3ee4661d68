import { firstOfEach, isFields, listOf, textOf, type Fields } from "./lenient-fields.js";

/** An option of a model, e.g. how hard it thinks. */
export type ModelOption = SelectModelOption | OpaqueModelOption;

export interface SelectModelOption {
  readonly type: "select";
  /** Goes back to the provider unchanged. */
  readonly id: string;
  readonly label: string;
  readonly description?: string;
  /** At least one, in the provider's order. */
  readonly choices: readonly ModelOptionChoice[];
  /** The choice that counts when none is made; absent where the provider does not tell. */
  readonly defaultChoice?: string;
}

export interface ModelOptionChoice {
  readonly id: string;
  readonly label: string;
  readonly description?: string;
}

/**
 * An option of a type that is not known here, or one that cannot be read. It is not offered; but the model does have it, so what was
 * chosen for it elsewhere is left as it is.
 */
export interface OpaqueModelOption {
  readonly type: "opaque";
  readonly id: string;
}

/** The options that a model's `capabilities` name; `null` where they tell nothing. */
export function readModelOptions(capabilities: unknown): readonly ModelOption[] | null {
  if (!isFields(capabilities)) return null;
  const descriptors = capabilities["optionDescriptors"];
  if (descriptors === undefined) return [];
  const options = listOf(descriptors, readOption);
  return options === undefined ? null : firstOfEach(options, ({ id }) => id);
}

function readOption(fields: Fields): ModelOption | undefined {
  const id = textOf(fields["id"]);
  if (id === undefined) return undefined;
  const choices = listOf(fields["options"], readChoice) ?? [];
  if (fields["type"] !== "select" || choices.length === 0) return { type: "opaque", id };
  const description = textOf(fields["description"]);
  const defaultChoice = choices.find(({ isDefault }) => isDefault)?.choice.id;
  return {
    type: "select",
    id,
    label: textOf(fields["label"]) ?? id,
    ...(description === undefined ? {} : { description }),
    choices: firstOfEach(choices.map(({ choice }) => choice), (choice) => choice.id),
    ...(defaultChoice === undefined ? {} : { defaultChoice }),
  };
}

function readChoice(fields: Fields): { readonly choice: ModelOptionChoice; readonly isDefault: boolean } | undefined {
  const id = textOf(fields["id"]);
  if (id === undefined) return undefined;
  const description = textOf(fields["description"]);
  return {
    choice: { id, label: textOf(fields["label"]) ?? id, ...(description === undefined ? {} : { description }) },
    isDefault: fields["isDefault"] === true,
  };
}
