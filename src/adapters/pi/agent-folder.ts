import { join } from "node:path";
import type { SessionFilesPlace } from "../../ports/agent-dialect.js";
import { agentDirVariable, defaultAgentDir } from "./environment.js";

/** Pi's own folder, as Pi finds it: where the host says, else the environment (an empty variable says nothing), else at home. */
export function agentFolder({ agentDir, environment }: SessionFilesPlace): string {
  const path = agentDir ?? environment[agentDirVariable] ?? "";
  return path === "" ? join(homeOf(environment), ...defaultAgentDir) : withHome({ path, environment });
}

/** Pi takes a leading `~` for the home folder wherever a path is set. */
export function withHome({ path, environment }: Pick<SessionFilesPlace, "environment"> & { readonly path: string }): string {
  return path === "~" || path.startsWith("~/") ? join(homeOf(environment), path.slice(2)) : path;
}

function homeOf(environment: SessionFilesPlace["environment"]): string {
  return environment["HOME"] ?? environment["USERPROFILE"] ?? "";
}
