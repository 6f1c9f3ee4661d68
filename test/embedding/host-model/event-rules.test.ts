import { describe, expect, it } from "vitest";
import { emptyBubble } from "../../../src/adapters/fake/host-model/screen.js";
import { chat } from "./in-memory-host.js";
import { says, StubHost } from "./stub-host.js";
import type { StubEvent } from "./stub-provider.js";

/**
 * What T3 makes of the events of bad providers, as was observed in the lab (the cases of host-contract D). A host model that forgave
 * any of this would prove nothing about a good one.
 */

const [T, other] = ["turn-1", "turn-2"];

/** A thread whose first turn is on. */
async function inTurn(): Promise<StubHost> {
  const bench = new StubHost();
  await bench.send("Hello?");
  await bench.emit(says.sessionStarted, says.turnStarted(T));
  return bench;
}

describe("the session (D.1)", () => {
  it("E1: a turn that is only aborted works for ever, and its text is never shown", async () => {
    await using bench = await inTurn();
    const aborted = { type: "turn.aborted", turnId: T, payload: { reason: "By the user." } };
    // Our provider knows no such event.
    await bench.emit(says.text("m1", "Half"), aborted as unknown as StubEvent);
    expect(bench.session).toEqual({ status: "running", activeTurnId: T, lastError: null });
    expect(chat(bench.screen)).toEqual(["> Hello?"]);
  });

  it("E2: an error that names its turn leaves the turn active, and every later one is locked out", async () => {
    await using bench = await inTurn();
    await bench.emit(says.error("Crashed.", T));
    expect(bench.session).toEqual({ status: "error", activeTurnId: T, lastError: "Crashed." });
    await bench.emit(says.sessionStarted, says.turnStarted(other), says.turnEnded(other));
    expect(bench.session).toMatchObject({ status: "running", activeTurnId: T });
  });

  it("E2b: with the turn's end after it, it does no harm", async () => {
    await using bench = await inTurn();
    await bench.emit(says.error("Crashed.", T), says.turnEnded(T, "failed", "Crashed."));
    expect(bench.session).toEqual({ status: "error", activeTurnId: null, lastError: "Crashed." });
    await bench.emit(says.sessionStarted, says.turnStarted(other), says.turnEnded(other));
    expect(bench.session).toEqual({ status: "ready", activeTurnId: null, lastError: null });
  });

  it("E3: a second start of a turn is harmless, of another one rejected, and of none forgets the turn", async () => {
    await using bench = await inTurn();
    await bench.emit(says.turnStarted(T));
    expect(bench.session).toMatchObject({ status: "running", activeTurnId: T });
    await bench.emit(says.turnStarted(other), says.turnEnded(other));
    expect(bench.session).toMatchObject({ status: "running", activeTurnId: T });
    await bench.emit(says.turnStarted());
    expect(bench.session).toMatchObject({ status: "running", activeTurnId: null });
  });

  it("E3b: a turn that was over is opened again by its start", async () => {
    await using bench = await inTurn();
    await bench.emit(says.turnEnded(T), says.turnStarted(T));
    expect(bench.session).toMatchObject({ status: "running", activeTurnId: T });
  });

  it("E6: a blank reason is refused, and with it the end of the turn", async () => {
    await using bench = await inTurn();
    await bench.emit(says.text("m1", "Half"), says.turnEnded(T, "failed", "  "), says.error("", T));
    expect(bench.session).toEqual({ status: "running", activeTurnId: T, lastError: null });
    expect(chat(bench.screen)).toEqual(["> Hello?"]);
    expect(bench.host.log).toEqual([expect.stringContaining("turn.completed: lastError is blank"), expect.stringContaining("runtime.error: lastError is blank")]);
  });

  it("E8: an end without a turn's id ends nothing", async () => {
    await using bench = await inTurn();
    expect(await bench.emit(says.turnEnded())).toMatchObject({ status: "working" });
  });

  it("E11: an error without a turn's id in a turn forgets which one it was; its end counts all the same", async () => {
    await using bench = await inTurn();
    await bench.emit(says.error("Hm."));
    expect(bench.session).toEqual({ status: "error", activeTurnId: null, lastError: "Hm." });
    await bench.emit(says.turnEnded(T));
    expect(bench.session).toEqual({ status: "ready", activeTurnId: null, lastError: null });
  });

  it("E11b: an error before a good end is only a row of the work log", async () => {
    await using bench = await inTurn();
    expect(await bench.emit(says.error("Hm.", T), says.turnEnded(T))).toMatchObject({ status: "idle", banner: null, workLog: [{ label: "Runtime error", detail: "Hm." }] });
  });

  it("E13: a state that changes in a turn ends nothing, and after `stopped` the next turn is locked out", async () => {
    await using bench = await inTurn();
    await bench.emit(says.state("ready"));
    expect(bench.session).toMatchObject({ status: "ready", activeTurnId: T });
    await bench.emit(says.state("stopped"), says.turnStarted(other));
    expect(bench.session).toMatchObject({ status: "stopped", activeTurnId: T });
  });

  it.each([
    { state: says.state("starting"), status: "connecting", banner: null, composer: "connecting" },
    { state: says.state("waiting"), status: "working", banner: null, composer: "ready" },
    { state: says.state("error"), status: "error", banner: "Provider session error", composer: "ready" },
    { state: says.state("error", "Out of money."), status: "error", banner: "Out of money.", composer: "ready" },
  ])("shows a session that says $state.payload as $status", async ({ state, ...shown }) => {
    await using bench = await inTurn();
    expect(await bench.emit(says.turnEnded(T), state)).toMatchObject(shown);
  });

  it("keeps the old banner while the next turn is on", async () => {
    await using bench = await inTurn();
    expect(await bench.emit(says.turnEnded(T, "failed", "Broken."), says.turnStarted(other))).toMatchObject({ status: "working", banner: "Broken." });
    expect(await bench.emit(says.turnEnded(other))).toMatchObject({ banner: null });
  });

  it("knows only threads that it has", async () => {
    await using bench = await inTurn();
    await bench.emit({ ...says.turnEnded(T), threadId: "another" });
    expect(bench.screen).toMatchObject({ status: "working" });
    expect(bench.host.log).toEqual([]);
  });
});

