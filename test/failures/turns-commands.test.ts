import { expect, it } from "vitest";
import { piHandledPrompt, piRunEnd, piRunStart, piSettled, piSpeech, piTextTurn } from "../../src/adapters/fake/scripted-agent/pi-turns.js";
import type { AgentScenario, Script } from "../../src/adapters/fake/scripted-agent/scenario.js";
import { compactionEnd, compactionStart } from "./compaction-steps.js";
import { HostileProvider, usualTurn } from "./hostile-provider.js";

/** Failures 11 and 17: prompts that begin no run, and prompts that are never acknowledged. */

/** A prompt's script without the reply, which comes first. */
function unacknowledged(script: Script): Script {
  return script.slice(1);
}

/** Before 0.99 Pi did not say that a command had handled the prompt. */
const silentlyHandled: Script = [{ reply: {} }];

it.each([
  ["0.99.0", piHandledPrompt],
  ["0.87.1", silentlyHandled],
] as readonly (readonly [string, Script])[])("F11 a prompt that a command handles ends its turn: Pi %s", async (version, prompt) => {
  await using host = new HostileProvider({ version, agent: { on: { prompt: [prompt] } } });
  await host.start();
  const turnId = await host.send("/ping");
  expect(host.thread()).toMatchObject({ status: "running", activeTurnId: turnId });
  await host.pass(2_000);
  expect(host.shown(turnId)).toMatchObject({ texts: [], warnings: [], errors: [], ends: [{ state: "completed" }] });
  expect(host.thread()).toEqual({ status: "ready", activeTurnId: null, lastError: null });
  expect(await host.turn("And now?")).toMatchObject(usualTurn);
});

it.each(["0.99.0", "0.87.1"])("F11 a run that begins only after its acknowledgement is waited for: Pi %s", async (version) => {
  const lateRun: Script = [{ reply: {} }, { gate: "begin" }, ...unacknowledged(piTextTurn("Here it is."))];
  await using host = new HostileProvider({ version, agent: { on: { prompt: [lateRun] } } });
  await host.start();
  const turnId = await host.send("Hello?");
  await host.pass(90);
  host.open("begin");
  await host.pass(60_000);
  expect(host.shown(turnId)).toMatchObject({ texts: ["Here it is."], ends: [{ state: "completed" }] });
  expect(host.log.of("turn.started")).toHaveLength(1);
});

it.each([
  ["0.99.0", piHandledPrompt],
  ["0.87.1", silentlyHandled],
] as readonly (readonly [string, Script])[])("F11 cancelling a prompt that a command handled does not keep the agent busy: Pi %s", async (version, prompt) => {
  await using host = new HostileProvider({ version, agent: { on: { prompt: [prompt] } } });
  await host.start();
  const turnId = await host.send("/ping");
  await host.interrupt();
  await host.pass(10_000);
  expect(host.shown(turnId).ends).toHaveLength(1);
  expect(host.thread()).toMatchObject({ status: "ready", activeTurnId: null });
  // Not as a steering message to a run that is none.
  expect(await host.turn("And now?")).toMatchObject(usualTurn);
  expect(host.received("prompt").at(-1)).not.toHaveProperty("streamingBehavior");
});

it("F11 a command that never returns can be cancelled, and the next message works", async () => {
  await using host = new HostileProvider({ agent: { on: { prompt: [[{ stall: true }]] } } });
  await host.start();
  const sending = host.send("/deploy");
  await host.pass(10_000);
  const turnId = await sending;
  await host.interrupt();
  await host.pass(10_000);
  expect(host.shown(turnId).ends).toMatchObject([{ state: "interrupted" }]);
  expect(await host.turn("And now?")).toMatchObject(usualTurn);
});

it("F11 a command that asks a question is shown with it, and ends when it was answered", async () => {
  const asks: Script = [{ ask: { id: "q", method: "confirm", title: "Deploy?" } }, { reply: { data: { disposition: "handled" } } }];
  await using host = new HostileProvider({ version: "0.99.0", agent: { on: { prompt: [asks] } } });
  await host.start();
  const turnId = await host.send("/deploy");
  const { requestId } = await host.log.first("user-input.requested");
  expect(host.thread()).toMatchObject({ status: "running", activeTurnId: turnId });
  await host.pass(10 * 60_000);
  await host.provider.respondToUserInput(host.threadId, requestId ?? "", { answer: "Yes" });
  await host.pass(2_000);
  expect(host.received("extension_ui_response")).toMatchObject([{ id: "q", confirmed: true }]);
  expect(host.shown(turnId)).toMatchObject({ errors: [], ends: [{ state: "completed" }] });
});

// ----------------------------------------------------------------------------------------------------- F17: no acknowledgement

it("F17 a prompt that is never acknowledged is shown, never sent again, and can be interrupted", async () => {
  const deaf: Script = [{ pretend: { isStreaming: true } }, { stall: true }];
  await using host = new HostileProvider({ agent: { on: { prompt: [deaf], abort: { always: [] } } }, replacement: {} });
  await host.start();
  const sending = host.send("Hello?");
  await host.pass(9_999);
  expect(host.log.of("turn.started")).toEqual([]);
  await host.pass(1);
  const turnId = await sending;
  expect(host.thread()).toMatchObject({ status: "running", activeTurnId: turnId });

  await host.pass(10 * 60_000);
  expect(host.received("prompt")).toHaveLength(1);
  expect(host.shown(turnId).ends).toEqual([]);

  await host.interrupt();
  await host.pass(6_000);
  await host.log.turn(turnId);
  expect(host.shown(turnId)).toMatchObject({ errors: [], ends: [{ state: "interrupted" }] });
  await host.recover();
  expect(await host.turn("And now?")).toMatchObject(usualTurn);
});

