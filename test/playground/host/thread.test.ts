import { describe, expect, it } from "vitest";
import { Thread } from "../../../playground/host/thread.js";
import type { RuntimeEventDraft } from "../../../src/ports/index.js";

let ids = 0;

function begin(...events: readonly RuntimeEventDraft[]): Thread {
  const thread = Thread.begin({ threadId: "thread", instanceId: "pi", runtimeMode: "full-access", cwd: "/project", createdAt: "2026-01-01T00:00:00.000Z" });
  tell(thread, ...events);
  return thread;
}

function tell(thread: Thread, ...events: readonly RuntimeEventDraft[]): void {
  for (const event of events) {
    ids += 1;
    thread.takeEvent({ ...event, eventId: `event-${ids}`, provider: "pi", threadId: "thread", createdAt: new Date(ids).toISOString() });
  }
}

const live = { isLive: true, isStarting: false };
const gone = { isLive: false, isStarting: false };
const started: RuntimeEventDraft = { type: "session.started", payload: { resume: { sessionId: "a" } } };
const turn = (turnId: string): RuntimeEventDraft => ({ type: "turn.started", turnId, payload: {} });

describe("a thread", () => {
  it("shows what its session is", () => {
    const thread = begin();
    expect([thread.row(gone).session, thread.row({ isLive: false, isStarting: true }).session]).toEqual(["none", "starting"]);
    tell(thread, started);
    expect([thread.row(live).session, thread.row(gone).session]).toEqual(["live", "resumable"]);
  });

  it("runs no turn that no process works on", () => {
    const thread = begin(started, turn("one"));
    expect([thread.row(live).activeTurnId, thread.row(gone).activeTurnId]).toEqual(["one", null]);
    tell(thread, { type: "turn.completed", turnId: "one", payload: { state: "completed" } });
    expect(thread.row(live).activeTurnId).toBeNull();
  });

  it("comes back to its conversation after an end, and not to one that is lost", () => {
    const thread = begin(started, { type: "session.exited", payload: { exitKind: "graceful", recoverable: true } });
    expect(thread.row(gone).session).toBe("resumable");
    tell(thread, { type: "session.exited", payload: { exitKind: "error", recoverable: false } });
    expect(thread.row(gone).session).toBe("none");
  });

  it("keeps its latest cursor, and none of a call that tells none", () => {
    const thread = begin(started);
    thread.takeSession({ resumeCursor: { sessionId: "b" } });
    thread.takeSession({});
    expect(thread.cursor).toEqual({ sessionId: "b" });
  });

  it("tells its last error until the next turn begins", () => {
    const thread = begin(turn("one"), { type: "turn.completed", turnId: "one", payload: { state: "failed", errorMessage: "The key is wrong." } });
    expect(thread.row(live).lastError).toBe("The key is wrong.");
    tell(thread, { type: "runtime.error", payload: { message: "It fell over." } });
    expect(thread.row(live).lastError).toBe("It fell over.");
    tell(thread, turn("two"));
    expect(thread.row(live).lastError).toBeNull();
  });

  it.each([
    ["Hello", "Hello"],
    ["  Hello\nworld ", "Hello"],
    ["x".repeat(60), "x".repeat(60)],
    ["x".repeat(61), `${"x".repeat(59)}…`],
    ["😀".repeat(61), `${"😀".repeat(59)}…`],
  ])("is called by its first message: %j", (text, title) => {
    const thread = begin();
    thread.takeMessage({ messageId: "1", turnId: "one", text, steers: false, createdAt: "" });
    thread.takeMessage({ messageId: "2", turnId: "one", text: "Another one", steers: true, createdAt: "" });
    expect(thread.row(gone).title).toBe(title);
  });

  it("counts its turns from the end, without those that were cut off", () => {
    const thread = begin(turn("one"), turn("two"), turn("three"));
    expect([1, 2, 3, 4].map((turns) => thread.turnFromEnd(turns))).toEqual(["three", "two", "one", undefined]);
    thread.cutFrom("two");
    expect([1, 2].map((turns) => thread.turnFromEnd(turns))).toEqual(["one", undefined]);
    thread.cutFrom("never was");
    expect(thread.turnFromEnd(1)).toBe("one");
  });

  it("is read as it was written, and nothing else is read", () => {
    const thread = begin(started, turn("one"));
    thread.takeMessage({ messageId: "1", turnId: "one", text: "Hello", steers: false, createdAt: "" });
    const read = Thread.read(thread.write());
    expect([read?.row(gone), read?.history, read?.cursor, read?.turnFromEnd(1)]).toEqual([thread.row(gone), thread.history, { sessionId: "a" }, "one"]);
    for (const text of ["", "null", "{}", '{"version":2}', thread.write().slice(0, -1)]) expect(Thread.read(text)).toBeUndefined();
  });
});