describe("messages (D.2)", () => {
  it("E4: one that ends without a word is shown as an empty response", async () => {
    await using bench = await inTurn();
    await bench.emit(says.messageEnded("m1"), says.turnEnded(T));
    expect(chat(bench.screen)).toEqual(["> Hello?", emptyBubble]);
  });

  it("E4b: one of white space is shown as a blank bubble", async () => {
    await using bench = await inTurn();
    await bench.emit(says.text("m1", "\n "), says.messageEnded("m1"), says.turnEnded(T));
    expect(chat(bench.screen)).toEqual(["> Hello?", "\n "]);
  });

  it("E5: two under one id are one bubble, without a space between them; E5b: under two ids they are two", async () => {
    await using bench = await inTurn();
    await bench.emit(says.text("m1", "Let me look."), says.messageEnded("m1"), says.text("m1", "hello 1"), says.messageEnded("m1"));
    expect(chat(bench.screen)).toEqual(["> Hello?", "Let me look.hello 1"]);
    await bench.emit(says.text("m2", "And this."), says.messageEnded("m2"));
    expect(chat(bench.screen)).toEqual(["> Hello?", "Let me look.hello 1", "And this."]);
  });

  it("E5c: a second end, with the whole text, doubles nothing; without pieces, that text is shown", async () => {
    await using bench = await inTurn();
    await bench.emit(says.text("m1", "Hi."), says.messageEnded("m1", "Hi."), says.messageEnded("m1", "Hi."), says.messageEnded("m2", "Whole."));
    expect(chat(bench.screen)).toEqual(["> Hello?", "Hi.", "Whole."]);
  });

  it("E7: what was not shown when the session exits is lost", async () => {
    await using bench = await inTurn();
    await bench.emit(says.text("m1", "Half"), says.exited, says.turnEnded(T));
    expect(chat(bench.screen)).toEqual(["> Hello?"]);
  });

  it("E10: text after its message's end is never shown", async () => {
    await using bench = await inTurn();
    await bench.emit(says.text("m1", "Hi."), says.messageEnded("m1"), says.text("m1", " Late."), says.turnEnded(T));
    expect(chat(bench.screen)).toEqual(["> Hello?", "Hi."]);
  });

  it("completes what a turn left open, even if the turn itself is not taken for ended", async () => {
    await using bench = await inTurn();
    await bench.emit(says.text("m1", "Half", other), says.turnEnded(other));
    expect(chat(bench.screen)).toEqual(["> Hello?", "Half"]);
    expect(bench.screen).toMatchObject({ status: "working" });
  });

  it("shows a buffer that grows beyond 24,000 characters, and each piece where the user wants that", async () => {
    await using bench = await inTurn();
    await bench.emit(says.text("m1", "a".repeat(24_000)));
    expect(bench.screen.messages).toHaveLength(1);
    await bench.emit(says.text("m1", "b"));
    expect(bench.screen.messages[1]).toMatchObject({ streaming: true, text: expect.stringMatching(/ab$/) });
    bench.host.send(bench.threadId, "And now?", { delivery: "streaming" });
    await bench.emit(says.text("m2", "c"), says.text("m2", "d"));
    expect(bench.screen.messages.at(-1)).toEqual({ from: "assistant", text: "cd", streaming: true });
  });

  it("takes an item's id for the only one there is: of another thread it ends up there", async () => {
    await using bench = await inTurn();
    const second = bench.host.openThread();
    await bench.emit(says.messageEnded("m1", "Mine."), { ...says.text("m1", " Not mine."), threadId: second }, { ...says.messageEnded("m1"), threadId: second });
    expect(chat(bench.screen)).toEqual(["> Hello?", "Mine. Not mine."]);
    expect(bench.host.screen(second).messages).toEqual([]);
  });

  it("forgets a message's beginning after two hours of silence", async () => {
    await using bench = await inTurn();
    await bench.emit({ ...says.text("m1", "A long, "), createdAt: "2026-01-01T12:00:01.000Z" }, { ...says.messageEnded("m1", "A long, long story."), createdAt: "2026-01-01T14:00:02.000Z" });
    expect(chat(bench.screen)).toEqual(["> Hello?", "A long, long story."]);
    await bench.emit({ ...says.text("m2", "A long, "), createdAt: "2026-01-01T15:00:00.000Z" }, { ...says.text("m2", "long story."), createdAt: "2026-01-01T17:00:01.000Z" }, { ...says.messageEnded("m2", "A long, long story."), createdAt: "2026-01-01T17:00:02.000Z" });
    expect(chat(bench.screen).at(-1)).toBe("long story.");
  });

  it("does not show reasoning", async () => {
    await using bench = await inTurn();
    await bench.emit({ type: "content.delta", turnId: T, itemId: "r1", payload: { streamKind: "reasoning_text", delta: "Hm." } }, { type: "item.completed", turnId: T, itemId: "r1", payload: { itemType: "reasoning", detail: "Hm." } }, says.turnEnded(T));
    expect(bench.screen).toMatchObject({ messages: [{ from: "user" }], workLog: [] });
  });
});

