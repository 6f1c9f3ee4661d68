/** A released version of an agent. Pre-release and build parts are ignored: they never decide whether a feature is there. */
export interface AgentVersion {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
}

/** The first `x.y.z` in a text, e.g. in a program's `--version` output; `undefined` when there is none. */
export function parseAgentVersion(text: string): AgentVersion | undefined {
  const match = /(?:^|[^\d.])v?(\d{1,6})\.(\d{1,6})\.(\d{1,6})(?![\d.])/.exec(text);
  if (match === null) return undefined;
  return { major: Number(match[1]), minor: Number(match[2]), patch: Number(match[3]) };
}

/** Whether `version` is `floor` or newer. */
export function isAtLeast(version: AgentVersion, floor: AgentVersion): boolean {
  if (version.major !== floor.major) return version.major > floor.major;
  if (version.minor !== floor.minor) return version.minor > floor.minor;
  return version.patch >= floor.patch;
}

export function formatAgentVersion(version: AgentVersion): string {
  return `${version.major}.${version.minor}.${version.patch}`;
}
