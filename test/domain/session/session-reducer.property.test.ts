import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { StartRequest, WantedModel } from "../../../src/domain/session/session-state.ts";
import type { AgentEvent, AgentModelRef, AgentState } from "../../../src/ports/agent-messages.ts";
import { idleState, ReducerWorld } from "./reducer-world.ts";

/**
 * Random interleavings of everything that can happen to a session: calls of the host, events of the agent, replies in any order,
 * ends of the process, timers. Whatever comes, no rule of the event stream breaks, every call is answered once, and a stop ends it all.
 */

const runs = Number(process.env["PROPERTY_RUNS"] ?? 4_000);

const block = fc.integer({ min: 0, max: 2 });
const text = fc.constantFrom("", " ", "a", "word ", "\n", "more text");
const toolId = fc.constantFrom("a", "b");

const agentEvent: fc.Arbitrary<AgentEvent> = fc.oneof(
  fc.constant<AgentEvent>({ type: "run-started" }),
  fc.record({ type: fc.constant("run-ended" as const), willRetry: fc.boolean() }),
  fc.record({ type: fc.constant("settled" as const), aborted: fc.boolean() }),
  fc.record({ type: fc.constant("message-started" as const), role: fc.constantFrom("user" as const, "assistant" as const) }),
  fc.record({ type: fc.constant("text-delta" as const), block, delta: text }),
  fc.record({ type: fc.constant("reasoning-delta" as const), block, delta: text }),
  fc.record({
    type: fc.constant("message-ended" as const),
    role: fc.constantFrom("assistant" as const, "tool" as const),
    text: fc.array(fc.record({ block, text }), { maxLength: 2 }),
    reasoning: fc.array(fc.record({ block, text }), { maxLength: 1 }),
    stopReason: fc.constantFrom("stop" as const, "error" as const, "aborted" as const, "tool-use" as const),
  }),
  fc.record({ type: fc.constant("tool-started" as const), toolCallId: toolId, toolName: fc.constantFrom("bash", ""), kind: fc.constant("command" as const), input: fc.constant({ command: "ls" }) }),
  fc.record({ type: fc.constant("tool-ended" as const), toolCallId: toolId, toolName: fc.constant("bash"), failed: fc.boolean(), output: text }),
  fc.record({ type: fc.constant("compaction-started" as const), reason: fc.constant("threshold" as const) }),
  fc.record({ type: fc.constant("compaction-ended" as const), reason: fc.constant("threshold" as const), willContinue: fc.boolean(), aborted: fc.boolean() }),
  fc.record({ type: fc.constant("retry-started" as const), attempt: fc.nat(3), maxAttempts: fc.constant(3), delayMs: fc.nat(8_000), errorMessage: text }),
  fc.record({ type: fc.constant("retry-ended" as const), success: fc.boolean(), errorMessage: text }),
  fc.record({
    type: fc.constant("dialog-opened" as const),
    dialogId: fc.constantFrom("d1", "d2"),
    method: fc.constantFrom("select" as const, "confirm" as const, "input" as const),
    title: text,
    options: fc.array(text, { maxLength: 2 }),
    timeoutMs: fc.constantFrom(1_000, 2_000),
  }),
  fc.record({ type: fc.constant("notice" as const), severity: fc.constantFrom("info" as const, "warning" as const), text }),
);

const plainModel: AgentModelRef = { provider: "demo", id: "plain" };
const otherModel: AgentModelRef = { provider: "demo", id: "other" };
/** No agent lists it: it is to be had only by starting one with it. */
const addedModel: AgentModelRef = { provider: "demo", id: "added" };

const model = fc.constantFrom(plainModel, plainModel, otherModel, addedModel);
const agentState: fc.Arbitrary<AgentState> = fc.record({ streaming: fc.boolean(), compacting: fc.boolean(), queued: fc.nat(1), model }).map(withFacts);

function withFacts(change: Pick<AgentState, "streaming" | "compacting" | "queued"> & { readonly model: AgentModelRef }): AgentState {
  return { ...idleState, ...change };
}

const wantedModel: fc.Arbitrary<WantedModel> = fc.constantFrom<WantedModel[]>(
  {},
  { model: otherModel },
  { level: "high" },
  { model: otherModel, level: "nonsense" },
  { model: otherModel, unlisted: true },
  { model: addedModel, unlisted: true },
  { model: addedModel, level: "high", unlisted: true },
  { model: addedModel },
);