describe("the work log (D.4)", () => {
  const bash = { itemType: "command_execution", title: "Command run", detail: "ls", data: { item: { input: { command: "ls" } } } } as const;

  it("E12: keeps the data of updates only, hides starts, and takes a failed tool for a complete one", async () => {
    await using bench = await inTurn();
    await bench.emit(says.tool("item.started", bash), says.tool("item.updated", bash), says.tool("item.completed", { ...bash, status: "failed" }));
    expect(bench.screen.workLog).toEqual([
      { kind: "tool.updated", tone: "tool", label: "Command run", detail: "ls", command: "ls", changedFiles: [] },
      { kind: "tool.completed", tone: "tool", label: "Command run complete", detail: "ls", changedFiles: [] },
    ]);
  });

  it("shows every update as a row of its own", async () => {
    await using bench = await inTurn();
    await bench.emit(says.tool("item.updated", bash), says.tool("item.updated", bash), says.tool("item.updated", bash));
    expect(bench.screen.workLog).toHaveLength(3);
  });

  it("shows nothing that names another turn or none", async () => {
    await using bench = await inTurn();
    await bench.emit(says.tool("item.updated", bash, other), { type: "item.updated", itemId: "k", payload: bash }, says.warning("Careful."));
    expect(bench.screen.workLog).toEqual([]);
  });

  it.each([
    { data: { item: { command: ["ls", "-la"] } }, command: "ls -la", changedFiles: [] },
    { data: { command: "ls" }, command: "ls", changedFiles: [] },
    { data: { item: { result: { command: "ls" } } }, command: "ls", changedFiles: [] },
    { data: { args: { command: "ls", path: "a" } }, command: undefined, changedFiles: [] },
    { data: { item: { changes: [{ path: "a" }, { newPath: "b", oldPath: "c" }, { path: "a" }] } }, command: undefined, changedFiles: ["a", "b", "c"] },
    { data: { item: { input: { edits: { files: { path: "deep" } } } } }, command: undefined, changedFiles: ["deep"] },
    { data: { item: { input: { edits: { files: { patch: { path: "too deep" } } } } } }, command: undefined, changedFiles: [] },
    { data: { files: Array.from({ length: 20 }, (_, index) => ({ path: `f${index}` })) }, command: undefined, changedFiles: Array.from({ length: 12 }, (_, index) => `f${index}`) },
  ])("finds commands and files only where it looks for them: $data", async ({ data, command, changedFiles }) => {
    await using bench = await inTurn();
    await bench.emit(says.tool("item.updated", { itemType: "file_change", title: "File change", data }));
    expect(bench.screen.workLog[0]?.command).toBe(command);
    expect(bench.screen.workLog[0]?.changedFiles).toEqual(changedFiles);
  });

  it("E16: an update that is no JSON, or has no title that can be read, is dropped", async () => {
    await using bench = await inTurn();
    const circular: Record<string, unknown> = {};
    circular["self"] = circular;
    await bench.emit(says.tool("item.updated", { ...bash, data: circular }), says.tool("item.updated", { ...bash, title: " " }), says.tool("item.completed", bash));
    expect(bench.screen.workLog).toMatchObject([{ kind: "tool.completed" }]);
    expect(bench.host.log).toHaveLength(2);
  });

  it("S6: rows of one millisecond stand in the order of their ids, not of their coming", async () => {
    await using bench = await inTurn();
    const createdAt = "2026-01-01T13:00:00.000Z";
    await bench.emit({ ...says.warning("first", T), createdAt, eventId: "b" }, { ...says.warning("second", T), createdAt, eventId: "a" });
    expect(bench.screen.workLog.map(({ detail }) => detail)).toEqual(["second", "first"]);
  });

  it("shows an event that is sent again only once", async () => {
    await using bench = await inTurn();
    await bench.emit({ ...says.warning("first", T), eventId: "a" }, { ...says.warning("second", T), eventId: "a" });
    expect(bench.screen.workLog.map(({ detail }) => detail)).toEqual(["second"]);
  });

  it("cuts long details, and forgets the oldest of more than 500 rows", async () => {
    await using bench = await inTurn();
    await bench.emit(...Array.from({ length: 501 }, (_, index) => says.warning(`${index} ${"long ".repeat(100)}`, T)));
    expect(bench.screen.workLog).toHaveLength(500);
    expect(bench.screen.workLog[0]?.detail).toMatch(/^1 long .*\.\.\.$/);
    expect(bench.screen.workLog[0]?.detail).toHaveLength(180);
  });
});

