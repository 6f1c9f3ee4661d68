import type { AgentDialect } from "../../ports/agent-dialect.js";
import type { Clock } from "../../ports/clock.js";
import { ProviderError } from "../../ports/errors.js";
import type {
  InventoryOptions,
  ProviderCapabilities,
  ProviderHealthReport,
  ProviderInventory,
  ProviderModelCatalog,
  ProviderSnapshot,
  ServerProviderStatus,
} from "../../ports/provider.js";
import { abortable } from "../abortable.js";
import type { AgentDiscovery, Discovery } from "./agent-discovery.js";
import type { AgentInstallations } from "./agent-installation.js";
import { catalogOf } from "./model-catalog.js";
import { judgeHealth, type HealthEvidence } from "./provider-health.js";
import { SnapshotFeed } from "./snapshot-feed.js";

interface Deps {
  readonly dialect: AgentDialect;
  readonly installations: AgentInstallations;
  readonly discovery: AgentDiscovery;
  readonly clock: Clock;
  readonly capabilities: ProviderCapabilities;
  readonly defaultBinaryPath: string | undefined;
  readonly defaultAgentDir: string | undefined;
}

type Settled = InventoryOptions & { readonly binaryPath: string | undefined; readonly agentDir: string | undefined };

/** Availability and models, on demand: nothing is looked for, started or read until someone asks. */
export class AgentInventory implements ProviderInventory {
  readonly #deps: Deps;
  readonly #feed: SnapshotFeed;
  /** Discoveries under way, so that several who ask at once share one process. */
  readonly #running = new Map<string, Promise<Discovery>>();
  /** Searches under way, each with a program that may be asked for its version. */
  readonly #looking = new Set<Promise<unknown>>();
  readonly #disposal = new AbortController();

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#feed = new SnapshotFeed({ provider: deps.dialect.provider, displayName: deps.dialect.displayName, capabilities: deps.capabilities });
  }

  get changes(): AsyncIterable<ProviderSnapshot> {
    return this.#feed;
  }

  snapshot(): ProviderSnapshot {
    return this.#feed.current;
  }

  async checkHealth(options?: InventoryOptions): Promise<ServerProviderStatus> {
    const { status } = await this.inspect(options);
    return status;
  }

  async inspect(options: InventoryOptions = {}): Promise<ProviderHealthReport> {
    const settled = this.#settle(options);
    const finding = await this.#find(settled);
    const discovery = finding.type === "usable" ? await this.#discover(settled).catch(asProviderError) : undefined;
    const report = judgeHealth(this.#deps.dialect, {
      finding,
      ...(discovery === undefined ? {} : { discovery }),
      configuredPath: settled.binaryPath,
      checkedAt: this.#now(),
    });
    // A question that was called off is no verdict.
    const calledOff = settled.signal?.aborted === true || this.#disposal.signal.aborted;
    if (!calledOff) this.#feed.publish({ health: report });
    return report;
  }

  async listModels(options: InventoryOptions = {}): Promise<ProviderModelCatalog> {
    const catalog = catalogOf(await this.#discover(this.#settle(options)), this.#now());
    this.#feed.publish({ catalog });
    return catalog;
  }

  /** Resolves when no process of a discovery is left. */
  async dispose(): Promise<void> {
    this.#feed.close();
    this.#disposal.abort();
    await Promise.allSettled([...this.#running.values(), ...this.#looking]);
  }

  async #find(options: Settled): Promise<HealthEvidence["finding"]> {
    const looking = this.#deps.installations.find({ ...options, signal: this.#within(options.signal) });
    this.#looking.add(looking);
    try {
      return await looking;
    } catch (error) {
      return { type: "failed", error: asProviderError(error) };
    } finally {
      this.#looking.delete(looking);
    }
  }

  /** One process for all who ask for the same thing at the same time; a caller's own signal ends only its own waiting. */
  async #discover(options: Settled): Promise<Discovery> {
    const key = JSON.stringify([options.binaryPath ?? null, options.agentDir ?? null]);
    let running = this.#running.get(key);
    if (running === undefined) {
      running = this.#deps.discovery.run({ binaryPath: options.binaryPath, agentDir: options.agentDir, signal: this.#disposal.signal }).finally(() => this.#running.delete(key));
      this.#running.set(key, running);
    }
    return await abortable(running, { signal: options.signal, operation: "model discovery" });
  }

  #within(signal: AbortSignal | undefined): AbortSignal {
    return signal === undefined ? this.#disposal.signal : AbortSignal.any([signal, this.#disposal.signal]);
  }

  #settle(options: InventoryOptions): Settled {
    const { defaultBinaryPath, defaultAgentDir } = this.#deps;
    return { ...options, binaryPath: options.binaryPath ?? defaultBinaryPath, agentDir: options.agentDir ?? defaultAgentDir };
  }

  #now(): string {
    return new Date(this.#deps.clock.now()).toISOString();
  }
}

function asProviderError(error: unknown): ProviderError {
  if (ProviderError.is(error)) return error;
  return new ProviderError({ kind: "process", code: "start-failed", operation: "model discovery", detail: "The agent could not be asked for its models.", cause: error });
}
