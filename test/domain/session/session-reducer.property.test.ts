import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { StartRequest, WantedModel } from "../../../src/domain/session/session-state.ts";
import type { AgentApprovalQuestion, AgentEvent, AgentModelRef, AgentState, AgentToolAccess } from "../../../src/ports/agent-messages.ts";
import { disagreements } from "../transcript/disagreements.ts";
import type { ProviderApprovalDecision, RollbackTarget, RuntimeMode } from "../../../src/ports/provider.ts";
import { idleState, question, ReducerWorld } from "./reducer-world.ts";

/**
 * Random interleavings of everything that can happen to a session: calls of the host, events of the agent, replies in any order,
 * ends of the process, timers. Whatever comes, no rule of the event stream breaks, a transcript of the events agrees with them, every call
 * is answered once, and a stop ends it all.
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

const gateEvent: fc.Arbitrary<AgentEvent> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<AgentEvent>({ type: "gate-announced", sessionId: "s1" }) },
  { weight: 1, arbitrary: fc.constant<AgentEvent>({ type: "gate-withdrawn" }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("tool-refused" as const), toolCallId: toolId }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("tool-progressed" as const), toolCallId: toolId, outputBytes: fc.nat(9) }) },
);

const access = fc.constantFrom<AgentToolAccess[]>("file-read", "file-change", "command", "other");
const inside = fc.constantFrom(true, false, undefined);
const decision = fc.constantFrom<ProviderApprovalDecision[]>("accept", "acceptForSession", "decline", "cancel");
const mode = fc.constantFrom<RuntimeMode[]>("approval-required", "auto-accept-edits", "full-access");

/** The agent asks about its tool calls, as it should; the user decides; somebody changes the mode. */
const supervisedAct: fc.Arbitrary<Act> = fc.oneof(
  { weight: 2, arbitrary: gateEvent.map((event) => (world: ReducerWorld) => world.event(event)) },
  {
    weight: 6,
    arbitrary: fc.record({ toolCallId: toolId, access, inside, digest: fc.constantFrom("x", "y", undefined) }).map((asked) => (world: ReducerWorld) => world.event(askedAbout(world, asked))),
  },
  {
    weight: 4,
    arbitrary: fc.tuple(decision, fc.nat(2)).map(([decided, pick]) => (world: ReducerWorld) => void world.approve(decided, world.state.core.supervision.open[pick]?.requestId ?? "no-such-request")),
  },
  { weight: 1, arbitrary: mode.map((wanted) => (world: ReducerWorld) => void world.changeMode(wanted)) },
  // A call as it should be: asked about, then ended as was decided.
  {
    weight: 3,
    arbitrary: fc.tuple(toolId, access, inside).map(([toolCallId, does, isInside]) => (world: ReducerWorld) => {
      const asked = askedAbout(world, { toolCallId, access: does, inside: isInside, digest: undefined });
      world.event({ type: "tool-started", toolCallId, toolName: "bash", kind: "command", input: {} });
      world.event(asked);
      const verdict = world.verdicts.findLast(({ questionId }) => questionId === asked.questionId)?.verdict;
      if (verdict !== undefined) world.toolEnds(toolCallId, verdict !== "accept");
    }),
  },
);

function askedAbout(
  world: ReducerWorld,
  asked: { readonly toolCallId: string; readonly access: AgentToolAccess; readonly inside: boolean | undefined; readonly digest: string | undefined },
): AgentApprovalQuestion {
  return {
    ...question(asked.toolCallId),
    questionId: `q${world.askedQuestions.length}`,
    access: asked.access,
    inputDigest: asked.digest ?? `q${world.askedQuestions.length}`,
    ...(asked.inside === undefined ? {} : { path: { resolved: asked.inside ? "/project/a" : "/elsewhere/a", inside: asked.inside } }),
  };
}

