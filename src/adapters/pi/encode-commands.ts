import type { AgentCommand, AgentDialogAnswer, AgentImage } from "../../ports/agent-messages.js";
import { type AgentVersion, isAtLeast } from "../../ports/agent-version.js";
import type { RpcRecord } from "../../ports/rpc-transport.js";
import { commandNames, commandsSince } from "./command-names.js";

/** The record for a command, or nothing where this version of Pi lacks it or would write to the user's settings. */
export function encodeCommand(command: AgentCommand, version: AgentVersion): RpcRecord | undefined {
  const since = commandsSince[command.type];
  if (since !== undefined && !isAtLeast(version, since)) return undefined;
  return { type: commandNames[command.type], ...fieldsOf(command) };
}

export function encodeDialogAnswer(dialogId: string, answer: AgentDialogAnswer): RpcRecord {
  const record = { type: "extension_ui_response", id: dialogId };
  if (answer.type === "value") return { ...record, value: answer.value.toWellFormed() };
  if (answer.type === "confirmed") return { ...record, confirmed: answer.confirmed };
  return { ...record, cancelled: true };
}

function fieldsOf(command: AgentCommand): RpcRecord {
  switch (command.type) {
    case "set-model":
      return { provider: command.model.provider, modelId: command.model.id };
    case "set-thinking-level":
      return { level: command.level };
    case "prompt":
      return messageFields(command);
    case "steer":
      return { ...messageFields(command), streamingBehavior: "steer" };
    case "compact":
      return command.instructions === undefined ? {} : { customInstructions: command.instructions.toWellFormed() };
    case "fork":
      return { entryId: command.entryId };
    case "get-history":
      return command.since === undefined ? {} : { since: command.since };
    case "name-session":
      return { name: command.name.toWellFormed() };
    case "get-state":
    case "list-models":
    case "list-thinking-levels":
    case "list-commands":
    case "abort":
    case "clear-queue":
    case "get-stats":
    case "list-fork-points":
      break;
  }
  return {};
}

/** Half a surrogate pair, as a careless cut leaves it, would reach the model's provider, and strict ones refuse the request. */
function messageFields(command: { readonly text: string; readonly images: readonly AgentImage[] }): RpcRecord {
  const message = command.text.toWellFormed();
  if (command.images.length === 0) return { message };
  return { message, images: command.images.map((image) => ({ type: "image", data: image.base64, mimeType: image.mimeType })) };
}
