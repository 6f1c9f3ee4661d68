import * as v from "valibot";
import type { NativeRecord, ProviderRuntimeEvent } from "../../src/ports/index.js";
import type { InstanceSettings, InstanceState } from "../shared/protocol.js";
import { CommandError } from "./command-error.js";
import { Instance } from "./instance.js";
import type { InstanceDefinition } from "./instance-definition.js";
import type { Keeper } from "./keeper.js";

interface Deps {
  readonly definitions: readonly InstanceDefinition[];
  /** As they were kept; a text that holds nothing of ours counts as absent. */
  readonly keptSettings: string | undefined;
  readonly keeper: Keeper;
  readonly now: () => number;
  readonly onBegin: (instanceId: string) => void;
  readonly onEvent: (event: ProviderRuntimeEvent) => void;
  readonly onRecord: (record: NativeRecord) => void;
  readonly onChange: (instance: InstanceState) => void;
}

export const settingsFile = "instances.json";

const keptSettings = v.pipe(v.string(), v.parseJson(), v.record(v.string(), v.object({ binaryPath: v.string(), launchArguments: v.string() })));

/** All instances. They share nothing: what one of them costs or breaks is no other's. */
export class Instances {
  readonly #keeper: Keeper;
  readonly #instances: ReadonlyMap<string, Instance>;

  constructor({ definitions, keptSettings: kept, keeper, ...watchers }: Deps) {
    this.#keeper = keeper;
    const settings = readSettings(kept);
    this.#instances = new Map(
      definitions.map((definition) => [definition.instanceId, new Instance({ definition, settings: settings[definition.instanceId] ?? definition.settings, ...watchers })]),
    );
  }

  get states(): readonly InstanceState[] {
    return [...this.#instances.values()].map(({ state }) => state);
  }

  find(instanceId: string): Instance | undefined {
    return this.#instances.get(instanceId);
  }

  require(instanceId: string): Instance {
    const instance = this.#instances.get(instanceId);
    if (instance === undefined) throw new CommandError({ code: "instance-unknown", detail: "There is no such instance." });
    return instance;
  }

  /** One after the other would have each wait for the slowest. */
  look(): void {
    for (const instance of this.#instances.values()) void instance.look();
  }

  async configure(instanceId: string, settings: InstanceSettings): Promise<void> {
    const instance = this.require(instanceId);
    await instance.configure(settings);
    this.#keeper.keep(settingsFile, () => JSON.stringify(Object.fromEntries([...this.#instances].map(([id, one]) => [id, one.settings])), undefined, 2));
  }

  async dispose(): Promise<void> {
    await Promise.all([...this.#instances.values()].map((instance) => instance.dispose()));
  }
}

function readSettings(kept: string | undefined): Readonly<Record<string, InstanceSettings>> {
  const read = v.safeParse(keptSettings, kept);
  return read.success ? read.output : {};
}
