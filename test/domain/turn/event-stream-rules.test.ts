import { describe, expect, it } from "vitest";
import { CountedIds } from "../../../src/adapters/fake/counted-ids.js";
import { ManualClock } from "../../../src/adapters/fake/manual-clock.js";
import { EventStamper } from "../../../src/domain/turn/event-stamp.js";
import { EventStreamRules, eventStreamRules, type RuleViolation } from "../../../src/domain/turn/event-stream-rules.js";
import type { ProviderRuntimeEvent, RuntimeEventDraft } from "../../../src/ports/runtime-event.js";
import {
  approvalAsked,
  approvalResolved,
  erred,
  messageCompleted,
  questionAsked,
  questionResolved,
  reasoningCompleted,
  reasoningDelta,
  sessionExited,
  sessionStarted,
  textDelta,
  tool,
  turnCompleted,
  turnFailed,
  turnStarted,
  warned,
} from "./drafts.js";

function violationsOf(events: readonly ProviderRuntimeEvent[]): readonly RuleViolation[] {
  const rules = new EventStreamRules();
  for (const event of events) rules.check(event);
  return rules.conclude();
}

/** The rules that a stream breaks, each once, in ascending order. */
function broken(events: readonly ProviderRuntimeEvent[]): readonly number[] {
  return [...new Set(violationsOf(events).map(({ rule }) => rule))].toSorted((left, right) => left - right);
}

/** Drafts of one thread as events whose ids and times are in order. */
function stamped(drafts: readonly RuntimeEventDraft[]): readonly ProviderRuntimeEvent[] {
  const stamper = new EventStamper({ clock: new ManualClock(), ids: new CountedIds(), provider: "demo" });
  return drafts.map((draft) => stamper.stamp("t1", draft));
}

/** What happens within one turn, with the turn around it. */
function inTurn(...drafts: readonly RuntimeEventDraft[]): readonly RuntimeEventDraft[] {
  return [turnStarted(), ...drafts, turnCompleted()];
}

type Case = readonly [rule: number, what: string, drafts: readonly RuntimeEventDraft[], alsoBroken?: readonly number[]];

