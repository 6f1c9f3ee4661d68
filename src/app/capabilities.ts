import type { AgentDialect } from "../ports/agent-dialect.js";
import type { ProviderCapabilities } from "../ports/provider.js";

/** What is implemented, with this agent. A flag is turned on together with the tests that prove it, never before. */
export function capabilitiesOf(dialect: Pick<AgentDialect, "supervision" | "canFork">): ProviderCapabilities {
  return { ...everywhere, runtimeModes: dialect.supervision === undefined ? ["full-access"] : ["approval-required", "auto-accept-edits", "full-access"], fork: dialect.canFork === true };
}

const everywhere: Omit<ProviderCapabilities, "runtimeModes" | "fork"> = {
  sessionModelSwitch: "in-session",
  steering: true,
  userInput: true,
  attachments: ["image"],
  resume: true,
  readThread: true,
  rollback: true,
  commands: true,
  compaction: true,
  textGeneration: true,
};
