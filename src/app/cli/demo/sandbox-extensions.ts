import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { AgentSandbox } from "../../../adapters/fake/agent-sandbox.js";
import type { Act } from "./act.js";

/** Puts the extensions of the acts where Pi looks for its user's own. */
export async function installExtensions({ agentDir }: Pick<AgentSandbox, "agentDir">, acts: readonly Act[]): Promise<void> {
  const folder = join(agentDir, "extensions");
  await mkdir(folder, { recursive: true });
  for (const [name, source] of acts.flatMap(({ extensions = {} }) => Object.entries(extensions))) await writeFile(join(folder, name), source);
}
