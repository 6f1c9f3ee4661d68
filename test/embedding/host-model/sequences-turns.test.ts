import { describe, expect, it } from "vitest";
import {
  piEndlessTurn,
  piErrorTurn,
  piExhaustedTurn,
  piFailure,
  piRecoveringTurn,
  piRunEnd,
  piRunStart,
  piSettled,
  piSpeech,
  piSpeechEnd,
  piSpeechStart,
  piSteeredTurn,
  piTextTurn,
  piToolTurn,
  piToolUse,
} from "../../../src/adapters/fake/scripted-agent/pi-turns.js";
import type { Script } from "../../../src/adapters/fake/scripted-agent/scenario.js";
import { compactionEnd, compactionStart } from "../../failures/compaction-steps.js";
import { InMemoryHost } from "./in-memory-host.js";

/** The sequences of host-contract D.6 that are about a turn, by their numbers: what a user of T3 sees of each. */

const usual = { status: "idle", banner: null, composer: "ready", questions: [], approvals: [] } as const;
const bash = { id: "t1", name: "bash", args: { command: "ls -la src" }, output: "greet.js" };
const edit = { id: "t2", name: "edit", args: { path: "src/greet.js", oldText: "a", newText: "b" }, output: "Edited." };

describe("1 a simple text turn", () => {
  it("shows one bubble, all at once, and is over", async () => {
    await using bench = new InMemoryHost([{ on: { prompt: [[...piRunStart, ...piSpeechStart({ text: "Hello there." }), { gate: "end" }, ...piSpeechEnd({ text: "Hello there." }), ...piRunEnd(), ...piSettled]] } }]);
    expect(await bench.send("Hello?")).toMatchObject({ status: "working", banner: null, composer: "ready" });
    expect(bench.chat).toEqual(["> Hello?"]);
    expect(await bench.open("end")).toMatchObject({ ...usual, workLog: [], checkpoints: [{ turnCount: 1, status: "ready" }] });
    expect(bench.chat).toEqual(["> Hello?", "Hello there."]);
    await bench.send("And now?");
    expect(bench.chat).toEqual(["> Hello?", "Hello there.", "> And now?", "Done."]);
  });

  it("shows the text while it comes, where the user wants that", async () => {
    await using bench = new InMemoryHost([{ on: { prompt: [[...piRunStart, ...piSpeechStart({ text: "Hello there." }), { gate: "end" }, ...piSpeechEnd({ text: "Hello there." }), ...piRunEnd(), ...piSettled]] } }]);
    bench.host.send(bench.threadId, "Hello?", { delivery: "streaming" });
    await bench.settled();
    expect(bench.chat).toEqual(["> Hello?", "Hello there. ..."]);
    await bench.open("end");
    expect(bench.chat).toEqual(["> Hello?", "Hello there."]);
    expect(bench.screen).toMatchObject(usual);
  });
});

describe("2 a turn of several stages", () => {
  it("shows a bubble for each message with words, none for a call without, and each tool with its command or file", async () => {
    const stages: Script = [...piRunStart, ...piSpeech("Let me look."), ...piToolUse(bash), ...piToolUse(edit), ...piSpeech("I mended it."), ...piRunEnd(), ...piSettled];
    await using bench = new InMemoryHost([{ on: { prompt: [stages] } }]);
    expect(await bench.send("Mend it.")).toMatchObject(usual);
    expect(bench.chat).toEqual(["> Mend it.", "Let me look.", "I mended it."]);
    expect(bench.screen.workLog).toMatchObject([
      { label: "Command run", detail: "ls -la src", command: "ls -la src", changedFiles: [] },
      { label: "Command run complete", detail: "greet.js" },
      { label: "File change", changedFiles: ["src/greet.js"] },
      { label: "File change complete", detail: "Edited." },
    ]);
    // The work log is that of the latest turn.
    expect((await bench.send("Thanks.")).workLog).toEqual([]);
  });

  it("says that a tool has failed, although T3 forgets its status", async () => {
    await using bench = new InMemoryHost([{ on: { prompt: [piToolTurn({ tool: { ...bash, output: "No such folder", isError: true }, text: "It is not there." })] } }]);
    await bench.send("Look.");
    expect(bench.screen.workLog.at(-1)).toMatchObject({ label: "Command run failed complete", detail: "No such folder" });
    expect(bench.chat).toEqual(["> Look.", "It is not there."]);
  });

  it("shows no bubble for white space before a call", async () => {
    await using bench = new InMemoryHost([{ on: { prompt: [[...piRunStart, ...piSpeech("\n\n  "), ...piToolUse(bash), ...piSpeech("There."), ...piRunEnd(), ...piSettled]] } }]);
    bench.host.send(bench.threadId, "Look.", { delivery: "streaming" });
    await bench.settled();
    expect(bench.chat).toEqual(["> Look.", "There."]);
  });
});

