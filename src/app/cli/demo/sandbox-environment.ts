import { ContainerModule } from "inversify";
import { SafeListEnvironment } from "../../../adapters/node/safe-list-environment.js";
import type { DialectEnvironment } from "../../../ports/agent-dialect.js";
import type { ChildEnvironment } from "../../../ports/child-environment.js";
import { ports } from "../../identifiers.js";

/** Keeps what the user has set up for Pi, credentials above all, out of a sandbox, and Pi itself off the network. */
class SandboxEnvironment implements ChildEnvironment {
  readonly #own: ChildEnvironment;
  readonly #sandbox: Readonly<Record<string, string>>;

  constructor({ host, sandbox }: { readonly host: Readonly<Record<string, string | undefined>>; readonly sandbox: Readonly<Record<string, string>> }) {
    this.#own = new SafeListEnvironment({ host });
    this.#sandbox = sandbox;
  }

  build({ dialect, set }: { readonly dialect: DialectEnvironment; readonly set: Readonly<Record<string, string>> }): Readonly<Record<string, string>> {
    return this.#own.build({ dialect: { ...dialect, inherited: [] }, set: { ...this.#sandbox, ...set } });
  }
}

/** A host replaces a port like this: by a module of its own. */
export function sandboxEnvironmentModule(variables: ConstructorParameters<typeof SandboxEnvironment>[0]): ContainerModule {
  return new ContainerModule(({ bind, unbind }) => {
    unbind(ports.childEnvironment);
    bind(ports.childEnvironment).toConstantValue(new SandboxEnvironment(variables));
  });
}
