import { answerWithdrawn, withdrawApprovals } from "./approval-answers.js";
import { cancelDialogs } from "./dialog-input.js";
import { beginStop } from "./ending.js";
import { command, fail, step, andThen, withPhase } from "./step.js";
import type { PendingSend, SessionEffect, SessionState, Step, Turn } from "./session-state.js";

/**
 * Interrupting a turn. The turn does not end here: it ends when the agent has settled, or has been ended because it did not.
 *
 * In order: open questions are cancelled (an agent does not obey while one is open), queued texts are forgotten (they would go out
 * with the next prompt), then the abort, and that only after the prompt was answered (one that overtakes it is lost). What was asked
 * about tool calls is answered behind it.
 */
export function beginAbort(state: SessionState, turn: Turn, waiting?: PendingSend): Step {
  const interrupted: Turn = { ...turn, interrupted: true, heldSteers: [] };
  return andThen(andThen(andThen(cancelDialogs(state), withdrawApprovals), (next) => step(next, rejectSteers(next, turn))), (quiet) => {
    // Told to abort, an agent whose queue cannot be emptied goes on with what waits in it: another request to the model, other tools.
    if (turn.queued > 0 && !canClearQueue(quiet)) return beginStop(quiet, { type: "disobedient", turn: interrupted, ...(waiting === undefined ? {} : { waiting }) });
    return andThen(
      step(withPhase(quiet, { type: "aborting", turn: interrupted, ...(waiting === undefined ? {} : { waiting }) }), [
        { type: "cancel-timer", key: "probe" },
        { type: "timer", key: "abort", delayMs: quiet.core.settings.abortMs / 2 },
      ]),
      (aborting) => (interrupted.answered ? sendAbort(aborting, interrupted, waiting) : step(aborting)),
    );
  });
}

function canClearQueue(state: SessionState): boolean {
  return state.core.abilities?.commands.has("clear-queue") === true;
}

/** Texts that were never sent: an interrupt means them too. */
function rejectSteers(state: SessionState, turn: Turn): readonly SessionEffect[] {
  const unanswered = turn.heldSteers.filter((steer) => !turn.answeredSteers.includes(steer.call));
  return unanswered.map((steer) =>
    fail(steer.call, { kind: "request", code: "aborted", operation: "sendTurn", threadId: state.core.identity.threadId, detail: "The turn was interrupted before this message was sent to it." }),
  );
}

/** Tells the agent to abort; the phase must be `aborting`. */
export function sendAbort(state: SessionState, turn: Turn, waiting?: PendingSend): Step {
  const clearFirst = turn.steered && canClearQueue(state);
  const told: Turn = { ...turn, aborts: turn.aborts + 1 };
  const aborting = withPhase(state, { type: "aborting", turn: told, ...(waiting === undefined ? {} : { waiting }) });
  return clearFirst ? step(aborting, [clearQueueCommand(aborting, told)]) : abortNow(aborting, told);
}

/** Only now is the agent told that nobody decides on its tool calls any more. */
export function abortNow(state: SessionState, turn: Turn): Step {
  return andThen(step(state, [abortCommand(state, turn)]), answerWithdrawn);
}

function abortCommand(state: SessionState, turn: Turn): SessionEffect {
  return command({ type: "abort" }, { tag: { turnId: turn.id }, deadlineMs: state.core.settings.abortMs });
}

function clearQueueCommand(state: SessionState, turn: Turn): SessionEffect {
  return command({ type: "clear-queue" }, { tag: { turnId: turn.id }, deadlineMs: state.core.settings.abortMs / 2 });
}
