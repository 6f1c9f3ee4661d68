import { describe, expect, it } from "vitest";
import { advance } from "../../../src/domain/transcript/advance.ts";
import { emptyTranscript, itemsOf, turnsOf, type Transcript } from "../../../src/domain/transcript/transcript.ts";
import type { RuntimeEventDraft } from "../../../src/ports/runtime-event.ts";
import {
  erred,
  messageCompleted,
  questionAsked,
  questionResolved,
  reasoningCompleted,
  reasoningDelta,
  sessionExited,
  sessionStarted,
  textDelta,
  turnCompleted,
  turnFailed,
  turnStarted,
  warned,
} from "../turn/drafts.ts";
import { folded, frozen, stamped, timeAt, transcriptOf } from "./folding.ts";

function latestItems(transcript: Transcript): readonly unknown[] {
  return transcript.latest === undefined ? [] : itemsOf(transcript.latest);
}

function stateAfter(drafts: readonly RuntimeEventDraft[]): unknown {
  return transcriptOf(drafts).session;
}

function toolEvent(station: "started" | "updated" | "completed", payload: object): RuntimeEventDraft {
  return { type: `item.${station}`, turnId: "T1", itemId: "tool", payload: { itemType: "command_execution", title: "Command run", ...payload } };
}

describe("a message", () => {
  it("grows with each piece, and is completed", () => {
    const events = stamped([turnStarted(), textDelta("m", "Hel"), textDelta("m", "lo"), messageCompleted("m", "Hello")]);
    const base = { type: "assistant-message", id: "m", turnId: "T1", ordinal: 0, startedAt: timeAt(1) };
    expect(latestItems(folded(events.slice(0, 2)))).toEqual([{ ...base, text: "Hel", streaming: true }]);
    expect(latestItems(folded(events.slice(0, 3)))).toEqual([{ ...base, text: "Hello", streaming: true }]);
    expect(latestItems(folded(events))).toEqual([{ ...base, text: "Hello", streaming: false, completedAt: timeAt(3) }]);
  });

  it("of which no piece came has the text of its end", () => {
    expect(latestItems(transcriptOf([turnStarted(), messageCompleted("m", "All at once")]))).toMatchObject([{ type: "assistant-message", text: "All at once", streaming: false }]);
  });

  it("keeps what was streamed, whatever its end says", () => {
    expect(latestItems(transcriptOf([turnStarted(), textDelta("m", "shown"), messageCompleted("m", "something else")]))).toMatchObject([{ text: "shown" }]);
  });

  it("stands beside the reasoning before it", () => {
    const transcript = transcriptOf([turnStarted(), reasoningDelta("r", "Let me "), reasoningDelta("r", "see."), textDelta("m", "Yes."), reasoningCompleted("r"), messageCompleted("m", "Yes.")]);
    expect(latestItems(transcript)).toMatchObject([
      { type: "reasoning", ordinal: 0, text: "Let me see.", streaming: false },
      { type: "assistant-message", ordinal: 1, text: "Yes.", streaming: false },
    ]);
    expect(transcript.latest?.openItems).toEqual([]);
  });
});

describe("a tool", () => {
  const started = toolEvent("started", { status: "inProgress", detail: "npm test" });
  const updated = toolEvent("updated", { status: "inProgress", detail: "npm test", data: { item: { toolName: "bash", input: { command: "npm test" } } } });

  it("keeps what it got beside what came of it", () => {
    const completed = toolEvent("completed", { status: "failed", title: "Command run failed", detail: "1 failed", data: { item: { toolName: "bash", output: "…\n1 failed" } } });
    expect(latestItems(transcriptOf([turnStarted(), started, updated, completed]))).toEqual([
      {
        type: "tool",
        id: "tool",
        turnId: "T1",
        ordinal: 0,
        itemType: "command_execution",
        title: "Command run failed",
        detail: "1 failed",
        status: "failed",
        data: { item: { toolName: "bash", input: { command: "npm test" }, output: "…\n1 failed" } },
        startedAt: timeAt(1),
        completedAt: timeAt(3),
      },
    ]);
  });

  it("is open until it is completed", () => {
    const transcript = transcriptOf([turnStarted(), started, updated]);
    expect(latestItems(transcript)).toMatchObject([{ status: "inProgress", detail: "npm test" }]);
    expect(transcript.latest?.openItems).toEqual([0]);
  });

  it("that was not completed failed when its turn ends", () => {
    expect(latestItems(transcriptOf([turnStarted(), started, turnCompleted()]))).toMatchObject([{ status: "failed", completedAt: timeAt(2) }]);
  });
});

