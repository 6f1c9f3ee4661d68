import type { AgentModelRef, AgentState } from "../../ports/agent-messages.js";
import type { Clock } from "../../ports/clock.js";
import type { CustomModelEntry, CustomModelRead, CustomModelStore } from "../../ports/custom-model-store.js";
import { ProviderError, type ProviderErrorCode } from "../../ports/errors.js";
import type { CustomModelVerdict, InventoryOptions, ProviderCustomModels } from "../../ports/provider-inventory.js";
import { ownArgumentsOr } from "../launch/launch-arguments.js";
import { SharedWork } from "../shared-work.js";
import { isYounger } from "./age.js";
import type { AgentDiscovery } from "./agent-discovery.js";
import { judgeCustomModel, type CustomModelLimits } from "./custom-model-validator.js";
import type { AgentPlace } from "./agent-survey.js";
import type { ModelCatalog } from "./model-catalog.js";
import { modelSlug, readModelSlug, sameModel } from "./model-slug.js";

interface Deps {
  readonly store: CustomModelStore;
  readonly catalog: ModelCatalog;
  readonly discovery: AgentDiscovery;
  readonly clock: Clock;
  readonly displayName: string;
  readonly limits: CustomModelLimits;
  /** For this long what was read is not read again, in milliseconds. */
  readonly recheckMs: number;
  readonly defaults: AgentPlace;
}

/** What the store holds. */
interface KeptModels {
  readonly entries: readonly CustomModelEntry[];
  /** Why it cannot be read. */
  readonly problem?: string;
}

/** What the agent makes of a model, where it could be asked. */
type Hearing =
  | { readonly type: "accepted" }
  | { readonly type: "refused"; readonly detail: string }
  | { readonly type: "unknown"; readonly error: ProviderError };

/** The models a user added by hand: validated, with the agent itself where it can be asked, before they are kept. */
export class CustomModels implements ProviderCustomModels {
  readonly #deps: Deps;
  readonly #hearings = new SharedWork<AgentState>();
  #changed: () => void = () => undefined;
  #last: KeptModels = { entries: [] };
  #readAt: number | undefined;
  #reading: Promise<KeptModels> | undefined;
  /** Counts what was changed here. */
  #changes = 0;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Tells one listener whenever the kept models may have changed. */
  watch(changed: () => void): void {
    this.#changed = changed;
  }

  /** Resolves when no process that this started is left. */
  async dispose(): Promise<void> {
    await this.#hearings.dispose();
  }

  async list(): Promise<readonly CustomModelEntry[]> {
    const { entries, problem } = await this.#kept();
    if (problem !== undefined) throw unreadable(problem);
    return entries;
  }

  /** The same for whoever can do without; equal entries are the same array. An unreadable store holds none, and there is a sentence to show. */
  async offer(): Promise<{ readonly entries: readonly CustomModelEntry[]; readonly problem?: string }> {
    const { entries, problem } = await this.#kept();
    return problem === undefined ? { entries } : { entries, problem: unreadable(problem).message };
  }

  async has(slug: string): Promise<boolean> {
    return (await this.offer()).entries.some((entry) => entry.slug === slug);
  }

  async add(text: string, options: InventoryOptions & { readonly allowUnverified?: boolean | undefined } = {}): Promise<CustomModelEntry> {
    const place = this.#placeOf(options);
    const entries = await this.list();
    const { slug, model } = this.#judge(text, { entries, discovered: undefined });
    const { knowledge } = await this.#deps.catalog.ask({ ...place, signal: options.signal });
    const discovered = knowledge.answer?.discovery.models.models.map((known) => modelSlug(known));
    this.#judge(text, { entries, discovered });
    const hearing: Hearing = knowledge.failure === undefined ? await this.#hear(model, { place, signal: options.signal }) : { type: "unknown", error: knowledge.failure.error };
    if (hearing.type === "refused") throw refusal("custom-model-refused", { detail: hearing.detail, nextStep: "Check its spelling, and that its provider is set up." });
    if (hearing.type === "unknown" && options.allowUnverified !== true) throw unverified(slug, { displayName: this.#deps.displayName, error: hearing.error });
    const entry: CustomModelEntry = { slug, verified: hearing.type === "accepted" };
    // Judged again where it is written: others may have added to the store meanwhile.
    await this.#update((kept) => {
      this.#judge(text, { entries: kept, discovered });
      return [...kept, entry];
    });
    return entry;
  }

