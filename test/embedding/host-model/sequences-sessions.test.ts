import { describe, expect, it } from "vitest";
import { piEndlessTurn, piHandledPrompt, piRunEnd, piRunStart, piSettled, piSpeech, piSpeechStart, piTextTurn, piToolUse } from "../../../src/adapters/fake/scripted-agent/pi-turns.js";
import type { PiDialog, Script } from "../../../src/adapters/fake/scripted-agent/scenario.js";
import type { Screen } from "../../../src/adapters/fake/host-model/screen.js";
import type { ProviderApprovalDecision, RuntimeMode } from "../../../src/ports/provider.js";
import { InMemoryHost } from "./in-memory-host.js";

/** The sequences of host-contract D.6 that are about sessions and prompts, by their names and numbers: what a user of T3 sees of each. */

const usual = { status: "idle", banner: null, composer: "ready", questions: [], approvals: [] } as const;

// ------------------------------------------------------------------------------------------------------------------ starts

it("session start, fresh: the first message starts it and is answered", async () => {
  await using bench = new InMemoryHost([{ on: { get_state: [[{ gate: "ready" }, { reply: {} }]] } }]);
  await bench.clock.advance(1_000);
  bench.host.send(bench.threadId, "Hello?");
  await bench.clock.advance(0);
  // Nothing is sent twice: the composer waits for a sign.
  expect(bench.screen).toMatchObject({ banner: null, composer: "sending" });
  expect(await bench.open("ready")).toMatchObject(usual);
  expect(bench.chat).toEqual(["> Hello?", "Done."]);
  expect(bench.host.thread(bench.threadId).session).toMatchObject({ status: "ready", providerName: "pi", runtimeMode: "full-access" });
});

describe("session start as recovery", () => {
  it("continues the conversation after a restart of the server", async () => {
    await using bench = new InMemoryHost();
    await bench.send("One?");
    await bench.restartServer();
    expect(await bench.send("Two?")).toMatchObject(usual);
    expect(bench.chat).toEqual(["> One?", "Done.", "> Two?", "Done."]);
    expect(bench.spawner.spawned.map(({ args }) => args.includes("/sessions/scripted.jsonl"))).toEqual([false, true]);
  });

  it("heals a thread that T3 still holds for working after a restart in the middle of a turn", async () => {
    await using bench = new InMemoryHost([{ on: { prompt: [piEndlessTurn("I was about")] } }, {}]);
    await bench.send("One?");
    expect(await bench.restartServer()).toMatchObject({ status: "working" });
    expect(await bench.send("Two?")).toMatchObject(usual);
    expect(bench.chat.slice(-2)).toEqual(["> Two?", "Done."]);
    expect(await bench.send("Three?")).toMatchObject(usual);
  });

  it("heals it too when the user stops the turn that is long over", async () => {
    await using bench = new InMemoryHost([{ on: { prompt: [piEndlessTurn("I was about")] } }, {}]);
    await bench.send("One?");
    await bench.restartServer();
    expect(await bench.interrupt()).toMatchObject(usual);
  });

  it("restores the model, which T3 does not pass", async () => {
    await using bench = new InMemoryHost();
    bench.host.changeModel(bench.threadId, { model: "lab/thinker", modelOptions: { pi: { thinkingLevel: "high" } } });
    await bench.send("One?");
    await bench.crash();
    await bench.send("Two?");
    expect(bench.host.binding(bench.threadId)?.payload).toMatchObject({ model: "lab/thinker" });
    expect(bench.host.binding(bench.threadId)?.resumeCursor).toMatchObject({ model: "lab/thinker", thinkingLevel: "high" });
  });
});

// -------------------------------------------------------------------------------------------------------------- 6: crashes