it("F17 a prompt that is never acknowledged but runs is a turn like any other", async () => {
  await using host = new HostileProvider({ agent: { on: { prompt: [unacknowledged(piTextTurn("Here it is."))] } } });
  await host.start();
  expect(await host.turn("Hello?")).toMatchObject({ texts: ["Here it is."], warnings: [], errors: [], ends: [{ state: "completed" }] });
  expect(await host.turn("And now?")).toMatchObject(usualTurn);
});

it("F17 a compaction before the acknowledgement begins the turn, and is waited for", async () => {
  const compactsFirst: Script = [compactionStart("threshold"), { gate: "compacted" }, compactionEnd("threshold"), ...piTextTurn("Here it is.")];
  await using host = new HostileProvider({ agent: { on: { prompt: [compactsFirst] } } });
  await host.start();
  const turnId = await host.send("Hello?");
  await host.pass(10 * 60_000);
  expect(host.thread()).toMatchObject({ status: "running", activeTurnId: turnId });
  host.open("compacted");
  await host.log.turn(turnId);
  expect(host.shown(turnId)).toMatchObject({ texts: ["Here it is."], errors: [], ends: [{ state: "completed" }] });
});

it("F17 a prompt that an idle agent has forgotten is no success", async () => {
  await using host = new HostileProvider({ agent: { on: { prompt: [[]] } } });
  await host.start();
  const sending = host.send("Hello?");
  await host.pass(10_000);
  const turnId = await sending;
  await host.pass(20 * 60_000);
  expect(host.received("prompt")).toHaveLength(1);
  expect(host.shown(turnId).ends).toMatchObject([{ state: "failed", errorMessage: expect.stringMatching(/\S/) }]);
  expect(await host.turn("And now?")).toMatchObject(usualTurn);
});

it("F17 an acknowledgement that comes late is no second beginning", async () => {
  const answersLate: Script = [...unacknowledged(piRunStart), ...piSpeech("Here it is."), { gate: "late" }, { reply: { data: {} } }, ...piSpeech("And more."), ...piRunEnd(), ...piSettled];
  await using host = new HostileProvider({ agent: { on: { prompt: [answersLate] } } });
  await host.start();
  const turnId = await host.send("Hello?");
  await host.pass(60_000);
  host.open("late");
  await host.log.turn(turnId);
  expect(host.shown(turnId)).toMatchObject({ texts: ["Here it is.", "And more."], ends: [{ state: "completed" }] });
  expect(host.log.of("turn.started")).toHaveLength(1);
});

/** T3 handles one call at a time, for all threads: while one is not answered, not even an interrupt gets through. */
it.each([
  ["an earlier prompt is not acknowledged", { prompt: [[{ stall: true }]] }],
  ["it is not acknowledged itself", { prompt: [[...piRunStart, ...piSpeech("Working."), { stall: true }]], steer: [[{ stall: true }]] }],
] as readonly (readonly [string, AgentScenario["on"]])[])("F17 a message to a running turn is answered in time although %s", async (_why, on) => {
  await using host = new HostileProvider({ agent: { ...(on !== undefined && { on }) } });
  await host.start();
  const beginning = host.send("One?");
  await host.pass(10_000);
  const turnId = await beginning;
  const answers: string[] = [];
  const sending = host.send("Two?").then(
    () => answers.push("taken"),
    () => answers.push("refused"),
  );
  await host.pass(15_000);
  expect(answers).toHaveLength(1);
  expect(host.shown(turnId).ends).toEqual([]);
  await host.interrupt();
  await host.pass(10_000);
  await sending;
  expect(host.shown(turnId).ends).toMatchObject([{ state: "interrupted" }]);
});

it("F17 a message that had to wait for the acknowledgement of the prompt reaches the agent after it", async () => {
  const acknowledgedLate: Script = [
    { gate: "acknowledge" },
    ...piRunStart,
    ...piSpeech("Working."),
    { waitFor: "steer" },
    { emit: { type: "queue_update", steering: [], followUp: [] } },
    ...piSpeech("Both then."),
    ...piRunEnd(),
    ...piSettled,
  ];
  await using host = new HostileProvider({ agent: { on: { prompt: [acknowledgedLate] } } });
  await host.start();
  const beginning = host.send("One?");
  await host.pass(10_000);
  const turnId = await beginning;
  const sending = host.send("Two?");
  await host.pass(10_000);
  expect(await sending).toBe(turnId);
  expect(host.received("prompt")).toHaveLength(1);

  host.open("acknowledge");
  await host.pass(60_000);
  expect(host.received("prompt")).toMatchObject([{ message: "One?" }, { message: "Two?", streamingBehavior: "steer" }]);
  expect(host.shown(turnId)).toMatchObject({ texts: ["Working.", "Both then."], warnings: [], errors: [], ends: [{ state: "completed" }] });
});
