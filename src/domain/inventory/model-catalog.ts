import type { Clock } from "../../ports/clock.js";
import { ProviderError } from "../../ports/errors.js";
import { abortable } from "../abortable.js";
import { callAborted } from "../call-errors.js";
import { SharedWork } from "../shared-work.js";
import { isYounger } from "./age.js";
import type { AgentPlace, AgentSurvey } from "./agent-survey.js";
import { PlaceMemory, placeKey } from "./place-memory.js";
import { recall, type Knowledge, type RememberedAnswer, type RememberedCheck } from "./catalog-memory.js";
import type { ConfigurationChecks, ConfigurationVerdict } from "./configuration-checks.js";
import type { ConfigurationStamp } from "./configuration-stamp.js";
import type { InventorySettings } from "./inventory-settings.js";

export interface CatalogQuestion extends AgentPlace {
  readonly refresh?: boolean | undefined;
  /** Also finds out whether the agent ignores a configuration file. */
  readonly thorough?: boolean;
  /** Whether a process that answers in a project's folder may wait there for a session. Default: yes. */
  readonly hold?: boolean;
  readonly signal?: AbortSignal | undefined;
}

export interface CatalogAnswer {
  readonly knowledge: Knowledge;
  /** Whether the agent was asked for this answer. */
  readonly live: boolean;
}

interface Deps {
  readonly survey: AgentSurvey;
  readonly checks: ConfigurationChecks;
  readonly clock: Clock;
  readonly settings: InventorySettings;
}

/** Hears what was learnt about a place while nobody waited for it. */
export type RenewalListener = (place: AgentPlace, answer: CatalogAnswer) => void;

type Usable = Extract<Knowledge["finding"], { type: "usable" }>;

interface Entry {
  knowledge: Knowledge | undefined;
  /** When the files were last compared. */
  checkedAt: number;
  /** The end of the last question to the agent: one at a time, so that what is learnt later is newer. */
  asked: Promise<unknown>;
}

/** A question that is under way: called off when nobody waits for it any more. */
type Look = CatalogQuestion & { readonly signal: AbortSignal };

/** What is to be done about an answer that is there: nothing if it holds; something if it is old; something in any case. */
type Zeal = "if changed" | "if old" | "anew";

const operation = "model discovery";

/**
 * What the agent says of itself, asked for on demand and remembered for as long as nothing changes that could change it: the program,
 * its version, its configuration files, its arguments, its environment. Whoever asks at the same time shares one process. Once
 * something was learnt, a failure does not take it away: it is kept, with the reason why it is not newer.
 */
export class ModelCatalog {
  readonly #deps: Deps;
  readonly #entries = new PlaceMemory<Entry>();
  readonly #looks = new SharedWork<CatalogAnswer>();
  readonly #checks = new SharedWork<ConfigurationVerdict>();
  #renewed: RenewalListener = () => undefined;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Tells one listener. */
  watch(renewed: RenewalListener): void {
    this.#renewed = renewed;
  }