describe("prompts (D.6, 9 and 10)", () => {
  it("a question keeps the composer until an event resolves it", async () => {
    await using bench = await inTurn();
    expect(await bench.emit(says.asks("r1"))).toMatchObject({ composer: "answering", questions: [{ requestId: "r1" }] });
    expect(await bench.emit(says.turnEnded(T), says.exited)).toMatchObject({ composer: "answering" });
    expect(await bench.emit(says.answered("r1"))).toMatchObject({ composer: "ready", questions: [] });
  });

  it("a question without a usable option is not shown, so that nobody can answer it", async () => {
    await using bench = await inTurn();
    expect(await bench.emit(says.asks("r1", []), says.asks("r2", [{ label: "Yes", description: " " }]))).toMatchObject({ composer: "ready", questions: [] });
  });

  it("S5: an answer that fails frees nothing", async () => {
    await using bench = await inTurn();
    bench.provider.failures.set("respondToUserInput", new Error("There is no such question."));
    await bench.emit(says.asks("r1"));
    bench.host.answer(bench.threadId, "r1", { q: "Yes" });
    expect(await bench.settled()).toMatchObject({ composer: "answering" });
    expect(bench.host.thread(bench.threadId).activities.at(-1)).toMatchObject({ kind: "provider.user-input.respond.failed", payload: { detail: "There is no such question." } });
  });

  it.each([
    { words: "Unknown pending permission request: r1", composer: "ready" },
    { words: "unknown pending permission request: r1", composer: "answering" },
    { words: "Unknown pending approval request: r1", composer: "answering" },
  ])("a stale approval is freed by T3's own words alone: $words", async ({ words, composer }) => {
    await using bench = await inTurn();
    bench.provider.failures.set("respondToRequest", new Error(words));
    await bench.emit({ type: "request.opened", turnId: T, requestId: "r1", payload: { requestType: "exec_command_approval", detail: "rm -rf /" } });
    expect(bench.screen).toMatchObject({ composer: "answering", approvals: [{ requestId: "r1", requestKind: "command", detail: "rm -rf /" }] });
    await bench.clock.advance(1_000);
    bench.host.decide(bench.threadId, "r1", "accept");
    expect(await bench.settled()).toMatchObject({ composer });
  });

  it("an approval goes with its resolution", async () => {
    await using bench = await inTurn();
    await bench.emit({ type: "request.opened", turnId: T, requestId: "r1", payload: { requestType: "apply_patch_approval" } });
    bench.host.decide(bench.threadId, "r1", "decline");
    await bench.settled();
    expect(bench.provider.callsOf("respondToRequest")).toEqual([{ threadId: bench.threadId, requestId: "r1", decision: "decline" }]);
    expect(await bench.emit({ type: "request.resolved", turnId: T, requestId: "r1", payload: { requestType: "apply_patch_approval", decision: "decline" } })).toMatchObject({ approvals: [] });
  });

  it("E14: an approval of another type has no card", async () => {
    await using bench = await inTurn();
    await bench.emit({ type: "request.opened", turnId: T, requestId: "r1", payload: { requestType: "dynamic_tool_call" as never } });
    expect(bench.screen).toMatchObject({ approvals: [], composer: "ready", workLog: [{ kind: "approval.requested" }] });
  });
});

