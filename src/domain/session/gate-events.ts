import type { AgentEvent } from "../../ports/agent-messages.js";
import { isSupervised } from "../supervision/approval-policy.js";
import { withoutGate, withoutVerdict, withVerdict } from "../supervision/supervision.js";
import { isToolOpen } from "../turn/tool-items.js";
import { answerHeld, heldQuestions, resolveApproval } from "./approval-answers.js";
import { andThen, stay, withCore } from "./step.js";
import type { SessionState, Step } from "./session-state.js";
import { endUngated } from "./ungated.js";

/** What an event says of the agent's gate, before anything else reads it. `undefined`: nothing. */
export function followGate(state: SessionState, event: AgentEvent): Step | undefined {
  const { supervision } = state.core;
  switch (event.type) {
    case "gate-announced":
      return stay(withCore(state, { supervision: { ...supervision, gatedSession: event.sessionId } }));
    case "gate-withdrawn":
      return stay(withCore(state, { supervision: withoutGate(supervision) }));
    case "tool-refused":
      return stay(withCore(state, { supervision: withVerdict(supervision, event.toolCallId, "cancel") }));
    case "tool-progressed":
      return mustAsk(state) && isRunning(state, event.toolCallId) && supervision.verdicts.get(event.toolCallId) !== "accept" ? endUngated(state) : undefined;
    case "tool-ended":
      return endCall(state, event);
    default:
      return undefined;
  }
}

/**
 * A tool that nobody asked about has run, or one that was not let through: what asks is not there, or is not what it was. A failure
 * proves that only where nobody asked, because a call that is kept from running fails too.
 */
function endCall(state: SessionState, { toolCallId, failed }: Extract<AgentEvent, { type: "tool-ended" }>): Step {
  const { open: approvals, verdicts } = state.core.supervision;
  const open = approvals.find(({ question }) => question.toolCallId === toolCallId);
  const verdict = verdicts.get(toolCallId);
  const held = heldQuestions(state).find((question) => question.toolCallId === toolCallId);
  const isProper = verdict === "accept" || (failed && (verdict !== undefined || open !== undefined || held !== undefined));
  if (mustAsk(state) && !isProper) return endUngated(state);
  // The agent did not wait for the user: something else has called the tool off.
  const closed = open !== undefined ? resolveApproval(state, open, "cancel") : held !== undefined ? answerHeld(state, held, "cancel") : stay(state);
  return andThen(closed, (next) => stay(forget(next, toolCallId)));
}

function forget(state: SessionState, toolCallId: string): SessionState {
  const { supervision } = state.core;
  return supervision.verdicts.has(toolCallId) ? withCore(state, { supervision: withoutVerdict(supervision, toolCallId) }) : state;
}

function mustAsk({ core }: SessionState): boolean {
  return isSupervised(core.identity.runtimeMode);
}

/** Late progress of a tool that has ended proves nothing. */
function isRunning({ phase }: SessionState, toolCallId: string): boolean {
  return "turn" in phase && isToolOpen(phase.turn.view.tools, toolCallId);
}
