import { describe, expect, it } from "vitest";
import type { ReducerWorld } from "./reducer-world.js";
import { inPhase, phaseNames, type PhaseName } from "./session-phases.js";

interface Aftermath {
  /** The events after the crash. */
  readonly events: readonly string[];
  /** The codes with which the calls fail that waited. */
  readonly codes: readonly string[];
}

/** What a crash leaves behind, by the phase it happens in: never an exit of a session that was ready. */
const aftermaths: Readonly<Partial<Record<PhaseName, Aftermath>>> = {
  "starting: readying": { events: ["runtime.error", "session.exited"], codes: ["start-failed"] },
  "starting: selecting": { events: ["runtime.error", "session.exited"], codes: ["start-failed"] },
  idle: { events: ["runtime.warning"], codes: [] },
  "preparing: selecting": { events: ["runtime.error"], codes: ["session-ended"] },
  "preparing: readying": { events: ["runtime.error"], codes: ["session-ended"] },
  "rolling back": { events: ["runtime.warning"], codes: ["session-ended"] },
  holding: { events: ["runtime.warning"], codes: [] },
  "running, not accepted": { events: ["runtime.error"], codes: ["agent-exited"] },
  running: { events: ["runtime.error", "turn.completed failed"], codes: [] },
  aborting: { events: ["turn.completed interrupted"], codes: [] },
  settling: { events: ["runtime.error", "turn.completed failed"], codes: [] },
  "settling, with a message waiting": { events: ["runtime.error", "turn.completed failed"], codes: ["session-ended"] },
};

function told(world: ReducerWorld, from: number): readonly string[] {
  return world.events.slice(from).map((event) => (event.type === "turn.completed" ? `turn.completed ${event.payload.state}` : event.type));
}

describe("a crash of the agent", () => {
  it.each(Object.entries(aftermaths) as readonly (readonly [PhaseName, Aftermath])[])("(%s) answers every call and says what happened", (name, { events, codes }) => {
    const world = inPhase[name]();
    const [before, waiting] = [world.events.length, [...world.openCalls]];
    world.lost("Demo crashed.");
    expect(world.disposing).toBe(true);
    world.disposed();
    expect(told(world, before)).toEqual(events);
    expect(waiting.map((call) => world.errorOf(call))).toEqual(codes);
    expect([world.state.phase.type, [...world.openCalls], [...world.timers], world.answeredTwice]).toEqual(["closed", [], [], []]);
    expect(world.rules.conclude()).toEqual([]);
  });

  it("is shown for every phase that has a process to lose", () => {
    const withoutProcess: readonly PhaseName[] = ["new", "starting: opening", "preparing: old process ending", "preparing: reopening", "stopping", "closed"];
    expect(new Set([...Object.keys(aftermaths), ...withoutProcess])).toEqual(new Set(phaseNames));
  });

  it("in a turn closes what is open before it speaks", () => {
    const world = inPhase.running();
    world.event({ type: "tool-started", toolCallId: "c1", toolName: "bash", kind: "command", input: {} });
    world.event({ type: "dialog-opened", dialogId: "d1", method: "confirm", title: "Go on?", options: [], timeoutMs: 1_000 });
    const before = world.events.length;
    world.lost("Demo crashed.");
    expect(told(world, before)).toEqual(["item.completed", "user-input.resolved", "runtime.error", "turn.completed failed"]);
    expect(world.events.slice(-2)).toMatchObject([{ payload: { message: "Demo crashed.", class: "transport_error" } }, { payload: { errorMessage: "Demo crashed." } }]);
  });

  it("while it is idle frees the host's prompts", () => {
    const world = inPhase.idle();
    world.event({ type: "dialog-opened", dialogId: "d1", method: "confirm", title: "Go on?", options: [] });
    world.lost();
    expect(world.types.slice(-2)).toEqual(["runtime.warning", "user-input.resolved"]);
    expect(world.rules.conclude()).toEqual([]);
  });

  it("while the session is being stopped is its end", () => {
    const world = inPhase.running();
    const stop = world.stop();
    world.lost();
    expect(world.openCalls.has(stop)).toBe(true);
    world.disposed();
    expect([world.results.get(stop), told(world, 4)]).toEqual([{ type: "ok" }, ["turn.completed interrupted", "session.exited"]]);
  });

  it("leaves nothing of the process to be waited for", () => {
    const world = inPhase.running();
    world.lost();
    expect(world.effects.at(-1)).toEqual({ type: "dispose", graceMs: 0 });
  });

  it("tells the caller of a message that the conversation continues", () => {
    const world = inPhase["preparing: selecting"]();
    const [call] = world.openCalls;
    world.lost();
    expect(world.results.get(call ?? 0)).toMatchObject({ error: { kind: "session-closed", operation: "sendTurn", threadId: "t1", nextStep: "Send the message again: the conversation continues." } });
  });
});
