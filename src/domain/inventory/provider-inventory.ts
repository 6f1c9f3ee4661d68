import type { AgentDialect } from "../../ports/agent-dialect.js";
import type { Clock } from "../../ports/clock.js";
import type { CustomModelEntry } from "../../ports/custom-model-store.js";
import type { InventoryOptions, InventoryPlace, ProviderCatalogFreshness, ProviderHealthReport, ProviderInventory, ProviderModelCatalog, ProviderSnapshot, ServerProviderStatus } from "../../ports/provider-inventory.js";
import { ownArgumentsOr } from "../launch/launch-arguments.js";
import type { RememberedAnswer } from "./catalog-memory.js";
import type { CustomModels } from "./custom-models.js";
import type { AgentPlace } from "./agent-survey.js";
import type { CatalogAnswer, CatalogQuestion, ModelCatalog } from "./model-catalog.js";
import { discoveryFailure } from "./discovery-failure.js";
import { PlaceMemory } from "./place-memory.js";
import { judgeHealth } from "./provider-health.js";
import { providerCatalog } from "./provider-models.js";
import { SnapshotFeed } from "./snapshot-feed.js";

interface Deps {
  readonly dialect: AgentDialect;
  readonly catalog: ModelCatalog;
  readonly customModels: CustomModels;
  readonly clock: Clock;
  readonly identity: Pick<ProviderSnapshot, "provider" | "instanceId" | "displayName" | "capabilities">;
  readonly defaults: AgentPlace;
}

/** A snapshot, and what it was made from. */
interface Made {
  readonly place: AgentPlace;
  readonly answer: CatalogAnswer;
  readonly customModels: readonly CustomModelEntry[];
  readonly health: ProviderHealthReport;
  readonly snapshot: ProviderSnapshot;
}