describe("6 a crash", () => {
  it("in the middle of a turn shows what was said and why it ended; the next message continues the conversation", async () => {
    const [message, call, start] = piToolUse({ name: "bash", args: { command: "make" }, output: "" });
    const works: Script = [...piTextTurn("Let me see.").slice(0, -3), ...[message, call, start].filter((step) => step !== undefined), { stall: true }];
    await using bench = new InMemoryHost([{ on: { prompt: [works] } }, {}]);
    await bench.send("Build it.");
    expect(await bench.crash()).toMatchObject({
      status: "error",
      banner: expect.stringMatching(/ended|crash|SIGKILL/),
      composer: "ready",
      workLog: [{ command: "make" }, { label: "Command run interrupted complete" }, { tone: "error", label: "Runtime error" }],
    });
    expect(bench.chat).toEqual(["> Build it.", "Let me see."]);
    expect(await bench.send("And now?")).toMatchObject(usual);
    expect(bench.chat).toEqual(["> Build it.", "Let me see.", "> And now?", "Done."]);
    expect(bench.spawner.spawned.at(-1)?.args).toContain("/sessions/scripted.jsonl");
  });

  it("keeps what was said of a message that was not complete", async () => {
    await using bench = new InMemoryHost([{ on: { prompt: [[...piRunStart, ...piSpeechStart({ text: "The answer is" }), { crash: "SIGSEGV" }]] } }, {}]);
    await bench.send("Well?");
    expect(bench.chat).toEqual(["> Well?", "The answer is"]);
    expect(bench.screen).toMatchObject({ status: "error", composer: "ready" });
  });

  it("while nothing is going on costs nothing", async () => {
    await using bench = new InMemoryHost();
    await bench.send("One?");
    expect(await bench.crash()).toMatchObject({ composer: "ready" });
    expect(await bench.send("Two?")).toMatchObject(usual);
    expect(bench.chat).toEqual(["> One?", "Done.", "> Two?", "Done."]);
  });

  it("at every message is told at every message", async () => {
    await using bench = new InMemoryHost([{ on: { prompt: [[{ crash: "SIGSEGV" }]] } }, { on: { prompt: [[{ crash: "SIGSEGV" }]] } }, {}]);
    expect(await bench.send("One?")).toMatchObject({ banner: expect.stringContaining("SIGSEGV"), composer: "ready" });
    expect(await bench.send("Two?")).toMatchObject({ banner: expect.stringContaining("SIGSEGV"), composer: "ready" });
    expect(await bench.send("Three?")).toMatchObject(usual);
    expect(bench.chat).toEqual(["> One?", "> Two?", "> Three?", "Done."]);
  });
});

// ----------------------------------------------------------------------------------------------------- 6b: starts that fail

describe("6b a start that fails", () => {
  it("says so where the user sees it when only the conversation is lost", async () => {
    await using bench = new InMemoryHost([{}, { startup: [{ pretend: { sessionId: "another" } }] }]);
    await bench.send("One?");
    await bench.crash();
    bench.sessionFiles.verdict = { type: "refused", reason: "missing" };
    const { banner, workLog } = await bench.send("Two?");
    expect([banner, ...workLog.map(({ detail }) => detail)].join("\n")).toMatch(/conversation/);
  });

  it("says why and does not poison the thread: a fresh one", async () => {
    await using bench = new InMemoryHost();
    bench.spawner.refuse = "not-found";
    expect(await bench.send("One?")).toMatchObject({ status: "idle", banner: expect.stringMatching(/\S/), composer: "ready" });
    expect(bench.screen.banner).toBe(bench.host.log[0]?.replace(/^.*?: /, ""));
    bench.spawner.refuse = undefined;
    expect(await bench.send("Two?")).toMatchObject(usual);
    expect(bench.chat).toEqual(["> One?", "> Two?", "Done."]);
  });

  it("says why when the model is not to be had, and starts with another one", async () => {
    await using bench = new InMemoryHost();
    bench.host.changeModel(bench.threadId, { model: "lab/gone" });
    expect(await bench.send("One?")).toMatchObject({ banner: expect.stringContaining("lab/gone"), composer: "ready" });
    bench.host.changeModel(bench.threadId, { model: "lab/plain" });
    expect(await bench.send("Two?")).toMatchObject(usual);
    expect(bench.chat).toEqual(["> One?", "> Two?", "Done."]);
  });

  it("keeps the cursor when a recovery fails for the moment", async () => {
    await using bench = new InMemoryHost();
    await bench.send("One?");
    await bench.crash();
    bench.spawner.refuse = "permission-denied";
    expect(await bench.send("Two?")).toMatchObject({ status: "error", banner: expect.stringMatching(/\S/), composer: "ready" });
    bench.spawner.refuse = undefined;
    expect(await bench.send("Three?")).toMatchObject(usual);
    expect(bench.spawner.spawned.at(-1)?.args).toContain("/sessions/scripted.jsonl");
    expect(bench.chat).toEqual(["> One?", "Done.", "> Two?", "> Three?", "Done."]);
  });

  it("frees a thread that T3 holds for working, even though the recovery fails", async () => {
    await using bench = new InMemoryHost([{ on: { prompt: [piEndlessTurn("I was about")] } }, {}]);
    await bench.send("One?");
    await bench.restartServer();
    bench.spawner.refuse = "permission-denied";
    expect(await bench.send("Two?")).toMatchObject({ status: "error", composer: "ready" });
    bench.spawner.refuse = undefined;
    expect(await bench.send("Three?")).toMatchObject(usual);
  });

  it("begins a new conversation when the old one is lost, and says so first", async () => {
    await using bench = new InMemoryHost();
    await bench.send("One?");
    await bench.send("Two?");
    await bench.crash();
    bench.sessionFiles.verdict = { type: "refused", reason: "missing" };
    expect(await bench.send("Three?")).toMatchObject({ banner: expect.stringContaining("cannot be continued"), composer: "ready" });
    expect(await bench.send("Four?")).toMatchObject(usual);
    expect(bench.chat.slice(-3)).toEqual(["> Three?", "> Four?", "Done."]);
    expect(bench.spawner.spawned.at(-1)?.args).not.toContain("/sessions/scripted.jsonl");
  });
});

