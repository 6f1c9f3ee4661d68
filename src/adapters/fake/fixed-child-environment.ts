import type { DialectEnvironment } from "../../ports/agent-dialect.js";
import type { ChildEnvironment } from "../../ports/child-environment.js";

/** Inherits the same few variables whatever the host has, so that no test depends on the machine it runs on. */
export class FixedChildEnvironment implements ChildEnvironment {
  readonly #inherited: Readonly<Record<string, string>>;

  constructor(inherited: Readonly<Record<string, string>> = { PATH: "/bin", HOME: "/home/user" }) {
    this.#inherited = inherited;
  }

  build({ dialect, set }: { dialect: DialectEnvironment; set: Readonly<Record<string, string>> }): Readonly<Record<string, string>> {
    return { ...this.#inherited, ...dialect.fixed, ...set };
  }
}
