import type { AgentModelRef } from "../../ports/agent-messages.js";
import { ProviderError, type ProviderErrorInput } from "../../ports/errors.js";
import type { ModelChoiceInput, ProviderCapabilities, ProviderSendTurnInput, ProviderSessionStartInput, RollbackTarget } from "../../ports/provider.js";
import { readModelSlug } from "../inventory/model-slug.js";
import { ownChoice } from "../inventory/thinking-level-policy.js";
import { cutText } from "../turn/bounded-data.js";
import { readChosenModel, type ChoosingCall } from "./chosen-model.js";
import { own, type ModelWish } from "./model-wishes.js";
import type { Resume } from "./agent-launcher.js";
import { readResumeCursor, type ResumeCursor } from "./resume-cursor.js";
import type { StartRequest, WantedModel } from "./session-state.js";

/** Reads what a host asked for, before anything is touched. Every function here throws a `ProviderError` and nothing else. */

/** T3's own limits. */
const maxInputCharacters = 120_000;
const maxAttachments = 8;

/** More than a host lets its users type: agents report longer ones. */
const maxModelCharacters = 4_096;

const maxReferenceCharacters = 4_096;

const maxNameCharacters = 200;

export interface ReadStart {
  readonly request: Omit<StartRequest, "heal" | "chosen" | "remembered">;
  /** What the host asked for, and what its cursor remembers. */
  readonly wish: ModelWish;
  readonly remembered: WantedModel;
  /** The conversation that is to go on, whether or not something was said in it yet. */
  readonly conversation?: { readonly sessionId?: string; readonly sessionFile?: string };
  readonly cwd: string | undefined;
  readonly binaryPath: string | undefined;
  readonly agentDir: string | undefined;
  /** As the user typed them; judged where it is known whether these or the host's count. */
  readonly launchArguments: string | undefined;
}

/** Who is asked. */
export interface AskedProvider {
  readonly kind: string;
  readonly instanceId: string;
  readonly displayName: string;
  readonly capabilities: ProviderCapabilities;
}

export function readStart(input: ProviderSessionStartInput, provider: AskedProvider): ReadStart {
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
      detail: `${provider.displayName} cannot run in the mode "${cutText(input.runtimeMode, 100)}": ${whyNot(provider.capabilities)}.`,
      nextStep: `Use ${provider.capabilities.runtimeModes.join(" or ")}.`,
    });
  }
  const reading = readResumeCursor(input.resumeCursor, provider.kind);
  if (reading.type === "invalid") throw invalid(operation, { threadId: input.threadId, code: "invalid-cursor", detail: reading.detail, nextStep: "Start the thread anew." });
  const cursor = reading.type === "cursor" ? reading.cursor : undefined;
  const resume = cursor === undefined ? nativeResume(input, provider.kind) : cursorResume(cursor);
  const options = input.providerOptions?.[provider.kind];
  return {
    wish: readWish(input, { operation, threadId: input.threadId, provider: provider.kind, instanceId: provider.instanceId }),
    remembered: {
      ...(cursor?.model === undefined ? {} : rememberedModel(cursor.model)),
      ...(cursor?.thinkingLevel === undefined ? {} : { level: cursor.thinkingLevel }),
    },
    request: {
      ...(resume === undefined ? {} : { resume }),
      hasCursor: cursor !== undefined || resume !== undefined,
      turnMessages: cursor?.turnMessages ?? [],
      ...(cursor?.head === undefined ? {} : { head: cursor.head }),
    },
    ...(cursor === undefined && resume === undefined ? {} : { conversation: cursor === undefined ? { ...resume } : { sessionId: cursor.sessionId } }),
    cwd: text(input.cwd) ?? cursor?.cwd,
    binaryPath: text(options?.binaryPath),
    agentDir: text(options?.agentDir),
    launchArguments: options?.launchArguments,
  };
}

function cursorResume({ sessionFile, sessionId, provisional }: ResumeCursor): Resume | undefined {
  return sessionFile === undefined ? undefined : { sessionFile, sessionId, provisional: provisional === true };
}

/** A host's own reference to a conversation. It says nothing of the session in that file, so nothing can be compared with it. */
function nativeResume({ nativeThread, threadId }: ProviderSessionStartInput, provider: string): Resume | undefined {
  if (nativeThread === undefined || nativeThread === null) return undefined;
  const refuse = (detail: string): ProviderError => invalid("startSession", { threadId, code: "invalid-cursor", detail, nextStep: "Start the thread anew." });
  const { driver, nativeId } = nativeThread;
  if (driver !== undefined && driver !== provider) throw refuse(`The native reference belongs to the provider "${driver.slice(0, 100)}".`);
  const sessionFile = typeof nativeId === "string" ? text(nativeId) : undefined;
  if (sessionFile === undefined || sessionFile.length > maxReferenceCharacters) throw refuse("The native reference names no conversation.");
  return { sessionFile, provisional: false };
}

function whyNot({ runtimeModes }: ProviderCapabilities): string {
  return runtimeModes.includes("approval-required") ? "nothing here could keep what it promises" : "it asks for no approvals, and faking them would protect nobody";
}

export interface ReadSend {
  readonly text: string;
  readonly wish: ModelWish;
}

export function readSend(input: ProviderSendTurnInput, provider: AskedProvider): ReadSend {
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
  return { text: prompt, wish: readWish(input, { operation, threadId, provider: provider.kind, instanceId: provider.instanceId }) };
}

export function readRollbackTarget(threadId: string, target: RollbackTarget): RollbackTarget {
  const refuse = (detail: string): ProviderError => invalid("rollbackThread", { threadId, detail });
  if (typeof target === "number") {
    if (Number.isInteger(target) && target >= 1) return target;
    throw refuse(`A rollback takes a whole number of turns from 1 on, not ${target}.`);
  }
  if ("toStart" in target) return { toStart: true };
  const toTurn = readTurnReference(target.toTurn);
  if (toTurn === undefined) throw refuse("A rollback to a turn takes the agent's reference to it.");
  return { toTurn };
}

/** `undefined` for what cannot be one. */
export function readTurnReference(reference: string): string | undefined {
  return typeof reference === "string" ? text(reference) : undefined;
}

/** A name is one line; what is longer than any list shows is cut. */
export function readThreadName(threadId: string, name: string): string {
  const line = text(typeof name === "string" ? name.replaceAll(/\s+/g, " ") : undefined);
  if (line === undefined) throw invalid("nameThread", { threadId, detail: "The name is blank." });
  return cutText(line, maxNameCharacters);
}

/** The model and level that a host wishes for. */
export function readWish(input: ModelChoiceInput, call: ChoosingCall): ModelWish {
  const { model: slug, level: named } = readChosenModel(input, call);
  const level = named === ownChoice ? own : named;
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
