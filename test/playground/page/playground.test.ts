import { describe, expect, it } from "vitest";
import { Playground } from "../../../playground/page/state/playground.js";
import type { Command, CommandResult, JournalNews } from "../../../playground/shared/protocol.js";
import { completed, event, happened, hostState, instance, journal, message, started, threadRow } from "./journal.js";

/** A page whose host takes every command, or answers as told. */
function opened({ threads = [], answer = () => ({ ok: true, threadId: "t" }), threadId }: { readonly threads?: readonly string[]; readonly answer?: (command: Command) => CommandResult; readonly threadId?: string } = {}) {
  const commands: Command[] = [];
  const playground = new Playground({
    command: (command) => {
      commands.push(command);
      return Promise.resolve(answer(command));
    },
    threadId,
  });
  let seq = 1;
  const tell = (...news: readonly JournalNews[]): void => {
    playground.take(journal(news, seq));
    seq += news.length;
  };
  tell({ type: "state", state: hostState({ instances: [instance()], threads: threads.map((id, index) => threadRow({ threadId: id, createdAt: `2026-01-0${9 - index}T00:00:00.000Z` })) }) });
  return { playground, commands, tell };
}

describe("a message", () => {
  it("makes its thread where there is none, and goes there with what was chosen", async () => {
    const { playground, commands } = opened();
    playground.choices.chooseOption("depth", "high");
    expect(await playground.send("Hello")).toBe(true);
    expect(commands).toEqual([
      { type: "new-thread", instanceId: "one", runtimeMode: "full-access" },
      { type: "send", threadId: "t", text: "Hello", selection: { provider: "some", model: "a/thinker", modelOptions: { some: { depth: "high" } } } },
    ]);
    expect(playground.threadId.value).toBe("t");
    expect(playground.choices.picker.value.selection?.options).toEqual([{ id: "depth", value: "high" }]);
  });

  it("gives back to the agent what was chosen before and is no longer", async () => {
    const { playground, commands } = opened({ threads: ["t"] });
    playground.choices.chooseOption("depth", "high");
    await playground.send("Hello");
    playground.choices.chooseOption("depth", undefined);
    await playground.send("And now?");
    expect(commands.at(-1)).toMatchObject({ selection: { modelOptions: { some: { depth: "default" } } } });
  });

  it("gives back what the thread was answered with before this page was loaded", async () => {
    const { playground, commands, tell } = opened({ threads: ["t"] });
    tell(happened({ type: "turn.started", turnId: "1", payload: { model: "a/thinker", effort: "high" } }), happened(completed("1")));
    expect(playground.choices.picker.value.selection).toMatchObject({ model: "a/thinker", options: [{ id: "depth", value: "high" }] });
    playground.choices.chooseOption("depth", undefined);
    await playground.send("And now?");
    expect(commands.at(-1)).toMatchObject({ selection: { modelOptions: { some: { depth: "default" } } } });
  });

  it("that is refused is told, and is on its way no longer", async () => {
    const { playground } = opened({ threads: ["t"], answer: () => ({ ok: false, error: { code: "some", detail: "Not now." } }) });
    const sent = playground.send("Hello");
    expect(playground.sending.value).toEqual({ threadId: "t", text: "Hello", messagesBefore: 0 });
    expect(await sent).toBe(false);
    expect(playground.sending.value).toBeUndefined();
    expect(playground.error.value?.detail).toBe("Not now.");
  });

  it("waits for the one before it", async () => {
    const { playground, commands } = opened({ threads: ["t"] });
    expect(await Promise.all([playground.send("One"), playground.send("Two")])).toEqual([true, false]);
    expect(commands).toHaveLength(1);
  });
});

