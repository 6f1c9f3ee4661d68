import { pendingApprovals, pendingQuestions, type PendingApproval, type PendingQuestion } from "./pending-prompts.js";
import type { StoredCheckpoint, StoredThread } from "./stored-thread.js";
import { workLog, type WorkLogRow } from "./work-log.js";

/** A thread as a user sees it. Reasoning is not on it: this generation of T3 shows none. */
export interface Screen {
  readonly title: string | null;
  /** `working`: with a stop button. `idle`: nothing is going on, whether or not a process waits. */
  readonly status: "idle" | "connecting" | "working" | "error";
  /** The words of the error banner. */
  readonly banner: string | null;
  /** What Enter does: only a `ready` composer sends a message. */
  readonly composer: "ready" | "sending" | "connecting" | "answering";
  /** In the order of the chat. */
  readonly messages: readonly Bubble[];
  /** Of the latest turn. */
  readonly workLog: readonly WorkLogRow[];
  readonly approvals: readonly PendingApproval[];
  readonly questions: readonly PendingQuestion[];
  readonly checkpoints: readonly StoredCheckpoint[];
  /** After how many turns the files are as they were then; with git only. */
  readonly filesAtTurn: number;
}

export interface Bubble {
  readonly from: "user" | "assistant";
  readonly text: string;
  readonly streaming: boolean;
}

/** What the web shows where an assistant's message is complete and has no text (host-contract D.2). */
export const emptyBubble = "(empty response)";

/** `sending`: the web has sent a message and waits for a sign of it, which only it knows. */
export function screenOf(thread: StoredThread, { sending }: { readonly sending: boolean }): Screen {
  const approvals = pendingApprovals(thread);
  const questions = pendingQuestions(thread);
  const status = statusOf(thread);
  return {
    title: thread.title,
    status,
    banner: thread.session?.lastError ?? null,
    composer: composerOf({ asks: questions.length > 0 || approvals.length > 0, status, sending }),
    messages: bubbles(thread),
    workLog: workLog(thread),
    approvals,
    questions,
    checkpoints: thread.checkpoints,
    filesAtTurn: thread.filesAtTurn,
  };
}

function statusOf({ session }: StoredThread): Screen["status"] {
  if (session?.status === "running") return "working";
  if (session?.status === "starting") return "connecting";
  return session?.status === "error" ? "error" : "idle";
}

function composerOf({ asks, status, sending }: { readonly asks: boolean; readonly status: Screen["status"]; readonly sending: boolean }): Screen["composer"] {
  if (asks) return "answering";
  if (sending) return "sending";
  return status === "connecting" ? "connecting" : "ready";
}

function bubbles({ messages }: StoredThread): readonly Bubble[] {
  const inOrder = messages.toSorted((a, b) => Number(a.createdAt > b.createdAt) - Number(a.createdAt < b.createdAt));
  return inOrder.map(({ role, text, streaming }) => ({ from: role, text: role === "assistant" && text === "" && !streaming ? emptyBubble : text, streaming }));
}
