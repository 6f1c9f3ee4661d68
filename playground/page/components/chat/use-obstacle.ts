import { isLookedFor } from "../../state/selections.js";
import { usePlayground } from "../playground-context.js";

/** Why nothing can be sent now, in a sentence; `undefined` if it can. */
export function useObstacle(): string | undefined {
  const playground = usePlayground();
  const { instance } = playground.choices.picker.value;
  if (playground.world.value.hostId === undefined) return "Connecting to the playground's host…";
  if (playground.connection.value.status === "refused") return "Not connected.";
  if (playground.connection.value.status !== "open") return "Not connected: messages can be sent again once the host is back.";
  if (playground.sending.value !== undefined) return playground.thread.value?.session === "live" ? "Sending…" : "Starting the agent…";
  if (instance === undefined) return "There is no provider to send to.";
  if (isLookedFor(instance)) return `${instance.label} is being looked for…`;
  if (!instance.state.selectable) return `${instance.label} cannot be used: ${instance.state.message}`;
  return undefined;
}
