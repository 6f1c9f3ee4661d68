import type { AgentApprovalQuestion } from "../../ports/agent-messages.js";
import { isSupervised } from "../supervision/approval-policy.js";
import { approvalRequested, grantOf, openApproval, unknownApproval, type OpenApproval } from "../supervision/approvals.js";
import { answerQuestion, endApprovals, releaseCovered, requirementOf, resolveApproval } from "./approval-answers.js";
import { andThen, emit, fail, step, succeed, withCore, withPhase } from "./step.js";
import type { SessionEffect, SessionInput, SessionPhase, SessionState, Step } from "./session-state.js";
import { beginAbort } from "./turn-abort.js";
import { acceptTurn } from "./turn-begin.js";

/** The user's part in the agent's tool calls: asked, deciding, changing the mode. Nothing that the host awaits waits for it. */

type TurnPhase = Extract<SessionPhase, { type: "running" | "aborting" | "settling" }>;

/** A call of a turn, which has begun for the host when its user is asked. While it is being interrupted, nothing runs any more. */
export function askForApproval(state: SessionState, phase: TurnPhase, question: AgentApprovalQuestion): Step {
  if (phase.turn.interrupted) return answerQuestion(state, question, "cancel");
  const requestType = requirementOf(state.core, question);
  if (requestType === "pass") return answerQuestion(state, question, "accept");
  const begun = acceptTurn(state, phase.turn);
  const { identity, supervision } = begun.state.core;
  const count = supervision.count + 1;
  const open = openApproval(question, { sessionKey: identity.sessionKey, count, turnId: begun.turn.id, requestType });
  const asked = withCore(begun.state, { supervision: { ...supervision, count, open: [...supervision.open, open] } });
  return step(withPhase(asked, { ...phase, turn: begun.turn }), [...begun.effects, emit(approvalRequested(open))]);
}

export function decide(state: SessionState, { call, requestId, decision }: Extract<SessionInput, { type: "decide" }>): Step {
  const open = state.core.supervision.open.find((candidate) => candidate.requestId === requestId);
  if (open === undefined) return step(state, [fail(call, unknownApproval(state.core.identity.threadId))]);
  // With the turn go all its questions, this one among them.
  if (decision === "cancel") return andThen(step(state, [succeed(call)]), interruptTurn);
  return andThen(resolveApproval(state, open, decision), (resolved) => {
    const told = step(resolved, [succeed(call)]);
    return decision === "acceptForSession" ? andThen(told, (next) => releaseCovered(withGrant(next, open))) : told;
  });
}

/** From the very next tool call on; what waits for the user and need not any more goes on at once. */
export function changeMode(state: SessionState, { call, mode }: Extract<SessionInput, { type: "mode" }>): Step {
  // One that is being stopped is nobody's to go on with, whatever it still does.
  const changed = state.core.stopCalls.length === 0 && (!isSupervised(mode) || asks(state));
  const answered: SessionEffect = { type: "settle", call, result: { type: "mode", changed } };
  if (!changed) return step(state, [answered]);
  const moved = withCore(state, { identity: { ...state.core.identity, runtimeMode: mode } });
  const told = step(moved, [emit({ type: "session.configured", payload: { config: { runtimeMode: mode } } })]);
  return andThen(andThen(told, releaseCovered), (released) => step(released, [answered]));
}

/** A process that is being replaced is looked at before it gets its next prompt. */
function asks({ core, phase }: SessionState): boolean {
  return core.supervision.gatedSession !== undefined || phase.type === "stopping" || (phase.type === "preparing" && phase.step.type !== "selecting");
}

function withGrant(state: SessionState, { question }: OpenApproval): SessionState {
  const granted = grantOf(question);
  const { supervision } = state.core;
  return granted === undefined ? state : withCore(state, { supervision: { ...supervision, grants: [...supervision.grants, granted] } });
}

function interruptTurn(state: SessionState): Step {
  const { phase } = state;
  if (phase.type === "running") return beginAbort(state, phase.turn);
  return phase.type === "settling" && !phase.turn.interrupted ? beginAbort(state, phase.turn, phase.waiting) : endApprovals(state);
}
