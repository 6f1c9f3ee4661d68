import { describe, expect, it } from "vitest";
import type { CallId, SessionInput } from "../../../src/domain/session/session-state.js";
import type { ReducerWorld } from "./reducer-world.js";
import { inPhase, phaseNames, type PhaseName } from "./session-phases.js";

/** Makes a call and tells what became of it: an error's code, `ok`, or that it waits. */
function outcome(name: PhaseName, make: (world: ReducerWorld) => CallId): string {
  const world = inPhase[name]();
  const call = make(world);
  return world.openCalls.has(call) ? "waits" : (world.errorOf(call) ?? "ok");
}

const starting = { chosen: {}, remembered: {}, hasCursor: false, turnMessages: [], heal: false };
const calls = {
  start: (world: ReducerWorld) => world.call((call): SessionInput => ({ type: "start", call, request: starting })),
  send: (world: ReducerWorld) => world.send(),
  interrupt: (world: ReducerWorld) => world.interrupt(),
  answer: (world: ReducerWorld) => world.answer("no-such-request"),
  read: (world: ReducerWorld) => world.call((call): SessionInput => ({ type: "read", call, what: "history" })),
  name: (world: ReducerWorld) => world.call((call): SessionInput => ({ type: "name", call, name: "A name" })),
  rollback: (world: ReducerWorld) => world.rollback(),
} as const;

const busy = { start: "busy", send: "busy", read: "busy", name: "busy", rollback: "busy" };
const ended = { start: "session-ended", send: "session-ended", read: "session-ended", name: "session-ended", rollback: "session-ended" };
const always = { interrupt: "ok", answer: "request-unknown" };
const inTurn = { ...always, start: "busy", send: "waits", read: "waits", name: "waits", rollback: "busy" };
const preparing = { ...always, ...busy, read: "waits", name: "waits" };

const outcomes: Readonly<Record<PhaseName, Readonly<Record<keyof typeof calls, string>>>> = {
  new: { ...always, ...busy, start: "waits" },
  "starting: opening": { ...always, ...busy },
  "starting: readying": { ...always, ...busy },
  "starting: selecting": { ...always, ...busy },
  idle: { ...always, start: "busy", send: "waits", read: "waits", name: "waits", rollback: "waits" },
  "preparing: selecting": preparing,
  "preparing: old process ending": { ...always, ...busy },
  "preparing: reopening": preparing,
  "preparing: readying": preparing,
  "rolling back": { ...always, ...busy, read: "waits", name: "waits" },
  holding: inTurn,
  "running, not accepted": inTurn,
  running: inTurn,
  aborting: inTurn,
  settling: inTurn,
  "settling, with a message waiting": { ...inTurn, send: "busy" },
  stopping: { ...always, ...ended },
  closed: { ...always, ...ended },
};

const table = phaseNames.flatMap((name) => (Object.keys(calls) as readonly (keyof typeof calls)[]).map((call) => ({ name, call, expected: outcomes[name][call] })));

describe("a call", () => {
  it.each(table)("($call in $name): $expected", ({ name, call, expected }) => {
    expect(outcome(name, calls[call])).toBe(expected);
  });

  it("that cannot be served says what the session is doing, and what to do", () => {
    const world = inPhase["rolling back"]();
    expect(world.results.get(world.send())).toEqual({
      type: "error",
      error: { kind: "request", code: "busy", operation: "sendTurn", threadId: "t1", detail: "The session is rolling its conversation back.", nextStep: "Try again in a moment." },
    });
  });

  it.each(phaseNames)("(an answer to an unknown question, %s) frees the host's prompt", (name) => {
    const world = inPhase[name]();
    world.answer("no-such-request");
    expect(world.events.at(-1)).toMatchObject({ type: "user-input.resolved", requestId: "no-such-request", payload: { answers: {} } });
  });
});
