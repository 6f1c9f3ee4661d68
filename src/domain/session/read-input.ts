import { sessionEnded } from "./ending.js";
import { command, fail, stay, step, succeed, withCore } from "./step.js";
import type { CallId, SessionEffect, SessionInput, SessionState, Step } from "./session-state.js";

/** Calls that only read (the conversation, the agent's commands): they run beside whatever the session does, and change nothing. */

export function beginRead(state: SessionState, input: Extract<SessionInput, { type: "read" }>): Step {
  return step(withCore(state, { readers: [...state.core.readers, input.call] }), [
    command({ type: input.what === "history" ? "get-history" : "list-commands" }, { tag: { call: input.call }, deadlineMs: state.core.settings.requestMs }),
  ]);
}

/** A name is given beside the turns, as reading is done: it changes nothing that they depend on. */
export function beginNaming(state: SessionState, input: Extract<SessionInput, { type: "name" }>): Step {
  return step(withCore(state, { readers: [...state.core.readers, input.call] }), [
    command({ type: "name-session", name: input.name }, { tag: { call: input.call }, deadlineMs: state.core.settings.requestMs }),
  ]);
}

/** Answers a reader; `undefined` when the reply is nobody's reading. */
export function answerReader(state: SessionState, reply: Extract<SessionInput, { type: "reply" }>): Step | undefined {
  const { call } = reply.tag;
  if (call === undefined || !state.core.readers.includes(call)) return undefined;
  const readers = state.core.readers.filter((reader) => reader !== call);
  return step(withCore(state, { readers, ...headOf(state, reply) }), [resultOf(state, call, reply)]);
}

/** What is told between two turns is where the next one begins. */
function headOf({ core, phase }: SessionState, reply: Extract<SessionInput, { type: "reply" }>): { readonly head?: string } {
  if (!core.settings.turnReferences || phase.type !== "idle" || reply.to !== "get-history" || reply.outcome.type !== "ok") return {};
  const { head } = reply.outcome.value;
  return head === undefined ? {} : { head };
}

/** Readers do not outlive the process they ask. */
export function rejectReaders(state: SessionState): Step {
  if (state.core.readers.length === 0) return stay(state);
  return step(withCore(state, { readers: [] }), state.core.readers.map((call) => fail(call, sessionEnded(state, "read"))));
}

function resultOf(state: SessionState, call: CallId, reply: Extract<SessionInput, { type: "reply" }>): SessionEffect {
  if (reply.to === "get-history" && reply.outcome.type === "ok") return { type: "settle", call, result: { type: "history", history: reply.outcome.value } };
  if (reply.to === "list-commands" && reply.outcome.type === "ok") return { type: "settle", call, result: { type: "commands", commands: reply.outcome.value.commands } };
  if (reply.to === "name-session" && reply.outcome.type === "ok") return succeed(call);
  const { displayName, threadId } = { ...state.core.identity };
  const detail = reply.outcome.type === "refused" ? reply.outcome.message : reply.outcome.type === "unanswered" ? reply.outcome.detail : "its answer cannot be read";
  return fail(call, {
    kind: "request",
    code: reply.outcome.type === "unanswered" ? "request-timeout" : "request-rejected",
    operation: reply.to === "name-session" ? "nameThread" : "read",
    threadId,
    detail: reply.to === "name-session" ? `${displayName} did not take the name: ${detail}` : `${displayName} did not tell it: ${detail}`,
  });
}
