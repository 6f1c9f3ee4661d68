import { afterAll, expect, it } from "vitest";
import type { ModelAnswer } from "../../../src/adapters/fake/model-endpoint/model-answer.js";
import type { Screen } from "../../../src/adapters/fake/host-model/screen.js";
import { expectNoLeftoverProcesses, markedProcesses } from "../../process-census.js";
import { chat } from "./in-memory-host.js";
import { RealHost } from "./real-host.js";

/** Some sequences of host-contract D.6 with the real Pi: what a user of T3 sees. */

afterAll(() => expectNoLeftoverProcesses());

const usual = { status: "idle", banner: null, composer: "ready", questions: [], approvals: [] } as const;

async function say(real: RealHost, text: string, ...answers: readonly ModelAnswer[]): Promise<Screen> {
  const { host, threadId, model } = real;
  model.willAnswer(...answers);
  const turnsBefore = host.screen(threadId).checkpoints.length;
  host.send(threadId, text);
  return await host.until(threadId, ({ status, checkpoints }) => checkpoints.length > turnsBefore && status !== "working");
}

it("1, 2, 4, 5 and 6, one after another: text, tools, an interrupt, an error, a crash, and a restart of the server", async () => {
  await using real = await RealHost.open();
  const { host, threadId, model } = real;

  expect(await say(real, "Hello?", [{ text: "Hello there.", chunks: 3 }])).toMatchObject({ ...usual, workLog: [] });
  expect(chat(host.screen(threadId))).toEqual(["> Hello?", "Hello there."]);

  await say(
    real,
    "Look and write.",
    [{ text: "Let me look." }, { toolCall: { name: "bash", arguments: { command: "ls src" } } }],
    [{ toolCall: { name: "write", arguments: { path: "made.txt", content: "made" } } }],
    [{ text: "It is made." }],
  );
  expect(host.screen(threadId)).toMatchObject(usual);
  expect(chat(host.screen(threadId)).slice(2)).toEqual(["> Look and write.", "Let me look.", "It is made."]);
  expect(host.screen(threadId).workLog).toMatchObject([
    { label: "Command run", command: "ls src" },
    { label: "Command run complete", detail: "greet.js" },
    { label: "File change", changedFiles: ["made.txt"] },
    { label: "File change complete" },
  ]);

  model.willAnswer([{ text: "I was about" }, { waitFor: Promise.withResolvers().promise }]);
  host.send(threadId, "Tell me more.", { delivery: "streaming" });
  await host.until(threadId, ({ messages }) => messages.at(-1)?.text === "I was about");
  host.interrupt(threadId);
  expect(await host.until(threadId, ({ status }) => status !== "working")).toMatchObject(usual);

  expect(await say(real, "And?", [{ httpError: { status: 401, message: "No such key." } }])).toMatchObject({ status: "error", banner: expect.stringContaining("No such key."), composer: "ready" });

  model.willAnswer([{ waitFor: Promise.withResolvers().promise }]);
  const asked = model.nextRequest();
  host.send(threadId, "Once more.");
  await asked;
  for (const { pid } of markedProcesses()) process.kill(pid, "SIGKILL");
  expect(await host.until(threadId, ({ status }) => status === "error")).toMatchObject({ banner: expect.stringContaining("SIGKILL"), composer: "ready" });
  expect(await say(real, "Are you back?", [{ text: "I am." }])).toMatchObject(usual);

  await host.restartServer({ create: real.createProvider });
  const recovered = model.nextRequest();
  expect(await say(real, "And now?", [{ text: "Still here." }])).toMatchObject(usual);
  // The conversation is the one that the user sees.
  expect(JSON.stringify((await recovered).body)).toContain("Hello there.");
  expect(chat(host.screen(threadId)).join("\n")).toBe(
    `> Hello?
Hello there.
> Look and write.
Let me look.
It is made.
> Tell me more.
I was about
> And?
> Once more.
> Are you back?
I am.
> And now?
Still here.`,
  );
});

it("3, 12 and 13: thinking, a message into a running turn, and a stop", async () => {
  await using real = await RealHost.open();
  const { host, threadId, model } = real;
  host.changeModel(threadId, { model: "demo/thinker", modelOptions: { pi: { thinkingLevel: "low" } } });
  const steered = Promise.withResolvers<void>();
  model.willAnswer([{ reasoning: "Where to begin?" }, { text: "I begin." }, { waitFor: steered.promise }], [{ text: "As you wish." }]);
  const asked = model.nextRequest();
  host.send(threadId, "Work.");
  await asked;
  await host.until(threadId, ({ status }) => status === "working");
  host.send(threadId, "Differently.");
  await host.settled();
  steered.resolve();
  expect(await host.until(threadId, ({ status }) => status === "idle")).toMatchObject({ ...usual, workLog: [] });
  expect(new Set(chat(host.screen(threadId)))).toEqual(new Set(["> Work.", "I begin.", "> Differently.", "As you wish."]));
  expect(host.screen(threadId).messages).toHaveLength(4);

  model.willAnswer([{ text: "Never" }, { waitFor: Promise.withResolvers().promise }]);
  host.send(threadId, "Go on.", { delivery: "streaming" });
  await host.until(threadId, ({ messages }) => messages.at(-1)?.text === "Never");
  host.stopSession(threadId);
  await host.settled();
  expect(host.screen(threadId)).toMatchObject(usual);
  expect(markedProcesses()).toEqual([]);
});
