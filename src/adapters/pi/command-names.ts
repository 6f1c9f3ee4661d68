import type { AgentCommandType } from "../../ports/agent-messages.js";
import type { AgentVersion } from "../../ports/agent-version.js";

/** What Pi calls each command. Its reply repeats the name. */
export const commandNames: Readonly<Record<AgentCommandType, string>> = {
  "get-state": "get_state",
  "list-models": "get_available_models",
  "list-thinking-levels": "get_available_thinking_levels",
  "list-commands": "get_commands",
  "set-model": "set_model",
  "set-thinking-level": "set_thinking_level",
  prompt: "prompt",
  // Pi's own `steer` would leave the text queued when the run has just settled; a prompt that may steer starts a run then.
  steer: "prompt",
  abort: "abort",
  "clear-queue": "clear_queue",
  compact: "compact",
  "get-stats": "get_session_stats",
  // Pi's own `get_fork_messages` tells those of abandoned branches too, and none that has only images.
  "list-fork-points": "get_entries",
  fork: "fork",
  "get-history": "get_entries",
  "name-session": "set_session_name",
};

/**
 * From this version on, switching model or level stays in the session. Before, it also writes the default into the user's
 * settings file.
 */
export const sessionScopedModelSince: AgentVersion = { major: 0, minor: 84, patch: 4 };

/** The first version in which a command exists, or is free of side effects, where that is later than the supported floor. */
export const commandsSince: Readonly<Partial<Record<AgentCommandType, AgentVersion>>> = {
  "list-thinking-levels": { major: 0, minor: 81, patch: 0 },
  "clear-queue": { major: 0, minor: 84, patch: 4 },
  "set-model": sessionScopedModelSince,
  "set-thinking-level": sessionScopedModelSince,
};
