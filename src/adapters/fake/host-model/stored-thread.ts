import type { ProviderModelOptions, RuntimeMode } from "../../../ports/provider.js";
import type { SessionLifecycle } from "./session-lifecycle.js";

/** A thread as T3 has it in SQLite: all of it is JSON, and all that a user sees is made of it. */
export interface StoredThread {
  readonly threadId: string;
  readonly title: string | null;
  readonly project: T3Project;
  /** What the user chose for the next messages. */
  readonly model: string | null;
  readonly modelOptions: Readonly<Record<string, ProviderModelOptions | undefined>> | null;
  /** What the user chose; the session may still have another one. */
  readonly runtimeMode: RuntimeMode;
  readonly session: StoredSession | null;
  /** The turn that was active last: its activities are the work log. */
  readonly latestTurnId: string | null;
  readonly messages: readonly StoredMessage[];
  readonly activities: readonly StoredActivity[];
  readonly checkpoints: readonly StoredCheckpoint[];
  /** After how many turns the files of the project are as they were then. */
  readonly filesAtTurn: number;
}

export interface T3Project {
  readonly folder: string;
  /** Only such projects have checkpoints. */
  readonly git: boolean;
}

export interface StoredSession extends SessionLifecycle {
  readonly providerName: string;
  readonly runtimeMode: RuntimeMode;
  readonly updatedAt: string;
}

export interface StoredMessage {
  readonly messageId: string;
  readonly role: "user" | "assistant";
  readonly turnId: string | null;
  readonly text: string;
  readonly streaming: boolean;
  /** When its first text was stored: its place in the chat. */
  readonly createdAt: string;
}

export interface StoredActivity {
  /** The event's id. */
  readonly activityId: string;
  readonly kind: string;
  readonly tone: "info" | "tool" | "approval" | "error";
  readonly summary: string;
  readonly turnId: string | null;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly createdAt: string;
}

export interface StoredCheckpoint {
  readonly turnCount: number;
  readonly turnId: string;
  readonly status: "ready" | "error";
}