describe("what is open", () => {
  it("is the newest thread, or the one that was open when the page was left", () => {
    expect(opened({ threads: ["new", "old"] }).playground.threadId.value).toBe("new");
    expect(opened({ threads: ["new", "old"], threadId: "old" }).playground.threadId.value).toBe("old");
    expect(opened({ threads: ["new", "old"], threadId: "gone" }).playground.threadId.value).toBe("new");
    expect(opened().playground.threadId.value).toBeUndefined();
  });

  it("is another thread when it is removed, and stays when another one is", () => {
    const { playground, tell } = opened({ threads: ["a", "b", "c"] });
    tell({ type: "thread-removed", threadId: "b" });
    expect(playground.threadId.value).toBe("a");
    tell({ type: "thread-removed", threadId: "a" });
    expect(playground.threadId.value).toBe("c");
  });

  it("has its own text in the composer", () => {
    const { playground } = opened({ threads: ["a", "b"] });
    playground.text.value = "For a";
    playground.openThread("b");
    expect(playground.text.value).toBe("");
    playground.text.value = "For b";
    playground.openThread("a");
    expect(playground.text.value).toBe("For a");
  });

  it("becomes a new thread when another provider is chosen", () => {
    const { playground, tell } = opened({ threads: ["t"] });
    tell({ type: "instance", instance: instance({ instanceId: "two" }) });
    playground.chooseInstance("one");
    expect(playground.threadId.value).toBe("t");
    playground.chooseInstance("two");
    expect(playground.threadId.value).toBeUndefined();
    expect(playground.choices.picker.value.selection).toEqual({ instanceId: "two", model: "a/thinker" });
  });
});

describe("a choice", () => {
  it("that drops another says so, until the next message", async () => {
    const { playground } = opened({ threads: ["t"] });
    playground.choices.chooseOption("depth", "high");
    playground.choices.chooseModel("a/plain");
    expect(playground.choices.notices.value).toEqual(['Plain has no option "depth"; "high" was dropped.']);
    expect(playground.choices.picker.value.selection).toEqual({ instanceId: "one", model: "a/plain" });
    await playground.send("Hello");
    expect(playground.choices.notices.value).toEqual([]);
  });

  it("of a mode goes to the host for a thread, and waits for one that is new", async () => {
    const { playground, commands } = opened({ threads: ["t"] });
    playground.chooseMode("approval-required");
    expect(commands).toEqual([{ type: "set-runtime-mode", threadId: "t", runtimeMode: "approval-required" }]);
    expect(playground.choices.mode.value).toBe("full-access");
    playground.openThread(undefined);
    playground.chooseMode("approval-required");
    expect(playground.choices.mode.value).toBe("approval-required");
    await playground.send("Hello");
    expect(commands.at(-2)).toEqual({ type: "new-thread", instanceId: "one", runtimeMode: "approval-required" });
  });
});

describe("what is read out", () => {
  it.each<[what: string, said: string, news: readonly JournalNews[]]>([
    ["a turn's beginning", "The agent is working.", [happened(started("1"))]],
    ["its end", "The answer is complete.", [happened(started("1")), happened(completed("1"))]],
    ["its failure", "The turn failed: No key.", [happened(started("1")), happened({ type: "turn.completed", turnId: "1", payload: { state: "failed", errorMessage: "No key." } })]],
    ["a stop", "The turn was stopped.", [happened(started("1")), happened({ type: "turn.completed", turnId: "1", payload: { state: "interrupted" } })]],
    ["an approval that is needed", "An approval is needed.", [happened(started("1")), happened({ type: "request.opened", turnId: "1", requestId: "r", payload: { requestType: "command_execution_approval" } })]],
    ["a warning between turns", "Warning: Careful.", [happened({ type: "runtime.warning", payload: { message: "Careful." } })]],
    ["nothing of text", "The agent is working.", [happened(started("1")), happened({ type: "content.delta", turnId: "1", itemId: "i", payload: { streamKind: "assistant_text", delta: "x" } })]],
  ])("is %s", (_what, said, news) => {
    const { playground, tell } = opened({ threads: ["t"] });
    // A message that comes first gives the thread its view.
    tell({ type: "message", threadId: "t", message: message("1", "Go") });
    for (const entry of news) tell(entry);
    expect(playground.announced.value).toBe(said);
  });

  it("is not what happens in another thread, nor what a state tells of the past", () => {
    const { playground, tell } = opened({ threads: ["other", "t"] });
    tell(happened(started("1")));
    const past = { threadId: "other", entries: [{ type: "runtime-event" as const, event: event(started("1")) }], truncated: false };
    tell({ type: "state", state: hostState({ hostId: "host-2", threads: [threadRow({ threadId: "other" })], histories: [past] }) });
    expect(playground.announced.value).toBe("");
  });
});