describe("6c a message that cannot be sent", () => {
  it("because its model is refused, says so and leaves the session as it was", async () => {
    await using bench = new InMemoryHost();
    bench.host.changeModel(bench.threadId, { model: "lab/plain" });
    await bench.send("One?");
    bench.host.changeModel(bench.threadId, { model: "lab/gone" });
    expect(await bench.send("Two?")).toMatchObject({ status: "error", banner: expect.stringContaining("lab/gone"), composer: "ready" });
    bench.host.changeModel(bench.threadId, { model: "lab/plain" });
    expect(await bench.send("Three?")).toMatchObject(usual);
    expect(bench.chat).toEqual(["> One?", "Done.", "> Two?", "> Three?", "Done."]);
    expect(bench.spawner.spawned).toHaveLength(1);
  });

  it("because the agent died just before it, says so, and the conversation goes on", async () => {
    await using bench = new InMemoryHost();
    await bench.send("One?");
    await bench.clock.advance(1_000);
    bench.host.send(bench.threadId, "Two?");
    bench.crashNow();
    expect(await bench.settled()).toMatchObject({ composer: "ready" });
    expect(await bench.send("Three?")).toMatchObject(usual);
    expect(bench.chat.slice(-2)).toEqual(["> Three?", "Done."]);
  });

  it("into a running turn, is a row of its work log and does not touch it", async () => {
    await using bench = new InMemoryHost([{ on: { prompt: [piEndlessTurn("Working")], steer: [[{ reply: { error: "Extension commands cannot be queued." } }]] } }]);
    await bench.send("One?");
    expect(await bench.send("/deploy")).toMatchObject({ status: "working", banner: null, composer: "ready", workLog: [{ label: "Runtime warning", detail: expect.stringContaining("cannot be queued") }] });
    await bench.interrupt();
    expect(await bench.send("Three?")).toMatchObject(usual);
  });
});

// ------------------------------------------------------------------------------------------------------------- 9: questions

const colour: PiDialog = { id: "d1", method: "select", title: "Which colour?", options: ["Red", "Blue"] };
const asks: Script = [...piRunStart, { ask: colour }, ...piTextTurn("Blue it is.").slice(piRunStart.length)];

describe("9 a question", () => {
  it("stands where the composer was, and goes with its answer", async () => {
    await using bench = new InMemoryHost([{ on: { prompt: [asks] } }]);
    expect(await bench.send("Paint it.")).toMatchObject({
      status: "working",
      composer: "answering",
      questions: [{ questions: [{ header: "Which colour?", options: [{ label: "Red" }, { label: "Blue" }, { label: "Cancel" }] }] }],
    });
    expect(await bench.answer("Blue")).toMatchObject(usual);
    expect(bench.chat).toEqual(["> Paint it.", "Blue it is."]);
    expect(bench.received("extension_ui_response")).toMatchObject([{ value: "Blue" }]);
  });

  it.each([
    { end: "an interrupt", act: (bench: InMemoryHost) => bench.interrupt() },
    { end: "a crash", act: (bench: InMemoryHost) => bench.crash() },
    { end: "the end of the session", act: (bench: InMemoryHost) => stop(bench) },
  ])("goes with $end, and the next message is answered", async ({ act }) => {
    await using bench = new InMemoryHost([{ on: { prompt: [asks] } }, {}]);
    await bench.send("Paint it.");
    await act(bench);
    expect(bench.screen).toMatchObject({ composer: "ready", questions: [] });
    expect(await bench.send("And now?")).toMatchObject(usual);
    expect(bench.chat.at(-1)).toBe("Done.");
  });

  it("that outlived a restart of the server goes with an answer that comes too late", async () => {
    await using bench = new InMemoryHost([{ on: { prompt: [asks] } }, {}]);
    await bench.send("Paint it.");
    expect(await bench.restartServer()).toMatchObject({ composer: "answering" });
    expect(await bench.answer("Blue")).toMatchObject({ composer: "ready", questions: [] });
    expect(await bench.send("And now?")).toMatchObject(usual);
  });

  it("of a command that starts no run is a turn of its own", async () => {
    await using bench = new InMemoryHost([{ version: "1.0.3", on: { prompt: [[{ ask: colour }, ...piHandledPrompt]] } }]);
    await bench.send("/paint");
    expect(bench.screen).toMatchObject({ composer: "answering" });
    expect(await bench.answer("Red")).toMatchObject(usual);
    expect(bench.chat).toEqual(["> /paint"]);
  });
});

