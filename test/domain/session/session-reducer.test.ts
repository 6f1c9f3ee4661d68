import { describe, expect, it } from "vitest";
import type { AgentEvent } from "../../../src/ports/agent-messages.js";
import { ReducerWorld } from "./reducer-world.js";
import { inPhase, phaseNames } from "./session-phases.js";

const compacted: Extract<AgentEvent, { type: "compaction-ended" }> = { type: "compaction-ended", reason: "threshold", willContinue: false, aborted: false, tokensBefore: 100, tokensAfter: 10 };

describe("an input of another process", () => {
  it.each(phaseNames)("(%s) changes nothing and does nothing", (name) => {
    const world = inPhase[name]();
    const { state } = world;
    const effects = world.effects.length;
    for (const epoch of [state.core.epoch - 1, state.core.epoch + 1]) {
      world.input({ type: "event", epoch, event: { type: "run-started" } });
      world.input({ type: "reply", epoch, to: "get-state", tag: {}, outcome: { type: "unanswered", detail: "No answer." } });
      world.input({ type: "record-dropped", epoch, bytes: 1 });
      world.input({ type: "open-failed", epoch, error: { kind: "process", code: "start-failed", operation: "locate", detail: "No." }, cursorLost: false });
      world.input({ type: "lost", epoch, detail: "Demo ended.", diagnosis: "crashed" });
      world.input({ type: "disposed", epoch });
    }
    expect([world.state, world.effects.length]).toEqual([state, effects]);
  });
});

describe("a session that is idle", () => {
  it.each<[what: string, event: AgentEvent, events: readonly string[]]>([
    ["tells of a compaction", compacted, ["thread.state.changed"]],
    ["says nothing of a compaction that was called off", { ...compacted, aborted: true }, []],
    ["says nothing of a compaction that failed", { ...compacted, errorMessage: "Too long." }, []],
    ["passes a warning on", { type: "notice", severity: "warning", text: "Careful." }, ["runtime.warning"]],
    ["keeps information to itself", { type: "notice", severity: "info", text: "All is well." }, []],
    ["keeps a blank notice to itself", { type: "notice", severity: "error", text: " " }, []],
    ["ignores the end of an earlier run", { type: "settled", aborted: false }, []],
    ["ignores a late answer", { type: "stray-reply", requestId: "r1", refusal: "No." }, []],
    ["ignores what it does not know", { type: "unrecognised", recordType: "new" }, []],
  ])("%s", (_what, event, events) => {
    const world = new ReducerWorld().ready();
    world.event(event);
    expect([world.types.slice(3), world.state.phase.type]).toEqual([events, "idle"]);
    expect(world.events.some(({ turnId }) => turnId !== undefined)).toBe(false);
  });

  it("takes note of a level that was changed from inside", () => {
    const world = new ReducerWorld().ready();
    world.event({ type: "thinking-level-changed", level: "high" });
    expect(world.state.core.agent?.thinkingLevel).toBe("high");
  });

  it("tells of a record that was too large", () => {
    const world = new ReducerWorld().ready();
    world.input({ type: "record-dropped", epoch: 1, bytes: 99 });
    expect(world.types.at(-1)).toBe("runtime.warning");
  });
});

describe("a session that is closed", () => {
  it("never changes again", () => {
    const world = inPhase.closed();
    const { state } = world;
    world.input({ type: "event", epoch: 1, event: { type: "run-started" } });
    world.input({ type: "timer", key: "quiet" });
    world.input({ type: "disposed", epoch: 1 });
    world.send();
    expect(world.state).toBe(state);
  });
});
