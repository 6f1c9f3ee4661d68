import "reflect-metadata";
import { Container, type ContainerModule } from "inversify";
import { coreModule } from "./core-module.js";
import { services } from "./identifiers.js";
import { machineDefaults, nodeModule } from "./node-module.js";
import { piModule } from "./pi-module.js";
import type { Provider } from "./provider-facade.js";
import type { ProviderOptions } from "./provider-options.js";

export interface ProviderContainerOptions extends ProviderOptions {
  /** Loaded after ours: a host replaces a port by unbinding and binding its identifier. */
  readonly modules?: readonly ContainerModule[] | undefined;
}

/**
 * A container with the provider, its ports and Pi's dialect. Nothing is located, started or read by making it.
 *
 * Dispose of it with `await container.unbindAllAsync()`, or of its provider with `Symbol.asyncDispose`; both end every process.
 */
export function createProviderContainer(options: ProviderContainerOptions = {}): Container {
  const { modules = [], ...settings } = options;
  const container = new Container();
  container.bind(services.options).toConstantValue({ ...machineDefaults(), ...withoutUndefined(settings) });
  container.load(nodeModule, piModule, coreModule, ...modules);
  return container;
}

/** The provider alone, for a host without a container of its own. */
export function createPiProvider(options: ProviderContainerOptions = {}): Provider {
  return createProviderContainer(options).get(services.provider);
}

function withoutUndefined(options: ProviderOptions): ProviderOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
