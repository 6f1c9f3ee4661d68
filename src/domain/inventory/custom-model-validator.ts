import type { AgentModelRef } from "../../ports/agent-messages.js";
import type { CustomModelEntry } from "../../ports/custom-model-store.js";
import type { ProviderErrorCode } from "../../ports/errors.js";
import { modelSlug, readModelSlug } from "./model-slug.js";
import { isUnprintable, quoted } from "./quoted-text.js";
import { ownChoice } from "./thinking-level-policy.js";

export interface CustomModelLimits {
  /** How many custom models are kept. */
  readonly count: number;
  /** How many characters one may have. */
  readonly length: number;
}

export interface CustomModelCandidate {
  /** As it was typed. */
  readonly text: string;
  /** What is kept already. */
  readonly entries: readonly CustomModelEntry[];
  /** The slugs that the agent itself reports; `undefined` when it could not be asked. */
  readonly discovered: readonly string[] | undefined;
  readonly limits: CustomModelLimits;
  readonly displayName: string;
}

export interface CustomModelRefusal {
  readonly type: "refused";
  readonly code: Extract<ProviderErrorCode, "invalid-model" | "custom-model-exists" | "custom-model-limit">;
  /** The part at fault. */
  readonly detail: string;
  readonly nextStep: string;
}

export type CustomModelJudgement = { readonly type: "valid"; readonly slug: string; readonly model: AgentModelRef } | CustomModelRefusal;

/** Whether a typed text may be kept as a custom model, as far as that can be told without the agent. */
export function judgeCustomModel(candidate: CustomModelCandidate): CustomModelJudgement {
  const { text, entries, discovered, limits, displayName } = candidate;
  const reading = readModelSlug(text, limits.length);
  if (reading.type === "invalid") {
    return text.length <= limits.length && text.trim() === ownChoice
      ? refuse("invalid-model", { detail: `"${ownChoice}" is no model: it stands for what ${displayName} chooses itself.`, nextStep: `Name a model, for example ${example}.` })
      : refuse("invalid-model", { detail: reading.fault, nextStep: reading.nextStep });
  }
  const { model } = reading;
  const slug = modelSlug(model);
  const fault = faults.find(({ isAt }) => isAt(model));
  if (fault !== undefined) return refuse("invalid-model", { detail: `The model ${quoted(slug)} ${fault.what}.`, nextStep: fault.nextStep });
  if (discovered?.includes(slug) === true) {
    return refuse("custom-model-exists", { detail: `${displayName} reports the model ${quoted(slug)} itself.`, nextStep: "Choose it from the list of models: it need not be added." });
  }
  if (entries.some((entry) => entry.slug === slug)) {
    return refuse("custom-model-exists", { detail: `The model ${quoted(slug)} has been added already.`, nextStep: "Choose it from the list of models." });
  }
  if (entries.length >= limits.count) {
    return refuse("custom-model-limit", { detail: `The limit for custom models is ${limits.count}, and there are ${entries.length}.`, nextStep: removalOf(entries[0]) });
  }
  return { type: "valid", slug, model };
}

interface Fault {
  readonly isAt: (model: AgentModelRef) => boolean;
  readonly what: string;
  readonly nextStep: string;
}

const example = '"openai/gpt-5"';

/**
 * What has the form of a slug and is none all the same: mostly something else that was pasted. Each step to take says what to change,
 * because "write it as provider/model-id" would send whoever did in a circle.
 */
const faults: readonly Fault[] = [
  {
    isAt: (model) => isUnprintable(modelSlug(model)),
    what: "contains an invisible character",
    nextStep: `Type it by hand instead of pasting it, for example ${example}.`,
  },
  {
    isAt: (model) => /^["'`“”„‘’«»<([{]/u.test(model.provider),
    what: "begins with a quotation mark or a bracket",
    nextStep: "Leave it out, and write for example openai/gpt-5.",
  },
  {
    isAt: (model) => model.provider.endsWith(":") && model.id.startsWith("/"),
    what: "is a web address",
    nextStep: `Write the provider's name instead, for example ${example}.`,
  },
  {
    isAt: (model) => /^(?:\.{1,2}|~|[a-z]:(?:\\.*)?)$/iu.test(model.provider),
    what: "is the path of a file",
    nextStep: `Write the provider's name instead, for example ${example}.`,
  },
  {
    isAt: (model) => /\s/u.test(model.provider),
    what: "has white space in its provider, before the first slash",
    nextStep: `Write the provider as one word, for example ${example}.`,
  },
  {
    // A part may become an argument of a program, which would take it for an option.
    isAt: (model) => model.provider.startsWith("-") || model.id.startsWith("-"),
    what: "has a part that begins with a dash",
    nextStep: `Begin the provider and the model's id with something else, for example ${example}.`,
  },
];

function removalOf(entry: CustomModelEntry | undefined): string {
  return entry === undefined ? "Raise the limit to keep some." : `Remove one first, for example ${quoted(entry.slug)}.`;
}

function refuse(code: CustomModelRefusal["code"], words: Pick<CustomModelRefusal, "detail" | "nextStep">): CustomModelRefusal {
  return { type: "refused", code, ...words };
}