  /** Rejects only when it is called off; every failure of the agent is part of the answer. */
  async ask(question: CatalogQuestion): Promise<CatalogAnswer> {
    const { refresh = false, thorough = false, signal } = question;
    const entry = this.#entryAt(question);
    const zeal: Zeal = refresh ? "anew" : "if changed";
    const answer = this.#isJustChecked(entry, refresh)
      ? { knowledge: entry.knowledge, live: false }
      : await this.#looks.join(`${placeKey(question)} ${zeal}`, (abandoned) => this.#look(entry, { question: { ...question, signal: abandoned }, zeal }), { signal, operation });
    return thorough ? { ...answer, knowledge: await this.#checked(entry, { question, knowledge: answer.knowledge }) } : answer;
  }

  /** Resolves when no process that this started is left. */
  async dispose(): Promise<void> {
    await Promise.all([this.#looks.dispose(), this.#checks.dispose()]);
  }

  // --------------------------------------------------------------------------------------------------------------- one look

  /** From memory where it holds, at once even while the agent is being asked; else in turn with the others who ask about this place. */
  async #look(entry: Entry, { question, zeal }: { readonly question: Look; readonly zeal: Zeal }): Promise<CatalogAnswer> {
    const remembered = zeal === "if changed" && entry.knowledge !== undefined ? await this.#remembered(entry, question) : undefined;
    if (remembered !== undefined) return remembered;
    const before = entry.asked;
    const asking = abortable(before, { signal: question.signal, operation }).then(() => this.#lookInTurn(entry, { question, zeal }));
    // Whoever is called off while it waits leaves the queue; who stands behind it still waits for those before it.
    entry.asked = Promise.allSettled([before, asking]).then(() => undefined);
    return await asking;
  }

  async #remembered(entry: Entry, question: Look): Promise<CatalogAnswer | undefined> {
    const found = await this.#deps.survey.find(question);
    if (found.type !== "usable") return undefined;
    return this.#recall(entry, { question, finding: found, stamp: await this.#deps.survey.stamp(found.installation, question) });
  }

  /** Whoever was first may have learnt in the meantime what this one wants to know. */
  async #lookInTurn(entry: Entry, { question, zeal }: { readonly question: Look; readonly zeal: Zeal }): Promise<CatalogAnswer> {
    const { clock, settings } = this.#deps;
    const finding = question.signal.aborted ? undefined : await this.#deps.survey.find(question);
    if (finding === undefined || question.signal.aborted) throw callAborted({ operation });
    if (finding.type !== "usable") return this.#learn(entry, { finding, failure: { error: finding.error, at: clock.now() } });
    const stamp = await this.#deps.survey.stamp(finding.installation, question);
    const isDue = zeal === "anew" || (zeal === "if old" && recall(entry.knowledge, { stamp, now: clock.now(), settings }) === "renew");
    return (isDue ? undefined : this.#recall(entry, { question, finding, stamp })) ?? (await this.#askAgent(entry, { question, finding, stamp }));
  }

  /** `undefined` when the agent has to be asked. */
  #recall(entry: Entry, { question, finding, stamp }: { readonly question: Look; readonly finding: Usable; readonly stamp: ConfigurationStamp }): CatalogAnswer | undefined {
    const { clock, settings } = this.#deps;
    switch (recall(entry.knowledge, { stamp, now: clock.now(), settings })) {
      case "remember":
        return { knowledge: this.#confirm(entry, { finding, stale: false }), live: false };
      case "renew":
        this.#renew(entry, question);
        return { knowledge: this.#confirm(entry, { finding, stale: true }), live: false };
      case "fail again":
        entry.checkedAt = clock.now();
        return { knowledge: entry.knowledge ?? { finding }, live: false };
      case "ask":
        return undefined;
    }
  }

  async #askAgent(entry: Entry, { question, finding, stamp }: { readonly question: Look; readonly finding: Usable; readonly stamp: ConfigurationStamp }): Promise<CatalogAnswer> {
    const { clock, survey } = this.#deps;
    try {
      const answer = await survey.ask(question, { installation: finding.installation, before: stamp });
      return this.#learn(entry, { finding, answer: { ...answer, readAt: clock.now() } });
    } catch (error) {
      if (question.signal.aborted || !ProviderError.is(error)) throw error;
      return this.#learn(entry, { finding, failure: { error, stamp, at: clock.now() } });
    }
  }

  /** Asks the agent again while its last answer is still given out. Nobody who would soon begin a session waits for it. */
  #renew(entry: Entry, { binaryPath, agentDir, cwd, launchArguments }: AgentPlace): void {
    const place: AgentPlace = { binaryPath, agentDir, cwd, launchArguments };
    const work = async (signal: AbortSignal): Promise<CatalogAnswer> => {
      const answer = await this.#look(entry, { question: { ...place, hold: false, signal }, zeal: "if old" });
      this.#renewed(place, answer);
      return answer;
    };
    void this.#looks.join(`${placeKey(place)} if old`, work, { signal: undefined, operation }).catch(() => undefined);
  }

  // ---------------------------------------------------------------------------------------------------------------- the check

  /** The same knowledge, with what is to be said of the configuration files. Who asks about the same answer shares one check. */
  async #checked(entry: Entry, { question, knowledge }: { readonly question: CatalogQuestion; readonly knowledge: Knowledge }): Promise<Knowledge> {
    const { finding, answer, failure, configuration } = knowledge;
    if (finding.type !== "usable" || answer === undefined || failure !== undefined || this.#holds(configuration, answer)) return knowledge;
    const { installation } = finding;
    const verdict = await this.#checks.join(
      JSON.stringify([placeKey(question), answer.stamp]),
      async (abandoned) => {
        const found = await this.#deps.checks.run({ installation, agentDir: question.agentDir, signal: abandoned });
        if (abandoned.aborted) throw callAborted({ operation });
        return found;
      },
      { signal: question.signal, operation: "configuration check" },
    );
    const checked: Knowledge = { ...knowledge, configuration: { stamp: answer.stamp, verdict, at: this.#deps.clock.now() } };
    return entry.knowledge === knowledge ? this.#note(entry, checked) : checked;
  }

  #holds(check: RememberedCheck | undefined, { stamp }: RememberedAnswer): boolean {
    if (check === undefined || check.stamp !== stamp) return false;
    const { clock, settings } = this.#deps;
    return check.verdict.type !== "unknown" || isYounger(check.at, { now: clock.now(), than: settings.retryMs });
  }

  // ------------------------------------------------------------------------------------------------------------------- memory

  #learn(entry: Entry, learnt: Pick<Knowledge, "finding" | "answer" | "failure">): CatalogAnswer {
    entry.checkedAt = this.#deps.clock.now();
    const last = entry.knowledge?.answer;
    const knowledge: Knowledge = learnt.answer === undefined && last !== undefined ? { ...learnt, answer: last } : learnt;
    return { knowledge: this.#note(entry, knowledge), live: true };
  }

  /** The answer that is remembered still holds; what else was found is noted. A new value only if something is different. */
  #confirm(entry: Entry, { finding, stale }: { readonly finding: Knowledge["finding"]; readonly stale: boolean }): Knowledge {
    entry.checkedAt = this.#deps.clock.now();
    const { failure: _over, stale: wasStale = false, ...known } = entry.knowledge ?? { finding };
    const isSame = entry.knowledge?.failure === undefined && wasStale === stale && JSON.stringify(known.finding) === JSON.stringify(finding);
    if (isSame && entry.knowledge !== undefined) return entry.knowledge;
    return this.#note(entry, { ...known, finding, ...(stale ? { stale } : {}) });
  }

  #note(entry: Entry, knowledge: Knowledge): Knowledge {
    entry.knowledge = knowledge;
    return knowledge;
  }

  #isJustChecked(entry: Entry, refresh: boolean): entry is Entry & { readonly knowledge: Knowledge } {
    const { clock, settings } = this.#deps;
    return !refresh && entry.knowledge !== undefined && isYounger(entry.checkedAt, { now: clock.now(), than: settings.recheckMs });
  }

  #entryAt(place: AgentPlace): Entry {
    const entry: Entry = this.#entries.get(place) ?? { knowledge: undefined, checkedAt: 0, asked: Promise.resolve() };
    this.#entries.keep(place, entry);
    return entry;
  }
}
