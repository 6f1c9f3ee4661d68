import { describe, expect, it } from "vitest";
import { RecordingTelemetry } from "../../../src/adapters/fake/recording-telemetry.js";
import { emit } from "../../../src/domain/session/step.js";
import { SessionTrace } from "../../../src/domain/session/session-trace.js";
import type { SessionInput } from "../../../src/domain/session/session-state.js";
import type { AgentEvent } from "../../../src/ports/agent-messages.js";
import type { RuntimeEventDraft, RuntimeTurnState } from "../../../src/ports/runtime-event.js";
import { describeTelemetry } from "../../contract/telemetry.js";
import type { ReducerWorld } from "./reducer-world.js";
import { inPhase, type PhaseName } from "./session-phases.js";

describeTelemetry({ name: "SessionTrace", create: () => new SessionTrace({ telemetry: new RecordingTelemetry(), threadId: "t1", start: undefined }) });

const someInput: SessionInput = { type: "turn-id", id: "next" };
const turnStarted: RuntimeEventDraft = { type: "turn.started", turnId: "1", payload: { model: "demo/plain", effort: "low" } };

class TraceBench {
  readonly telemetry = new RecordingTelemetry();
  readonly start = this.telemetry.span("session.start");
  readonly trace = new SessionTrace({ telemetry: this.telemetry, threadId: "t1", start: this.start });

  /** The session comes into this situation. */
  enter(phase: PhaseName, change: (world: ReducerWorld) => void = () => undefined): void {
    const world: ReducerWorld = inPhase[phase]();
    change(world);
    this.trace.follow(someInput, { state: world.state, effects: [] });
  }

  /** The host is told. */
  tell(...drafts: readonly RuntimeEventDraft[]): void {
    this.trace.follow(someInput, { state: inPhase.running().state, effects: drafts.map((draft) => emit(draft)) });
  }

  hear(event: AgentEvent, epoch = 1): void {
    this.trace.follow({ type: "event", epoch, event }, { state: inPhase.running().state, effects: [] });
  }

  /** In which span one is that is opened now. */
  get within(): string | undefined {
    this.trace.span("probe").end("ok");
    return this.telemetry.spans.at(-1)?.within;
  }

  /** How the spans of this name have ended. */
  endsOf(name: string): readonly unknown[] {
    return this.telemetry.spans.flatMap((span) => (span.name === name ? [span.end?.outcome] : []));
  }
}

describe("a start", () => {
  it("is told part by part, and what is done meanwhile lies within the part", () => {
    const bench = new TraceBench();
    bench.enter("new");
    expect(bench.within).toBeUndefined();
    bench.enter("starting: opening");
    expect(bench.within).toBe("session.start");
    bench.enter("starting: readying");
    expect(bench.within).toBe("session.start.ready");
    bench.enter("starting: readying");
    bench.enter("starting: selecting");
    expect(bench.within).toBe("session.start.select");
    bench.enter("idle");
    expect(bench.within).toBeUndefined();

    expect(bench.telemetry.spans.filter(({ name }) => name !== "probe")).toEqual([
      // Whoever opened it ends it.
      { name: "session.start", attributes: {} },
      { name: "session.start.ready", attributes: {}, within: "session.start", end: { outcome: "ok", attributes: {} } },
      { name: "session.start.select", attributes: {}, within: "session.start", end: { outcome: "ok", attributes: {} } },
    ]);
  });

  it("that fails ends the part in which it failed", () => {
    const bench = new TraceBench();
    bench.enter("starting: readying");
    bench.enter("starting: readying", (world) => world.reply("get-state", { type: "unanswered", detail: "Nothing." }));
    expect(bench.endsOf("session.start.ready")).toEqual(["error"]);
  });

  it("that is called off does not fail", () => {
    const bench = new TraceBench();
    bench.enter("starting: selecting");
    bench.enter("starting: selecting", (world) => world.stop());
    expect(bench.endsOf("session.start.select")).toEqual(["cancelled"]);
  });
});

describe("a turn", () => {
  it("is told with its model and level, and with what it took", () => {
    const bench = new TraceBench();
    bench.tell(turnStarted);
    expect(bench.within).toBe("turn");
    bench.hear({ type: "retry-started", attempt: 1, maxAttempts: 3, delayMs: 10, errorMessage: "secret" });
    for (const itemType of ["assistant_message", "reasoning", "context_compaction", "command_execution", "mcp_tool_call"] as const) {
      bench.tell({ type: "item.completed", turnId: "1", itemId: itemType, payload: { itemType, detail: "secret" } });
    }
    const usage = { inputTokens: 90, outputTokens: 10, cachedInputTokens: 0, cacheWriteTokens: 0, totalTokens: 100 };
    bench.tell({ type: "turn.completed", turnId: "1", payload: { state: "completed", usage, errorMessage: "secret" } });

    expect(bench.telemetry.spans.find(({ name }) => name === "turn")).toEqual({
      name: "turn",
      attributes: { threadId: "t1", model: "demo/plain", level: "low" },
      end: { outcome: "ok", attributes: { tools: 2, retries: 1, tokens: 100 } },
    });
    expect(bench.within).toBeUndefined();
    expect(bench.telemetry.counts).toEqual([{ name: "agent.retries", value: 1, attributes: {} }]);
  });

  it.each<[RuntimeTurnState, string]>([
    ["completed", "ok"],
    ["failed", "error"],
    ["interrupted", "cancelled"],
    ["cancelled", "cancelled"],
  ])("that is %s ends as %s", (state, outcome) => {
    const bench = new TraceBench();
    bench.tell({ type: "turn.started", turnId: "1", payload: {} }, { type: "turn.completed", turnId: "1", payload: { state } });
    expect(bench.telemetry.spans.slice(1)).toEqual([{ name: "turn", attributes: { threadId: "t1" }, end: { outcome, attributes: { tools: 0, retries: 0 } } }]);
  });

  it("does not count what an earlier process says", () => {
    const bench = new TraceBench();
    bench.tell(turnStarted);
    bench.hear({ type: "retry-started", attempt: 1, maxAttempts: 3, delayMs: 10, errorMessage: "" }, 0);
    expect(bench.telemetry.counts).toEqual([]);
  });

  it("begins anew with the next one", () => {
    const bench = new TraceBench();
    for (const turnId of ["1", "2"]) {
      bench.tell({ ...turnStarted, turnId });
      bench.tell({ type: "item.completed", turnId, itemId: "c", payload: { itemType: "command_execution" } });
      bench.tell({ type: "turn.completed", turnId, payload: { state: "completed" } });
    }
    expect(bench.telemetry.spans.slice(1).map(({ end }) => end?.attributes)).toEqual([{ tools: 1, retries: 0 }, { tools: 1, retries: 0 }]);
  });
});

it("names the thread on whatever the session does", () => {
  const bench = new TraceBench();
  bench.trace.span("agent.command", { command: "abort" }).end("ok");
  expect(bench.telemetry.spans.at(-1)?.attributes).toEqual({ threadId: "t1", command: "abort" });
});
