import { describe, expect, it } from "vitest";
import type { AgentVerdict } from "../../../src/ports/agent-messages.js";
import type { RuntimeMode } from "../../../src/ports/provider.js";
import type { ProviderRuntimeEvent } from "../../../src/ports/runtime-event.js";
import { ReducerWorld } from "./reducer-world.js";

const supervised = (): ReducerWorld => new ReducerWorld({ mode: "approval-required" }).ready();
const verdicts = (world: ReducerWorld): readonly (readonly [string, AgentVerdict])[] => world.verdicts.map(({ questionId, verdict }) => [questionId, verdict]);
const decisions = (world: ReducerWorld): readonly (string | undefined)[] => world.events.flatMap((event) => (event.type === "request.resolved" ? [event.payload.decision] : []));
const statuses = (world: ReducerWorld): readonly (string | undefined)[] => world.events.flatMap((event) => (event.type === "item.completed" ? [event.payload.status] : []));
const errors = (world: ReducerWorld): readonly string[] => world.events.flatMap((event) => (event.type === "runtime.error" ? [event.payload.message] : []));
const insideEdit = { toolName: "edit", access: "file-change", path: { resolved: "/project/a", inside: true } } as const;

/** A call of a run about which the host has not decided yet. */
const held = (mode: RuntimeMode): ReducerWorld => {
  const world = new ReducerWorld({ mode, settings: { unsolicitedRuns: "ask" } }).ready();
  world.event({ type: "run-started" });
  world.asks({ toolCallId: "a" });
  return world;
};

function end(world: ReducerWorld): Extract<ProviderRuntimeEvent, { type: "turn.completed" }>["payload"] | undefined {
  return world.events.flatMap((event) => (event.type === "turn.completed" ? [event.payload] : [])).at(-1);
}

/** Whatever happens, every question is answered and no rule is broken. */
function concludes(world: ReducerWorld): void {
  world.stop();
  for (let round = 0; round < 4; round += 1) {
    world.fire("abort");
    world.disposed();
  }
  expect(world.state.phase.type).toBe("closed");
  expect(world.rules.conclude()).toEqual([]);
  expect(world.state.core.supervision.open).toEqual([]);
}