// -------------------------------------------------------------------------------------------------------- 10, 11, 13: others

const setMode = async (bench: InMemoryHost, mode: RuntimeMode): Promise<Screen> => {
  bench.host.setRuntimeMode(bench.threadId, mode);
  return await bench.settled();
};

/** About the card that is shown first. */
const decide = async (bench: InMemoryHost, decision: ProviderApprovalDecision): Promise<Screen> => {
  bench.host.decide(bench.threadId, bench.screen.approvals[0]?.requestId ?? "none", decision);
  return await bench.settled();
};

const titles = ({ workLog }: Screen): readonly string[] => workLog.filter(({ kind }) => kind === "tool.completed").map(({ label }) => label);

describe("10 approvals", () => {
  const make = { name: "bash", args: { command: "make" }, output: "made" };
  const edit = { name: "edit", args: { path: "src/a.ts" }, output: "Edited." };
  const made: Script = [...piRunStart, ...piToolUse(make), ...piSpeech("It is made."), ...piRunEnd(), ...piSettled];
  const card = { requestKind: "command", detail: "make" };

  it("are asked for with a card, and what is accepted runs", async () => {
    await using bench = new InMemoryHost([{ on: { prompt: [made] } }]);
    await setMode(bench, "approval-required");
    expect(await bench.send("Make it.")).toMatchObject({ status: "working", composer: "answering", approvals: [card] });
    const after = await decide(bench, "accept");
    expect(after).toMatchObject(usual);
    expect([bench.chat, titles(after)]).toEqual([["> Make it.", "It is made."], ["Command run complete"]]);
  });

  it("are declined in words that the agent goes on with", async () => {
    await using bench = new InMemoryHost([{ on: { prompt: [made] } }]);
    await setMode(bench, "approval-required");
    await bench.send("Make it.");
    const after = await decide(bench, "decline");
    expect(after).toMatchObject(usual);
    expect([bench.chat, titles(after)]).toEqual([["> Make it.", "It is made."], ["Command run declined complete"]]);
  });

  it("that are cancelled stop the turn, and the next message is answered", async () => {
    await using bench = new InMemoryHost([{ on: { prompt: [made] } }]);
    await setMode(bench, "approval-required");
    await bench.send("Make it.");
    expect(await decide(bench, "cancel")).toMatchObject(usual);
    expect(await bench.send("And now?")).toMatchObject(usual);
    expect(bench.chat).toEqual(["> Make it.", "> And now?", "Done."]);
  });

  it("are not asked for again where they were accepted for the session, and for edits not at all where the mode says so", async () => {
    await using bench = new InMemoryHost([{ on: { prompt: [[...piRunStart, ...piToolUse(edit), ...piToolUse(make), ...piToolUse(make), ...piRunEnd(), ...piSettled], made] } }]);
    await setMode(bench, "auto-accept-edits");
    expect(await bench.send("Make it.")).toMatchObject({ approvals: [card] });
    expect(await decide(bench, "acceptForSession")).toMatchObject(usual);
    expect(await bench.send("Again.")).toMatchObject(usual);
  });

  it("are taken away by an interrupt", async () => {
    await using bench = new InMemoryHost([{ on: { prompt: [made] } }]);
    await setMode(bench, "approval-required");
    await bench.send("Make it.");
    expect(await bench.interrupt()).toMatchObject(usual);
  });

  it("are taken away by a crash, and the conversation goes on in the same mode", async () => {
    await using bench = new InMemoryHost([{ on: { prompt: [made] } }, { on: { prompt: [made] } }]);
    await setMode(bench, "approval-required");
    await bench.send("Make it.");
    expect(await bench.crash()).toMatchObject({ ...usual, status: "error", banner: expect.any(String) });
    expect(await bench.send("Make it.")).toMatchObject({ approvals: [card] });
  });

  it("of a server that is gone are taken away when the user decides", async () => {
    await using bench = new InMemoryHost([{ on: { prompt: [made] } }, {}]);
    await setMode(bench, "approval-required");
    await bench.send("Make it.");
    expect(await bench.restartServer()).toMatchObject({ composer: "answering", approvals: [card] });
    expect(await decide(bench, "accept")).toMatchObject({ composer: "ready", approvals: [] });
    expect(await bench.send("Two?")).toMatchObject(usual);
  });

  it("begin and end with the mode, in a running turn and in the same process", async () => {
    await using bench = new InMemoryHost([{ on: { prompt: [[...piRunStart, { gate: "make" }, ...piToolUse(make), ...piSpeech("It is made."), ...piRunEnd(), ...piSettled]] } }]);
    await bench.send("Make it.");
    expect(await setMode(bench, "approval-required")).toMatchObject({ status: "working", banner: null });
    expect(await bench.open("make")).toMatchObject({ status: "working", approvals: [card] });
    expect(await setMode(bench, "full-access")).toMatchObject(usual);
    expect(await bench.send("Two?")).toMatchObject(usual);
    expect(bench.chat).toEqual(["> Make it.", "It is made.", "> Two?", "Done."]);
    expect(bench.spawner.spawned).toHaveLength(1);
  });

  it("cannot be had from an agent that does not ask: that is said aloud at every message, and full access works again", async () => {
    await using bench = new InMemoryHost([{ gate: "missing" }]);
    await bench.send("One?");
    expect(await setMode(bench, "approval-required")).toMatchObject({ status: "error", banner: expect.stringContaining("asks for approval"), composer: "ready" });
    expect(await bench.send("Two?")).toMatchObject({ banner: expect.stringContaining("asks for approval"), composer: "ready" });
    await setMode(bench, "full-access");
    expect(await bench.send("Three?")).toMatchObject(usual);
    expect(bench.chat).toEqual(["> One?", "Done.", "> Two?", "> Three?", "Done."]);
  });

  it("in a mode that nobody knows are refused aloud, and the session works on", async () => {
    await using bench = new InMemoryHost();
    await bench.send("One?");
    // T3's later generation has it, and runs it as another one where a provider does not offer it.
    expect(await setMode(bench, "auto" as RuntimeMode)).toMatchObject({ status: "error", banner: expect.stringContaining('"auto"'), composer: "ready" });
    await setMode(bench, "full-access");
    expect(await bench.send("Two?")).toMatchObject(usual);
    expect(bench.spawner.spawned).toHaveLength(1);
  });
});

