import { sessionEnded } from "./ending.js";
import { command, fail, stay, step, withCore } from "./step.js";
import type { CallId, SessionEffect, SessionInput, SessionState, Step } from "./session-state.js";

/** Calls that only read (the conversation, the agent's commands): they run beside whatever the session does, and change nothing. */

export function beginRead(state: SessionState, input: Extract<SessionInput, { type: "read" }>): Step {
  return step(withCore(state, { readers: [...state.core.readers, input.call] }), [
    command({ type: input.what === "history" ? "get-history" : "list-commands" }, { tag: { call: input.call }, deadlineMs: state.core.settings.requestMs }),
  ]);
}

/** Answers a reader; `undefined` when the reply is nobody's reading. */
export function answerReader(state: SessionState, reply: Extract<SessionInput, { type: "reply" }>): Step | undefined {
  const { call } = reply.tag;
  if (call === undefined || !state.core.readers.includes(call)) return undefined;
  return step(withCore(state, { readers: state.core.readers.filter((reader) => reader !== call) }), [resultOf(state, call, reply)]);
}

/** Readers do not outlive the process they ask. */
export function rejectReaders(state: SessionState): Step {
  if (state.core.readers.length === 0) return stay(state);
  return step(withCore(state, { readers: [] }), state.core.readers.map((call) => fail(call, sessionEnded(state, "read"))));
}

function resultOf(state: SessionState, call: CallId, reply: Extract<SessionInput, { type: "reply" }>): SessionEffect {
  if (reply.to === "get-history" && reply.outcome.type === "ok") return { type: "settle", call, result: { type: "history", entries: reply.outcome.value.entries } };
  if (reply.to === "list-commands" && reply.outcome.type === "ok") return { type: "settle", call, result: { type: "commands", commands: reply.outcome.value.commands } };
  const { displayName, threadId } = { ...state.core.identity };
  const detail = reply.outcome.type === "refused" ? reply.outcome.message : reply.outcome.type === "unanswered" ? reply.outcome.detail : "its answer cannot be read";
  return fail(call, {
    kind: "request",
    code: reply.outcome.type === "unanswered" ? "request-timeout" : "request-rejected",
    operation: "read",
    threadId,
    detail: `${displayName} did not tell it: ${detail}`,
  });
}
