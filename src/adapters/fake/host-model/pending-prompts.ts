import type { UserInputQuestion } from "../../../ports/runtime-event.js";
import type { RequestKind } from "./activity-of-event.js";
import type { StoredActivity, StoredThread } from "./stored-thread.js";
import { inOrder } from "./work-log.js";

/** A card that asks the user to allow something. */
export interface PendingApproval {
  readonly requestId: string;
  readonly requestKind: RequestKind;
  readonly detail?: string;
}

/** Questions that stand where the composer is until they are answered: there is no way to close them. */
export interface PendingQuestion {
  readonly requestId: string;
  readonly questions: readonly UserInputQuestion[];
}

/** The words by which the web knows that an approval card is stale, case included (host-contract A.1). */
const staleApproval = "Unknown pending permission request";

/** Requests without a kind have no card. */
export function pendingApprovals(thread: StoredThread): readonly PendingApproval[] {
  return openOnes(thread, { opens: "approval.requested", closes: (activity) => activity.kind === "approval.resolved" || isStale(activity) }).flatMap(({ payload }) => {
    const { requestId, requestKind, detail } = payload as { readonly requestId: string; readonly requestKind?: RequestKind; readonly detail?: string };
    return requestKind === undefined ? [] : [{ requestId, requestKind, ...(detail === undefined ? {} : { detail }) }];
  });
}

/** Options without words are dropped, and questions without options (D.6, sequence 9). */
export function pendingQuestions(thread: StoredThread): readonly PendingQuestion[] {
  return openOnes(thread, { opens: "user-input.requested", closes: ({ kind }) => kind === "user-input.resolved" }).flatMap(({ payload }) => {
    const { requestId, questions } = payload as unknown as PendingQuestion;
    const shown = questions.map(withUsableOptions).filter(({ options }) => options.length > 0);
    return shown.length === 0 ? [] : [{ requestId, questions: shown }];
  });
}

function withUsableOptions(question: UserInputQuestion): UserInputQuestion {
  return { ...question, options: question.options.filter(({ label, description }) => label.trim() !== "" && description.trim() !== "") };
}

interface Pairing {
  readonly opens: string;
  readonly closes: (activity: StoredActivity) => boolean;
}

function openOnes({ activities }: StoredThread, { opens, closes }: Pairing): readonly StoredActivity[] {
  const open = new Map<unknown, StoredActivity>();
  for (const activity of inOrder(activities)) {
    const { requestId } = activity.payload;
    if (typeof requestId !== "string") continue;
    if (activity.kind === opens) open.set(requestId, activity);
    else if (closes(activity)) open.delete(requestId);
  }
  return [...open.values()];
}

function isStale({ kind, payload }: StoredActivity): boolean {
  return kind === "provider.approval.respond.failed" && String(payload["detail"]).includes(staleApproval);
}