/** Availability and models as a host asks for them. Nothing is looked for, started or read until someone asks. */
export class AgentInventory implements ProviderInventory {
  readonly #deps: Deps;
  readonly #feed: SnapshotFeed;
  /** Made once for an answer and the custom models at its side; how fresh it is, is said each time. */
  readonly #catalogs = new WeakMap<RememberedAnswer, { readonly customModels: readonly CustomModelEntry[]; readonly catalog: ProviderModelCatalog }>();
  readonly #snapshots = new PlaceMemory<Made>();

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#feed = new SnapshotFeed(deps.identity);
    deps.catalog.watch((place, answer) => this.#publishAlone(place, answer));
    deps.customModels.watch(() => this.#remakeAll());
  }

  get changes(): AsyncIterable<ProviderSnapshot> {
    return this.#feed;
  }

  snapshot(place?: InventoryPlace): ProviderSnapshot {
    if (place === undefined) return this.#feed.current;
    return this.#snapshots.get(this.#placeOf(place))?.snapshot ?? this.#deps.identity;
  }

  async checkHealth(options?: InventoryOptions): Promise<ServerProviderStatus> {
    const { status } = await this.inspect(options);
    return status;
  }

  async inspect(options: InventoryOptions = {}): Promise<ProviderHealthReport> {
    const question = { ...this.#questionOf(options), thorough: true };
    try {
      return (await this.#publish(question, await this.#deps.catalog.ask(question))).health;
    } catch (error) {
      // A question that was called off is no verdict, so nobody else is told.
      return judgeHealth(this.#deps.dialect, { knowledge: { finding: { type: "failed", error: discoveryFailure(error) } }, configuredPath: question.binaryPath, checkedAt: this.#now() });
    }
  }

  async listModels(options: InventoryOptions = {}): Promise<ProviderModelCatalog> {
    const question = this.#questionOf(options);
    const answer = await this.#deps.catalog.ask(question);
    const { entries } = await this.#deps.customModels.offer();
    const last = this.#snapshots.latest;
    const isNew = answer.knowledge !== last?.answer.knowledge || entries !== last.customModels;
    if (isNew) await this.#publish(question, answer);
    const catalog = this.#catalogOf(answer, entries);
    if (catalog === undefined) throw answer.knowledge.failure?.error ?? discoveryFailure(undefined);
    return catalog;
  }

  /** Ends the stream of changes. */
  close(): void {
    this.#feed.close();
  }

  /** Nobody waits for it, so nobody could be told that it failed. */
  #publishAlone(place: AgentPlace, answer: CatalogAnswer): void {
    void this.#publish(place, answer).catch(() => undefined);
  }

  /** What everybody is told is of the configuration that was asked about last, and of no other. */
  async #publish(place: AgentPlace, answer: CatalogAnswer): Promise<Made> {
    const made = await this.#make(place, answer);
    this.#snapshots.keep(made.place, made);
    this.#feed.publish(made.snapshot);
    return made;
  }

  /** The custom models have changed, and they are the same everywhere. Nobody waits for it, so nobody could be told that it failed. */
  #remakeAll(): void {
    for (const old of this.#snapshots.all()) void this.#remake(old).catch(() => undefined);
  }

  /** What was learnt of the place meanwhile is not overwritten. */
  async #remake(old: Made): Promise<void> {
    const made = await this.#make(old.place, old.answer);
    if (this.#snapshots.get(old.place) !== old) return;
    this.#snapshots.replace(old.place, made);
    if (this.#snapshots.latest === made) this.#feed.publish(made.snapshot);
  }

  async #make(place: AgentPlace, answer: CatalogAnswer): Promise<Made> {
    const { dialect, customModels } = this.#deps;
    const { entries, problem } = await customModels.offer();
    const { knowledge } = answer;
    const health = judgeHealth(dialect, { knowledge, configuredPath: place.binaryPath, warnings: problem === undefined ? [] : [problem], checkedAt: this.#now() });
    const catalog = this.#catalogOf(answer, entries);
    const { binaryPath, agentDir, cwd, launchArguments } = place;
    const commands = knowledge.answer?.discovery.commands;
    const snapshot: ProviderSnapshot = { ...this.#deps.identity, health, ...(catalog === undefined ? {} : { catalog }), ...(commands === undefined ? {} : { commands }) };
    return { place: { binaryPath, agentDir, cwd, launchArguments }, answer, customModels: entries, health, snapshot };
  }

  #catalogOf({ knowledge, live }: CatalogAnswer, customModels: readonly CustomModelEntry[]): ProviderModelCatalog | undefined {
    const { answer } = knowledge;
    if (answer === undefined) return undefined;
    const freshness = freshnessOf(answer, { knowledge, live });
    const made = this.#catalogs.get(answer);
    if (made?.customModels === customModels) return { ...made.catalog, freshness };
    const catalog = providerCatalog({ discovery: answer.discovery, customModels, freshness });
    this.#catalogs.set(answer, { customModels, catalog });
    return catalog;
  }

  #questionOf({ refresh, signal, ...place }: InventoryOptions): CatalogQuestion {
    return { ...this.#placeOf(place), refresh, signal };
  }

  #placeOf({ binaryPath, agentDir, cwd, launchArguments }: InventoryPlace): AgentPlace {
    const { defaults } = this.#deps;
    return {
      binaryPath: binaryPath ?? defaults.binaryPath,
      agentDir: agentDir ?? defaults.agentDir,
      cwd,
      launchArguments: ownArgumentsOr(launchArguments, defaults.launchArguments),
    };
  }

  #now(): string {
    return new Date(this.#deps.clock.now()).toISOString();
  }
}

function freshnessOf({ readAt }: RememberedAnswer, { knowledge, live }: CatalogAnswer): ProviderCatalogFreshness {
  const { failure, stale } = knowledge;
  const problem = failure?.error;
  return {
    readAt: new Date(readAt).toISOString(),
    source: problem !== undefined ? "last-known-good" : live ? "live" : "remembered",
    ...(stale === true ? { stale } : {}),
    ...(problem === undefined ? {} : { problem: { code: problem.code, message: problem.message } }),
  };
}
