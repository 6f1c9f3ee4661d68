import { expect, it } from "vitest";
import { piErrorTurn, piRunEnd, piRunStart, piSettled, piSpeech, piSpeechEnd, piSpeechStart, piSteeredTurn, piTextTurn } from "../../src/adapters/fake/scripted-agent/pi-turns.js";
import type { Script } from "../../src/adapters/fake/scripted-agent/scenario.js";
import type { ChatAttachment } from "../../src/ports/provider.js";
import { HostileProvider, usualTurn } from "./hostile-provider.js";

/** Failures 8 to 10 and 22: sending a message, and what becomes of one that is not taken. */

const lostImage: ChatAttachment = { type: "image", id: "gone", name: "screenshot.png", mimeType: "image/png", sizeBytes: 3 };

it("F8 a message sent while a turn runs goes into it and completes nothing", async () => {
  await using host = new HostileProvider({ agent: { on: { prompt: [piSteeredTurn("In French then.")] } } });
  await host.start();
  const turnId = await host.send("Explain it.");
  await host.rest();
  expect(await host.send("In French, please.")).toBe(turnId);
  await host.log.turn(turnId);
  expect(host.shown(turnId)).toMatchObject({ texts: ["Working.", "In French then."], warnings: [], ends: [{ state: "completed" }] });
  expect(host.log.of("turn.started")).toHaveLength(1);
  expect(host.received("prompt")).toMatchObject([{ message: "Explain it." }, { message: "In French, please.", streamingBehavior: "steer" }]);
});

it("F9 an attachment that cannot be read leaves no phantom turn", async () => {
  await using host = new HostileProvider({});
  await host.start();
  await expect(host.send("What is this?", { attachments: [lostImage] })).rejects.toMatchObject({ kind: "validation", code: "attachment-unreadable" });
  await host.rest();
  expect(host.log.of("turn.started")).toEqual([]);
  expect(host.session).toMatchObject({ status: "ready" });
  expect(host.session).not.toHaveProperty("activeTurnId");
  expect(host.received("prompt")).toEqual([]);
  // The composer stays locked until T3 hears of an error.
  expect(host.thread()).toMatchObject({ status: "error", activeTurnId: null, lastError: expect.stringContaining("screenshot.png") });
  expect(await host.turn("And now?")).toMatchObject(usualTurn);
});

it("F9 an attachment that cannot be read does not disturb the turn it was sent to", async () => {
  await using host = new HostileProvider({ agent: { on: { prompt: [[...piRunStart, { gate: "go on" }, ...piSpeech("Here it is."), ...piRunEnd(), ...piSettled]] } } });
  await host.start();
  const turnId = await host.send("Explain it.");
  await expect(host.send("And this?", { attachments: [lostImage] })).rejects.toMatchObject({ code: "attachment-unreadable" });
  await host.rest();
  expect(host.thread()).toEqual({ status: "running", activeTurnId: turnId, lastError: null });
  expect(host.log.of("runtime.warning")).toMatchObject([{ payload: { message: expect.stringContaining("screenshot.png") } }]);

  host.open("go on");
  await host.log.turn(turnId);
  expect(host.shown(turnId)).toMatchObject({ texts: ["Here it is."], ends: [{ state: "completed" }] });
});

it.each([
  ["with its id", {}],
  ["without an id", { id: null }],
])("F10 a refused prompt leaves no active turn: refused %s", async (_how, id) => {
  await using host = new HostileProvider({ agent: { on: { prompt: [[{ reply: { ...id, error: "Blocked by an extension." } }]] } } });
  await host.start();
  await expect(host.send("Hello?")).rejects.toMatchObject({ kind: "request", code: "request-rejected", detail: expect.stringContaining("Blocked by an extension.") });
  await host.rest();
  expect(host.log.of("turn.started")).toEqual([]);
  expect(host.session).toMatchObject({ status: "ready", lastError: expect.stringContaining("Blocked by an extension.") });
  expect(host.session).not.toHaveProperty("activeTurnId");
  expect(host.thread()).toMatchObject({ status: "error", activeTurnId: null, lastError: expect.stringContaining("Blocked by an extension.") });
  expect(await host.turn("And now?")).toMatchObject(usualTurn);
});

it("F10 a prompt that is refused for want of a login says what to do about it", async () => {
  await using host = new HostileProvider({ agent: { on: { prompt: [[{ reply: { error: "No API key found for the selected model.\n\nUse /login to log in." } }]] } } });
  await host.start();
  await expect(host.send("Hello?")).rejects.toMatchObject({ kind: "request", message: expect.stringContaining("Run Pi in a terminal and log in") });
  await host.rest();
  expect(host.thread()).toMatchObject({ status: "error", activeTurnId: null, lastError: expect.stringContaining("Run Pi in a terminal and log in") });
});

it("F10 a prompt that is refused after its turn began fails this turn", async () => {
  await using host = new HostileProvider({ agent: { on: { prompt: [[{ gate: "refuse" }, { reply: { error: "Blocked by an extension." } }]] } } });
  await host.start();
  const sending = host.send("Hello?");
  await host.pass(10_000);
  const turnId = await sending;
  expect(host.thread()).toMatchObject({ status: "running", activeTurnId: turnId });

  host.open("refuse");
  await host.log.turn(turnId);
  expect(host.shown(turnId)).toMatchObject({ errors: ["Blocked by an extension."], ends: [{ state: "failed", errorMessage: "Blocked by an extension." }] });
  expect(await host.turn("And now?")).toMatchObject(usualTurn);
});

/** A run that is over before its prompt is answered. */
const unansweredRun: Script = piTextTurn("First.").filter((step) => !("reply" in step));

it.each([
  ["with its id", [...unansweredRun, { gate: "late" }, { reply: { error: "Too late" } }]],
  ["without an id", [...unansweredRun, { gate: "late" }, { reply: { id: null, error: "Too late" } }]],
  ["although it was accepted", [...piTextTurn("First."), { gate: "late" }, { reply: { error: "Too late" } }]],
  ["although its turn failed", [...piErrorTurn("terminated"), { gate: "late" }, { reply: { error: "Too late" } }]],
] as readonly (readonly [string, Script])[])("F22 a prompt that is refused late, %s, does not fail the turn after it", async (_how, first) => {
  const second: Script = [...piRunStart, ...piSpeechStart({ text: "Second." }), { gate: "go on" }, ...piSpeechEnd({ text: "Second." }), ...piRunEnd(), ...piSettled];
  await using host = new HostileProvider({ agent: { on: { prompt: [first, second] } } });
  await host.start();
  const { ends } = await host.turn("One?");
  expect(ends).toHaveLength(1);

  const turnId = await host.send("Two?");
  await host.rest();
  host.open("late");
  await host.rest();
  expect(host.thread()).toMatchObject({ status: "running", activeTurnId: turnId });
  host.open("go on");
  await host.log.turn(turnId);
  expect(host.shown(turnId)).toMatchObject({ texts: ["Second."], warnings: [], errors: [], ends: [{ state: "completed" }] });
});
