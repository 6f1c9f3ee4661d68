import * as v from "valibot";
import { ProviderError } from "../../ports/errors.js";
import type { ModelChoiceInput } from "../../ports/provider.js";
import { quoted } from "../inventory/quoted-text.js";
import { thinkingOptionId } from "../inventory/thinking-level-policy.js";

/** Whose words a call is read in. */
export interface ChoosingCall {
  readonly operation: string;
  readonly threadId?: string;
  /** The provider's kind, under which the older form keeps its options. */
  readonly provider: string;
  readonly instanceId: string;
}

/** The model and the level that a call names; what it names in no form is absent. */
export interface ChosenModel {
  readonly model?: string;
  readonly level?: string;
}

const selectionSchema = v.object({
  instanceId: v.string(),
  model: v.nullish(v.string()),
  options: v.nullish(v.array(v.object({ id: v.string(), value: v.union([v.string(), v.boolean()]) }))),
});

/**
 * Reads both forms in which hosts name a model: T3's older one (`model`, `modelOptions`) and today's (`modelSelection`). A call may use
 * either, or both if they say the same. Throws a `ProviderError`.
 */
export function readChosenModel(input: ModelChoiceInput, call: ChoosingCall): ChosenModel {
  const older = { model: word(input.model), level: word(input.modelOptions?.[call.provider]?.[thinkingOptionId]) };
  const selected = readSelection(input.modelSelection, call);
  const model = agreed({ what: "model", older: older.model, selected: selected.model }, call);
  const level = agreed({ what: "thinking level", older: older.level, selected: selected.level }, call);
  return { ...(model === undefined ? {} : { model }), ...(level === undefined ? {} : { level }) };
}

function readSelection(selection: unknown, call: ChoosingCall): ChosenModel {
  if (selection === undefined || selection === null) return {};
  const reading = v.safeParse(selectionSchema, selection);
  if (!reading.success) throw refused(call, { detail: "The model selection is not of the form { instanceId, model, options: [{ id, value }] }." });
  const { instanceId, model, options } = reading.output;
  if (instanceId !== call.instanceId) throw refused(call, { detail: `The model selection is for the instance ${quoted(instanceId)}; this is ${quoted(call.instanceId)}.` });
  const slug = word(model);
  let level: string | undefined;
  for (const { id, value } of options ?? []) {
    if (id !== thinkingOptionId) throw refused(call, { detail: `There is no model option ${quoted(id)}.`, nextStep: `The one there is has the id "${thinkingOptionId}".` });
    if (typeof value === "boolean") throw refused(call, { detail: `The model option "${thinkingOptionId}" takes the id of a choice, not ${value}.` });
    level = agreed({ what: "thinking level", older: level, selected: word(value) }, call);
  }
  return { ...(slug === undefined ? {} : { model: slug }), ...(level === undefined ? {} : { level }) };
}

function agreed({ what, older, selected }: { readonly what: string; readonly older: string | undefined; readonly selected: string | undefined }, call: ChoosingCall): string | undefined {
  if (older !== undefined && selected !== undefined && older !== selected) {
    throw refused(call, { detail: `The call names two different ${what}s, ${quoted(older)} and ${quoted(selected)}.`, nextStep: "Name one." });
  }
  return selected ?? older;
}

/** Blank counts as absent. */
function word(value: string | null | undefined): string | undefined {
  const trimmed = value?.trim();
  return trimmed === undefined || trimmed === "" ? undefined : trimmed;
}

function refused({ operation, threadId }: ChoosingCall, words: { readonly detail: string; readonly nextStep?: string }): ProviderError {
  return new ProviderError({ kind: "validation", code: "invalid-input", operation, ...(threadId === undefined ? {} : { threadId }), ...words });
}
