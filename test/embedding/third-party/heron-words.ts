import type { AgentEvent, AgentMessageEnded, AgentModel, AgentReplies, RpcRecord } from "../../../src/ports/index.js";

/** How Heron's records are read. A field that is not as it should be is a {@link Misread}; `misread` turns it into an answer. */
class Misread extends Error {}

export function misread<T, U>(read: () => T, otherwise: U): T | U {
  try {
    return read();
  } catch (error) {
    if (error instanceof Misread) return otherwise;
    throw error;
  }
}

export function isRecord(value: unknown): value is RpcRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function recordIn(record: RpcRecord, key: string): RpcRecord {
  const value = record[key];
  if (isRecord(value)) return value;
  throw new Misread(key);
}

export function textIn(record: RpcRecord, key: string): string {
  const value = record[key];
  if (typeof value === "string") return value;
  throw new Misread(key);
}

function numberIn(record: RpcRecord, key: string): number {
  const value = record[key];
  if (typeof value === "number") return value;
  throw new Misread(key);
}

function recordsIn(record: RpcRecord, key: string): readonly RpcRecord[] {
  const value: unknown = record[key];
  if (Array.isArray(value) && value.every((entry) => isRecord(entry))) return value;
  throw new Misread(key);
}

function textsIn(record: RpcRecord, key: string): readonly string[] {
  const value: unknown = record[key];
  if (Array.isArray(value) && value.every((entry) => typeof entry === "string")) return value;
  throw new Misread(key);
}

/** What a call gives when it succeeds. A verb that Heron lacks is never called, so there is nothing to read. */
export const heronGives: { readonly [T in keyof AgentReplies]?: (gives: RpcRecord) => AgentReplies[T] } = {
  "get-state": (gives) => ({
    model: { provider: textIn(gives, "maker"), id: textIn(gives, "model") },
    ...(gives.depth === undefined ? {} : { thinkingLevel: textIn(gives, "depth") }),
    sessionId: textIn(gives, "talk"),
    ...(gives.file === undefined ? {} : { sessionFile: textIn(gives, "file") }),
    streaming: textIn(gives, "mood") === "working",
    compacting: false,
    queued: numberIn(gives, "pending"),
    messageCount: numberIn(gives, "lines"),
  }),
  "list-models": (gives) => {
    const makers = recordIn(gives, "makers");
    return { models: Object.keys(makers).flatMap((maker) => recordsIn(makers, maker).map((model) => modelOf(maker, model))), rejected: 0 };
  },
  "list-commands": (gives) => ({
    commands: Object.keys(recordIn(gives, "habits")).map((name) => ({ name, description: textIn(recordIn(gives, "habits"), name), source: "other" })),
  }),
  "set-model": () => ({}),
  "set-thinking-level": () => null,
  prompt: (gives) => ({ disposition: textIn(gives, "as") === "run" ? "started" : "handled" }),
  steer: (gives) => ({ disposition: textIn(gives, "as") === "run" ? "started" : "queued" }),
  abort: () => null,
  "clear-queue": (gives) => ({ cleared: numberIn(gives, "forgotten") }),
  "list-fork-points": (gives) => ({
    points: recordsIn(gives, "lines").flatMap((line) => (line.by === "you" ? [{ entryId: String(numberIn(line, "nr")), text: textIn(line, "words") }] : [])),
  }),
  fork: () => ({ cancelled: false }),
  "get-history": (gives) => ({
    entries: recordsIn(gives, "lines").map((line) => ({ id: String(numberIn(line, "nr")), role: line.by === "you" ? "user" : "assistant", text: textIn(line, "words") })),
  }),
};

function modelOf(maker: string, model: RpcRecord): AgentModel {
  const thinkingLevels = textsIn(model, "depths");
  return {
    provider: maker,
    id: textIn(model, "model"),
    name: textIn(model, "title"),
    input: model.sees === true ? ["text", "image"] : ["text"],
    reasoning: thinkingLevels.length > 0,
    thinkingLevels,
  };
}

/** What a sign means. */
export const heronSigns: Readonly<Record<string, (sign: RpcRecord) => AgentEvent>> = {
  wakes: () => ({ type: "run-started" }),
  hears: (sign) => ({ type: "message-ended", role: "user", text: [{ block: 0, text: textIn(sign, "words") }], reasoning: [], stopReason: "stop" }),
  begins: () => ({ type: "message-started", role: "assistant" }),
  muses: (sign) => ({ type: "reasoning-delta", block: 0, delta: textIn(sign, "words") }),
  says: (sign) => ({ type: "text-delta", block: 1, delta: textIn(sign, "words") }),
  said: messageOf,
  lifts: (sign) => ({ type: "tool-started", toolCallId: textIn(sign, "stone"), toolName: textIn(sign, "tool"), kind: "command", input: recordIn(sign, "input") }),
  drops: (sign) => ({ type: "tool-ended", toolCallId: textIn(sign, "stone"), toolName: textIn(sign, "tool"), failed: sign.isClumsy === true, output: textIn(sign, "result") }),
  wonders: (sign) => ({ type: "dialog-opened", dialogId: textIn(sign, "riddle"), method: "select", title: textIn(sign, "words"), options: textsIn(sign, "choices") }),
  stumbles: (sign) => ({ type: "retry-started", attempt: numberIn(sign, "attempt"), maxAttempts: numberIn(sign, "of"), delayMs: 0, errorMessage: textIn(sign, "cause") }),
  recovers: () => ({ type: "retry-ended", success: true }),
  rests: (sign) => ({ type: "run-ended", willRetry: sign.isTerminal !== true }),
};

const ends: Readonly<Record<string, AgentMessageEnded["stopReason"]>> = { calm: "stop", startled: "error", hushed: "aborted" };

function messageOf(sign: RpcRecord): AgentMessageEnded {
  const words = textIn(sign, "words");
  return {
    type: "message-ended",
    role: "assistant",
    text: words === "" ? [] : [{ block: 1, text: words }],
    reasoning: sign.mused === undefined ? [] : [{ block: 0, text: textIn(sign, "mused") }],
    stopReason: ends[textIn(sign, "end")] ?? "other",
    ...(sign.cause === undefined ? {} : { errorMessage: textIn(sign, "cause") }),
  };
}
