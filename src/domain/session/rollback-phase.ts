import type { AgentForkPoint } from "../../ports/agent-messages.js";
import type { ProviderErrorInput } from "../../ports/errors.js";
import { answerAlone } from "./approval-answers.js";
import { dismissDialog } from "./dialog-input.js";
import { cutOf } from "./conversation-cut.js";
import { beginStop, closeQuietly, sessionEnded } from "./ending.js";
import { andThen, command, emit, error, fail, stay, step, succeed, warn, withCore, withPhase } from "./step.js";
import { factsOf, type Rollback, type SessionEffect, type SessionInput, type SessionPhase, type SessionState, type Step } from "./session-state.js";
import { meetUnaskedRun } from "./unasked-run.js";

/**
 * Cutting the conversation back to before its latest turns: find the user message where the first of them began, have the agent fork
 * there, and read back which session it is in now, before anything else happens. A turn may hold several user messages (steering
 * adds some), so turns are counted by theirs.
 */

type RollingBack = Extract<SessionPhase, { type: "rolling-back" }>;

export function beginRollback(state: SessionState, input: Extract<SessionInput, { type: "rollback" }>): Step {
  const { call, target } = input;
  if (state.core.abilities?.commands.has("list-fork-points") !== true) {
    return step(state, [fail(call, refusal(state, { code: "not-supported", detail: "this version cannot do it" }))]);
  }
  return step(withPhase(state, { type: "rolling-back", rollback: { call, target, step: "find" } }), [
    command({ type: "list-fork-points" }, { deadlineMs: state.core.settings.requestMs }),
  ]);
}

export function reduceRollingBack(state: SessionState, phase: RollingBack, input: SessionInput): Step {
  const { rollback } = phase;
  switch (input.type) {
    case "reply":
      return reply(state, rollback, input);
    case "lost":
      return andThen(step(state, [fail(rollback.call, sessionEnded(state, "rollbackThread")), warn(input.detail), { type: "dispose", graceMs: 0 }]), closeQuietly);
    case "event":
      if (input.event.type === "approval-asked") return answerAlone(state, input.event);
      if (input.event.type === "dialog-opened") return dismissDialog(state, input.event);
      if (input.event.type !== "run-started") return stay(state);
      return andThen(step(withPhase(state, { type: "idle" }), [fail(rollback.call, refusal(state, { code: "busy", detail: "it had just begun to work by itself" }))]), (idle) => meetUnaskedRun(idle, input.event));
    case "stop":
      return andThen(step(state, [fail(rollback.call, sessionEnded(state, "rollbackThread"))]), (told) => beginStop(told, { type: "requested" }, input.call));
    case "interrupt":
      return step(state, [succeed(input.call)]);
    default:
      return stay(state);
  }
}

function reply(state: SessionState, rollback: Rollback, input: Extract<SessionInput, { type: "reply" }>): Step {
  if (rollback.step === "find" && input.to === "list-fork-points") {
    if (input.outcome.type !== "ok") return giveUp(state, rollback, reasonOf(input.outcome));
    return fork(state, rollback, input.outcome.value.points);
  }
  if (rollback.step === "fork" && input.to === "fork") {
    if (input.outcome.type === "refused") return giveUp(state, rollback, input.outcome.message);
    if (input.outcome.type === "ok" && input.outcome.value.cancelled) return giveUp(state, rollback, "an extension vetoed it");
    // Even an unanswered fork may have happened: which session the agent is in has to be read.
    return step(withPhase(state, { type: "rolling-back", rollback: { ...rollback, step: "refresh" } }), [command({ type: "get-state" }, { deadlineMs: state.core.settings.requestMs })]);
  }
  if (rollback.step === "refresh" && input.to === "get-state") {
    if (input.outcome.type !== "ok") return loseBinding(state, rollback);
    return conclude(state, rollback, factsOf(input.outcome.value));
  }
  return stay(state);
}

function fork(state: SessionState, rollback: Rollback, points: readonly AgentForkPoint[]): Step {
  const cut = cutOf(state.core.turnMessages, rollback.target, points);
  if (cut.type === "impossible") return giveUp(state, rollback, cut.reason);
  const found: Rollback = { ...rollback, left: cut.left };
  if (cut.entryId === undefined) return forget(withPhase(state, { type: "idle" }), found);
  return step(withPhase(state, { type: "rolling-back", rollback: { ...found, step: "fork" } }), [
    command({ type: "fork", entryId: cut.entryId }, { deadlineMs: state.core.settings.requestMs }),
  ]);
}

function conclude(state: SessionState, rollback: Rollback, facts: ReturnType<typeof factsOf>): Step {
  if (facts.sessionId === state.core.agent?.sessionId) return giveUp(state, rollback, "it stayed in the session it was in");
  return forget(withCore(withPhase(state, { type: "idle" }), { agent: facts, head: undefined }), rollback);
}

/** The turns are gone; the agent's new session is told, since it is the one to come back to. */
function forget(state: SessionState, rollback: Rollback): Step {
  const { agent, turnMessages } = state.core;
  const moved: readonly SessionEffect[] = agent === undefined ? [] : [emit({ type: "thread.started", payload: { providerThreadId: agent.sessionId } })];
  return step(withCore(state, { turnMessages: rollback.left ?? turnMessages }), [...moved, succeed(rollback.call)]);
}

/** The conversation stays as it was. */
function giveUp(state: SessionState, rollback: Rollback, reason: string): Step {
  return step(withPhase(state, { type: "idle" }), [fail(rollback.call, refusal(state, { code: "rollback-refused", detail: reason }))]);
}

/** Nobody knows which session the agent is in: it is ended, and the next message comes back to the one that is known. */
function loseBinding(state: SessionState, rollback: Rollback): Step {
  const detail = `${state.core.identity.displayName} did not say which session it is in after rolling back.`;
  return andThen(
    step(state, [
      fail(rollback.call, refusal(state, { code: "rollback-refused", detail: "it did not say which session it is in now" })),
      error(detail, { class: "provider_error" }),
      { type: "dispose", graceMs: state.core.settings.stopGraceMs },
    ]),
    closeQuietly,
  );
}

function reasonOf(outcome: { readonly type: "refused"; readonly message: string } | { readonly type: "unanswered"; readonly detail: string }): string {
  return outcome.type === "refused" ? outcome.message : outcome.detail;
}

function refusal(state: SessionState, why: { readonly code: "rollback-refused" | "not-supported" | "busy"; readonly detail: string }): ProviderErrorInput {
  return {
    kind: why.code === "not-supported" ? "unsupported" : "request",
    code: why.code,
    operation: "rollbackThread",
    threadId: state.core.identity.threadId,
    detail: `${state.core.identity.displayName} did not roll the conversation back: ${why.detail}.`,
  };
}
