import { isAtLeast, type AgentVersion } from "../../../ports/agent-version.js";
import type { RpcRecord } from "../../../ports/rpc-transport.js";
import { gateAnnounced, gateWithdrawn } from "./pi-gate.js";
import type { PiSession } from "./pi-session.js";

/** What Pi answers: data (absent where it has none) or a refusal, and events that come before the reply. */
export type ProperReply =
  | { readonly data?: unknown; readonly announce?: readonly RpcRecord[] }
  | { readonly error: string };

interface Question {
  readonly command: RpcRecord;
  readonly session: PiSession;
  readonly version: AgentVersion;
}

/** When Pi learnt a command, for those it did not always know. */
const introduced: ReadonlyMap<string, AgentVersion> = new Map([
  ["get_available_thinking_levels", { major: 0, minor: 81, patch: 0 }],
  ["clear_queue", { major: 0, minor: 84, patch: 4 }],
]);
const dispositionIntroduced: AgentVersion = { major: 0, minor: 99, patch: 0 };

/** Carries out a command as Pi does and tells its answer. */
export function properReply(question: Question): ProperReply {
  const name = String(question.command.type);
  const answer = Object.hasOwn(answers, name) ? answers[name] : undefined;
  const since = introduced.get(name);
  if (answer === undefined || (since !== undefined && !isAtLeast(question.version, since))) return { error: `Unknown command: ${name}` };
  return answer(question);
}

const answers: Readonly<Record<string, (question: Question) => ProperReply>> = {
  get_state: ({ session }) => ({ data: session.state() }),
  get_available_models: ({ session }) => ({ data: { models: session.models } }),
  get_available_thinking_levels: ({ session }) => ({ data: { levels: session.levels } }),
  get_commands: () => ({ data: { commands: [{ name: "ping", description: "Answers without a run", source: "extension" }] } }),
  set_model: ({ command, session }) => {
    const slug = `${String(command.provider)}/${String(command.modelId)}`;
    const model = session.find(slug);
    if (model === undefined) return { error: `Model not found: ${slug}` };
    return withLevelChange(session, () => {
      session.setModel(model);
      return model;
    });
  },
  set_thinking_level: ({ command, session }) =>
    withLevelChange(session, () => {
      session.setThinkingLevel(String(command.level));
    }),
  prompt: ({ command, session, version }) => {
    const isQueued = session.run.isStreaming;
    if (isQueued && command.streamingBehavior === undefined) {
      return { error: "Agent is already processing. Specify streamingBehavior ('steer' or 'followUp') to queue the message." };
    }
    const { steering, followUp } = session.queue;
    return {
      ...(isAtLeast(version, dispositionIntroduced) && { data: { disposition: isQueued ? "queued" : "started" } }),
      ...(isQueued && { announce: [{ type: "queue_update", steering: [...steering, command.message], followUp }] }),
    };
  },
  abort: () => ({}),
  clear_queue: ({ session }) => ({ data: session.queue, announce: [{ type: "queue_update", steering: [], followUp: [] }] }),
  compact: () => ({
    data: { summary: "A summary.", firstKeptEntryId: "entry-0-0", tokensBefore: 1200, estimatedTokensAfter: 300, details: {} },
    announce: [
      { type: "compaction_start", reason: "manual" },
      { type: "compaction_end", reason: "manual", result: { tokensBefore: 1200, estimatedTokensAfter: 300 }, aborted: false, willRetry: false },
    ],
  }),
  get_session_stats: ({ session }) => ({
    data: {
      sessionId: session.state().sessionId,
      totalMessages: session.entries.length,
      tokens: { input: 100, output: 20, cacheRead: 0, cacheWrite: 0, total: 120 },
      cost: 0,
      contextUsage: { tokens: 120, contextWindow: 128_000, percent: 0.09 },
    },
  }),
  get_fork_messages: ({ session }) => ({
    data: { messages: session.userEntries.map(({ id, message }) => ({ entryId: id, text: textOf(message) })) },
  }),
  fork: ({ command, session }) => {
    const entry = session.userEntries.find(({ id }) => id === command.entryId);
    if (entry === undefined) return { error: "Invalid entry ID for forking" };
    session.fork(entry);
    const announce = session.isGated ? [gateWithdrawn, gateAnnounced(String(session.state().sessionId))] : [];
    return { data: { text: textOf(entry.message), cancelled: false }, announce };
  },
  get_entries: ({ command, session }) => {
    const { entries } = session;
    const since = command.since === undefined ? 0 : entries.findIndex(({ id }) => id === command.since) + 1;
    if (command.since !== undefined && since === 0) return { error: "Entry not found" };
    return { data: { entries: entries.slice(since), leafId: entries.at(-1)?.id ?? null } };
  },
  set_session_name: ({ command }) => {
    const name = typeof command.name === "string" ? command.name.trim() : "";
    return name === "" ? { error: "Session name cannot be empty" } : { announce: [{ type: "session_info_changed", name }] };
  },
};

function withLevelChange(session: PiSession, change: () => unknown): ProperReply {
  const before = session.thinkingLevel;
  const data = change();
  return {
    ...(data !== undefined && { data }),
    ...(session.thinkingLevel !== before && { announce: [{ type: "thinking_level_changed", level: session.thinkingLevel }] }),
  };
}

function textOf({ content }: RpcRecord): string {
  if (!Array.isArray(content)) return String(content);
  return content.map((block: unknown) => (typeof block === "object" && block !== null && "text" in block ? String(block.text) : "")).join("");
}
