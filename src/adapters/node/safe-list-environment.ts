import type { ChildEnvironment } from "../../ports/child-environment.js";
import type { DialectEnvironment } from "../../ports/agent-dialect.js";
import { safeList } from "./safe-list.js";

export interface SafeListEnvironmentOptions {
  /** Default: the environment of this process. */
  readonly host?: Readonly<Record<string, string | undefined>>;
  readonly policy?: EnvironmentPolicy;
  /** Windows knows names in one case only. Default: this machine's. */
  readonly platform?: NodeJS.Platform;
}

export interface EnvironmentPolicy {
  /** `everything` hands on the host's whole environment, its secrets included. Default: `safe-list`. */
  readonly inherit?: "safe-list" | "everything";
  /** Names, and prefixes ending in `*`, inherited beside the safe list. */
  readonly names?: readonly string[];
  /** Variables of this configuration's own. They win over everything but what a call sets. */
  readonly set?: Readonly<Record<string, string>>;
}

/** Whether a variable of the host's is handed on. */
type NameRule = (name: string) => boolean;

/** Builds a child's environment from what the host has, by name. Read anew each time: hosts change their environment. */
export class SafeListEnvironment implements ChildEnvironment {
  readonly #host: Readonly<Record<string, string | undefined>>;
  readonly #policy: EnvironmentPolicy;
  readonly #fold: (name: string) => string;
  /** The rule for each dialect's names: they do not change, and a provider asks for an environment several times for each answer. */
  readonly #rules = new WeakMap<DialectEnvironment, NameRule>();

  constructor({ host = process.env, policy = {}, platform = process.platform }: SafeListEnvironmentOptions = {}) {
    this.#host = host;
    this.#policy = policy;
    this.#fold = platform === "win32" ? (name) => name.toUpperCase() : (name) => name;
  }

  build({ dialect, set }: { dialect: DialectEnvironment; set: Readonly<Record<string, string>> }): Readonly<Record<string, string>> {
    const { set: own = {} } = this.#policy;
    const isHandedOn = this.#rules.get(dialect) ?? this.#ruleFor(dialect);
    const inherited = Object.entries(this.#host).filter(([name]) => isHandedOn(name));
    return this.#merge([...inherited, ...Object.entries(dialect.fixed), ...Object.entries(own), ...Object.entries(set)]);
  }

  #ruleFor(dialect: DialectEnvironment): NameRule {
    const { inherit = "safe-list", names = [] } = this.#policy;
    const isInherited = inherit === "everything" ? () => true : this.#matcher([...safeList, ...dialect.inherited, ...names]);
    const isDropped = this.#matcher(dialect.dropped);
    const rule: NameRule = (name) => isInherited(name) && !isDropped(name);
    this.#rules.set(dialect, rule);
    return rule;
  }

  #matcher(patterns: readonly string[]): NameRule {
    const folded = patterns.map(this.#fold);
    const exact = new Set(folded.filter((pattern) => !pattern.endsWith("*")));
    const prefixes = folded.filter((pattern) => pattern.endsWith("*")).map((pattern) => pattern.slice(0, -1));
    return (name) => {
      const candidate = this.#fold(name);
      return exact.has(candidate) || prefixes.some((prefix) => candidate.startsWith(prefix));
    };
  }

  /** Of names that differ in nothing the platform sees, the last one stays: two of them would leave the choice to the system. */
  #merge(entries: readonly (readonly [name: string, value: string | undefined])[]): Readonly<Record<string, string>> {
    const merged = new Map<string, readonly [name: string, value: string]>();
    for (const [name, value] of entries) if (value !== undefined) merged.set(this.#fold(name), [name, value]);
    return Object.fromEntries(merged.values());
  }
}