const conversation = fc.constantFrom<Pick<StartRequest, "hasCursor" | "resume">[]>(
  { hasCursor: false },
  { hasCursor: true, resume: { sessionFile: "/sessions/s1.jsonl", sessionId: "s1", provisional: false } },
);

type Act = (world: ReducerWorld) => void;

const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 8, arbitrary: agentEvent.map((event) => (world: ReducerWorld) => world.event(event)) },
  {
    weight: 2,
    arbitrary: fc.tuple(wantedModel, wantedModel, conversation).map(([chosen, remembered, continued]) => (world: ReducerWorld) => void world.start({ chosen, remembered, ...continued })),
  },
  {
    weight: 4,
    arbitrary: wantedModel.map((wanted) => (world: ReducerWorld) => void world.send("hi", wanted)),
  },
  { weight: 2, arbitrary: fc.constant<Act>((world) => void world.call((call) => ({ type: "interrupt", call }))) },
  { weight: 1, arbitrary: fc.constant<Act>((world) => void world.call((call) => ({ type: "stop", call }))) },
  {
    weight: 2,
    arbitrary: fc.nat(2).map((pick) => (world: ReducerWorld) => {
      const requestId = world.state.core.dialogs[pick]?.requestId ?? "no-such-request";
      world.call((call) => ({ type: "answer", call, requestId, answers: { answer: "yes" } }));
    }),
  },
  { weight: 1, arbitrary: fc.constantFrom("history" as const, "commands" as const).map((what) => (world: ReducerWorld) => void world.call((call) => ({ type: "read", call, what }))) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 3 }).map((turns) => (world: ReducerWorld) => void world.call((call) => ({ type: "rollback", call, turns }))) },
  { weight: 4, arbitrary: fc.constant<Act>((world) => world.opened()) },
  { weight: 1, arbitrary: fc.constant<Act>((world) => world.opened({ modelSwitch: "relaunch", commands: [] })) },
  { weight: 1, arbitrary: fc.constantFrom("crashed" as const, "model-unknown" as const).map((diagnosis) => (world: ReducerWorld) => world.lost("Demo ended.", diagnosis)) },
  { weight: 3, arbitrary: fc.constant<Act>((world) => world.disposed()) },
  {
    weight: 2,
    arbitrary: fc.nat(9).map((pick) => (world: ReducerWorld) => {
      const keys = [...world.timers];
      const key = keys[pick % Math.max(1, keys.length)];
      if (key !== undefined) world.fire(key);
    }),
  },
  {
    weight: 10,
    arbitrary: fc.record({ pick: fc.nat(9), kind: fc.constantFrom("ok", "ok", "ok", "refused", "unanswered"), state: agentState, disposition: fc.constantFrom("started", "handled", "unknown", "queued") }).map(
      (answer) => (world: ReducerWorld) => answerOne(world, answer),
    ),
  },
  {
    weight: 1,
    arbitrary: agentEvent.map((event) => (world: ReducerWorld) => world.input({ type: "event", epoch: world.state.core.epoch - 1, event })),
  },
);

/** What happens in a session that nobody stops and that does not crash: turns, steers, interrupts, one after another. */
const livelyAct: fc.Arbitrary<Act> = fc.oneof(
  { weight: 8, arbitrary: agentEvent.map((event) => (world: ReducerWorld) => world.event(event)) },
  { weight: 3, arbitrary: fc.constant<Act>((world) => void world.send("hi")) },
  { weight: 1, arbitrary: wantedModel.map((wanted) => (world: ReducerWorld) => void world.send("hi", wanted)) },
  // A switch by a new process, as far as that is under way.
  { weight: 1, arbitrary: fc.constant<Act>((world) => world.disposed()) },
  { weight: 1, arbitrary: fc.constant<Act>((world) => world.opened()) },
  { weight: 1, arbitrary: fc.constant<Act>((world) => void world.call((call) => ({ type: "interrupt", call }))) },
  { weight: 2, arbitrary: fc.constant<Act>((world) => world.settle()) },
  { weight: 1, arbitrary: fc.constant<Act>((world) => void world.call((call) => ({ type: "rollback", call, turns: 1 }))) },
  {
    weight: 8,
    arbitrary: fc.record({ pick: fc.nat(9), kind: fc.constantFrom("ok", "ok", "ok", "refused"), state: agentState, disposition: fc.constantFrom("started", "handled", "unknown") }).map(
      (answer) => (world: ReducerWorld) => answerOne(world, answer),
    ),
  },
);

