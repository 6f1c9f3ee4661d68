import type { AgentApprovalQuestion, AgentVerdict } from "../../ports/agent-messages.js";
import type { ProviderApprovalDecision } from "../../ports/provider.js";
import { policyOf, type Policy } from "../supervision/approval-policy.js";
import { approvalResolved, grantOf, verdictOf, type OpenApproval } from "../supervision/approvals.js";
import { withVerdict } from "../supervision/supervision.js";
import { declineTool } from "../turn/tool-items.js";
import { andThen, emit, stay, step, warn, withCore, withPhase } from "./step.js";
import type { SessionCore, SessionState, Step } from "./session-state.js";

/** How the agent's questions about its tool calls are answered, whoever answers them. Each is answered once. */

/** What the user accepted once and for all, the mode lets through as well. */
export function requirementOf({ identity, supervision }: SessionCore, question: AgentApprovalQuestion): Policy {
  const granted = grantOf(question);
  return granted !== undefined && supervision.grants.includes(granted) ? "pass" : policyOf(identity.runtimeMode, question);
}

export function answerQuestion(state: SessionState, { questionId, toolCallId }: AgentApprovalQuestion, verdict: AgentVerdict): Step {
  return step(withCore(state, { supervision: withVerdict(state.core.supervision, toolCallId, verdict) }), [{ type: "answer-approval", questionId, verdict }]);
}

/** Where nobody can be asked, what would have to be asked does not run. */
export function answerAlone(state: SessionState, question: AgentApprovalQuestion): Step {
  if (requirementOf(state.core, question) === "pass") return answerQuestion(state, question, "accept");
  return andThen(answerQuestion(state, question, "cancel"), (answered) =>
    step(answered, [warn(`${state.core.identity.displayName} wanted to use a tool where nobody could be asked; it did not run.`)]),
  );
}

export function resolveApproval(state: SessionState, open: OpenApproval, decision: ProviderApprovalDecision): Step {
  const { supervision } = state.core;
  const closed = withCore(state, { supervision: { ...supervision, open: supervision.open.filter((other) => other !== open) } });
  return andThen(answerQuestion(closed, open.question, verdictOf(decision)), (answered) =>
    step(decision === "decline" ? withDeclinedTool(answered, open) : answered, [emit(approvalResolved(open, decision))]),
  );
}

/**
 * The turn is being interrupted, and nobody will decide any more. Told so before the abort, an agent would go on to the model with that,
 * so it is told afterwards: an abort is heeded while a question about a call is open.
 */
export function withdrawApprovals(state: SessionState): Step {
  const { supervision } = state.core;
  const { open } = supervision;
  const verdicts = new Map([...supervision.verdicts, ...open.map(({ question }) => [question.toolCallId, "cancel"] as const)]);
  const withdrawn = [...supervision.withdrawn, ...open.map(({ question }) => question.questionId)];
  return step(withCore(state, { supervision: { ...supervision, open: [], withdrawn, verdicts } }), open.map((approval) => emit(approvalResolved(approval, "cancel"))));
}

/** What was withdrawn is answered. */
export function answerWithdrawn(state: SessionState): Step {
  const { supervision } = state.core;
  if (supervision.withdrawn.length === 0) return stay(state);
  return step(
    withCore(state, { supervision: { ...supervision, withdrawn: [] } }),
    supervision.withdrawn.map((questionId) => ({ type: "answer-approval", questionId, verdict: "cancel" })),
  );
}

/** The turn is over, and with it every question about its calls. */
export function endApprovals(state: SessionState): Step {
  return andThen(withdrawApprovals(state), answerWithdrawn);
}

/** Accepts what waits and would not be asked any more. */
export function releaseCovered(state: SessionState): Step {
  const covered = state.core.supervision.open.filter(({ question }) => requirementOf(state.core, question) === "pass");
  const released = covered.reduce((earlier: Step, open) => andThen(earlier, (next) => resolveApproval(next, open, "accept")), stay(state));
  const held = heldQuestions(state).filter((question) => requirementOf(state.core, question) === "pass");
  return held.reduce((earlier, question) => andThen(earlier, (next) => answerHeld(next, question, "accept")), released);
}

/** Of a run about which the host has not decided yet. */
export function heldQuestions({ phase }: SessionState): readonly AgentApprovalQuestion[] {
  return phase.type === "holding" ? phase.held.filter((event) => event.type === "approval-asked") : [];
}

/** It is settled before the host has decided on its run, so nobody will be asked. */
export function answerHeld(state: SessionState, question: AgentApprovalQuestion, verdict: AgentVerdict): Step {
  const { phase } = state;
  const left = phase.type === "holding" ? withPhase(state, { ...phase, held: phase.held.filter((event) => event !== question) }) : state;
  return answerQuestion(left, question, verdict);
}

/** It is shown as declined when it ends, not as failed. */
function withDeclinedTool(state: SessionState, { question }: OpenApproval): SessionState {
  const { phase } = state;
  if (phase.type !== "running" && phase.type !== "aborting" && phase.type !== "settling") return state;
  const { turn } = phase;
  return withPhase(state, { ...phase, turn: { ...turn, view: { ...turn.view, tools: declineTool(turn.view.tools, question.toolCallId) } } });
}
