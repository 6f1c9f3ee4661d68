import type { LaunchPlan, LaunchRequest } from "../../ports/agent-dialect.js";
import type { AgentModelRef } from "../../ports/agent-messages.js";
import { type AgentVersion, isAtLeast } from "../../ports/agent-version.js";
import { agentDirVariable } from "./environment.js";

/** Pi has its own MCP support since 1.0, and the flag that turns it off since this version. An unknown flag ends Pi. */
const noMcpSince: AgentVersion = { major: 1, minor: 0, patch: 4 };

/** Arguments and variables for one process. Extensions, skills, prompts, tools and project trust stay as the user set them, but for a one-shot. */
export function launch(request: LaunchRequest): LaunchPlan {
  return {
    args: ["--mode", "rpc", ...sessionArgs(request), ...companionArgs(request), ...modelArgs(request.model), ...thinkingArgs(request.thinkingLevel), ...(request.launchArguments ?? [])],
    environment: request.agentDir === undefined ? {} : { [agentDirVariable]: request.agentDir },
  };
}

/**
 * Discovery keeps extensions, skills and prompt templates on, because models and commands come from them, and writes no session.
 * MCP servers give tools only, so they are not started for it; of all that a session has, the built-in command `/mcp` is missing.
 */
function sessionArgs({ mode, sessionFile, version }: LaunchRequest): readonly string[] {
  const quiet = isAtLeast(version, noMcpSince) ? ["--no-mcp"] : [];
  if (mode === "discovery") return ["--no-session", ...quiet];
  if (mode === "one-shot") return ["--no-session", ...quiet, ...bare];
  if (mode === "fork") return [...(sessionFile === undefined ? [] : ["--fork", sessionFile]), ...quiet, ...bare];
  return sessionFile === undefined ? [] : ["--session", sessionFile];
}

/** Extensions that are named here run before all others, the first one first, and `--no-extensions` does not mean them. */
function companionArgs({ mode, companionFile }: LaunchRequest): readonly string[] {
  return mode === "session" && companionFile !== undefined ? ["--extension", companionFile] : [];
}

/** All older than the oldest Pi that is driven. */
const bare = ["--no-tools", "--no-extensions", "--no-skills", "--no-prompt-templates", "--no-context-files"];

/**
 * The one form that cannot be misread. `--model p/id` alone may also mean another provider's model of the id `p/id`, and with
 * `--provider p --model id` Pi strips a leading `p/` that belongs to the id. Said twice, the provider is fixed and exactly one
 * prefix is stripped. An id that exists wins over Pi's reading of `:high` at its end as a level; for one that does not exist
 * Pi takes a similar model or makes one up, so what it took must be read back.
 */
function modelArgs(model: AgentModelRef | undefined): readonly string[] {
  return model === undefined ? [] : ["--provider", model.provider, "--model", `${model.provider}/${model.id}`];
}

function thinkingArgs(level: string | undefined): readonly string[] {
  return level === undefined ? [] : ["--thinking", level];
}
