import { expect, it } from "vitest";
import { piEndlessTurn, piRunEnd, piRunStart, piSettled, piSpeech, piSpeechEnd, piSpeechStart, piTextTurn } from "../../src/adapters/fake/scripted-agent/pi-turns.js";
import type { Script } from "../../src/adapters/fake/scripted-agent/scenario.js";
import { HostileProvider, usualTurn } from "./hostile-provider.js";

/** Failures 4 to 7: interrupting a turn. */

const acknowledged: Script = [{ reply: {} }];
const noMoreRun = { pretend: { isStreaming: false } } as const;

// ------------------------------------------------------------------------------------------------------- F4: the end is missing

it("F4 an interrupted turn ends as interrupted when the agent says how it ended", async () => {
  await using host = new HostileProvider({ agent: { on: { prompt: [piEndlessTurn("On and on")] } } });
  await host.start();
  const turnId = await host.send("Go on for ever.");
  await host.rest();
  await host.interrupt();
  await host.log.turn(turnId);
  expect(host.shown(turnId)).toMatchObject({ texts: ["On and on"], warnings: [], errors: [], ends: [{ state: "interrupted", stopReason: "abort" }] });
  expect(host.thread()).toEqual({ status: "ready", activeTurnId: null, lastError: null });
  expect(await host.turn("And now?")).toMatchObject(usualTurn);
});

it("F4 an interrupted turn ends although the agent only acknowledges the abort", async () => {
  const silent: Script = [...piRunStart, ...piSpeechStart({ text: "On and on" }), { waitFor: "abort" }, noMoreRun, { stall: true }];
  await using host = new HostileProvider({ agent: { on: { prompt: [silent], abort: [acknowledged] } } });
  await host.start();
  const turnId = await host.send("Go on for ever.");
  await host.rest();
  await host.interrupt();
  await host.log.turn(turnId);
  expect(host.shown(turnId)).toMatchObject({ texts: ["On and on"], ends: [{ state: "interrupted" }] });
  expect(host.provider.hasSession(host.threadId)).toBe(true);
});

const deaf: readonly (readonly [string, Script])[] = [
  ["never acknowledges the abort", []],
  ["acknowledges the abort and works on", acknowledged],
  ["refuses the abort", [{ reply: { error: "Not now" } }]],
];

it.each(deaf)("F4 an agent that %s is ended, and the conversation continues", async (_what, abort) => {
  await using host = new HostileProvider({ agent: { on: { prompt: [piEndlessTurn("On and on")], abort: { always: abort } } }, replacement: {} });
  await host.start();
  const turnId = await host.send("Go on for ever.");
  await host.rest();
  await host.interrupt();
  await host.pass(5_900);
  expect(host.shown(turnId).ends).toEqual([]);
  expect(host.thread().activeTurnId).toBe(turnId);

  await host.pass(100);
  await host.log.turn(turnId);
  expect(host.shown(turnId)).toMatchObject({ texts: ["On and on"], errors: [], ends: [{ state: "interrupted" }] });
  expect(host.received("abort")).toHaveLength(2);
  expect(host.spawner.running).toBe(0);
  // Without a session T3 recovers one before it sends the next message.
  expect(host.provider.hasSession(host.threadId)).toBe(false);
  await host.recover();
  expect(await host.turn("And now?")).toMatchObject(usualTurn);
});

it("F4 an interrupt that comes before the acknowledgement is not lost", async () => {
  // An agent forgets an abort that overtakes the prompt's run.
  await using host = new HostileProvider({ agent: { on: { prompt: [[{ gate: "acknowledge" }, ...piEndlessTurn("On and on")]] } } });
  await host.start();
  const sending = host.send("Go on for ever.");
  await host.rest();
  await host.interrupt();
  expect(host.received("abort")).toEqual([]);
  host.open("acknowledge");
  const turnId = await sending;
  await host.pass(5_900);
  expect(host.shown(turnId)).toMatchObject({ ends: [{ state: "interrupted" }] });
  expect(host.provider.hasSession(host.threadId)).toBe(true);
});

// ------------------------------------------------------------------------------------------------------------- F5: two ends

const aboutToEnd: Script = [...piRunStart, ...piSpeech("That is all."), { gate: "end" }, ...piRunEnd(), ...piSettled];

it.each(["interrupt first", "end first"])("F5 a turn that is interrupted in the moment of its end ends once: %s", async (order) => {
  await using host = new HostileProvider({ agent: { on: { prompt: [aboutToEnd] } } });
  await host.start();
  const turnId = await host.send("Hello?");
  await host.rest();
  if (order === "end first") host.open("end");
  const interrupting = host.interrupt();
  host.open("end");
  await interrupting;
  await host.pass(60_000);
  expect(host.shown(turnId).ends).toHaveLength(1);
  expect(await host.turn("And now?")).toMatchObject(usualTurn);
});

it("F5 an interrupt while the end is being verified leads to one end", async () => {
  const readWhenOpened: Script = [{ gate: "state" }, { reply: {} }];
  // The first state is that of the start.
  await using host = new HostileProvider({ version: "1.0.0", agent: { on: { prompt: [piTextTurn("That is all.")], get_state: [[{ reply: {} }], readWhenOpened] } } });
  await host.start();
  const turnId = await host.send("Hello?");
  await host.rest();
  expect(host.shown(turnId).ends).toEqual([]);

  await host.interrupt();
  host.open("state");
  await host.pass(60_000);
  expect(host.shown(turnId)).toMatchObject({ texts: ["That is all."], ends: [{ state: "interrupted" }] });
});