describe("checkpoints (D.5)", () => {
  it("F7: a turn that was interrupted has one like any other; a failed one is marked", async () => {
    await using bench = await inTurn();
    await bench.emit(says.turnEnded(T, "interrupted"), says.turnStarted(other), says.turnEnded(other, "failed", "Broken."));
    expect(bench.screen.checkpoints).toEqual([
      { turnCount: 1, turnId: T, status: "ready" },
      { turnCount: 2, turnId: other, status: "error" },
    ]);
  });

  it("is skipped while another turn is active, and without git", async () => {
    await using bench = await inTurn();
    expect(await bench.emit(says.turnEnded(other))).toMatchObject({ checkpoints: [] });
    const plain = bench.host.openThread({ project: { git: false } });
    await bench.emit({ ...says.turnStarted(other), threadId: plain }, { ...says.turnEnded(other), threadId: plain });
    expect(bench.host.screen(plain).checkpoints).toEqual([]);
  });

  it("F11: a rollback that fails has taken the files back already, and nothing else", async () => {
    await using bench = await inTurn();
    await bench.emit(says.messageEnded("m1", "Hi."), says.turnEnded(T), says.turnStarted(other), says.turnEnded(other));
    bench.provider.failures.set("rollbackThread", new Error("Rollback is not supported."));
    bench.host.revert(bench.threadId, 0);
    expect(await bench.settled()).toMatchObject({ filesAtTurn: 0, checkpoints: [{ turnCount: 1 }, { turnCount: 2 }] });
    expect(chat(bench.screen)).toEqual(["> Hello?", "Hi."]);
    expect(bench.host.thread(bench.threadId).activities.at(-1)).toMatchObject({ kind: "checkpoint.revert.failed", payload: { detail: "Rollback is not supported." } });
  });

  it("cannot be gone back to without a session that names its folder", async () => {
    await using bench = await inTurn();
    await bench.emit(says.turnEnded(T));
    bench.provider.lose();
    bench.host.revert(bench.threadId, 0);
    expect(await bench.settled()).toMatchObject({ filesAtTurn: 1 });
    expect(bench.provider.callsOf("rollbackThread")).toEqual([]);
  });
});
