import type { DialectVersions, ModelSwitchMode } from "../../ports/agent-dialect.js";
import { type AgentVersion, isAtLeast } from "../../ports/agent-version.js";
import { sessionScopedModelSince } from "./command-names.js";

/** Newest first; the package was renamed in 0.74. */
export const packageNames = ["@earendil-works/pi-coding-agent", "@mariozechner/pi-coding-agent"] as const;

const install = `npm install -g ${packageNames[0]}@latest`;

export const piVersions: DialectVersions = {
  // The first version with `agent_settled`, `get_entries` and the level `max`.
  floor: { major: 0, minor: 80, patch: 6 },
  tooOldAdvice: `On Node older than 22.19, npm installs Pi 0.74 or older without saying so. Upgrade Node to 22.19 or newer, then run: ${install}`,
  installAdvice: `Pi needs Node 22.19 or newer. Install it with: ${install}`,
  probeArgs: ["--version"],
};

/** Older versions would make the switched model the user's default, so there only a new process switches. */
export function modelSwitch(version: AgentVersion): ModelSwitchMode {
  return isAtLeast(version, sessionScopedModelSince) ? "command" : "relaunch";
}
