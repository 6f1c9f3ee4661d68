import type { AgentState } from "../../ports/agent-messages.js";
import { beginStop } from "./ending.js";
import { beginSend } from "./prepare-phase.js";
import { command, stay, step, andThen, warn, withCore, withPhase } from "./step.js";
import { factsOf, type PendingSend, type ReplyInput, type SessionEffect, type SessionPhase, type SessionState, type SettleProbe, type Step, type Turn } from "./session-state.js";
import { endTurn, outcomeOf, type LearntAtEnd, type TurnOutcome } from "./turn-end.js";
import { placeOf } from "./turn-place.js";
import { steer } from "./turn-steer.js";

/**
 * Finding out that a turn is over. The agent's state and its statistics are asked for together; the answer counts only if nothing
 * happened since it was asked for (the fence), so an idle state from before a steer or a compaction never ends a turn.
 */

type Settling = Extract<SessionPhase, { type: "settling" }>;

const maxUnanswered = 3;
/** Looks at an idle agent whose queue does not empty, before the texts in it are given up. */
const maxStuckQueue = 3;
/** Silent looks after which a user is told. */
const looksBeforeTelling = 10;

export interface Occasion {
  /** The agent itself said that it is done. Without its word a busy state only means that it still works. */
  readonly announced: boolean;
  /** Idle states needed in a row: several, where a run may be about to begin. */
  readonly needed: number;
  readonly waiting?: PendingSend | undefined;
}

export function beginSettling(state: SessionState, turn: Turn, occasion: Occasion): Step {
  const { settings, abilities } = state.core;
  const canCount = abilities?.commands.has("get-stats") === true;
  const canRefer = settings.turnReferences && abilities?.commands.has("get-history") === true;
  const probe: SettleProbe = {
    fence: turn.fence,
    needed: occasion.needed,
    announced: occasion.announced,
    attempts: 0,
    unanswered: 0,
    idle: false,
    stats: canCount ? { type: "asked" } : { type: "unknown" },
    history: { type: !canRefer ? "unwanted" : occasion.announced ? "asked" : "later" },
  };
  const tag = { turnId: turn.id, fence: turn.fence };
  const count: readonly SessionEffect[] = canCount ? [command({ type: "get-stats" }, { tag, deadlineMs: settings.statsMs })] : [];
  const refer = probe.history.type === "asked" ? [askHistory(state, turn)] : [];
  return step(withPhase(state, settling(turn, probe, occasion.waiting)), [askState(state, turn), ...count, ...refer]);
}

export function settleReply(state: SessionState, phase: Settling, reply: ReplyInput): Step {
  if (reply.tag.turnId !== phase.turn.id || reply.tag.fence !== phase.probe.fence) return stay(state);
  if (reply.to === "get-stats") {
    const stats = reply.outcome.type === "ok" ? { type: "known" as const, stats: reply.outcome.value } : { type: "unknown" as const };
    return finishIfDone(state, { ...phase, probe: { ...phase.probe, stats } });
  }
  if (reply.to === "get-history") {
    const history = reply.outcome.type === "ok" ? { type: "known" as const, history: reply.outcome.value } : { type: "unknown" as const };
    return finishIfDone(state, { ...phase, probe: { ...phase.probe, history } });
  }
  if (reply.to !== "get-state" || phase.probe.idle) return stay(state);
  if (reply.outcome.type !== "ok") return unanswered(state, phase);
  return judge(withCore(state, { agent: factsOf(reply.outcome.value) }), phase, reply.outcome.value);
}

/** The pause between two looks is over. */
export function probeAgain(state: SessionState, phase: Settling): Step {
  return step(state, [askState(state, phase.turn)]);
}

/** The turn goes on after all; a message that waited for its end goes into it. */
export function backToWork(state: SessionState, phase: Settling): Step {
  const { turn, waiting } = phase;
  const quiet: readonly SessionEffect[] = [{ type: "cancel-timer", key: "probe" }];
  if (turn.interrupted) return step(withPhase(state, { type: "aborting", turn, ...(waiting === undefined ? {} : { waiting }) }), quiet);
  const running = step(withPhase(state, { type: "running", turn }), quiet);
  return waiting === undefined ? running : andThen(running, (next) => steer(next, turn, waiting));
}

function judge(state: SessionState, phase: Settling, agent: AgentState): Step {
  const { turn, probe } = phase;
  const settled = state.core.settlement.isIdle(agent) && turn.steering.length === 0;
  if (settled) {
    const needed = probe.needed - 1;
    if (needed === 0) return atRest(state, { ...phase, probe: { ...probe, needed, idle: true } });
    return lookLater(state, { ...phase, probe: { ...probe, needed } }, state.core.settings.probeMs);
  }
  const working = agent.streaming || agent.compacting;
  if (!working && probe.attempts + 1 >= maxStuckQueue && turn.steering.length === 0) return giveUpQueue(state, phase);
  if (!probe.announced && working) return stillWorking(state, phase);
  const attempts = probe.attempts + 1;
  return lookLater(state, { ...phase, probe: { ...probe, attempts } }, Math.min(1_000, state.core.settings.probeMs * 2 ** attempts));
}

