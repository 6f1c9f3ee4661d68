import { modelSlug, sameModel } from "../inventory/model-slug.js";
import { turnResult } from "./turn-begin.js";
import { command, fail, step, warn, withPhase } from "./step.js";
import { mayWork, ungatedSteer } from "./ungated.js";
import type { CallId, PendingSend, ReplyInput, SessionEffect, SessionState, Step, Turn } from "./session-state.js";

/** A message sent while a turn runs goes into that turn. The phase must be `running`. */
export function steer(state: SessionState, turn: Turn, send: PendingSend): Step {
  if (!mayWork(state)) return refuseUngatedSteer(state, turn, send.call);
  if (!turn.answered) return step(withPhase(state, { type: "running", turn: { ...turn, heldSteers: [...turn.heldSteers, send] } }), [boundCall(state, send.call)]);
  const { text, images } = send.request;
  // The fence moves: an idle state that was read before this text arrived says nothing about it.
  const steering: Turn = { ...turn, steering: [...turn.steering, send.call], steered: true, queued: turn.queued + 1, fence: turn.fence + 1 };
  return step(withPhase(state, { type: "running", turn: steering }), [
    ...(turn.answeredSteers.includes(send.call) ? [] : [boundCall(state, send.call)]),
    ...laterModel(state, turn, send),
    command({ type: "steer", text, images }, { tag: { turnId: turn.id, call: send.call }, deadlineMs: state.core.settings.promptMs }),
  ]);
}

/** The turn itself goes on: should it run a tool that nobody was asked about, its agent is ended. */
function refuseUngatedSteer(state: SessionState, turn: Turn, call: CallId): Step {
  const failure = ungatedSteer(state);
  const told = turn.answeredSteers.includes(call) ? warn(failure.detail, turn.id) : fail(call, failure);
  return step(withPhase(state, { type: "running", turn }), [told]);
}

/** Texts that waited for the prompt's answer. */
export function releaseSteers(state: SessionState, turn: Turn): Step {
  let current = step(withPhase(state, { type: "running", turn: { ...turn, heldSteers: [] } }));
  for (const held of turn.heldSteers) {
    const { phase } = current.state;
    if (phase.type !== "running") break;
    const next = steer(current.state, phase.turn, held);
    current = { state: next.state, effects: [...current.effects, ...next.effects] };
  }
  return current;
}

/** A refused steer is the caller's failure and a warning in the turn; the turn itself is not touched. */
export function steerReply(state: SessionState, turn: Turn, reply: Extract<ReplyInput, { to: "steer" }>): { readonly turn: Turn; readonly effects: readonly SessionEffect[] } {
  const { call } = reply.tag;
  const fence = turn.fence + 1;
  // If the run had just ended, nothing else would tell that this text found no run: the silence from here on is watched.
  const settled: Turn = { ...turn, steering: turn.steering.filter((waiting) => waiting !== call), fence, quietFence: fence };
  const watch: SessionEffect = { type: "timer", key: "quiet", delayMs: state.core.settings.probeMs };
  const refusal = reply.outcome.type === "refused" ? reply.outcome.message : reply.outcome.type === "unanswered" ? reply.outcome.detail : undefined;
  if (call === undefined) return { turn: settled, effects: [watch] };
  if (turn.answeredSteers.includes(call)) return { turn: settled, effects: refusal === undefined ? [watch] : [warn(refusedText(state, refusal), turn.id), watch] };
  if (reply.outcome.type === "ok") return { turn: settled, effects: [turnResult(state, { id: turn.id, call }), watch] };
  return { turn: settled, effects: [...refusedSteer(state, turn, call, refusal ?? ""), watch] };
}

function refusedSteer(state: SessionState, turn: Turn, call: CallId, message: string): readonly SessionEffect[] {
  const detail = refusedText(state, message);
  return [
    warn(detail, turn.id),
    fail(call, { kind: "request", code: "request-rejected", operation: "sendTurn", threadId: state.core.identity.threadId, detail, nextStep: "Send it again when the turn is over." }),
  ];
}

function refusedText(state: SessionState, message: string): string {
  return `${state.core.identity.displayName} did not take the message into the running turn: ${message}`;
}

/** T3 handles one call at a time, for all threads: none may wait as long as an agent likes. */
export function boundCall(state: SessionState, call: CallId): SessionEffect {
  return { type: "timer", key: `call:${call}`, delayMs: state.core.settings.acceptMs };
}

/** The agent takes its time over a steering text: its caller is told the turn it goes into, and hears of a refusal as a warning. */
export function answerLateSteer(state: SessionState, turn: Turn, call: CallId): { readonly turn: Turn; readonly effects: readonly SessionEffect[] } | undefined {
  const waits = turn.steering.includes(call) || turn.heldSteers.some((held) => held.call === call);
  if (!waits || turn.answeredSteers.includes(call)) return undefined;
  return { turn: { ...turn, answeredSteers: [...turn.answeredSteers, call] }, effects: [turnResult(state, { id: turn.id, call })] };
}

function laterModel(state: SessionState, turn: Turn, send: PendingSend): readonly SessionEffect[] {
  const { model, level } = send.request.wanted;
  const { agent } = state.core;
  const otherModel = model !== undefined && !sameModel(model, agent?.model);
  const otherLevel = level !== undefined && level !== agent?.thinkingLevel;
  if (!otherModel && !otherLevel) return [];
  const current = agent?.model === undefined ? "its present model" : modelSlug(agent.model);
  return [warn(`The running turn stays on ${current}; another model or level takes effect with the next turn.`, turn.id)];
}