interface RandomAnswer {
  readonly pick: number;
  readonly kind: string;
  readonly state: AgentState;
  readonly disposition: string;
}

/** Answers one outstanding command, whichever, in whatever order. */
function answerOne(world: ReducerWorld, answer: RandomAnswer): void {
  const outstanding = world.commands[answer.pick % Math.max(1, world.commands.length)];
  if (outstanding === undefined) return;
  const to = outstanding.command.type;
  if (answer.kind === "refused") {
    world.reply(to, { type: "refused", message: "no", reason: "other" });
    return;
  }
  if (answer.kind === "unanswered") {
    world.reply(to, { type: "unanswered", detail: "no answer" });
    return;
  }
  const disposition = answer.disposition as "started";
  const values: Readonly<Record<string, unknown>> = {
    "get-state": { ...answer.state, sessionId: `s${answer.pick % 3}` },
    "list-models": { models: [{ provider: "demo", id: "other", name: "Other", input: ["text"], reasoning: true, thinkingLevels: ["off", "high"] }], rejected: 0 },
    "list-thinking-levels": { levels: ["off", "high"] },
    "list-fork-points": { points: [{ entryId: "e1", text: "hi" }] },
    fork: { cancelled: answer.pick === 0 },
    "get-history": { entries: [] },
    "list-commands": { commands: [] },
    prompt: { disposition },
    steer: { disposition },
    "get-stats": { totals: { inputTokens: 1, outputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0, totalTokens: 2, costUsd: 0 } },
  };
  world.reply(to, { type: "ok", value: (values[to] ?? {}) as never });
}

/** The models for which a command was sent to switch to them. */
function switchedTo(world: ReducerWorld): readonly string[] {
  return world.effects.flatMap((effect) => (effect.type === "command" && effect.command.type === "set-model" ? [effect.command.model.id] : []));
}

/** Lets the surroundings do what they always do in the end. */
function windDown(world: ReducerWorld): void {
  world.call((call) => ({ type: "stop", call }));
  for (let round = 0; round < 50 && world.state.phase.type !== "closed"; round += 1) {
    world.disposed();
    for (const key of world.timers) world.fire(key);
  }
}

describe("any interleaving of calls, events, replies, ends and timers", () => {
  it(`keeps every rule and ends quiescent (${runs} runs)`, () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
        const world = new ReducerWorld();
        for (const perform of acts) perform(world);
        windDown(world);
        expect(world.rules.conclude()).toEqual([]);
        expect(world.state.phase.type).toBe("closed");
        expect([...world.openCalls]).toEqual([]);
        expect(switchedTo(world)).not.toContain(addedModel.id);
        expect(world.answeredTwice).toEqual([]);
        expect([...world.timers]).toEqual([]);
        expect(world.state.core.dialogs).toEqual([]);
      }),
      { numRuns: runs },
    );
  });

  it.each(["adopt", "refuse"] as const)(`keeps every rule in long lives that nothing ends early, where unasked runs meet "%s" (${runs} runs)`, (unsolicitedRuns) => {
    fc.assert(
      fc.property(fc.array(livelyAct, { maxLength: 80 }), (acts) => {
        const world = new ReducerWorld({ settings: { unsolicitedRuns } }).ready();
        for (const perform of acts) perform(world);
        windDown(world);
        expect(world.rules.conclude()).toEqual([]);
        expect([...world.openCalls]).toEqual([]);
        expect(switchedTo(world)).not.toContain(addedModel.id);
        expect(world.answeredTwice).toEqual([]);
      }),
      { numRuns: runs },
    );
  });

  it(`does the same for sessions that are ready and busy (${runs} runs)`, () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
        const world = new ReducerWorld().ready();
        world.turn();
        for (const perform of acts) perform(world);
        windDown(world);
        expect(world.rules.conclude()).toEqual([]);
        expect(world.state.phase.type).toBe("closed");
        expect([...world.openCalls]).toEqual([]);
        expect(switchedTo(world)).not.toContain(addedModel.id);
        expect(world.answeredTwice).toEqual([]);
        expect(world.state.core.dialogs).toEqual([]);
      }),
      { numRuns: runs },
    );
  });
});
