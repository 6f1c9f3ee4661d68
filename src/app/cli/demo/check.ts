import type { EventLog } from "../../../domain/turn/event-log.js";

/** Something that the demo shows is not so. */
export class DemoFailure extends Error {
  constructor(reason: string) {
    super(`The demo failed: ${reason}`);
    this.name = "DemoFailure";
  }
}

/** Ends the demo unless this is so. */
export function check(isSo: boolean, otherwise: string): void {
  if (!isSo) throw new DemoFailure(otherwise);
}

/** A turn that is over: completed, with this answer word for word, and with events that obey the rules. */
export function checkTurn(log: EventLog, { turnId, answer }: { readonly turnId: string; readonly answer: string }): void {
  const end = log.of("turn.completed").find((event) => event.turnId === turnId);
  check(end?.payload.state === "completed", `the turn was to be completed and is ${end?.payload.state ?? "unfinished"}.`);
  const said = log.texts(turnId).join("\n");
  check(said === answer, `Pi was to say "${answer}" and said "${said}".`);
  checkRules(log);
}

export function checkRules({ violations: [violation] }: Pick<EventLog, "violations">): void {
  if (violation !== undefined) throw new DemoFailure(`the events broke rule ${violation.rule}: ${violation.detail}.`);
}
