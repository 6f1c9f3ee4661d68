import * as v from "valibot";
import type { AgentCommandType, AgentReplies, AgentReply, AgentSessionStats, AgentState, PromptDisposition } from "../../ports/agent-messages.js";
import type { RpcRecord } from "../../ports/rpc-transport.js";
import { commandNames } from "./command-names.js";
import { activeBranch, forkPoints } from "./history.js";
import { modelListOf, usableModelRef } from "./models.js";
import { refusalReason, refusalWords } from "./refusals.js";
import * as wire from "./wire.js";

/** Reads what a command's success carries; `undefined` when it cannot be read. */
type Reader<T extends AgentCommandType> = (data: unknown) => AgentReplies[T] | undefined;

const readers: { readonly [T in AgentCommandType]: Reader<T> } = {
  "get-state": reading(wire.State, stateOf),
  "list-models": reading(wire.Models, ({ models }) => modelListOf(models)),
  "list-thinking-levels": reading(wire.Levels, ({ levels }) => ({ levels })),
  "list-commands": reading(wire.Commands, ({ commands }) => ({ commands: readable(wire.CommandInfo, commands).map(commandOf) })),
  "set-model": (data) => {
    const parsed = v.safeParse(wire.ModelRef, data);
    return parsed.success ? { model: parsed.output } : {};
  },
  "set-thinking-level": () => null,
  prompt: (data) => ({ disposition: dispositionOf(data) }),
  steer: (data) => ({ disposition: dispositionOf(data) }),
  abort: () => null,
  "clear-queue": reading(wire.QueueUpdate, ({ steering, followUp }) => ({ cleared: steering.length + followUp.length })),
  compact: reading(wire.CompactionResult, ({ tokensBefore, estimatedTokensAfter }) => ({
    ...(tokensBefore !== undefined && { tokensBefore }),
    ...(estimatedTokensAfter !== undefined && { tokensAfter: estimatedTokensAfter }),
  })),
  "get-stats": reading(wire.Stats, statsOf),
  "list-fork-points": reading(wire.Entries, (data) => ({ points: forkPoints(data) })),
  fork: reading(wire.Fork, ({ cancelled }) => ({ cancelled })),
  "get-history": reading(wire.Entries, (data) => ({ entries: activeBranch(data), ...(data.leafId !== null && { head: data.leafId }) })),
  "name-session": () => null,
};

/** Reads the reply to a command. Never throws. */
export function decodeReply<T extends AgentCommandType>(type: T, record: RpcRecord): AgentReply<T> {
  const parsed = v.safeParse(wire.Response, record);
  if (!parsed.success) return { type: "malformed" };
  const { command, success, error, data } = parsed.output;
  if (!success) return { type: "refused", message: refusalWords(error), reason: refusalReason(error) };
  if (command !== commandNames[type]) return { type: "malformed" };
  const value = readers[type](data);
  return value === undefined ? { type: "malformed" } : { type: "ok", value };
}

function reading<S extends v.GenericSchema, R>(schema: S, toValue: (data: v.InferOutput<S>) => R): (data: unknown) => R | undefined {
  return (data) => {
    const parsed = v.safeParse(schema, data);
    return parsed.success ? toValue(parsed.output) : undefined;
  };
}

/** The entries that can be read; one that cannot costs itself only. */
function readable<S extends v.GenericSchema>(schema: S, entries: readonly unknown[]): v.InferOutput<S>[] {
  return entries.flatMap((entry) => {
    const parsed = v.safeParse(schema, entry);
    return parsed.success ? [parsed.output] : [];
  });
}

/** Told since 0.99; before that, nobody knows. */
function dispositionOf(data: unknown): PromptDisposition {
  const parsed = v.safeParse(wire.Disposition, data);
  return parsed.success ? parsed.output.disposition : "unknown";
}

function stateOf(state: v.InferOutput<typeof wire.State>): AgentState {
  const model = usableModelRef(state.model);
  return {
    ...(model !== undefined && { model }),
    ...(state.thinkingLevel !== undefined && { thinkingLevel: state.thinkingLevel }),
    sessionId: state.sessionId,
    ...(state.sessionFile !== undefined && { sessionFile: state.sessionFile }),
    streaming: state.isStreaming,
    compacting: state.isCompacting,
    queued: state.pendingMessageCount,
    messageCount: state.messageCount,
  };
}

function commandOf({ name, description, source }: v.InferOutput<typeof wire.CommandInfo>): AgentReplies["list-commands"]["commands"][number] {
  return { name, ...(description !== undefined && { description }), source };
}

function statsOf({ tokens, cost, contextUsage }: v.InferOutput<typeof wire.Stats>): AgentSessionStats {
  return {
    totals: {
      inputTokens: tokens.input,
      outputTokens: tokens.output,
      cacheReadTokens: tokens.cacheRead,
      cacheWriteTokens: tokens.cacheWrite,
      totalTokens: tokens.total,
      costUsd: cost,
    },
    ...(contextUsage !== undefined && {
      context: { ...(contextUsage.tokens !== null && { usedTokens: contextUsage.tokens }), windowTokens: contextUsage.contextWindow },
    }),
  };
}