it("3 thinking: is not shown, and not taken for the answer", async () => {
  await using bench = new InMemoryHost([{ on: { prompt: [piTextTurn({ text: "42.", thinking: "What is six times seven?" })] } }]);
  expect(await bench.send("Well?")).toMatchObject({ ...usual, workLog: [] });
  expect(bench.chat).toEqual(["> Well?", "42."]);
});

describe("4 an interrupt", () => {
  it("keeps what was said, ends without an error, and can be repeated", async () => {
    await using bench = new InMemoryHost([{ on: { prompt: [piEndlessTurn("I was about"), piEndlessTurn("Once more")] } }]);
    await bench.send("Hello?");
    expect(await bench.interrupt()).toMatchObject({ ...usual, checkpoints: [{ status: "ready" }] });
    expect(bench.chat).toEqual(["> Hello?", "I was about"]);
    await bench.send("Again?");
    expect(await bench.interrupt()).toMatchObject(usual);
    // There is nothing to stop any more.
    expect(await bench.interrupt()).toMatchObject(usual);
    await bench.send("And now?");
    expect(bench.chat).toEqual(["> Hello?", "I was about", "> Again?", "Once more", "> And now?", "Done."]);
  });

  it("ends a tool that works", async () => {
    const [message, call, start] = piToolUse({ ...bash, args: { command: "sleep 1000" } });
    const works: Script = [...piRunStart, ...[message, call, start].filter((step) => step !== undefined), { stall: true }];
    await using bench = new InMemoryHost([{ on: { prompt: [works] } }]);
    await bench.send("Wait.");
    expect(await bench.interrupt()).toMatchObject({ ...usual, workLog: [{ command: "sleep 1000" }, { label: "Command run interrupted complete", detail: "Interrupted" }] });
    await bench.send("And now?");
    expect(bench.chat).toEqual(["> Wait.", "> And now?", "Done."]);
  });

  it("ends an agent that does not listen, after which the conversation goes on", async () => {
    await using bench = new InMemoryHost([{ on: { prompt: [piEndlessTurn("I never")], abort: { always: [] } } }, {}]);
    await bench.send("Hello?");
    bench.host.interrupt(bench.threadId);
    await bench.pass(10_000);
    expect(bench.screen).toMatchObject({ status: "idle", composer: "ready" });
    expect(bench.chat).toEqual(["> Hello?", "I never"]);
    await bench.send("And now?");
    expect(bench.chat).toEqual(["> Hello?", "I never", "> And now?", "Done."]);
    expect(bench.screen).toMatchObject(usual);
    expect(bench.spawner.spawned.at(-1)?.args).toContain("/sessions/scripted.jsonl");
  });
});

describe("5 an error of the model", () => {
  it("is on the banner and in the work log, leaves no empty bubble, and the next message works", async () => {
    await using bench = new InMemoryHost([{ on: { prompt: [piErrorTurn("401: Invalid API key.")] } }]);
    expect(await bench.send("Hello?")).toMatchObject({ status: "error", banner: "401: Invalid API key.", composer: "ready", workLog: [{ tone: "error", label: "Runtime error", detail: "401: Invalid API key." }] });
    expect(bench.chat).toEqual(["> Hello?"]);
    expect(await bench.send("And now?")).toMatchObject(usual);
    expect(bench.chat).toEqual(["> Hello?", "> And now?", "Done."]);
  });

  it("keeps what was said before it", async () => {
    const breaks: Script = [...piRunStart, ...piSpeechStart({ text: "The answer is" }), ...piSpeechEnd({ text: "The answer is" }, { stopReason: "error", errorMessage: "The connection was lost." }), ...piRunEnd(), ...piSettled];
    await using bench = new InMemoryHost([{ on: { prompt: [breaks] } }]);
    expect(await bench.send("Well?")).toMatchObject({ status: "error", banner: "The connection was lost." });
    expect(bench.chat).toEqual(["> Well?", "The answer is"]);
  });
});

