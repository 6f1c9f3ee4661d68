import type { AgentRefusalReason } from "../../ports/agent-messages.js";
import { agentWords } from "./bounded-text.js";

/** Pi refuses in prose only; these are the beginnings that tell its reasons apart. */
const reasons: readonly (readonly [RegExp, AgentRefusalReason])[] = [
  [/^Unknown command:/, "unknown-command"],
  [/^Agent is already processing/, "busy"],
  [/^Cannot submit a prompt while compaction is in progress/, "busy"],
  [/^Wait for /, "busy"],
  [/^No API key (?:found )?for /, "not-authenticated"],
  [/^Authentication failed for /, "not-authenticated"],
  // Pi has no selected model only when it knows none that it could use; its own advice is to log in.
  [/^No models? (?:available|selected)/, "not-authenticated"],
  [/^Model not found:/, "unknown-model"],
];

/** Why Pi refused a command, as far as its words tell. */
export function refusalReason(error: string | undefined): AgentRefusalReason {
  return reasons.find(([beginning]) => beginning.test(error ?? ""))?.[1] ?? "other";
}

/** Pi's words as a person may read them; never blank. */
export function refusalWords(error: string | undefined): string {
  return agentWords(error ?? "") || "Pi gave no reason.";
}
