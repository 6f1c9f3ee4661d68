import { piHandledPrompt } from "../../src/adapters/fake/scripted-agent/pi-turns.js";
import type { PiDialog, Script } from "../../src/adapters/fake/scripted-agent/scenario.js";
import type { ProviderRuntimeEvent } from "../../src/ports/runtime-event.js";
import type { HostileProvider } from "../failures/hostile-provider.js";

/** Questions of an agent in memory, and what it is answered. */

/** A version that says itself that a command has handled the prompt: no time passes until that is clear. */
export const version = "1.0.3";

export const colour: PiDialog = { id: "d1", method: "select", title: "Which colour?", options: ["Red", "Blue"] };
export const certain: PiDialog = { id: "d2", method: "confirm", title: "Certain?", message: "There is no way back." };

/** An agent's command that asks and is done when it is answered. */
export function asking(...dialogs: readonly PiDialog[]): Script {
  return [...dialogs.map((ask) => ({ ask })), ...piHandledPrompt];
}

/** The question that was shown as this one, counted from 1. */
export async function asked(host: HostileProvider, count = 1): Promise<Extract<ProviderRuntimeEvent, { type: "user-input.requested" }> & { readonly requestId: string }> {
  await host.rest();
  const event = host.log.of("user-input.requested")[count - 1];
  if (event?.requestId === undefined) throw new Error(`${host.log.of("user-input.requested").length} questions were shown.`);
  return { ...event, requestId: event.requestId };
}

/** What the agent was answered, oldest first. */
export function answers(host: HostileProvider): readonly unknown[] {
  return host.received("extension_ui_response").map(({ type: _type, ...answer }) => answer);
}
