import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { advance, emptyTranscript, itemsOf } from "../../src/app/transcript.js";
import { realPiVersions, sharedProvider } from "./real-pi.js";
import { spoken } from "./scripted-model.js";

describe.each(realPiVersions)("a turn with Pi $version", (pi) => {
  const shared = sharedProvider({ pi });
  const threadId = "turns";

  it("shows a text while it is written and once it is whole", async () => {
    const fixture = shared();
    await fixture.session({ threadId });
    const usage = { inputTokens: 7, outputTokens: 5 };
    const turn = await fixture.turn({ threadId, input: "Hello?" }, [{ text: "Hello, world! How are you?", chunks: 6 }, { usage }]);

    expect(turn.types).toEqual(["turn.started", "content.delta", "item.completed", "turn.completed"]);
    expect(fixture.log.texts(turn.turnId)).toEqual(["Hello, world! How are you?"]);
    expect(turn.events[0]?.payload).toEqual({ model: "demo/plain", effort: "off" });
    expect(turn.end).toMatchObject({ state: "completed", stopReason: "stop", usage: { ...usage, totalTokens: 12 } });
    expect(turn.of("thread.token-usage.updated")).toMatchObject([{ payload: { usage: { totals: usage, contextWindow: 128_000 } } }]);
    expect(fixture.endpoint.requests.at(-1)).toMatchObject({ model: "plain", lastUserText: "Hello?", apiKey: "sandbox-key" });
  });

  it("keeps what the model thinks apart from what it says", async () => {
    const fixture = shared();
    await fixture.session({ threadId });
    const turn = await fixture.turn({ threadId, input: "What is 6 times 7?" }, [{ reasoning: "Six times seven, hm.", chunks: 3 }, { text: "It is 42.", chunks: 2 }]);

    const [thought, answer] = turn.streamed;
    expect(turn.streamed).toMatchObject([
      { kind: "reasoning_text", text: "Six times seven, hm." },
      { kind: "assistant_text", text: "It is 42." },
    ]);
    expect(turn.of("item.completed").map(({ itemId, payload }) => [itemId, payload.itemType])).toEqual([
      [thought?.itemId, "reasoning"],
      [answer?.itemId, "assistant_message"],
    ]);
    expect(thought?.itemId).not.toBe(answer?.itemId);
    expect(fixture.log.texts(turn.turnId)).toEqual(["It is 42."]);
  });

  it("stays one turn with one bubble, however often the model calls tools without a word", async () => {
    const fixture = shared();
    await fixture.session({ threadId });
    const before = fixture.endpoint.requests.length;
    const edits = [{ oldText: "first line", newText: "new first line" }];
    const turn = await fixture.turn(
      { threadId, input: "Look around and change something." },
      [{ toolCall: { name: "bash", arguments: { command: "cat notes.txt" } } }],
      // Two line feeds are no text: a bubble of them would be a blank one.
      [{ text: "\n\n" }, { toolCall: { name: "edit", arguments: { path: "notes.txt", edits } } }],
      [{ toolCall: { name: "write", arguments: { path: "new.txt", content: "something new" } } }],
      [{ toolCall: { name: "read", arguments: { path: "new.txt" } } }],
      [{ text: "Done." }],
    );

    expect(fixture.log.texts(turn.turnId)).toEqual(["Done."]);
    expect(turn.of("turn.started")).toHaveLength(1);
    expect(turn.end).toMatchObject({ state: "completed", stopReason: "stop", usage: { inputTokens: 500, outputTokens: 100 } });
    expect(turn.tools).toEqual(
      ["command_execution", "file_change", "file_change", "dynamic_tool_call"].flatMap((type) => [`started ${type} inProgress`, `updated ${type} inProgress`, `completed ${type} completed`]),
    );
    expect(turn.of("item.updated").map((event) => event.payload.data)).toEqual([
      { item: { toolName: "bash", input: { command: "cat notes.txt" } } },
      { item: { toolName: "edit", input: { path: "notes.txt", edits } } },
      { item: { toolName: "write", input: { path: "new.txt", content: "something new" } } },
      { item: { toolName: "read", input: { path: "new.txt" } } },
    ]);
    expect(fixture.endpoint.requests[before + 1]?.toolResults).toEqual(["first line\nsecond line\nthird line\n"]);
    expect(await readFile(join(fixture.sandbox.projectDir, "notes.txt"), "utf8")).toBe("new first line\nsecond line\nthird line\n");
    expect(await readFile(join(fixture.sandbox.projectDir, "new.txt"), "utf8")).toBe("something new");
  });

  it("keeps what is said before a tool and after it in two items", async () => {
    const fixture = shared();
    await fixture.session({ threadId });
    const turn = await fixture.turn(
      { threadId, input: "Where are you?" },
      [{ text: "I will look.", chunks: 2 }, { toolCall: { name: "bash", arguments: { command: "echo here" } } }],
      [{ text: "I am here.", chunks: 2 }],
    );

    expect(turn.streamed.map(({ text }) => text)).toEqual(["I will look.", "I am here."]);
    expect(turn.of("item.completed").map(({ payload }) => [payload.itemType, payload.detail])).toEqual([
      ["assistant_message", "I will look."],
      ["command_execution", "here"],
      ["assistant_message", "I am here."],
    ]);
    expect(turn.end.state).toBe("completed");

    const { latest } = turn.events.reduce(advance, emptyTranscript(threadId));
    expect(latest).toMatchObject({ id: turn.turnId, state: "completed", model: "demo/plain", effort: "off", usage: turn.end.usage, openItems: [] });
    expect(latest === undefined ? [] : itemsOf(latest)).toMatchObject([
      { type: "assistant-message", text: "I will look.", streaming: false },
      { type: "tool", itemType: "command_execution", status: "completed", detail: "here", data: { item: { toolName: "bash", input: { command: "echo here" }, output: "here\n" } } },
      { type: "assistant-message", text: "I am here.", streaming: false },
    ]);
  });

  it("tells parallel tools apart, one that fails included", async () => {
    const fixture = shared();
    await fixture.session({ threadId });
    const { provider, model, log, sandbox } = fixture;
    model.willAnswer(
      [
        { toolCall: { name: "bash", arguments: { command: "until [ -e go-on ]; do sleep 0.02; done; echo first" } } },
        { toolCall: { name: "bash", arguments: { command: "echo second; exit 3" } } },
      ],
      [{ text: "Both are done." }],
    );
    const { turnId } = await provider.sendTurn({ threadId, input: "Do both." });
    // The second call ends first: what has ended is told by its id, not by its place.
    await log.first("item.completed", (event) => event.turnId === turnId);
    await writeFile(join(sandbox.projectDir, "go-on"), "");
    const turn = await fixture.finished(turnId);

    const [first, second] = turn.of("item.started").map(({ itemId }) => itemId);
    expect(first).not.toBe(second);
    expect(turn.of("item.completed").slice(0, 2)).toMatchObject([
      { itemId: second, payload: { itemType: "command_execution", status: "failed", title: "Command run failed", detail: "Command exited with code 3" } },
      { itemId: first, payload: { itemType: "command_execution", status: "completed", title: "Command run", detail: "first" } },
    ]);
    expect(fixture.endpoint.requests.at(-1)?.toolResults).toEqual([expect.stringContaining("first"), expect.stringContaining("second")]);
    expect(log.texts(turnId)).toEqual(["Both are done."]);
    expect(turn.end.state).toBe("completed");
  });

  it("is completed when the answer reaches the model's limit", async () => {
    const fixture = shared();
    await fixture.session({ threadId });
    const turn = await fixture.turn({ threadId, input: "Tell me everything." }, [{ text: "In the beginning" }, { finish: "length" }]);

    expect(fixture.log.texts(turn.turnId)).toEqual(["In the beginning"]);
    expect(turn.end).toMatchObject({ state: "completed", stopReason: "length" });
    expect(turn.end).not.toHaveProperty("errorMessage");
  });

  it("is completed without a bubble when the model says nothing", async () => {
    const fixture = shared();
    await fixture.session({ threadId });
    const turn = await fixture.turn({ threadId, input: "Say nothing." }, [{ finish: "stop" }]);

    expect(turn.types).toEqual(["turn.started", "turn.completed"]);
    expect(turn.end).toMatchObject({ state: "completed", stopReason: "stop" });
  });

  it("takes a second message in while it runs", async () => {
    const fixture = shared();
    await fixture.session({ threadId });
    const { provider, model, log } = fixture;
    const goOn = Promise.withResolvers<void>();
    model.willAnswer([{ text: "I am at it" }, { waitFor: goOn.promise }, { text: " …" }], [{ text: "Blue, then." }]);
    const { turnId } = await provider.sendTurn({ threadId, input: "Paint the wall." });
    await log.first("content.delta", (event) => event.turnId === turnId);
    const steered = await provider.sendTurn({ threadId, input: "In blue!" });
    goOn.resolve();
    const turn = await fixture.finished(turnId);

    expect(steered.turnId).toBe(turnId);
    expect(log.texts(turnId)).toEqual(["I am at it …", "Blue, then."]);
    expect(spoken(fixture.endpoint.requests.at(-1), "user").slice(-2)).toEqual(["Paint the wall.", "In blue!"]);
    expect(turn.of("turn.started")).toHaveLength(1);
    expect(turn.end.state).toBe("completed");
  });
});
