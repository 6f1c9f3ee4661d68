import type { AgentDialect } from "../../ports/agent-dialect.js";
import { ProviderError } from "../../ports/errors.js";
import type { ForkedThread, ForkThreadOptions } from "../../ports/provider.js";
import { cutOf, type ConversationCut } from "./conversation-cut.js";
import { forkRefused, messagesOf, type ConversationForks, type ForkedConversation } from "./conversation-forks.js";
import type { ResumeCursor } from "./resume-cursor.js";
import type { Session } from "./session.js";
import { readTurnReference, unsupported } from "./session-requests.js";
import { nativeThreadIn } from "./session-view.js";
import { maxCountedTurns, type TurnMessages } from "./turn-messages.js";

const operation = "forkThread";

/** From a live session to a conversation that begins as a copy of its own: what is to be copied, and how a host comes back to it. */
export async function forkThread(session: Session, { atTurn, signal }: ForkThreadOptions, deps: { readonly dialect: AgentDialect; readonly forks: ConversationForks }): Promise<ForkedThread> {
  const { dialect, forks } = deps;
  const { displayName, provider } = dialect;
  const { threadId } = session.view();
  if (dialect.canFork !== true || !session.has("get-history")) throw unsupported(operation, { threadId, detail: `${displayName} cannot copy a conversation.` });
  const turn = atTurn === undefined ? undefined : readTurnReference(atTurn);
  if (atTurn !== undefined && turn === undefined) throw new ProviderError({ kind: "validation", code: "invalid-input", operation, threadId, detail: "A copy up to a turn takes the agent's reference to it." });
  requireIdle(session);
  const history = await session.history();
  // What was read counts only if nothing had begun by then.
  requireIdle(session);
  const { cursor } = session;
  const points = messagesOf(history);
  if (cursor?.sessionFile === undefined || cursor.provisional === true || points.length === 0) throw forkRefused({ threadId, displayName, why: "nothing is kept of it yet" });
  const cut: ConversationCut = turn === undefined ? { type: "cut", left: session.turnMessages } : cutOf(session.turnMessages, { toTurn: turn }, points);
  if (cut.type === "impossible") throw forkRefused({ threadId, displayName, why: cut.reason });
  const { sessionFile, sessionId } = cursor;
  const copy = await forks.fork({ threadId, place: session.place, origin: { sessionFile, sessionId, provisional: false }, history, before: cut.entryId, signal });
  return { nativeThread: nativeThreadIn(copy.sessionFile, provider), resumeCursor: cursorOfCopy(cursor, { copy, left: cut.left }) };
}

/** The original's cursor knows model, level and folder. Where the host wants no references, it does not know where it stands. */
function cursorOfCopy({ head, turnMessages: _all, ...known }: ResumeCursor, { copy, left }: { readonly copy: ForkedConversation; readonly left: TurnMessages }): ResumeCursor {
  return {
    ...known,
    sessionFile: copy.sessionFile,
    sessionId: copy.sessionId,
    ...(left.length === 0 ? {} : { turnMessages: left.slice(-maxCountedTurns) }),
    ...(head === undefined || copy.head === undefined ? {} : { head: copy.head }),
  };
}

/** While the agent works, nobody could say what of it belongs to the copy. */
function requireIdle(session: Session): void {
  if (session.idle) return;
  const { threadId } = session.view();
  throw new ProviderError({ kind: "request", code: "busy", operation, threadId, detail: "The session is busy.", nextStep: "Wait until its turn has ended, or stop it." });
}