it("11 a model switch: goes with the message, within the same session", async () => {
  await using bench = new InMemoryHost();
  await bench.send("One?");
  bench.host.changeModel(bench.threadId, { model: "lab/thinker", modelOptions: { pi: { thinkingLevel: "low" } } });
  expect(await bench.send("Two?")).toMatchObject(usual);
  expect(bench.received("set_model")).toMatchObject([{ provider: "lab", modelId: "thinker" }]);
  expect(bench.received("set_thinking_level")).toMatchObject([{ level: "low" }]);
  expect(bench.chat).toEqual(["> One?", "Done.", "> Two?", "Done."]);
});

describe("13 a stop", () => {
  it("ends a running turn as an interrupted one, and the next message begins anew", async () => {
    await using bench = new InMemoryHost([{ on: { prompt: [piEndlessTurn("I was about")] } }, {}]);
    await bench.send("One?");
    expect(await stop(bench)).toMatchObject(usual);
    expect(bench.chat).toEqual(["> One?", "I was about"]);
    expect(bench.spawner.running).toBe(0);
    expect(bench.host.binding(bench.threadId)).toBeUndefined();
    expect(await bench.send("Two?")).toMatchObject(usual);
    expect(bench.chat).toEqual(["> One?", "I was about", "> Two?", "Done."]);
  });

  it("of a thread without a session is no error", async () => {
    await using bench = new InMemoryHost();
    expect(await stop(bench)).toMatchObject(usual);
    expect(bench.host.log).toEqual([]);
  });
});

it("a revert takes the files and the conversation back together", async () => {
  await using bench = new InMemoryHost([{ on: { prompt: [piTextTurn("First."), piTextTurn("Second."), piTextTurn("Third.")] } }]);
  for (const text of ["One?", "Two?", "Three?"]) await bench.send(text);
  bench.host.revert(bench.threadId, 1);
  expect(await bench.settled()).toMatchObject({ ...usual, checkpoints: [{ turnCount: 1 }], filesAtTurn: 1 });
  expect(bench.chat).toEqual(["> One?", "First."]);
  await bench.send("And now?");
  expect(bench.chat).toEqual(["> One?", "First.", "> And now?", "Done."]);
});

async function stop(bench: InMemoryHost) {
  bench.host.stopSession(bench.threadId);
  return await bench.settled();
}
