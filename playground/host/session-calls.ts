import type { ProviderSessionStartInput, RuntimeMode } from "../../src/ports/index.js";
import { CommandError } from "./command-error.js";
import type { Instance } from "./instance.js";
import type { Thread } from "./thread.js";

/** How the session of a thread is spoken of to its provider. */

export function startOf({ threadId, cwd, runtimeMode, cursor: resumeCursor }: Thread): ProviderSessionStartInput {
  return { threadId, cwd, runtimeMode, resumeCursor };
}

export function requireMode({ provider }: Instance, mode: RuntimeMode): void {
  const { runtimeModes } = provider.capabilities;
  if (runtimeModes.includes(mode)) return;
  const { displayName } = provider.snapshot();
  throw new CommandError({ code: "mode-unsupported", detail: `${displayName} does not offer this mode. It offers: ${runtimeModes.join(", ")}.` });
}

export function activeTurn({ provider }: Instance, threadId: string): string | undefined {
  return provider.listSessions().find((session) => session.threadId === threadId)?.activeTurnId;
}

/** A thread that nobody ever started is stopped already. */
export async function stop({ provider }: Instance, threadId: string): Promise<void> {
  try {
    await provider.stopSession(threadId);
  } catch (error) {
    if (provider.hasSession(threadId)) throw error;
  }
}

export async function crash(instance: Instance, threadId: string): Promise<void> {
  if (!instance.definition.isPlaything) throw new CommandError({ code: "not-ours", detail: "This agent is your own. The playground kills only agents of its own." });
  if (!(await instance.crash(threadId))) throw new CommandError({ code: "session-missing", detail: "This thread has no process to kill.", nextStep: "Send a message first." });
}
