import { describe, expect, it } from "vitest";
import { itemsOf, turnsOf } from "../../../src/app/transcript.js";
import { reduceJournal } from "../../../playground/page/state/reduce-journal.js";
import { emptyWorld, type World } from "../../../playground/page/state/world.js";
import type { JournalNews } from "../../../playground/shared/protocol.js";
import { completed, delta, event, happened, hostState, instance, journal, message, started, threadRow } from "./journal.js";

const told = (news: readonly JournalNews[]): World => reduceJournal(emptyWorld, journal([{ type: "state", state: hostState() }, ...news]));
const texts = (world: World): readonly string[] => {
  const view = world.views.get("t");
  return view === undefined ? [] : turnsOf(view.transcript).flatMap((turn) => itemsOf(turn)).flatMap((item) => (item.type === "assistant-message" ? [item.text] : []));
};

const turn = (turnId: string): readonly JournalNews[] => [
  { type: "message", threadId: "t", message: message(turnId, "Go") },
  ...[started(turnId), delta(turnId, `Answer ${turnId}`), completed(turnId)].map(happened),
];

describe("the journal", () => {
  it("begins with a state that replaces everything", () => {
    const history = { threadId: "t", entries: [{ type: "message", message: message("1", "Hello") }, { type: "runtime-event", event: event(started("1")) }, { type: "runtime-event", event: event(delta("1", "Hi.")) }], truncated: true } as const;
    const world = reduceJournal(
      told([{ type: "thread", thread: threadRow({ threadId: "old" }) }]),
      journal([{ type: "state", state: hostState({ hostId: "host-2", threads: [threadRow()], histories: [history], scenario: "flood" }) }]),
    );
    expect(world).toMatchObject({ hostId: "host-2", seq: 1, scenario: "flood", threads: [{ threadId: "t" }] });
    expect(texts(world)).toEqual(["Hi."]);
    expect(world.views.get("t")).toMatchObject({ truncated: true, messageCount: 1 });
  });

  it("is taken once, however often it is told", () => {
    const news = [started("1"), delta("1", "One, "), delta("1", "two.")].map(happened);
    const entries = journal([{ type: "state", state: hostState() }, ...news]);
    const once = reduceJournal(emptyWorld, entries);
    expect(texts(once)).toEqual(["One, two."]);
    expect(reduceJournal(once, entries.slice(1))).toBe(once);
    expect(texts(reduceJournal(reduceJournal(emptyWorld, entries.slice(0, 3)), entries.slice(2)))).toEqual(["One, two."]);
  });

  it("keeps what the inspector saw of the same host only", () => {
    const world = told([happened(started("1")), { type: "violation", threadId: "t", rule: "1", detail: "twice" }]);
    const again = (hostId: string): World => reduceJournal(world, journal([{ type: "state", state: hostState({ hostId }) }], 9));
    expect(again("host-1").logs.get("t")?.rows).toHaveLength(1);
    expect(again("host-1").violations).toHaveLength(1);
    expect(again("host-2")).toMatchObject({ logs: new Map(), violations: [] });
  });

  it("tells of instances in their places, and of threads the newest first", () => {
    const world = told([
      { type: "instance", instance: instance() },
      { type: "instance", instance: instance({ instanceId: "two" }) },
      { type: "instance", instance: instance({ displayName: "Renamed" }) },
      { type: "thread", thread: threadRow() },
      { type: "thread", thread: threadRow({ threadId: "younger", createdAt: "2026-01-02T00:00:00.000Z" }) },
      { type: "thread", thread: threadRow({ title: "Named" }) },
    ]);
    expect(world.instances.map(({ server }) => server.displayName)).toEqual(["Renamed", "Some agent"]);
    expect(world.threads.map(({ title }) => title)).toEqual(["A thread", "Named"]);
  });

  it("forgets a thread that is removed", () => {
    const world = told([{ type: "thread", thread: threadRow() }, happened(started("1")), { type: "thread-removed", threadId: "t" }]);
    expect(world).toMatchObject({ threads: [], views: new Map(), logs: new Map() });
  });

  it("cuts a thread back, with its messages", () => {
    const world = told([...turn("1"), ...turn("2"), ...turn("3"), { type: "rolled-back", threadId: "t", fromTurnId: "2" }]);
    expect(texts(world)).toEqual(["Answer 1"]);
    expect([...(world.views.get("t")?.messages.keys() ?? [])]).toEqual(["1"]);
  });

  it("hands what has not changed on as it is", () => {
    const before = told([{ type: "instance", instance: instance() }, happened(started("1"))]);
    const after = reduceJournal(before, journal([happened(delta("1", "x"))], before.seq + 1));
    expect(after.instances).toBe(before.instances);
    expect(after.threads).toBe(before.threads);
    expect(after.views).not.toBe(before.views);
  });
});