/** A question that a live session heard of was answered once, and nobody is still asked. */
function expectAnswers(world: ReducerWorld): void {
  const answered = world.verdicts.map(({ questionId }) => questionId);
  expect(new Set(answered).size).toBe(answered.length);
  expect(world.state.core.supervision.open).toEqual([]);
}

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
  { weight: 6, arbitrary: supervisedAct },
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
  { weight: 1, arbitrary: fc.constantFrom<RollbackTarget[]>(1, 2, 3, { toTurn: "e1" }, { toTurn: "e2" }, { toStart: true }).map((target) => (world: ReducerWorld) => void world.rollback(target)) },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom("adopt" as const, "discard" as const), fc.nat(1)).map(([decision, late]) => (world: ReducerWorld) => world.decide(decision, world.runAskedFor - late)) },
  { weight: 1, arbitrary: fc.constant<Act>((world) => void world.call((call) => ({ type: "name", call, name: "A name" }))) },
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
  { weight: 4, arbitrary: supervisedAct },
  { weight: 8, arbitrary: agentEvent.map((event) => (world: ReducerWorld) => world.event(event)) },
  { weight: 3, arbitrary: fc.constant<Act>((world) => void world.send("hi")) },
  { weight: 1, arbitrary: wantedModel.map((wanted) => (world: ReducerWorld) => void world.send("hi", wanted)) },
  // A switch by a new process, as far as that is under way.
  { weight: 1, arbitrary: fc.constant<Act>((world) => world.disposed()) },
  { weight: 1, arbitrary: fc.constant<Act>((world) => world.opened()) },
  { weight: 1, arbitrary: fc.constant<Act>((world) => void world.call((call) => ({ type: "interrupt", call }))) },
  { weight: 2, arbitrary: fc.constant<Act>((world) => world.settle()) },
  { weight: 1, arbitrary: fc.constant<Act>((world) => void world.rollback()) },
  { weight: 1, arbitrary: fc.constantFrom("adopt" as const, "discard" as const).map((decision) => (world: ReducerWorld) => world.decide(decision)) },
  { weight: 1, arbitrary: fc.constant<Act>((world) => world.fire("decision")) },
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
    "get-history": { entries: [{ id: "e1", role: "user", text: "hi" }], head: "e2" },
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
      fc.property(fc.array(act, { maxLength: 60 }), mode, (acts, first) => {
        const world = new ReducerWorld({ mode: first, settings: { unsolicitedRuns: "ask", turnReferences: true } });
        for (const perform of acts) perform(world);
        windDown(world);
        expect(world.rules.conclude()).toEqual([]);
        expect(disagreements(world.events)).toEqual([]);
        expect(world.state.phase.type).toBe("closed");
        expect([...world.openCalls]).toEqual([]);
        expect(switchedTo(world)).not.toContain(addedModel.id);
        expect(world.answeredTwice).toEqual([]);
        expectAnswers(world);
        expect([...world.timers]).toEqual([]);
        expect(world.state.core.dialogs).toEqual([]);
      }),
      { numRuns: runs },
    );
  });

  it.each(["adopt", "refuse", "ask"] as const)(`keeps every rule in long lives that nothing ends early, where unasked runs meet "%s" (${runs} runs)`, (unsolicitedRuns) => {
    fc.assert(
      fc.property(fc.array(livelyAct, { maxLength: 80 }), mode, (acts, first) => {
        const world = new ReducerWorld({ mode: first, settings: { unsolicitedRuns, turnReferences: true } }).ready();
        for (const perform of acts) perform(world);
        windDown(world);
        expect(world.rules.conclude()).toEqual([]);
        expect(disagreements(world.events)).toEqual([]);
        expect([...world.openCalls]).toEqual([]);
        expect(switchedTo(world)).not.toContain(addedModel.id);
        expect(world.answeredTwice).toEqual([]);
        expectAnswers(world);
      }),
      { numRuns: runs },
    );
  });

  it(`does the same for sessions that are ready and busy (${runs} runs)`, () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 60 }), mode, (acts, first) => {
        const world = new ReducerWorld({ mode: first }).ready();
        world.turn();
        for (const perform of acts) perform(world);
        windDown(world);
        expect(world.rules.conclude()).toEqual([]);
        expect(disagreements(world.events)).toEqual([]);
        expect(world.state.phase.type).toBe("closed");
        expect([...world.openCalls]).toEqual([]);
        expect(switchedTo(world)).not.toContain(addedModel.id);
        expect(world.answeredTwice).toEqual([]);
        expectAnswers(world);
        expect(world.state.core.dialogs).toEqual([]);
      }),
      { numRuns: runs },
    );
  });

  it(`lets nothing run in a mode that asks but what its user or the mode lets through (${runs} runs)`, () => {
    fc.assert(
      fc.property(fc.array(fc.oneof({ weight: 2, arbitrary: supervisedAct }, { weight: 3, arbitrary: livelyAct }), { maxLength: 60 }), (acts) => {
        const world = new ReducerWorld({ mode: "approval-required" }).ready();
        world.turn();
        for (const perform of acts) if (world.state.core.identity.runtimeMode === "approval-required") perform(world);
        const byUser = new Set(world.events.flatMap((event) => (event.type === "request.resolved" && event.payload.decision?.startsWith("accept") === true ? [event.requestId] : [])));
        const accepted = world.verdicts.filter(({ verdict }) => verdict === "accept").map(({ questionId }) => world.askedQuestions.find((asked) => asked.questionId === questionId));
        const asMuch = world.state.core.supervision.grants.length === 0 ? byUser.size : Number.POSITIVE_INFINITY;
        expect(accepted.filter((asked) => asked?.access !== "file-read" || asked.path?.inside !== true).length).toBeLessThanOrEqual(asMuch);
        windDown(world);
        expect(world.rules.conclude()).toEqual([]);
        expectAnswers(world);
      }),
      { numRuns: runs },
    );
  });
});
