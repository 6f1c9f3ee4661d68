import { describe, expect, it } from "vitest";
import { ReducerWorld } from "./reducer-world.js";

function running(): { readonly world: ReducerWorld; readonly turnId: string } {
  const world = new ReducerWorld().ready();
  return { world, turnId: world.turn() };
}

/** The delays that were set for the watch over silence, oldest first. */
function watches(world: ReducerWorld): readonly number[] {
  return world.effects.flatMap((effect) => (effect.type === "timer" && effect.key === "quiet" ? [effect.delayMs] : []));
}

describe("silence in a turn", () => {
  it("is measured from one look to the next, and then the agent is asked", () => {
    const { world } = running();
    world.fire("quiet");
    expect([world.asked, watches(world)]).toEqual([[], [30_000, 30_000]]);
    world.fire("quiet");
    expect(world.asked).toEqual(["get-state", "get-stats"]);
  });

  it.each([
    ["a run's end that may be all", { type: "run-ended", willRetry: false }],
    ["retries that are used up", { type: "retry-ended", success: false }],
    ["a compaction that ends the run", { type: "compaction-ended", reason: "threshold", willContinue: false, aborted: false }],
  ] as const)("after %s is soon long enough", (_what, event) => {
    const { world } = running();
    world.event({ type: "run-started" });
    world.event(event);
    expect(watches(world).at(-1)).toBe(5_000);
    world.fire("quiet");
    expect(world.asked).toContain("get-state");
  });

  it.each([
    ["a run's end before a retry", { type: "run-ended", willRetry: true }],
    ["a retry that succeeded", { type: "retry-ended", success: true }],
    ["a compaction before the run goes on", { type: "compaction-ended", reason: "overflow", willContinue: true, aborted: false }],
  ] as const)("after %s is nothing special", (_what, event) => {
    const { world } = running();
    world.event({ type: "run-started" });
    world.event(event);
    expect(watches(world)).toEqual([30_000]);
  });

  it("before the prompt was answered proves nothing", () => {
    const world = new ReducerWorld().ready();
    world.send("hello");
    world.fire("accept");
    for (let look = 0; look < 3; look += 1) world.fire("quiet");
    expect([world.asked, world.timers.has("quiet")]).toEqual([["prompt"], true]);
  });

  it("of an agent that is being interrupted is watched, too", () => {
    const { world } = running();
    world.interrupt();
    world.fire("quiet");
    world.fire("quiet");
    expect(world.asked).toContain("get-state");
    world.idle();
    expect(world.events.at(-1)).toMatchObject({ type: "turn.completed", payload: { state: "interrupted" } });
  });
});

describe("an answer to a request", () => {
  it("of an earlier turn changes nothing", () => {
    const { world, turnId } = running();
    world.settle();
    world.turn();
    const { state } = world;
    for (const fence of [0, 1]) {
      world.input({ type: "reply", epoch: 1, to: "get-state", tag: { turnId, fence }, outcome: { type: "unanswered", detail: "No answer." } });
    }
    world.input({ type: "reply", epoch: 1, to: "prompt", tag: { turnId }, outcome: { type: "refused", message: "No.", reason: "other" } });
    expect(world.state).toBe(state);
  });

  it("that forgets the queue after the interrupt is over changes nothing", () => {
    const { world, turnId } = running();
    world.input({ type: "reply", epoch: 1, to: "clear-queue", tag: { turnId }, outcome: { type: "ok", value: { cleared: 0 } } });
    expect([world.asked, world.state.phase.type]).toEqual([[], "running"]);
  });
});

describe("a timer that is too late", () => {
  it.each(["accept", "abort", "probe"] as const)("(%s) changes nothing in a turn that runs", (key) => {
    const { world } = running();
    const { phase } = world.state;
    world.input({ type: "timer", key });
    expect([world.state.phase, world.types.at(-1), world.asked]).toEqual([phase, "turn.started", []]);
  });
});
