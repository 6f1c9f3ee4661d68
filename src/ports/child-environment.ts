import type { DialectEnvironment } from "./agent-dialect.js";

/** Builds the environment of an agent's process by an explicit policy, never by handing on the host's whole environment. */
export interface ChildEnvironment {
  /**
   * The variables a child gets: the safe list every program needs (`PATH` and the home folder among them), what the dialect says
   * its agent reads, what the host's policy adds; then `set`, which wins.
   */
  build(request: { readonly dialect: DialectEnvironment; readonly set: Readonly<Record<string, string>> }): Readonly<Record<string, string>>;
}
