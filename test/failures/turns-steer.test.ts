import { expect, it } from "vitest";
import { piRunEnd, piRunStart, piSettled, piSpeech, piTextTurn } from "../../src/adapters/fake/scripted-agent/pi-turns.js";
import type { Script } from "../../src/adapters/fake/scripted-agent/scenario.js";
import type { ChatAttachment } from "../../src/ports/provider.js";
import { HostileProvider, usualTurn } from "./hostile-provider.js";

/** Failures 12, 13, 18 and 23: messages that are sent into a running turn. */

const deliverQueue = { emit: { type: "queue_update", steering: [], followUp: [] } } as const;
const nextRun: Script = [{ emit: { type: "agent_start" } }, { emit: { type: "turn_start" } }];
const idleSnapshot = {
  model: { provider: "lab", id: "plain" },
  thinkingLevel: "off",
  isStreaming: false,
  isCompacting: false,
  sessionId: "scripted-0",
  sessionFile: "/sessions/scripted.jsonl",
  messageCount: 2,
  pendingMessageCount: 0,
};

it("F12 a steering message that is refused fails alone, not the running turn", async () => {
  const answer: Script = [...piRunStart, { gate: "go on" }, ...piSpeech("Here it is."), ...piRunEnd(), ...piSettled];
  await using host = new HostileProvider({ agent: { on: { prompt: [answer], steer: [[{ reply: { error: "Extension commands cannot be queued." } }]] } } });
  await host.start();
  const turnId = await host.send("Explain it.");
  await expect(host.send("/deploy")).rejects.toMatchObject({ kind: "request", code: "request-rejected", detail: expect.stringContaining("cannot be queued") });
  await host.pass(60_000);
  expect(host.thread()).toEqual({ status: "running", activeTurnId: turnId, lastError: null });
  expect(host.shown(turnId).warnings).toEqual([expect.stringContaining("cannot be queued")]);

  host.open("go on");
  await host.log.turn(turnId);
  expect(host.shown(turnId)).toMatchObject({ texts: ["Here it is."], errors: [], ends: [{ state: "completed" }] });
  expect(await host.turn("And now?")).toMatchObject(usualTurn);
});

it("F13 a message that reaches the agent just after it settled starts a run within the turn", async () => {
  const first: Script = [...piRunStart, ...piSpeech("First."), { stall: true }];
  // The end was on its way when the message was written; to an idle agent it is a prompt.
  const raced: Script = [...piRunEnd(), ...piSettled, ...piTextTurn("Second.")];
  await using host = new HostileProvider({ agent: { on: { prompt: [first], steer: [raced] } } });
  await host.start();
  const turnId = await host.send("One?");
  await host.rest();
  expect(await host.send("Two?")).toBe(turnId);
  await host.log.turn(turnId);
  await host.pass(60_000);
  expect(host.shown(turnId)).toMatchObject({ texts: ["First.", "Second."], warnings: [], ends: [{ state: "completed" }] });
  // The agent's own `steer` would leave the text in its queue.
  expect(host.received("steer")).toEqual([]);
  expect(host.received("prompt")).toMatchObject([{ message: "One?" }, { message: "Two?", streamingBehavior: "steer" }]);
});

it("F13 a message that is sent while the end is being verified becomes the next turn", async () => {
  const readWhenOpened: Script = [{ gate: "state" }, { reply: {} }];
  await using host = new HostileProvider({ version: "1.0.0", agent: { on: { prompt: [piTextTurn("First."), piTextTurn("Second.")], get_state: [[{ reply: {} }], readWhenOpened] } } });
  await host.start();
  const first = await host.send("One?");
  await host.rest();
  const sending = host.send("Two?");
  await host.rest();
  host.open("state");
  const second = await sending;
  await host.log.turn(second);
  expect(second).not.toBe(first);
  expect(host.shown(first)).toMatchObject({ texts: ["First."], ends: [{ state: "completed" }] });
  expect(host.shown(second)).toMatchObject({ texts: ["Second."], ends: [{ state: "completed" }] });
});