describe("a tool call that the user decides on", () => {
  it("is shown in its turn and runs when it is accepted", () => {
    const world = supervised();
    const turnId = world.turn();
    const { toolCallId } = world.asks();
    expect(world.events.at(-1)).toMatchObject({ type: "request.opened", turnId, payload: { requestType: "command_execution_approval", detail: "ls" } });
    expect(world.verdicts).toEqual([]);
    const call = world.approve("accept");
    expect(world.results.get(call)).toEqual({ type: "ok" });
    expect(verdicts(world)).toEqual([["question-0", "accept"]]);
    world.toolEnds(toolCallId);
    world.settle();
    expect([decisions(world), statuses(world), end(world)?.state]).toEqual([["accept"], ["completed"], "completed"]);
    concludes(world);
  });

  it("does not run when it is declined, and is shown as declined", () => {
    const world = supervised();
    world.turn();
    const { toolCallId } = world.asks();
    world.approve("decline");
    world.toolEnds(toolCallId, true);
    world.settle();
    expect([verdicts(world), decisions(world), statuses(world), end(world)?.state]).toEqual([[["question-0", "decline"]], ["decline"], ["declined"], "completed"]);
    expect(world.events.find((event) => event.type === "item.completed")?.payload).toMatchObject({ title: "Command run declined" });
    concludes(world);
  });

  it("declines and interrupts the turn when it is cancelled", () => {
    const world = supervised();
    world.turn();
    world.asks({ toolCallId: "a" });
    world.asks({ toolCallId: "b" });
    const [first] = world.state.core.supervision.open;
    world.approve("cancel", first?.requestId);
    expect(verdicts(world)).toEqual([["question-0", "cancel"], ["question-1", "cancel"]]);
    expect(world.state.phase.type).toBe("aborting");
    world.toolEnds("a", true);
    world.toolEnds("b", true);
    world.settle();
    expect([decisions(world), statuses(world), end(world)?.state, errors(world)]).toEqual([["cancel", "cancel"], ["failed", "failed"], "interrupted", []]);
    concludes(world);
  });

  it("is answered behind the abort, so that the agent does not go on with the answer", () => {
    const world = supervised();
    world.turn();
    world.asks();
    world.interrupt();
    const order = world.effects.flatMap((effect) => (effect.type === "answer-approval" ? [effect.verdict] : effect.type === "command" ? [effect.command.type] : []));
    expect(order.slice(-2)).toEqual(["abort", "cancel"]);
    concludes(world);
  });

  it("is answered when the turn is over although no abort was sent", () => {
    const world = supervised();
    world.send();
    world.asks();
    world.interrupt();
    expect([world.verdicts, decisions(world)]).toEqual([[], ["cancel"]]);
    world.reply("prompt", { type: "refused", message: "no", reason: "other" });
    world.settle();
    expect(verdicts(world)).toEqual([["question-0", "cancel"]]);
    concludes(world);
  });

  it("begins a turn for the host that the agent has not accepted in words yet", () => {
    const world = supervised();
    const call = world.send();
    world.asks();
    expect(world.results.get(call)?.type).toBe("turn");
    expect(world.types.slice(-4)).toEqual(["turn.started", "item.started", "item.updated", "request.opened"]);
    concludes(world);
  });

  it("waits beside others, in whatever order they are decided", () => {
    const world = supervised();
    world.turn();
    for (const toolCallId of ["a", "b", "c"]) world.asks({ toolCallId });
    const ids = world.state.core.supervision.open.map(({ requestId }) => requestId);
    expect(new Set(ids).size).toBe(3);
    world.approve("decline", ids[1]);
    world.approve("accept", ids[2]);
    world.approve("accept", ids[0]);
    expect(verdicts(world)).toEqual([["question-1", "decline"], ["question-2", "accept"], ["question-0", "accept"]]);
    world.toolEnds("c");
    world.toolEnds("b", true);
    world.toolEnds("a");
    world.settle();
    expect(statuses(world)).toEqual(["completed", "declined", "completed"]);
    concludes(world);
  });

  it.each([
    ["an interrupt", (world: ReducerWorld) => void world.interrupt()],
    ["a stop", (world: ReducerWorld) => void world.stop()],
    ["a crash", (world: ReducerWorld) => world.lost()],
    ["the end of its turn", (world: ReducerWorld) => world.settle()],
    ["the tool's own end", (world: ReducerWorld) => world.toolEnds("a", true)],
  ])("is taken back by %s", (_what, happens) => {
    const world = supervised();
    world.turn();
    world.asks({ toolCallId: "a" });
    happens(world);
    expect(decisions(world)).toEqual(["cancel"]);
    expect(verdicts(world)).toEqual([["question-0", "cancel"]]);
    const late = world.approve("accept", world.events.find((event) => event.type === "request.opened")?.requestId);
    expect(world.errorOf(late)).toBe("request-unknown");
    expect(decisions(world)).toEqual(["cancel"]);
    concludes(world);
  });

  it("is not asked for while the turn is being interrupted", () => {
    const world = supervised();
    world.turn();
    world.interrupt();
    world.asks();
    expect([world.types.includes("request.opened"), verdicts(world)]).toEqual([false, [["question-0", "cancel"]]]);
    concludes(world);
  });

  it("is refused with a warning where nobody can be asked", () => {
    const world = supervised();
    world.rollback();
    world.event({ type: "approval-asked", questionId: "q", toolCallId: "c", toolName: "bash", access: "command", input: {} });
    expect([verdicts(world), world.types.at(-1)]).toEqual([[["q", "cancel"]], "runtime.warning"]);
    concludes(world);
  });

  it("is decided on once", () => {
    const world = supervised();
    world.turn();
    world.asks();
    const { requestId } = world.state.core.supervision.open[0] ?? {};
    world.approve("accept", requestId);
    expect(world.errorOf(world.approve("decline", requestId))).toBe("request-unknown");
    expect([verdicts(world), decisions(world)]).toEqual([[["question-0", "accept"]], ["accept"]]);
    concludes(world);
  });
});