describe("a request", () => {
  const opened: RuntimeEventDraft = { type: "request.opened", turnId: "T1", requestId: "q", payload: { requestType: "command_execution_approval", detail: "rm -r build", args: { command: "rm -r build" } } };

  it("has its decision once there is one", () => {
    const transcript = transcriptOf([turnStarted(), opened, { type: "request.resolved", turnId: "T1", requestId: "q", payload: { requestType: "command_execution_approval", decision: "decline" } }]);
    expect(latestItems(transcript)).toMatchObject([{ type: "request", id: "q", requestType: "command_execution_approval", detail: "rm -r build", args: { command: "rm -r build" }, decision: "decline", completedAt: timeAt(2) }]);
  });

  it("that nobody decided on is over with its turn", () => {
    const [request] = latestItems(transcriptOf([turnStarted(), opened, turnCompleted()]));
    expect(request).toMatchObject({ completedAt: timeAt(2) });
    expect(request).not.toHaveProperty("decision");
  });
});

describe("a question", () => {
  it("has its answers once there are some", () => {
    const answered: RuntimeEventDraft = { type: "user-input.resolved", turnId: "T1", requestId: "q", payload: { answers: { answer: "This" } } };
    expect(latestItems(transcriptOf([turnStarted(), questionAsked("q"), answered]))).toMatchObject([{ type: "question", questions: [{ header: "Which?" }], answers: { answer: "This" }, completedAt: timeAt(2) }]);
  });

  it("may be asked before any turn, and be answered in one", () => {
    const transcript = transcriptOf([questionAsked("q", {}), turnStarted(), questionResolved("q")]);
    expect(transcript.asides).toMatchObject([{ type: "question", ordinal: 0, answers: {}, completedAt: timeAt(2) }]);
    expect(latestItems(transcript)).toEqual([]);
  });

  it("is found in its turn by an answer that names none", () => {
    expect(latestItems(transcriptOf([turnStarted(), questionAsked("q"), questionResolved("q", {})]))).toMatchObject([{ completedAt: timeAt(2) }]);
  });

  it("that nobody asked is none", () => {
    const transcript = transcriptOf([turnStarted(), questionResolved("stray", {})]);
    expect([latestItems(transcript), transcript.asides]).toEqual([[], []]);
  });
});

describe("what is said by the way", () => {
  it("lies in the turn that it names, and outside where it names none", () => {
    const transcript = transcriptOf([warned("Before"), turnStarted(), { type: "runtime.warning", turnId: "T1", payload: { message: "Within" } }, erred("Broken"), turnFailed("Broken"), warned("After")]);
    expect(latestItems(transcript)).toMatchObject([
      { type: "notice", severity: "warning", message: "Within" },
      { type: "notice", severity: "error", message: "Broken", class: "provider_error" },
    ]);
    expect(transcript.asides).toMatchObject([
      { type: "notice", id: "event-0", ordinal: 0, message: "Before", completedAt: timeAt(0) },
      { message: "After", ordinal: 1 },
    ]);
  });

  it("tells of a compaction within a turn and without one", () => {
    const detail = { reason: "threshold", tokensBefore: 90_000 };
    const compacted = (turnId?: string): RuntimeEventDraft => ({ type: "thread.state.changed", ...(turnId === undefined ? {} : { turnId }), payload: { state: "compacted", detail } });
    const transcript = transcriptOf([turnStarted(), compacted("T1"), turnCompleted(), compacted(), { type: "thread.state.changed", payload: { state: "idle" } }]);
    expect(latestItems(transcript)).toMatchObject([{ type: "compaction", status: "completed", detail }]);
    expect(transcript.asides).toMatchObject([{ type: "compaction", status: "completed", detail }]);
  });

  it("tells of a compaction that is under way", () => {
    const started: RuntimeEventDraft = { type: "item.started", turnId: "T1", itemId: "c", payload: { itemType: "context_compaction" } };
    const completed: RuntimeEventDraft = { type: "item.completed", turnId: "T1", itemId: "c", payload: { itemType: "context_compaction", data: { tokensAfter: 5 } } };
    expect(latestItems(transcriptOf([turnStarted(), started]))).toMatchObject([{ type: "compaction", status: "inProgress" }]);
    expect(latestItems(transcriptOf([turnStarted(), started, completed]))).toMatchObject([{ type: "compaction", status: "completed", detail: { tokensAfter: 5 } }]);
  });
});

