import type { ContainerModule } from "inversify";
import type { Provider } from "../../src/app/index.js";
import type { InstanceSettings } from "../shared/protocol.js";

/** An instance as the playground is set up with it. */
export interface InstanceDefinition {
  readonly instanceId: string;
  /** What stands until somebody configures it. */
  readonly settings: InstanceSettings;
  /** Where its threads work. */
  readonly cwd: string;
  /** Whether its agent is the playground's own, which may be crashed, or the user's. */
  readonly isPlaything: boolean;
  /** A provider as a host makes it; `watch` goes last among its modules. Starts nothing. */
  create(input: { readonly settings: InstanceSettings; readonly watch: ContainerModule }): Provider;
}