/** Without its own word, an agent is asked where it stands only when it proves to be done: most such looks find it at work. */
function atRest(state: SessionState, phase: Settling): Step {
  if (phase.probe.history.type !== "later") return finishIfDone(state, phase);
  const asking = withPhase(state, { ...phase, probe: { ...phase.probe, history: { type: "asked" } } });
  return step(asking, [askHistory(state, phase.turn)]);
}

/** Texts stay in the queue of an agent that does nothing: they must not go out with the next prompt. */
function giveUpQueue(state: SessionState, phase: Settling): Step {
  const name = state.core.identity.displayName;
  const canClear = state.core.abilities?.commands.has("clear-queue") === true;
  const clear: readonly SessionEffect[] = canClear ? [command({ type: "clear-queue" }, { deadlineMs: state.core.settings.requestMs })] : [];
  return andThen(step(withCore(state, { tainted: !canClear }), [...clear, warn(`${name} did not take up a message that was sent while it worked. Send it again.`, phase.turn.id)]), (told) =>
    atRest(told, { ...phase, probe: { ...phase.probe, needed: 0, idle: true } }),
  );
}

function unanswered(state: SessionState, phase: Settling): Step {
  const { turn, probe, waiting } = phase;
  const count = probe.unanswered + 1;
  if (count < maxUnanswered) return lookLater(state, { ...phase, probe: { ...probe, unanswered: count } }, state.core.settings.probeMs);
  if (probe.announced || turn.interrupted) {
    return beginStop(state, { type: turn.interrupted ? "disobedient" : "unresponsive", turn, ...(waiting === undefined ? {} : { waiting }) });
  }
  // Told once a silence: each warning is stored, and there is room for only so many.
  if (turn.toldSilent) return keepWaiting(state, phase);
  const told = step(state, [warn(`${state.core.identity.displayName} does not answer; it may be busy. Stop the turn to end it.`, turn.id)]);
  return andThen(told, (next) => keepWaiting(next, { ...phase, turn: { ...turn, toldSilent: true } }));
}

/** The agent says that it works, and does nothing one could see: an extension of its may be blocking it. A running tool explains itself. */
function stillWorking(state: SessionState, phase: Settling): Step {
  const turn: Turn = { ...phase.turn, silentLooks: phase.turn.silentLooks + 1 };
  if (turn.toldSilent || turn.silentLooks < looksBeforeTelling || turn.view.tools.open.length > 0) return keepWaiting(state, { ...phase, turn });
  const minutes = Math.round((looksBeforeTelling * state.core.settings.quietMs) / 60_000);
  const told = step(state, [warn(`${state.core.identity.displayName} has shown nothing for ${minutes} min, but says that it still works. Stop the turn to end it.`, turn.id)]);
  return andThen(told, (next) => keepWaiting(next, { ...phase, turn: { ...turn, toldSilent: true } }));
}

function keepWaiting(state: SessionState, phase: Settling): Step {
  const turn: Turn = { ...phase.turn, quietFence: phase.turn.fence };
  return andThen(backToWork(state, { ...phase, turn }), (next) => step(next, [{ type: "timer", key: "quiet", delayMs: next.core.settings.quietMs }]));
}

function lookLater(state: SessionState, phase: Settling, delayMs: number): Step {
  return step(withPhase(state, phase), [{ type: "timer", key: "probe", delayMs }]);
}

function finishIfDone(state: SessionState, phase: Settling): Step {
  const { turn, probe } = phase;
  const { stats, history } = probe;
  if (!probe.idle || stats.type === "asked" || history.type === "asked") return step(withPhase(state, phase));
  const place = history.type === "known" ? placeOf(turn, history.history) : undefined;
  return concludeTurn(history.type === "unwanted" ? state : withCore(state, { head: place?.head }), phase, {
    outcome: outcomeOf(turn),
    ...(stats.type === "known" ? { stats: stats.stats } : {}),
    ...(place === undefined ? {} : { place }),
  });
}

/** Ends the turn, then does what waited for its end: a stop, or the next message. */
export function concludeTurn(
  state: SessionState,
  phase: Extract<SessionPhase, { turn: Turn }>,
  end: { readonly outcome: TurnOutcome } & LearntAtEnd,
): Step {
  const waiting = "waiting" in phase ? phase.waiting : undefined;
  return andThen(endTurn(state, phase.turn, end.outcome, end), (idle) => {
    if (idle.core.stopCalls.length > 0) return beginStop(idle, { type: "requested", ...(waiting === undefined ? {} : { waiting }) });
    return waiting === undefined ? stay(idle) : beginSend(idle, waiting);
  });
}

function settling(turn: Turn, probe: SettleProbe, waiting: PendingSend | undefined): Settling {
  return { type: "settling", turn, probe, ...(waiting === undefined ? {} : { waiting }) };
}

function askState(state: SessionState, turn: Turn): SessionEffect {
  return command({ type: "get-state" }, { tag: { turnId: turn.id, fence: turn.fence }, deadlineMs: state.core.settings.requestMs });
}

function askHistory(state: SessionState, turn: Turn): SessionEffect {
  const { head, settings } = state.core;
  return command({ type: "get-history", ...(head === undefined ? {} : { since: head }) }, { tag: { turnId: turn.id, fence: turn.fence }, deadlineMs: settings.statsMs });
}