describe("a turn", () => {
  it("has what its events say of it", () => {
    const usage = { inputTokens: 10, outputTokens: 5, cachedInputTokens: 0, cacheWriteTokens: 0, totalTokens: 15 };
    const transcript = transcriptOf([
      { type: "turn.started", turnId: "T1", payload: { model: "demo/plain", effort: "high" } },
      { type: "turn.completed", turnId: "T1", payload: { state: "failed", stopReason: "error", usage, totalCostUsd: 0.5, errorMessage: "No credit" } },
    ]);
    expect(transcript.latest).toMatchObject({
      id: "T1",
      state: "failed",
      model: "demo/plain",
      effort: "high",
      startedAt: timeAt(0),
      completedAt: timeAt(1),
      stopReason: "error",
      usage,
      costUsd: 0.5,
      errorMessage: "No credit",
    });
  });

  it("has the agent's own references where they are told", () => {
    const transcript = transcriptOf([
      turnStarted(),
      { type: "turn.completed", turnId: "T1", providerRefs: { providerTurnId: "entry-1" }, payload: { state: "completed", conversationHead: "entry-4" } },
    ]);
    expect(transcript.latest).toMatchObject({ providerTurnId: "entry-1", conversationHead: "entry-4" });
  });

  it("that was not told to end is interrupted by the next one, and by the end of the session", () => {
    const second = { turnId: "T2" };
    const transcript = transcriptOf([turnStarted(), textDelta("m", "Half a "), turnStarted(second), sessionExited]);
    const [first, last] = turnsOf(transcript);
    expect([first?.state, last?.state]).toEqual(["interrupted", "interrupted"]);
    expect(first === undefined ? [] : itemsOf(first)).toMatchObject([{ text: "Half a ", streaming: false, completedAt: timeAt(2) }]);
  });

  it("begins with whatever is told of it first, where its beginning is not known", () => {
    const transcript = transcriptOf([textDelta("m", "…and so", { turnId: "T7" }), turnStarted({ turnId: "T7" })]);
    expect(turnsOf(transcript)).toMatchObject([{ id: "T7", state: "running", model: "demo/plain" }]);
    expect(latestItems(transcript)).toMatchObject([{ text: "…and so" }]);
  });

  it("takes what is told of it late", () => {
    const transcript = transcriptOf([turnStarted(), turnCompleted(), turnStarted({ turnId: "T2" }), { type: "runtime.warning", turnId: "T1", payload: { message: "Late" } }]);
    expect(turnsOf(transcript).map((turn) => itemsOf(turn).length)).toEqual([1, 0]);
    expect(transcript.latest).toMatchObject({ id: "T2", state: "running" });
  });
});