it("F5 interrupting twice aborts once and ends the turn once", async () => {
  await using host = new HostileProvider({ agent: { on: { prompt: [piEndlessTurn("On and on")] } } });
  await host.start();
  const turnId = await host.send("Go on for ever.");
  await host.rest();
  await Promise.all([host.interrupt(), host.interrupt()]);
  await host.interrupt();
  await host.pass(60_000);
  expect(host.shown(turnId).ends).toMatchObject([{ state: "interrupted" }]);
  expect(host.received("abort")).toHaveLength(1);
});

// ------------------------------------------------------------------------------------------------- F6: leftovers of the old run

it("F6 late text and a late settled of the old run stay with it, and the next message waits for them", async () => {
  const speech = { text: "Old text" };
  const slowToStop: Script = [
    ...piRunStart,
    ...piSpeechStart(speech),
    { waitFor: "abort" },
    { gate: "late" },
    { update: { type: "text_delta", contentIndex: 0, delta: ", and more of it" } },
    ...piSpeechEnd({ text: "Old text, and more of it" }, { stopReason: "aborted", errorMessage: "Request was aborted" }),
    ...piRunEnd(),
    ...piSettled,
  ];
  await using host = new HostileProvider({ agent: { on: { prompt: [slowToStop, piTextTurn("New text")], abort: { always: acknowledged } } } });
  await host.start();
  const oldTurn = await host.send("Go on for ever.");
  await host.rest();
  await host.interrupt();
  const sending = host.send("Something else.");
  await host.pass(5_000);
  expect(host.received("prompt")).toHaveLength(1);
  expect(host.thread().activeTurnId).toBe(oldTurn);

  host.open("late");
  const newTurn = await sending;
  await host.log.turn(newTurn);
  expect(newTurn).not.toBe(oldTurn);
  expect(host.shown(oldTurn)).toMatchObject({ texts: ["Old text, and more of it"], ends: [{ state: "interrupted" }] });
  expect(host.shown(newTurn)).toMatchObject({ texts: ["New text"], ends: [{ state: "completed" }] });
});

it("F6 a late settled of the old run does not end the next turn", async () => {
  const says: Script = [...piRunStart, ...piSpeechStart({ text: "Old text" }), { waitFor: "abort" }, noMoreRun, { stall: true }];
  const begins: Script = [{ pretend: {} }, ...piSettled, ...piRunStart, ...piSpeechStart({ text: "New text" }), { gate: "go on" }, ...piSpeechEnd({ text: "New text" }), ...piRunEnd(), ...piSettled];
  await using host = new HostileProvider({ agent: { on: { prompt: [says, begins], abort: [acknowledged] } } });
  await host.start();
  await host.send("Go on for ever.");
  await host.rest();
  await host.interrupt();
  const newTurn = await host.send("Something else.");
  await host.pass(60_000);
  expect(host.shown(newTurn).ends).toEqual([]);
  expect(host.thread()).toMatchObject({ status: "running", activeTurnId: newTurn });

  host.open("go on");
  await host.log.turn(newTurn);
  expect(host.shown(newTurn)).toMatchObject({ texts: ["New text"], ends: [{ state: "completed" }] });
});

// ---------------------------------------------------------------------------------------------------------- F7: stale markers

const abortedText: Script = [
  ...piRunStart,
  ...piSpeechStart({ text: "Well" }),
  ...piSpeechEnd({ text: "Well" }, { stopReason: "aborted", errorMessage: "Request was aborted" }),
  ...piRunEnd(),
  ...piSettled,
];
/** Between two messages, where only the end tells of it; since 1.1. */
const abortedSilently: Script = [...piRunStart, ...piSpeech("Well"), ...piRunEnd(), { emit: { type: "agent_settled", aborted: true } }];

it.each([
  ["0.87.1", abortedText],
  ["1.1.0", abortedSilently],
] as readonly (readonly [string, Script])[])("F7 an abort of the agent's own ends the turn after an interrupted one, too: Pi %s", async (version, aborted) => {
  await using host = new HostileProvider({ version, agent: { on: { prompt: [piEndlessTurn("On and on"), aborted] } } });
  await host.start();
  const first = await host.send("Go on for ever.");
  await host.rest();
  await host.interrupt();
  await host.log.turn(first);

  expect(await host.turn("Something else.")).toMatchObject({ texts: ["Well"], errors: [], ends: [{ state: "interrupted" }] });
  expect(await host.turn("And now?")).toMatchObject(usualTurn);
});

it("F7 an interrupt without a turn, or of another turn, leaves no mark", async () => {
  await using host = new HostileProvider({ agent: { on: { prompt: [aboutToEnd] } } });
  await host.start();
  await host.interrupt();
  const turnId = await host.send("Hello?");
  await host.provider.interruptTurn(host.threadId, "the turn before");
  host.open("end");
  await host.log.turn(turnId);
  expect(host.shown(turnId)).toMatchObject({ texts: ["That is all."], ends: [{ state: "completed" }] });
  expect(host.received("abort")).toEqual([]);
});

it("F7 an agent that crashes while it is interrupted leaves no mark on the next turn", async () => {
  const crash: Script = [...piRunStart, ...piSpeechStart({ text: "On and" }), { waitFor: "abort" }, { crash: "SIGSEGV" }];
  await using host = new HostileProvider({ agent: { on: { prompt: [crash], abort: [[]] } }, replacement: {} });
  await host.start();
  const turnId = await host.send("Go on for ever.");
  await host.rest();
  await host.interrupt();
  await host.log.turn(turnId);
  expect(host.shown(turnId)).toMatchObject({ errors: [], ends: [{ state: "interrupted" }] });
  await host.recover();
  expect(await host.turn("And now?")).toMatchObject(usualTurn);
});
