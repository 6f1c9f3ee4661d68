import type { EventLog } from "../../../domain/turn/event-log.js";
import type { RuntimeTurnState } from "../../../ports/runtime-event.js";

/** Something that the demo shows is not so. */
export class DemoFailure extends Error {
  constructor(reason: string) {
    super(`The demo failed: ${reason}`);
    this.name = "DemoFailure";
  }
}

export interface ExpectedTurn {
  readonly turnId: string;
  /** Everything the agent says, word for word, one message a line. */
  readonly answer: string;
  /** Completed, unless told. */
  readonly state?: RuntimeTurnState;
}

/** Ends the demo unless this is so. */
export function check(isSo: boolean, otherwise: string): void {
  if (!isSo) throw new DemoFailure(otherwise);
}

/** A turn that is over: ended as it was to, with its answer, and with events that obey the rules. */
export function checkTurn(log: EventLog, { turnId, answer, state = "completed" }: ExpectedTurn): void {
  const end = log.of("turn.completed").find((event) => event.turnId === turnId);
  check(end?.payload.state === state, `the turn was to be ${state} and is ${end?.payload.state ?? "unfinished"}.`);
  const said = log.texts(turnId).join("\n");
  check(said === answer, `Pi was to say "${answer}" and said "${said}".`);
  checkRules(log);
}

export function checkRules({ violations: [violation] }: Pick<EventLog, "violations">): void {
  if (violation !== undefined) throw new DemoFailure(`the events broke rule ${violation.rule}: ${violation.detail}.`);
}

/** Of the user's messages, the model was told these and no others, oldest first. */
export function checkHeard(heard: readonly string[], expected: readonly string[]): void {
  const isSame = heard.length === expected.length && heard.every((message, index) => message === expected[index]);
  check(isSame, `the model was to hear ${quoted(expected)} and heard ${quoted(heard)}.`);
}

function quoted(messages: readonly string[]): string {
  return messages.map((message) => `"${message}"`).join(", ") || "nothing";
}
