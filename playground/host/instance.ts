import { serverProviderOf, type Provider } from "../../src/app/index.js";
import type { NativeRecord, ProviderRuntimeEvent } from "../../src/ports/index.js";
import type { CustomModelRow, InstanceSettings, InstanceState } from "../shared/protocol.js";
import { AgentWatch } from "./agent-watch.js";
import type { InstanceDefinition } from "./instance-definition.js";
import { Lane } from "./lane.js";

export interface InstanceOptions {
  readonly definition: InstanceDefinition;
  readonly settings: InstanceSettings;
  readonly now: () => number;
  /** A provider was made: what it tells is a stream of its own. */
  readonly onBegin: (instanceId: string) => void;
  readonly onEvent: (event: ProviderRuntimeEvent) => void;
  readonly onRecord: (record: NativeRecord) => void;
  /** Something that the picker or the settings show is new. */
  readonly onChange: (state: InstanceState) => void;
}

/** A provider with its settings: it is made anew when these change, and ends all of its processes before. */
export class Instance {
  readonly definition: InstanceDefinition;
  readonly #options: InstanceOptions;
  readonly #lane = new Lane();
  #settings: InstanceSettings;
  #life: Life;
  #checks = 0;
  #customModels: readonly CustomModelRow[] = [];
  #told = "";
  #looked: Promise<void> | undefined;

  constructor(options: InstanceOptions) {
    this.#options = options;
    this.definition = options.definition;
    this.#settings = options.settings;
    this.#life = this.#begin();
  }

  get provider(): Provider {
    return this.#life.provider;
  }

  get settings(): InstanceSettings {
    return this.#settings;
  }

  get state(): InstanceState {
    const snapshot = this.provider.snapshot();
    const { nextStep } = snapshot.health ?? {};
    return {
      server: serverProviderOf({ snapshot, madeAt: new Date(this.#options.now()).toISOString() }),
      settings: this.#settings,
      customModels: this.#customModels,
      checking: this.#checks > 0,
      ...(nextStep === undefined ? {} : { nextStep }),
    };
  }

  /** Looks for the agent and asks it, once: nobody pays for an instance before somebody wants to see it. */
  look(): Promise<void> {
    this.#looked ??= this.#check({ refresh: false });
    return this.#looked;
  }

  /** Asks the agent again, whatever is remembered. */
  async refresh(): Promise<void> {
    await this.#check({ refresh: true });
  }

  /** Ends the provider and makes another one with these settings. One after the other, whoever asks. */
  async configure(settings: InstanceSettings): Promise<void> {
    await this.#lane.run(async () => {
      await this.#end();
      this.#settings = settings;
      this.#life = this.#begin();
      this.#customModels = [];
    });
    this.#looked = this.#check({ refresh: false });
    await this.#looked;
  }

  async addCustomModel({ slug, allowUnverified }: { readonly slug: string; readonly allowUnverified: boolean }): Promise<void> {
    await this.#during(async ({ customModels }) => {
      await customModels.add(slug, { allowUnverified });
    });
  }

  async removeCustomModel(slug: string): Promise<void> {
    await this.#during(({ customModels }) => customModels.remove(slug));
  }

  /** A process waits for the thread that was just opened, so that its first message starts at once. */
  warmUp(): void {
    void this.provider.listModels({ cwd: this.definition.cwd }).catch(() => undefined);
  }

  crash(threadId: string): Promise<boolean> {
    return this.#life.watch.crash(threadId);
  }

  /** Resolves when no process is left and every event is told. */
  async dispose(): Promise<void> {
    await this.#lane.run(() => this.#end());
  }

  #begin(): Life {
    const watch = new AgentWatch({ onRecord: this.#options.onRecord });
    this.#options.onBegin(this.definition.instanceId);
    const provider = this.definition.create({ settings: this.#settings, watch: watch.module });
    return { provider, watch, ended: Promise.all([this.#tellEvents(provider), this.#tellChanges(provider)]) };
  }

  async #end(): Promise<void> {
    const { provider, ended } = this.#life;
    await provider[Symbol.asyncDispose]();
    await ended;
  }

  async #tellEvents({ events }: Provider): Promise<void> {
    for await (const event of events) this.#options.onEvent(event);
  }

  async #tellChanges({ changes }: Provider): Promise<void> {
    for await (const _snapshot of changes) this.#tell();
  }

  async #check({ refresh }: { readonly refresh: boolean }): Promise<void> {
    await this.#during(async (provider) => {
      await provider.inspect({ refresh });
      if (refresh) await this.#recheckCustomModels(provider);
    });
  }

  /** Shows that the agent is being asked, and afterwards what it said. */
  async #during(ask: (provider: Provider) => Promise<void>): Promise<void> {
    const { provider } = this;
    this.#checks += 1;
    this.#tell();
    try {
      await ask(provider);
    } finally {
      await this.#readCustomModels(provider);
      this.#checks -= 1;
      this.#tell();
    }
  }

  async #readCustomModels(provider: Provider): Promise<void> {
    // What a check has said stands until the next one; the entries themselves tell only whether the agent ever took them.
    const known = new Map(this.#customModels.filter(({ verdict }) => verdict !== "accepted").map((row) => [row.slug, row]));
    const entries = await provider.customModels.list().catch(() => []);
    if (provider !== this.provider) return;
    this.#customModels = entries.map(({ slug, verified }) => (verified ? { slug, verdict: "accepted" } : (known.get(slug) ?? { slug, verdict: "unverified" })));
  }

  async #recheckCustomModels(provider: Provider): Promise<void> {
    if ((await provider.customModels.list().catch(() => [])).length === 0) return;
    const verdicts = await provider.customModels.check().catch(() => []);
    if (provider !== this.provider) return;
    this.#customModels = verdicts.flatMap(({ slug, verdict, detail }): readonly CustomModelRow[] => {
      if (verdict === "discovered") return [];
      return [{ slug, verdict: verdict === "unknown" ? "unverified" : verdict, ...(detail === undefined ? {} : { detail }) }];
    });
  }

  #tell(): void {
    const { state } = this;
    const { checkedAt: _always, ...server } = state.server;
    const told = JSON.stringify({ ...state, server });
    if (told === this.#told) return;
    this.#told = told;
    this.#options.onChange(state);
  }
}

interface Life {
  readonly provider: Provider;
  readonly watch: AgentWatch;
  /** When its events and changes have come to their end. */
  readonly ended: Promise<unknown>;
}
