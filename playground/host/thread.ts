import * as v from "valibot";
import type { ProviderRuntimeEvent, ProviderSession, RuntimeMode } from "../../src/ports/index.js";
import type { ThreadHistory, ThreadRow, UserMessage } from "../shared/protocol.js";
import { History, type HistoryEntry } from "./history.js";

export interface NewThread {
  readonly threadId: string;
  readonly instanceId: string;
  readonly runtimeMode: RuntimeMode;
  readonly cwd: string;
  readonly createdAt: string;
}

const untitled = "New thread";
const titleLength = 60;
/** More than anybody rolls back at once. */
const keptTurns = 500;

const isText = v.string();
const kept = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    version: v.literal(1),
    threadId: isText,
    title: isText,
    instanceId: isText,
    runtimeMode: v.custom<RuntimeMode>((mode) => typeof mode === "string"),
    cwd: isText,
    createdAt: isText,
    cursor: v.optional(v.unknown()),
    turns: v.array(isText),
    // Written by this file and by nobody else: what is in it is the provider's.
    entries: v.array(v.custom<HistoryEntry>((entry) => typeof entry === "object" && entry !== null)),
    truncated: v.boolean(),
  }),
);

/** One thread as the host knows it: what T3 would keep of it in its own store. */
export class Thread {
  readonly threadId: string;
  readonly instanceId: string;
  readonly cwd: string;
  readonly #createdAt: string;
  #title: string;
  #runtimeMode: RuntimeMode;
  #cursor: unknown;
  #turns: readonly string[];
  #activeTurnId: string | null = null;
  #lastError: string | null = null;
  #history: History;

  private constructor(parts: NewThread & { readonly title: string; readonly cursor: unknown; readonly turns: readonly string[]; readonly history: History }) {
    this.threadId = parts.threadId;
    this.instanceId = parts.instanceId;
    this.cwd = parts.cwd;
    this.#createdAt = parts.createdAt;
    this.#title = parts.title;
    this.#runtimeMode = parts.runtimeMode;
    this.#cursor = parts.cursor;
    this.#turns = parts.turns;
    this.#history = parts.history;
  }

  static begin(thread: NewThread): Thread {
    return new Thread({ ...thread, title: untitled, cursor: undefined, turns: [], history: new History() });
  }

  /** `undefined` for a text that holds no thread of ours. */
  static read(text: string): Thread | undefined {
    const read = v.safeParse(kept, text);
    if (!read.success) return undefined;
    const { entries, truncated, cursor, ...thread } = read.output;
    return new Thread({ ...thread, cursor, history: new History({ record: { entries, truncated } }) });
  }

  write(): string {
    const { threadId, instanceId, cwd } = this;
    const { entries, truncated } = this.#history.record;
    const thread = { threadId, title: this.#title, instanceId, runtimeMode: this.#runtimeMode, cwd, createdAt: this.#createdAt };
    return JSON.stringify({ version: 1, ...thread, cursor: this.#cursor, turns: this.#turns, entries, truncated });
  }

  get createdAt(): string {
    return this.#createdAt;
  }

  get cursor(): unknown {
    return this.#cursor;
  }

  get runtimeMode(): RuntimeMode {
    return this.#runtimeMode;
  }

  get activeTurnId(): string | null {
    return this.#activeTurnId;
  }

  get history(): ThreadHistory {
    return { threadId: this.threadId, ...this.#history.record };
  }

  row({ isLive, isStarting }: { readonly isLive: boolean; readonly isStarting: boolean }): ThreadRow {
    const { threadId, instanceId, cwd } = this;
    const session = isStarting ? "starting" : isLive ? "live" : this.#cursor === undefined ? "none" : "resumable";
    return {
      threadId,
      title: this.#title,
      instanceId,
      runtimeMode: this.#runtimeMode,
      cwd,
      session,
      // A turn that no process works on any more has no end to wait for.
      activeTurnId: isLive ? this.#activeTurnId : null,
      lastError: this.#lastError,
      createdAt: this.#createdAt,
    };
  }

  /** The first turn of the latest so many; `undefined` when there are fewer. */
  turnFromEnd(turns: number): string | undefined {
    return this.#turns.at(-turns);
  }

  takeMode(mode: RuntimeMode): void {
    this.#runtimeMode = mode;
  }

  takeError(words: string): void {
    this.#lastError = words;
  }

  /** What a call told or a provider lists: the newest cursor is the one to come back to. */
  takeSession({ resumeCursor }: Pick<ProviderSession, "resumeCursor">): void {
    if (resumeCursor !== undefined) this.#cursor = resumeCursor;
  }

  takeMessage(message: UserMessage): void {
    if (this.#title === untitled) this.#title = titleOf(message.text);
    this.#history.addMessage(message);
  }

  takeEvent(event: ProviderRuntimeEvent): void {
    this.#history.addEvent(event);
    switch (event.type) {
      case "session.started":
        this.takeSession({ resumeCursor: event.payload.resume });
        break;
      case "session.exited":
        this.#activeTurnId = null;
        // The conversation is lost for good: to try again with its cursor would fail again.
        if (event.payload.recoverable === false) this.#cursor = undefined;
        break;
      case "turn.started":
        if (event.turnId === undefined) break;
        this.#activeTurnId = event.turnId;
        this.#lastError = null;
        this.#turns = [...this.#turns, event.turnId].slice(-keptTurns);
        break;
      case "turn.completed":
        this.#activeTurnId = null;
        if (event.payload.state === "failed") this.#lastError = event.payload.errorMessage ?? "The turn failed.";
        break;
      case "runtime.error":
        this.#lastError = event.payload.message;
        break;
      default:
        break;
    }
  }

  /** The turns from this one on are gone. */
  cutFrom(turnId: string): void {
    const from = this.#turns.indexOf(turnId);
    if (from !== -1) this.#turns = this.#turns.slice(0, from);
    this.#history.cutFrom(turnId);
  }
}

function titleOf(text: string): string {
  const line = text.trim().split("\n", 1)[0] ?? "";
  const characters = Array.from(line);
  return characters.length <= titleLength ? line : `${characters.slice(0, titleLength - 1).join("")}…`;
}