  async remove(text: string): Promise<void> {
    const reading = readModelSlug(text, this.#deps.limits.length);
    // As it is kept, where it can be read as a model at all.
    const slug = reading.type === "model" ? modelSlug(reading.model) : text;
    await this.#update((kept) => {
      if (!kept.some((entry) => entry.slug === slug)) throw refusal("invalid-model", { detail: "There is no custom model of that name.", nextStep: kept.length === 0 ? "None has been added." : `These were added: ${kept.map((entry) => entry.slug).join(", ")}.` });
      return kept.filter((entry) => entry.slug !== slug);
    });
  }

  async check(options: InventoryOptions = {}): Promise<readonly CustomModelVerdict[]> {
    const place = this.#placeOf(options);
    const entries = await this.list();
    if (entries.length === 0) return [];
    const { knowledge } = await this.#deps.catalog.ask({ ...place, refresh: true, signal: options.signal });
    const discovered = new Set(knowledge.answer?.discovery.models.models.map((known) => modelSlug(known)));
    const verdicts: CustomModelVerdict[] = [];
    // One after the other: each is a process of the agent.
    for (const { slug } of entries) {
      const reading = readModelSlug(slug, this.#deps.limits.length);
      if (discovered.has(slug)) verdicts.push({ slug, verdict: "discovered" });
      else if (reading.type === "invalid") verdicts.push({ slug, verdict: "refused", detail: reading.detail });
      else verdicts.push(verdictOf(slug, knowledge.failure === undefined ? await this.#hear(reading.model, { place, signal: options.signal }) : { type: "unknown", error: knowledge.failure.error }));
    }
    const heard = new Map(verdicts.map(({ slug, verdict }) => [slug, verdict]));
    await this.#update((kept) => kept.map((entry) => ({ ...entry, verified: verifiedBy(heard.get(entry.slug), entry) })));
    return verdicts;
  }

  async setAside(): Promise<string | undefined> {
    const keptAs = await this.#deps.store.setAside();
    this.#forget();
    return keptAs;
  }

  /** Started with the model, the agent says what it takes it for. */
  async #hear(model: AgentModelRef, { place, signal }: { readonly place: AgentPlace; readonly signal: AbortSignal | undefined }): Promise<Hearing> {
    const { discovery, displayName } = this.#deps;
    const ask = (abandoned: AbortSignal): Promise<AgentState> => discovery.stateWith({ ...place, model, signal: abandoned });
    try {
      const state = await this.#hearings.join(JSON.stringify([place, model]), ask, { signal, operation: "custom models" });
      if (sameModel(state.model, model)) return { type: "accepted" };
      return { type: "refused", detail: `${displayName} takes "${modelSlug(model)}" for ${state.model === undefined ? "no model" : `"${modelSlug(state.model)}"`}.` };
    } catch (error) {
      if (!ProviderError.is(error) || error.kind === "session-closed") throw error;
      return error.code === "model-unavailable" ? { type: "refused", detail: `${displayName} refuses "${modelSlug(model)}": ${error.detail}` } : { type: "unknown", error };
    }
  }

  #judge(text: string, { entries, discovered }: { readonly entries: readonly CustomModelEntry[]; readonly discovered: readonly string[] | undefined }): { readonly slug: string; readonly model: AgentModelRef } {
    const { limits, displayName } = this.#deps;
    const judgement = judgeCustomModel({ text, entries, discovered, limits, displayName });
    if (judgement.type === "refused") throw refusal(judgement.code, judgement);
    return judgement;
  }

  /** One read at a time, so that whoever asks later never hears something older. */
  async #kept(): Promise<KeptModels> {
    const { clock, recheckMs } = this.#deps;
    if (this.#reading === undefined && this.#readAt !== undefined && isYounger(this.#readAt, { now: clock.now(), than: recheckMs })) return this.#last;
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
    return await this.#reading;
  }

  /** Again, if the models were changed here meanwhile: what was read may be older than that. */
  async #read(): Promise<KeptModels> {
    const { store, clock } = this.#deps;
    let content: CustomModelRead;
    let changes: number;
    do {
      changes = this.#changes;
      content = await store.read();
    } while (changes !== this.#changes);
    this.#readAt = clock.now();
    this.#last = keptModels(content, this.#last);
    return this.#last;
  }

  async #update(change: (entries: readonly CustomModelEntry[]) => readonly CustomModelEntry[]): Promise<void> {
    await this.#deps.store.update(change);
    this.#forget();
  }

  #forget(): void {
    this.#changes += 1;
    this.#readAt = undefined;
    this.#changed();
  }

  #placeOf({ binaryPath, agentDir, cwd, launchArguments }: InventoryOptions): AgentPlace {
    const { defaults } = this.#deps;
    return { binaryPath: binaryPath ?? defaults.binaryPath, agentDir: agentDir ?? defaults.agentDir, cwd, launchArguments: ownArgumentsOr(launchArguments, defaults.launchArguments) };
  }
}

/** Equal entries stay the same array, so that whoever compares sees that nothing has changed. */
function keptModels(content: CustomModelRead, last: KeptModels): KeptModels {
  const entries = content.type === "entries" ? content.entries : [];
  const same = JSON.stringify(entries) === JSON.stringify(last.entries) ? last.entries : entries;
  return content.type === "entries" ? { entries: same } : { entries: same, problem: content.detail };
}

function verdictOf(slug: string, hearing: Hearing): CustomModelVerdict {
  switch (hearing.type) {
    case "accepted":
      return { slug, verdict: "accepted" };
    case "refused":
      return { slug, verdict: "refused", detail: hearing.detail };
    case "unknown":
      return { slug, verdict: "unknown", detail: hearing.error.detail };
  }
}

/** An agent that could not be asked takes nothing back. */
function verifiedBy(verdict: CustomModelVerdict["verdict"] | undefined, entry: CustomModelEntry): boolean {
  return verdict === undefined || verdict === "unknown" ? entry.verified : verdict !== "refused";
}

function refusal(code: ProviderErrorCode, { detail, nextStep }: { readonly detail: string; readonly nextStep: string }): ProviderError {
  return new ProviderError({ kind: "validation", code, operation: "custom models", detail, nextStep });
}

function unreadable(detail: string): ProviderError {
  return refusal("custom-models-unreadable", { detail: `The file of custom models cannot be read. ${detail}`, nextStep: "Correct it, or have it set aside: it is then kept under another name." });
}

function unverified(slug: string, { displayName, error }: { readonly displayName: string; readonly error: ProviderError }): ProviderError {
  return new ProviderError({
    kind: "validation",
    code: "custom-model-unverified",
    operation: "custom models",
    detail: `${displayName} could not be asked about "${slug}": ${error.detail}`,
    nextStep: `Make ${displayName} usable first, or add the model as not verified.`,
    cause: error,
  });
}