it("F18 an idle snapshot from before a steering message does not end the turn", async () => {
  const goesOn: Script = [
    ...piRunStart,
    ...piSpeech("First."),
    ...piRunEnd(),
    ...piSettled,
    { gate: "again" },
    ...nextRun,
    ...piSpeech("Second."),
    { waitFor: "steer" },
    { gate: "finish" },
    deliverQueue,
    ...piSpeech("Third."),
    ...piRunEnd(),
    ...piSettled,
  ];
  const stale: Script = [{ gate: "stale" }, { reply: { data: idleSnapshot } }];
  const fresh: Script = [{ gate: "fresh" }, { reply: {} }];
  await using host = new HostileProvider({ version: "1.0.0", agent: { on: { prompt: [goesOn], get_state: [[{ reply: {} }], stale, fresh] } } });
  await host.start();
  const turnId = await host.send("One?");
  await host.rest();
  host.open("again");
  await host.rest();
  expect(await host.send("Two?")).toBe(turnId);
  // By now the state is being read anew; the old answer is not the one to this question.
  await host.pass(200);
  host.open("stale");
  await host.rest();
  host.open("fresh");
  await host.pass(60_000);
  expect(host.shown(turnId).ends).toEqual([]);
  expect(host.thread()).toMatchObject({ status: "running", activeTurnId: turnId });

  host.open("finish");
  await host.log.turn(turnId);
  expect(host.shown(turnId)).toMatchObject({ texts: ["First.", "Second.", "Third."], ends: [{ state: "completed" }] });
});

it("F18 an idle snapshot that was asked for at an earlier end is no answer to a later question", async () => {
  const compactsUnannounced: Script = [...piRunEnd(), { pretend: { isCompacting: true } }, ...piSettled];
  const goesOn: Script = [...piTextTurn("First."), { gate: "again" }, ...nextRun, ...piSpeech("Second."), ...compactsUnannounced, { gate: "finish" }, { pretend: {} }];
  const stale: Script = [{ gate: "stale" }, { reply: { data: idleSnapshot } }];
  await using host = new HostileProvider({ version: "1.0.0", agent: { on: { prompt: [goesOn], get_state: [[{ reply: {} }], stale, [{ gate: "fresh" }, { reply: {} }]] } } });
  await host.start();
  const turnId = await host.send("One?");
  await host.rest();
  host.open("again");
  await host.rest();
  host.open("stale");
  await host.rest();
  host.open("fresh");
  await host.pass(10_000);
  expect(host.shown(turnId).ends).toEqual([]);

  host.open("finish");
  await host.pass(2_000);
  expect(host.shown(turnId)).toMatchObject({ texts: ["First.", "Second."], ends: [{ state: "completed" }] });
});

it("F18 an agent that says idle while a steering message is in flight does not end the turn", async () => {
  const pretends: Script = [...piRunStart, ...piSpeech("First."), { pretend: { isStreaming: false } }, { gate: "finish" }, deliverQueue, ...piSpeech("Second."), ...piRunEnd(), ...piSettled];
  await using host = new HostileProvider({ agent: { on: { prompt: [pretends], steer: [[{ gate: "acknowledge" }, { reply: {} }]] } } });
  await host.start();
  const turnId = await host.send("One?");
  await host.rest();
  const steering = host.send("Two?");
  await host.pass(120_000);
  expect(host.shown(turnId).ends).toEqual([]);

  host.open("acknowledge");
  expect(await steering).toBe(turnId);
  host.open("finish");
  await host.pass(5_000);
  expect(host.shown(turnId)).toMatchObject({ texts: ["First.", "Second."], ends: [{ state: "completed" }] });
});

const image: ChatAttachment = { type: "image", id: "shot", name: "shot.png", mimeType: "image/png", sizeBytes: 3 };

it.each([
  ["0.87.1", 1],
  // It has no `clear_queue` yet.
  ["0.84.2", 0],
])("F23 an image that stays in the agent's queue does not keep the turn open: Pi %s", async (version, cleared) => {
  const ignoresQueue: Script = [...piRunStart, ...piSpeech("First."), { waitFor: "steer" }, ...piRunEnd(), ...piSettled];
  await using host = new HostileProvider({ version, agent: { on: { prompt: [ignoresQueue] } }, attachments: { shot: Uint8Array.of(1, 2, 3) } });
  await host.start();
  const turnId = await host.send("One?");
  await host.rest();
  expect(await host.send("", { attachments: [image] })).toBe(turnId);
  await host.pass(10_000);
  expect(host.shown(turnId)).toMatchObject({
    texts: ["First."],
    warnings: ["Pi did not take up a message that was sent while it worked. Send it again."],
    ends: [{ state: "completed" }],
  });
  expect(host.received("clear_queue")).toHaveLength(cleared);
  expect(host.thread()).toMatchObject({ status: "ready", activeTurnId: null });
});