describe("the session", () => {
  it("is none before it is told of", () => {
    expect(emptyTranscript("t1").session).toEqual({ state: "none" });
  });

  it("is ready, runs, and is ready again", () => {
    expect(stateAfter([sessionStarted])).toEqual({ state: "ready" });
    expect(stateAfter([sessionStarted, turnStarted()])).toEqual({ state: "running" });
    expect(stateAfter([sessionStarted, turnStarted(), turnCompleted()])).toEqual({ state: "ready" });
    expect(stateAfter([sessionStarted, sessionExited])).toEqual({ state: "stopped" });
  });

  it("keeps an error until something goes well", () => {
    const failed = [sessionStarted, turnStarted(), erred("No credit"), turnFailed("No credit")];
    expect(stateAfter(failed)).toEqual({ state: "error", lastError: "No credit" });
    expect(stateAfter([...failed, turnStarted({ turnId: "T2" })])).toEqual({ state: "running", lastError: "No credit" });
    expect(stateAfter([...failed, turnStarted({ turnId: "T2" }), turnCompleted({ turnId: "T2" })])).toEqual({ state: "ready" });
    expect(stateAfter([...failed, sessionStarted])).toEqual({ state: "ready" });
  });

  it("is not ended by the late end of another turn", () => {
    expect(stateAfter([turnStarted(), turnStarted({ turnId: "T2" }), turnCompleted()])).toEqual({ state: "running" });
  });

  it("goes on where it is started anew in mid-turn", () => {
    expect(stateAfter([turnStarted(), sessionStarted])).toEqual({ state: "running" });
  });

  it("has the model, the level, the names of its conversation", () => {
    expect(
      stateAfter([
        { type: "session.configured", payload: { config: { model: "demo/plain", thinkingLevel: "high", cwd: "/project", other: 1 } } },
        { type: "session.configured", payload: { config: { model: "demo/other" } } },
        { type: "thread.started", payload: { providerThreadId: "s1" } },
        { type: "thread.started", payload: {} },
        { type: "thread.metadata.updated", payload: { name: "A name" } },
      ]),
    ).toEqual({ state: "none", model: "demo/other", effort: "high", providerThreadId: "s1", name: "A name" });
  });

  it.each([
    [{ state: "waiting" }, { state: "waiting", lastError: "Old" }],
    [{ state: "ready" }, { state: "ready" }],
    [{ state: "error", reason: "New" }, { state: "error", lastError: "New" }],
    [{ state: "error" }, { state: "error", lastError: "Old" }],
  ] as const)("changes as it is told: %j", (payload, expected) => {
    expect(stateAfter([erred("Old", {}), { type: "session.state.changed", payload }])).toEqual(expected);
  });
});

describe("a transcript", () => {
  it("has the thread's meter", () => {
    const totals = { inputTokens: 1, outputTokens: 1, cachedInputTokens: 0, cacheWriteTokens: 0, totalTokens: 2 };
    const usage = { totals, totalCostUsd: 0.1, usedContextTokens: 2, contextWindow: 100 };
    expect(transcriptOf([{ type: "thread.token-usage.updated", payload: { usage } }]).usage).toEqual(usage);
  });

  it("is about one thread", () => {
    const transcript = emptyTranscript("another");
    expect(stamped([turnStarted()]).reduce(advance, transcript)).toBe(transcript);
  });

  it("keeps the latest turns and asides, and counts the others", () => {
    const drafts = Array.from({ length: 5 }, (_, index) => [warned(`Before ${index}`), turnStarted({ turnId: `T${index}` }), turnCompleted({ turnId: `T${index}` })]).flat();
    const transcript = transcriptOf(drafts, { keep: 2 });
    expect(turnsOf(transcript).map(({ id }) => id)).toEqual(["T3", "T4"]);
    expect(transcript.asides).toMatchObject([{ message: "Before 3", ordinal: 3 }, { message: "Before 4", ordinal: 4 }]);
    expect(transcript.dropped).toEqual({ turns: 3, asides: 3 });
    expect(turnsOf(transcriptOf(drafts, { keep: 0 })).map(({ id }) => id)).toEqual(["T4"]);
  });

  it("leaves every earlier version as it was, and shares with it what stayed", () => {
    const events = stamped([sessionStarted, turnStarted(), textDelta("m", "a"), toolEvent("started", {}), textDelta("m", "b"), toolEvent("completed", {}), messageCompleted("m", "ab"), turnCompleted(), turnStarted({ turnId: "T2" })]);
    let transcript = frozen(emptyTranscript("t1"));
    for (const event of events) transcript = frozen(advance(transcript, frozen(event)));
    const before = folded(events.slice(0, 4));
    const after = events.slice(4, 5).reduce(advance, before);
    expect(latestItems(after)[1]).toBe(latestItems(before)[1]);
    expect(after.session).toBe(before.session);
    const ended = folded(events.slice(0, -1));
    expect(events.slice(-1).reduce(advance, ended).earlier).toEqual([ended.latest]);
    expect(events.slice(-1).reduce(advance, ended).earlier[0]).toBe(ended.latest);
  });

  it("goes on after a way over a wire", () => {
    const events = stamped([turnStarted(), textDelta("m", "a"), textDelta("m", "b"), messageCompleted("m", "ab"), turnCompleted()]);
    const sent = JSON.parse(JSON.stringify(folded(events.slice(0, 2)))) as Transcript;
    expect(events.slice(2).reduce(advance, sent)).toEqual(folded(events));
  });
});