const badStreams: readonly Case[] = [
  [1, "a turn that is never completed", [turnStarted()]],
  [1, "a turn that begins while another is on", [turnStarted(), turnStarted({ turnId: "T2" }), turnCompleted({ turnId: "T2" })]],
  [1, "a turn that is started a second time", [...inTurn(), ...inTurn()]],
  [1, "a turn that begins without its id", [turnStarted({})]],
  [1, "a turn that is completed without its id", [turnStarted(), turnCompleted({})]],
  [1, "the end of a turn that never began", [turnCompleted()], [2]],
  [1, "a turn that is completed twice", [...inTurn(), turnCompleted()], [2]],
  [2, "text after the turn's end", [...inTurn(), textDelta("m1", "late")]],
  [2, "text without its turn's id", inTurn(textDelta("m1", "lost", {}), messageCompleted("m1", "lost"))],
  [2, "a message that is completed without its turn's id", inTurn(textDelta("m1", "lost"), messageCompleted("m1", "lost", {}))],
  [2, "a tool outside of a turn", [tool("started", "k1"), tool("completed", "k1")]],
  [2, "a question of another turn", inTurn(questionAsked("q1", { turnId: "T2" }), questionResolved("q1"))],
  [3, "text that belongs to no message", inTurn({ type: "content.delta", turnId: "T1", payload: { streamKind: "assistant_text", delta: "whose?" } })],
  [3, "a message that is completed twice", inTurn(textDelta("m1", "hi"), messageCompleted("m1", "hi"), messageCompleted("m1", "hi"))],
  [3, "a message that two turns share", [...inTurn(textDelta("m1", "hi"), messageCompleted("m1", "hi")), turnStarted({ turnId: "T2" }), textDelta("m1", "hi", { turnId: "T2" }), messageCompleted("m1", "hi", { turnId: "T2" }), turnCompleted({ turnId: "T2" })]],
  [3, "text that comes after its message", inTurn(textDelta("m1", "hi"), messageCompleted("m1", "hi"), textDelta("m1", "!"), messageCompleted("m1", "!"))],
  [3, "a message with another text than was streamed", inTurn(textDelta("m1", "hello"), messageCompleted("m1", "goodbye"))],
  [3, "a message whose text was not streamed", inTurn(messageCompleted("m1", "hello"))],
  [3, "a message that begins with white space", inTurn(textDelta("m1", " \n"), textDelta("m1", "hi"), messageCompleted("m1", " \nhi"))],
  [3, "a message without visible text", inTurn({ type: "item.completed", turnId: "T1", itemId: "m1", payload: { itemType: "assistant_message", status: "completed" } })],
  [3, "a message that its turn's end leaves open", inTurn(textDelta("m1", "hi"))],
  [4, "reasoning that goes on as text", inTurn(reasoningDelta("r1", "hm"), textDelta("r1", "so"), reasoningCompleted("r1"))],
  [4, "text that goes on as reasoning", inTurn(textDelta("m1", "so"), reasoningDelta("m1", " hm"), messageCompleted("m1", "so hm"))],
  [4, "text that is completed as reasoning", inTurn(textDelta("m1", "hi"), reasoningCompleted("m1"))],
  [5, "a tool that is started twice", inTurn(tool("started", "k1"), tool("started", "k1"), tool("completed", "k1"))],
  [5, "a tool that is started again after its end", inTurn(tool("started", "k1"), tool("completed", "k1"), tool("started", "k1"), tool("completed", "k1"))],
  [5, "a tool that is updated twice", inTurn(tool("started", "k1"), tool("updated", "k1"), tool("updated", "k1"), tool("completed", "k1"))],
  [5, "a tool that is updated before its start", inTurn(tool("updated", "k1"))],
  [5, "a tool that is completed without a start", inTurn(tool("completed", "k1"))],
  [5, "a tool that is completed twice", inTurn(tool("started", "k1"), tool("completed", "k1"), tool("completed", "k1"))],
  [5, "a tool without an id", inTurn({ type: "item.started", turnId: "T1", payload: { itemType: "web_search" } })],
  [5, "a tool that its turn's end leaves open", inTurn(tool("started", "k1"))],
  [6, "a question that is never resolved", [questionAsked("q1", {})]],
  [6, "a question that its turn's end leaves open", [...inTurn(questionAsked("q1")), questionResolved("q1", {})]],
  [6, "a question that a session's exit leaves open", [questionAsked("q1", {}), sessionExited, questionResolved("q1", {})]],
  [6, "a question that is asked twice", inTurn(questionAsked("q1"), questionAsked("q1"), questionResolved("q1"))],
  [6, "a question that is asked again after its answer", inTurn(questionAsked("q1"), questionResolved("q1"), questionAsked("q1"), questionResolved("q1"))],
  [6, "a question without an id", inTurn({ type: "user-input.requested", turnId: "T1", payload: { questions: [] } })],
  [6, "an answer without an id", [{ type: "user-input.resolved", payload: { answers: {} } }]],
  [2, "an approval outside a turn", [approvalAsked({}), approvalResolved({})]],
  [6, "an approval that is never resolved", inTurn(approvalAsked())],
  [6, "an approval that is resolved twice", inTurn(approvalAsked(), approvalResolved(), approvalResolved())],
  [6, "an approval that was never asked for and is resolved", inTurn(approvalResolved())],
  [6, "an approval that is resolved as another one", inTurn(approvalAsked(), approvalResolved({ turnId: "T1" }, "file_read_approval"))],
  [8, "a blank warning", [warned("  ")]],
  [8, "a blank title", inTurn(tool("started", "k1"), { type: "item.completed", turnId: "T1", itemId: "k1", payload: { itemType: "command_execution", title: "" } })],
  [8, "a question without options", inTurn({ type: "user-input.requested", turnId: "T1", requestId: "q1", payload: { questions: [{ id: "a", header: "b", question: "c", options: [] }] } }, questionResolved("q1"))],
  [8, "an option without a description", inTurn({ type: "user-input.requested", turnId: "T1", requestId: "q1", payload: { questions: [{ id: "a", header: "b", question: "c", options: [{ label: "d", description: " " }] }] } }, questionResolved("q1"))],
  [8, "a payload without bounds", [warned("x".repeat(64 * 1024))]],
  [8, "a payload that is no JSON", [{ type: "session.configured", payload: { config: { tokens: 1n } } }]],
  [9, "a turn that had an error and is called completed", inTurn(erred("The model is gone."))],
  [9, "a turn that had an error, then one beside it, and is called completed", inTurn(erred("The model is gone."), erred("The disk is full.", {}))],
  [9, "a failed turn that says nothing", [turnStarted(), erred("The model is gone."), turnFailed("")], [8]],
  [10, "a session that exits twice", [sessionStarted, sessionExited, sessionExited]],
  [10, "a session that exits twice before something else happens", [sessionStarted, sessionExited, sessionExited, warned("odd")]],
  [10, "a session that exits while its turn is on", [sessionStarted, turnStarted(), sessionExited, turnCompleted()]],
];