describe("a tool call of a run that nobody asked for", () => {
  it("waits for the host, and then for the user, where the run is adopted", () => {
    const world = held("approval-required");
    expect(world.verdicts).toEqual([]);
    world.decide("adopt");
    expect(world.types.slice(-4)).toEqual(["turn.started", "item.started", "item.updated", "request.opened"]);
    world.approve("accept");
    expect(verdicts(world)).toEqual([["question-0", "accept"]]);
    concludes(world);
  });

  it("does not run where the run is discarded, and is not held against the agent", () => {
    const world = held("approval-required");
    world.decide("discard");
    world.asks({ toolCallId: "b" });
    for (const toolCallId of ["a", "b"]) world.toolEnds(toolCallId, true);
    expect(verdicts(world)).toEqual([["question-0", "cancel"], ["question-1", "cancel"]]);
    expect([world.state.phase.type, world.types.includes("request.opened")]).toEqual(["idle", false]);
    concludes(world);
  });

  it("that was called off while the host decides is asked for no more, and is not held against the agent", () => {
    const world = held("approval-required");
    world.toolEnds("a", true);
    expect([world.state.phase.type, verdicts(world)]).toEqual(["holding", [["question-0", "cancel"]]]);
    world.decide("adopt");
    expect([world.types.includes("request.opened"), statuses(world)]).toEqual([false, ["failed"]]);
    world.settle();
    expect([end(world)?.state, errors(world)]).toEqual(["completed", []]);
    concludes(world);
  });

  it("is held against the agent where it has run while the host decides", () => {
    const world = held("approval-required");
    world.toolEnds("a");
    expect(world.state.phase).toMatchObject({ type: "stopping", why: { type: "ungated" } });
    concludes(world);
  });

  it("goes on at once where another mode would not ask for it, and is asked for no more", () => {
    const world = held("approval-required");
    world.changeMode("full-access");
    expect(verdicts(world)).toEqual([["question-0", "accept"]]);
    world.changeMode("approval-required");
    world.decide("adopt");
    world.toolEnds("a");
    world.settle();
    expect([world.types.includes("request.opened"), statuses(world), end(world)?.state]).toEqual([false, ["completed"], "completed"]);
    concludes(world);
  });

  it("of a run that is discarded is answered behind the abort", () => {
    const world = held("approval-required");
    world.decide("discard");
    const order = world.effects.flatMap((effect) => (effect.type === "answer-approval" ? [effect.verdict] : effect.type === "command" ? [effect.command.type] : []));
    expect(order.slice(-2)).toEqual(["abort", "cancel"]);
    concludes(world);
  });

  it("runs at once with full access, as long as the run may go on", () => {
    const world = held("full-access");
    expect(verdicts(world)).toEqual([["question-0", "accept"]]);
    world.decide("discard");
    world.asks({ toolCallId: "b" });
    expect(verdicts(world)).toEqual([["question-0", "accept"], ["question-1", "cancel"]]);
    concludes(world);
  });
});

describe("what was accepted for the session", () => {
  it("is not asked for again, in this turn and in later ones", () => {
    const world = supervised();
    world.turn();
    const { toolCallId } = world.asks();
    world.approve("acceptForSession");
    world.toolEnds(toolCallId);
    world.asks();
    world.asks({ inputDigest: "another" });
    expect(world.state.core.supervision.open).toHaveLength(1);
    world.approve("decline");
    world.settle();
    world.turn();
    world.asks();
    expect(verdicts(world).map(([, verdict]) => verdict)).toEqual(["accept", "accept", "decline", "accept"]);
    concludes(world);
  });

  it("goes on at once where it waits already", () => {
    const world = supervised();
    world.turn();
    world.asks({ toolCallId: "a" });
    world.asks({ toolCallId: "b" });
    world.approve("acceptForSession", world.state.core.supervision.open[0]?.requestId);
    expect(decisions(world)).toEqual(["acceptForSession", "accept"]);
    concludes(world);
  });
});

describe("another mode", () => {
  it("holds from the next call on, in a running turn", () => {
    const world = new ReducerWorld().ready();
    world.turn();
    const { toolCallId } = world.asks();
    const call = world.changeMode("approval-required");
    expect(world.results.get(call)).toEqual({ type: "mode", changed: true });
    expect(world.events.at(-1)).toMatchObject({ type: "session.configured", payload: { config: { runtimeMode: "approval-required" } } });
    // What was let through before is not held against the agent.
    world.toolEnds(toolCallId);
    world.asks();
    expect([verdicts(world), world.types.at(-1)]).toEqual([[["question-0", "accept"]], "request.opened"]);
    concludes(world);
  });

  it("lets go on what it would not ask for", () => {
    const world = supervised();
    world.turn();
    world.asks({ ...insideEdit, toolCallId: "edit" });
    world.asks({ toolCallId: "command" });
    world.changeMode("auto-accept-edits");
    expect(verdicts(world)).toEqual([["question-0", "accept"]]);
    world.changeMode("full-access");
    expect([verdicts(world), decisions(world)]).toEqual([[["question-0", "accept"], ["question-1", "accept"]], ["accept", "accept"]]);
    concludes(world);
  });

  it("is refused to an agent that does not ask", () => {
    const world = new ReducerWorld().ready();
    world.event({ type: "gate-withdrawn" });
    expect(world.results.get(world.changeMode("approval-required"))).toEqual({ type: "mode", changed: false });
    expect(world.state.core.identity.runtimeMode).toBe("full-access");
    expect(world.results.get(world.changeMode("full-access"))).toEqual({ type: "mode", changed: true });
    concludes(world);
  });

  it("is no matter of a session that is being stopped, so that whoever wants it gets another one", () => {
    const world = supervised();
    world.turn();
    world.stop();
    expect(world.state.phase.type).toBe("aborting");
    expect(world.results.get(world.changeMode("full-access"))).toEqual({ type: "mode", changed: false });
    expect(world.state.core.identity.runtimeMode).toBe("approval-required");
    concludes(world);
  });

  it("is no matter of a session that is not there", () => {
    const world = new ReducerWorld();
    expect(world.results.get(world.changeMode("full-access"))).toEqual({ type: "mode", changed: false });
  });
});
