import type { AgentModelRef } from "../../ports/agent-messages.js";
import { ProviderError, type ProviderErrorInput } from "../../ports/errors.js";
import type { ProviderCapabilities, ProviderModelOptions, ProviderSendTurnInput, ProviderSessionStartInput } from "../../ports/provider.js";
import { readModelSlug } from "../inventory/model-slug.js";
import { ownChoice, thinkingOptionId } from "../inventory/thinking-level-policy.js";
import { own, type ModelWish } from "./model-wishes.js";
import { readResumeCursor } from "./resume-cursor.js";
import type { StartRequest, WantedModel } from "./session-state.js";

/** Reads what a host asked for, before anything is touched. Every function here throws a `ProviderError` and nothing else. */

/** T3's own limits. */
const maxInputCharacters = 120_000;
const maxAttachments = 8;

/** More than a host lets its users type: agents report longer ones. */
const maxModelCharacters = 4_096;

export interface ReadStart {
  readonly request: Omit<StartRequest, "heal" | "chosen" | "remembered">;
  /** What the host asked for, and what its cursor remembers. */
  readonly wish: ModelWish;
  readonly remembered: WantedModel;
  readonly cwd: string | undefined;
  readonly binaryPath: string | undefined;
  readonly agentDir: string | undefined;
  /** As the user typed them; judged where it is known whether these or the host's count. */
  readonly launchArguments: string | undefined;
}

export function readStart(input: ProviderSessionStartInput, provider: { readonly kind: string; readonly displayName: string; readonly capabilities: ProviderCapabilities }): ReadStart {
  const operation = "startSession";
  if (input.threadId.trim() === "") throw invalid(operation, { detail: "The thread id is blank." });
  if (input.provider !== undefined && input.provider !== provider.kind) {
    throw invalid(operation, { threadId: input.threadId, detail: `This is the provider "${provider.kind}", not "${input.provider}".` });
  }
  if (!provider.capabilities.runtimeModes.includes(input.runtimeMode)) {
    throw new ProviderError({
      kind: "unsupported",
      code: "not-supported",
      operation,
      threadId: input.threadId,
      detail: `${provider.displayName} cannot run in the mode "${input.runtimeMode}": it asks for no approvals, and faking them would protect nobody.`,
      nextStep: `Use ${provider.capabilities.runtimeModes.join(" or ")}.`,
    });
  }
  const reading = readResumeCursor(input.resumeCursor, provider.kind);
  if (reading.type === "invalid") throw invalid(operation, { threadId: input.threadId, code: "invalid-cursor", detail: reading.detail, nextStep: "Start the thread anew." });
  const cursor = reading.type === "cursor" ? reading.cursor : undefined;
  const options = input.providerOptions?.[provider.kind];
  return {
    wish: readWish(input, { operation, threadId: input.threadId, provider: provider.kind }),
    remembered: {
      ...(cursor?.model === undefined ? {} : rememberedModel(cursor.model)),
      ...(cursor?.thinkingLevel === undefined ? {} : { level: cursor.thinkingLevel }),
    },
    request: {
      ...(cursor?.sessionFile === undefined ? {} : { resume: { sessionFile: cursor.sessionFile, sessionId: cursor.sessionId, provisional: cursor.provisional === true } }),
      hasCursor: cursor !== undefined,
      turnMessages: cursor?.turnMessages ?? [],
    },
    cwd: text(input.cwd) ?? cursor?.cwd,
    binaryPath: text(options?.binaryPath),
    agentDir: text(options?.agentDir),
    launchArguments: options?.launchArguments,
  };
}

export interface ReadSend {
  readonly text: string;
  readonly wish: ModelWish;
}

export function readSend(input: ProviderSendTurnInput, provider: { readonly kind: string; readonly displayName: string; readonly capabilities: ProviderCapabilities }): ReadSend {
  const operation = "sendTurn";
  const { threadId } = input;
  const prompt = input.input?.trim() ?? "";
  const attachments = input.attachments ?? [];
  if (prompt === "" && attachments.length === 0) throw invalid(operation, { threadId, detail: "The message is empty." });
  if (prompt.length > maxInputCharacters) throw invalid(operation, { threadId, detail: `The message has ${prompt.length} characters; ${maxInputCharacters} are allowed.` });
  if (attachments.length > maxAttachments) throw invalid(operation, { threadId, detail: `The message has ${attachments.length} attachments; ${maxAttachments} are allowed.` });
  if (attachments.length > 0 && !provider.capabilities.attachments.includes("image")) throw unsupported(operation, { threadId, detail: "Images cannot be sent yet." });
  if (input.interactionMode === "plan") {
    throw unsupported(operation, { threadId, detail: `${provider.displayName} has no plan mode.` });
  }
  return { text: prompt, wish: readWish(input, { operation, threadId, provider: provider.kind }) };
}

/** The model and level that a host wishes for. */
export function readWish(
  input: { readonly model?: string | undefined; readonly modelOptions?: Readonly<Record<string, ProviderModelOptions | undefined>> | undefined },
  call: { readonly operation: string; readonly threadId?: string; readonly provider: string },
): ModelWish {
  const named = text(input.modelOptions?.[call.provider]?.[thinkingOptionId]);
  const level = named === ownChoice ? own : named;
  const slug = text(input.model);
  if (slug === undefined) return level === undefined ? {} : { level };
  const model = slug === ownChoice ? own : readModel(slug, call);
  return { model, ...(level === undefined ? {} : { level }) };
}

function readModel(slug: string, { operation, threadId }: { readonly operation: string; readonly threadId?: string }): AgentModelRef {
  const reading = readModelSlug(slug, maxModelCharacters);
  if (reading.type === "invalid") throw invalid(operation, { ...(threadId === undefined ? {} : { threadId }), code: "invalid-model", detail: reading.fault, nextStep: reading.nextStep });
  return reading.model;
}

function rememberedModel(slug: string): WantedModel {
  const reading = readModelSlug(slug, maxModelCharacters);
  return reading.type === "model" ? { model: reading.model } : {};
}

/** Blank counts as absent. */
function text(value: string | undefined): string | undefined {
  const trimmed = value?.trim();
  return trimmed === undefined || trimmed === "" ? undefined : trimmed;
}

export function unsupported(operation: string, rest: { readonly detail: string; readonly threadId?: string }): ProviderError {
  return new ProviderError({ kind: "unsupported", code: "not-supported", operation, ...rest });
}

function invalid(operation: string, rest: Pick<ProviderErrorInput, "detail"> & Partial<Pick<ProviderErrorInput, "code" | "threadId" | "nextStep">>): ProviderError {
  return new ProviderError({ kind: "validation", code: "invalid-input", operation, ...rest });
}