const goodStreams: readonly (readonly [what: string, drafts: readonly RuntimeEventDraft[]])[] = [
  ["no event at all", []],
  [
    "a whole life",
    [
      sessionStarted,
      { type: "session.configured", payload: { config: { model: "demo/plain" } } },
      { type: "thread.started", payload: { providerThreadId: "s1" } },
      ...inTurn(
        reasoningDelta("r1", "  hm"),
        textDelta("m1", "hel"),
        textDelta("m1", "lo "),
        reasoningCompleted("r1"),
        messageCompleted("m1", "hello "),
        tool("started", "k1"),
        tool("started", "k2"),
        tool("updated", "k1"),
        tool("completed", "k2"),
        tool("completed", "k1"),
        questionAsked("q1"),
        questionResolved("q1"),
        textDelta("m2", "done"),
        messageCompleted("m2", "done"),
      ),
      sessionExited,
    ],
  ],
  ["a turn that fails and says why", [turnStarted(), erred("The model is gone."), turnFailed("The model is gone.")]],
  ["reasoning that its turn's end leaves open", inTurn(reasoningDelta("r1", "hm"))],
  ["a question between two turns", [...inTurn(), questionAsked("q1", {}), questionResolved("q1", {})]],
  ["an answer to a question that is not open", [questionResolved("q1", {})]],
  ["a start that failed", [erred("No such program.", {}), sessionExited]],
  ["several starts that failed", [erred("No such program.", {}), sessionExited, erred("No such program.", {}), sessionExited]],
  ["a start that heals what an earlier session left", [sessionExited, sessionStarted, sessionExited, sessionExited, sessionStarted, sessionExited]],
];

describe("the rules of the event stream", () => {
  it.each(badStreams.map(([rule, what, drafts, alsoBroken = []]) => ({ rule, what, drafts, alsoBroken })))("$rule: finds $what", ({ rule, drafts, alsoBroken }) => {
    expect(broken(stamped(drafts))).toEqual([rule, ...alsoBroken].toSorted((left, right) => left - right));
  });

  it.each(goodStreams)("have nothing against %s", (_what, drafts) => {
    expect(violationsOf(stamped(drafts))).toEqual([]);
  });

  it("are all shown to bite", () => {
    const stampRules = [7];
    const shown = new Set([...stampRules, ...badStreams.map(([rule]) => rule)]);
    expect([...shown].toSorted((left, right) => left - right)).toEqual(Object.keys(eventStreamRules).map(Number));
  });

  it("keep threads apart", () => {
    const stamper = new EventStamper({ clock: new ManualClock(), ids: new CountedIds(), provider: "demo" });
    const events = [stamper.stamp("t1", turnStarted()), stamper.stamp("t2", turnStarted({ turnId: "T2" }))];
    expect(violationsOf(events).map(({ detail }) => detail)).toEqual(["turn T1 of t1 was never completed", "turn T2 of t2 was never completed"]);
  });

  it("are told as soon as one is broken, and say what happened", () => {
    const rules = new EventStreamRules();
    for (const event of stamped([turnStarted(), turnStarted({ turnId: "T2" })])) rules.check(event);
    expect(rules.violations).toEqual([{ rule: 1, detail: "turn T2 began while T1 was on" }]);
  });
});

describe("rule 7 of the event stream", () => {
  const [first, second] = stamped([warned("one"), warned("two")]) as [ProviderRuntimeEvent, ProviderRuntimeEvent];

  it.each<[what: string, events: readonly ProviderRuntimeEvent[]]>([
    ["an id that is no UUID", [{ ...first, eventId: "1" }]],
    ["an id that came before", [first, { ...second, eventId: first.eventId }]],
    ["an id that came before in another thread", [first, { ...second, threadId: "t2", eventId: first.eventId }]],
    ["a time that is no ISO time", [{ ...first, createdAt: "1 January 2026" }]],
    ["a time in another notation", [{ ...first, createdAt: "2026-01-01T00:00:00Z" }]],
    ["a time that stands still", [first, { ...second, createdAt: first.createdAt }]],
    ["a time that runs back", [second, first]],
  ])("finds %s", (_what, events) => {
    expect(broken(events)).toEqual([7]);
  });

  it("lets the times of two threads be equal", () => {
    expect(violationsOf([first, { ...second, threadId: "t2", createdAt: first.createdAt }])).toEqual([]);
  });
});