describe("5b a message that is refused late", () => {
  it.each([
    { when: "at once", refusal: [{ reply: { error: "The budget is spent." } }] },
    { when: "after it was accepted", refusal: [{ reply: {} }, { reply: { error: "The budget is spent." } }] },
  ] satisfies readonly { readonly when: string; readonly refusal: Script }[])("frees the composer and says why: $when", async ({ refusal }) => {
    await using bench = new InMemoryHost([{ on: { prompt: [refusal] } }]);
    await bench.send("Hello?");
    await bench.pass(60_000);
    expect(bench.screen).toMatchObject({ status: "error", banner: expect.stringContaining("The budget is spent."), composer: "ready" });
    expect(await bench.send("And now?")).toMatchObject(usual);
    expect(bench.chat).toEqual(["> Hello?", "> And now?", "Done."]);
  });
});

describe("7 a retry", () => {
  it("keeps the turn open and tells that it tries again", async () => {
    await using bench = new InMemoryHost([{ on: { prompt: [piRecoveringTurn({ errorMessage: "529: Overloaded.", text: "At last." })] } }]);
    expect(await bench.send("Try.")).toMatchObject({ ...usual, workLog: [{ label: "Runtime warning", detail: "Retrying (1/3) in 2 s: 529: Overloaded." }] });
    expect(bench.chat).toEqual(["> Try.", "At last."]);
    expect(bench.screen.checkpoints).toHaveLength(1);
  });

  it("that never succeeds ends as an error", async () => {
    await using bench = new InMemoryHost([{ on: { prompt: [piExhaustedTurn("529: Overloaded.")] } }]);
    expect(await bench.send("Try.")).toMatchObject({ status: "error", banner: "529: Overloaded." });
    expect(await bench.send("And now?")).toMatchObject(usual);
    expect(bench.chat).toEqual(["> Try.", "> And now?", "Done."]);
  });

  it("after an overflow goes on in the same turn", async () => {
    const nextRun: Script = [{ emit: { type: "agent_start" } }, { emit: { type: "turn_start" } }];
    const overflow: Script = [...piRunStart, ...piFailure("400: maximum context length exceeded"), ...piRunEnd(), compactionStart("overflow"), { gate: "shortened" }, compactionEnd("overflow", { willRetry: true }), ...nextRun, ...piSpeech("It fits now."), ...piRunEnd(), ...piSettled];
    await using bench = new InMemoryHost([{ on: { prompt: [overflow] } }]);
    expect(await bench.send("All of it.")).toMatchObject({ status: "working", banner: null });
    expect(await bench.open("shortened")).toMatchObject(usual);
    expect(bench.chat).toEqual(["> All of it.", "It fits now."]);
    expect(bench.screen.checkpoints).toHaveLength(1);
  });
});

describe("8 a compaction", () => {
  it("at the end of a turn is part of it, and shows no bubble", async () => {
    const shortens: Script = [...piRunStart, ...piSpeech("First."), ...piRunEnd(), compactionStart("threshold"), { gate: "shortened" }, compactionEnd("threshold"), ...piSettled];
    await using bench = new InMemoryHost([{ on: { prompt: [shortens] } }]);
    expect(await bench.send("One?")).toMatchObject({ status: "working", banner: null });
    expect(await bench.open("shortened")).toMatchObject({ ...usual, workLog: [] });
    expect(await bench.send("Two?")).toMatchObject(usual);
    expect(bench.chat).toEqual(["> One?", "First.", "> Two?", "Done."]);
  });

  it("that comes after the turn does not show, and a message meanwhile is answered", async () => {
    const afterwards: Script = [...piTextTurn("First."), { gate: "shorten" }, compactionStart("threshold"), { gate: "shortened" }, compactionEnd("threshold")];
    await using bench = new InMemoryHost([{ on: { prompt: [afterwards, [{ gate: "shortened" }, ...piTextTurn("Second.")]] } }]);
    await bench.send("One?");
    expect(await bench.open("shorten")).toMatchObject({ ...usual, workLog: [] });
    await bench.clock.advance(1_000);
    bench.host.send(bench.threadId, "Two?");
    await bench.clock.advance(1_000);
    expect(await bench.open("shortened")).toMatchObject(usual);
    expect(bench.chat).toEqual(["> One?", "First.", "> Two?", "Second."]);
  });
});

it("12 a message into a running turn: is one more bubble of the user's, and steers the turn", async () => {
  await using bench = new InMemoryHost([{ on: { prompt: [piSteeredTurn("As you wish.")] } }]);
  await bench.send("Work.");
  expect(bench.screen).toMatchObject({ status: "working", composer: "ready" });
  expect(await bench.send("Differently.")).toMatchObject(usual);
  expect(bench.chat).toEqual(["> Work.", "Working.", "> Differently.", "As you wish."]);
  expect(bench.screen.checkpoints).toHaveLength(1);
  await bench.send("And now?");
  expect(bench.chat.slice(-2)).toEqual(["> And now?", "Done."]);
});
