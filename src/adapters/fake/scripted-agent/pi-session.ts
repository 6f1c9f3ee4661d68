import type { RpcRecord } from "../../../ports/rpc-transport.js";
import type { LaunchFlags } from "./launch-flags.js";
import { clampedLevel, levelsOf, type PiModelRecord } from "./pi-models.js";
import type { PiRun } from "./pi-run.js";

/** The conversations that processes of one program have saved, by their files. */
export type SavedSessions = Map<string, readonly SessionEntry[]>;

export interface SessionEntry extends RpcRecord {
  readonly id: string;
  readonly message: RpcRecord;
}

/**
 * What a Pi knows of its session. It follows the records that a scenario emits, so that `get_state` tells the truth about them
 * unless a scenario pretends otherwise.
 */
export class PiSession {
  readonly run: PiRun;
  readonly models: readonly PiModelRecord[];
  /** Whether the gate asks before each tool call. */
  readonly isGated: boolean;
  readonly #launchedWith: LaunchFlags;
  readonly #saved: SavedSessions;
  #model: PiModelRecord | undefined;
  #thinkingLevel: string;
  #isCompacting = false;
  #queue: { readonly steering: readonly unknown[]; readonly followUp: readonly unknown[] } = { steering: [], followUp: [] };
  #pretended: RpcRecord = {};
  #entries: readonly SessionEntry[] = [];
  /** Each fork is a session of its own. */
  #forks = 0;

  constructor(options: { readonly flags: LaunchFlags; readonly models: readonly PiModelRecord[]; readonly run: PiRun; readonly saved: SavedSessions; readonly isGated: boolean }) {
    this.run = options.run;
    this.models = options.models;
    this.isGated = options.isGated;
    this.#launchedWith = options.flags;
    this.#saved = options.saved;
    this.#model = this.find(options.flags.model) ?? this.models[0];
    this.#thinkingLevel = clampedLevel(this.#model, options.flags.thinkingLevel ?? "medium");
  }

  /** Begins with what is in the conversation that this one is to be a copy of; `false` where there is none. */
  takeOver(): boolean {
    const { copiedFile } = this.#launchedWith;
    if (copiedFile === undefined) return true;
    const copied = this.#saved.get(copiedFile);
    if (copied !== undefined) this.#keep(copied);
    return copied !== undefined;
  }

  /** By `provider/model-id`. */
  find(slug: string | undefined): PiModelRecord | undefined {
    return this.models.find(({ provider, id }) => `${provider}/${id}` === slug);
  }

  setModel(model: PiModelRecord): void {
    this.#model = model;
    this.#thinkingLevel = clampedLevel(model, this.#thinkingLevel);
  }

  setThinkingLevel(level: string): void {
    this.#thinkingLevel = clampedLevel(this.#model, level);
  }

  get thinkingLevel(): string {
    return this.#thinkingLevel;
  }

  get levels(): readonly string[] {
    return levelsOf(this.#model);
  }

  get queue(): { readonly steering: readonly unknown[]; readonly followUp: readonly unknown[] } {
    return this.#queue;
  }

  get entries(): readonly SessionEntry[] {
    return this.#entries;
  }

  /** The messages that one can go back to. */
  get userEntries(): readonly SessionEntry[] {
    return this.#entries.filter(({ message }) => message.role === "user");
  }

  /** Forgets this message of the user and all that came after it. */
  fork(entry: SessionEntry): void {
    this.#forks += 1;
    this.#keep(this.#entries.slice(0, this.#entries.indexOf(entry)));
  }

  pretend(state: RpcRecord): void {
    this.#pretended = state;
  }

  state(): RpcRecord {
    const file = this.#sessionFile();
    return {
      model: this.#model ?? { id: "unknown", provider: "unknown", api: "unknown", contextWindow: 0 },
      thinkingLevel: this.#thinkingLevel,
      isStreaming: this.run.isStreaming,
      isCompacting: this.#isCompacting,
      steeringMode: "one-at-a-time",
      followUpMode: "one-at-a-time",
      ...(file !== undefined && { sessionFile: file }),
      sessionId: `${this.#launchedWith.copiedFile === undefined ? "scripted" : "scripted-copy"}-${this.#forks}`,
      autoCompactionEnabled: true,
      messageCount: this.#entries.length,
      pendingMessageCount: this.#queue.steering.length + this.#queue.followUp.length,
      ...this.#pretended,
    };
  }

  /** Takes note of a record that is being written. */
  follow(record: RpcRecord): void {
    switch (record.type) {
      case "agent_start":
        return this.run.start();
      case "agent_settled":
        return this.run.settle();
      case "tool_execution_start":
        return this.run.openTool(String(record.toolCallId), String(record.toolName));
      case "tool_execution_end":
        return this.run.closeTool(String(record.toolCallId));
      case "message_start":
        if (roleOf(record) === "assistant") this.run.openMessage();
        return;
      case "message_end":
        return this.#append(record);
      case "compaction_start":
        this.#isCompacting = true;
        return;
      case "compaction_end":
        this.#isCompacting = false;
        return;
      case "queue_update":
        this.#queue = { steering: listIn(record.steering), followUp: listIn(record.followUp) };
    }
  }

  #append(record: RpcRecord): void {
    if (roleOf(record) === "assistant") this.run.closeMessage();
    if (!isRecord(record.message)) return;
    const id = `entry-${this.#forks}-${this.#entries.length}`;
    const parentId = this.#entries.at(-1)?.id ?? null;
    this.#keep([...this.#entries, { type: "message", id, parentId, message: record.message }]);
  }

  #keep(entries: readonly SessionEntry[]): void {
    this.#entries = entries;
    const file = this.#sessionFile();
    if (file !== undefined && entries.length > 0) this.#saved.set(file, entries);
  }

  #sessionFile(): string | undefined {
    const { ephemeral, copiedFile } = this.#launchedWith;
    const { sessionFile = copiedFile?.replace(/\.jsonl$/, "-copy.jsonl") ?? "/sessions/scripted.jsonl" } = this.#launchedWith;
    if (ephemeral) return undefined;
    return this.#forks === 0 ? sessionFile : sessionFile.replace(/\.jsonl$/, `-${this.#forks}.jsonl`);
  }
}

function roleOf({ message }: RpcRecord): unknown {
  return isRecord(message) ? message.role : undefined;
}

function isRecord(value: unknown): value is RpcRecord {
  return typeof value === "object" && value !== null;
}

function listIn(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
