import { expect, it } from "vitest";
import { piRunEnd, piRunStart, piSettled, piSpeech, piTextTurn, piToolUse } from "../../src/adapters/fake/scripted-agent/pi-turns.js";
import type { Script } from "../../src/adapters/fake/scripted-agent/scenario.js";
import { HostileProvider, usualTurn } from "./hostile-provider.js";

/** Failures 14 to 16: what the agent does by itself, and work that takes long. */

const begins: Script = [{ emit: { type: "agent_start" } }, { emit: { type: "turn_start" } }];
const tool = { name: "bash", args: { command: "make deploy" }, output: "deployed" };

/** An answer, and later a run that an extension starts. */
const thenByItself = (run: Script): Script => [...piTextTurn("First."), { gate: "by itself" }, ...begins, ...run];

// -------------------------------------------------------------------------------------------------------- F14: unsolicited runs

it("F14 a run that nobody asked for is shown as a turn of its own, tools included, and ends", async () => {
  const run: Script = [...piToolUse(tool), ...piSpeech("Deployed."), { gate: "finish" }, ...piRunEnd(), ...piSettled];
  await using host = new HostileProvider({ agent: { on: { prompt: [thenByItself(run)] } } });
  await host.start();
  const asked = await host.turn("Hello?");
  host.open("by itself");
  await host.rest();
  const { activeTurnId: turnId } = host.thread();
  expect(turnId).toEqual(expect.any(String));
  expect(host.session).toMatchObject({ status: "running", activeTurnId: turnId });

  host.open("finish");
  await host.log.turn(turnId ?? "");
  expect(host.shown(turnId ?? "")).toMatchObject({
    types: ["turn.started", "item.started", "item.updated", "item.completed", "content.delta", "content.delta", "item.completed", "thread.token-usage.updated", "turn.completed"],
    texts: ["Deployed."],
    ends: [{ state: "completed" }],
  });
  expect(asked.ends).toHaveLength(1);
  expect(await host.turn("And now?")).toMatchObject(usualTurn);
});

it("F14 a run that nobody asked for can be steered and interrupted", async () => {
  const run: Script = [...piSpeech("Working on it."), { waitFor: "steer" }, { emit: { type: "queue_update", steering: [], followUp: [] } }, ...piSpeech("As you wish."), { stall: true }];
  await using host = new HostileProvider({ agent: { on: { prompt: [thenByItself(run)] } } });
  await host.start();
  await host.turn("Hello?");
  host.open("by itself");
  await host.rest();
  const turnId = await host.send("Not so fast.");
  expect(turnId).toBe(host.thread().activeTurnId);
  await host.rest();
  await host.interrupt();
  await host.log.turn(turnId);
  expect(host.shown(turnId)).toMatchObject({ texts: ["Working on it.", "As you wish."], ends: [{ state: "interrupted" }] });
  expect(await host.turn("And now?")).toMatchObject(usualTurn);
});

it("F14 a host that wants no such runs has them ended, and is told", async () => {
  const run: Script = [...piSpeech("Working on it."), { stall: true }];
  await using host = new HostileProvider({ options: { session: { unsolicitedRuns: "refuse" } }, agent: { on: { prompt: [thenByItself(run)] } } });
  await host.start();
  await host.turn("Hello?");
  host.open("by itself");
  await host.pass(60_000);
  expect(host.log.of("turn.started")).toHaveLength(1);
  expect(host.log.of("runtime.warning")).toMatchObject([{ payload: { message: "Pi began to work by itself and was told to stop." } }]);
  expect(host.received("abort")).toHaveLength(1);
  expect(host.thread()).toEqual({ status: "ready", activeTurnId: null, lastError: null });
  expect(await host.turn("And now?")).toMatchObject(usualTurn);
});

it("F14 a host that wants no such runs is rid of one that does not stop, too", async () => {
  const run: Script = [...piSpeech("Working on it."), { stall: true }];
  await using host = new HostileProvider({ options: { session: { unsolicitedRuns: "refuse" } }, agent: { on: { prompt: [thenByItself(run)], abort: { always: [{ reply: {} }] } } }, replacement: {} });
  await host.start();
  await host.turn("Hello?");
  host.open("by itself");
  await host.pass(60_000);
  // Nothing may work where nobody sees it.
  expect(host.spawner.running).toBe(0);
  expect(host.thread()).toMatchObject({ activeTurnId: null });
  await host.recover();
  expect(await host.turn("And now?")).toMatchObject(usualTurn);
});

it("F14 a run that began while the session was starting is shown", async () => {
  const startup: Script = [...begins, { emit: { type: "extension_ui_request", id: "n", method: "notify", message: "Hello" } }];
  // The start's state is read after the run has begun.
  const goesOn: Script = [{ reply: {} }, { gate: "work" }, ...piToolUse(tool), ...piSpeech("Deployed."), ...piRunEnd(), ...piSettled];
  await using host = new HostileProvider({ agent: { startup, on: { get_state: [goesOn] } } });
  await host.start();
  host.open("work");
  await host.pass(60_000);
  const [started] = host.log.of("turn.started");
  expect(host.shown(started?.turnId ?? "")).toMatchObject({ texts: ["Deployed."], ends: [{ state: "completed" }] });
  expect(await host.turn("And now?")).toMatchObject(usualTurn);
});

it("F14 a message that is sent while a run from before the start goes on joins it", async () => {
  const startup: Script = begins;
  const goesOn: Script = [{ reply: {} }, { waitFor: "steer" }, { emit: { type: "queue_update", steering: [], followUp: [] } }, ...piSpeech("As you wish."), ...piRunEnd(), ...piSettled];
  await using host = new HostileProvider({ agent: { startup, on: { get_state: [goesOn] } } });
  await host.start();
  const turnId = await host.send("Not so fast.");
  await host.log.turn(turnId);
  expect(host.shown(turnId)).toMatchObject({ texts: ["As you wish."], ends: [{ state: "completed" }] });
});

// --------------------------------------------------------------------------------------------------------- F15, F16: long work

it("F15 an extension that blocks after agent_end stays visible, is reported, not killed, and can be interrupted", async () => {
  await using host = new HostileProvider({ agent: { on: { prompt: [[...piRunStart, ...piSpeech("That is all."), ...piRunEnd(), { stall: true }]] } } });
  await host.start();
  const turnId = await host.send("Hello?");
  await host.pass(30 * 60_000);
  expect(host.thread()).toMatchObject({ status: "running", activeTurnId: turnId });
  expect(host.shown(turnId).warnings).toEqual(["Pi has shown nothing for 5 min, but says that it still works. Stop the turn to end it."]);
  expect(host.spawner.running).toBe(1);

  await host.interrupt();
  await host.log.turn(turnId);
  expect(host.shown(turnId)).toMatchObject({ texts: ["That is all."], errors: [], ends: [{ state: "interrupted" }] });
  expect(await host.turn("And now?")).toMatchObject(usualTurn);
});

it("F15 an extension that blocks the whole agent is reported, not killed, and can be interrupted", async () => {
  const onlyTheStart: readonly Script[] = [[{ reply: {} }], ...Array.from({ length: 1_000 }, (): Script => [])];
  await using host = new HostileProvider({
    version: "1.0.0",
    agent: { on: { prompt: [[...piRunStart, ...piSpeech("That is all."), ...piRunEnd(), { stall: true }]], get_state: onlyTheStart, abort: { always: [] } } },
    replacement: {},
  });
  await host.start();
  const turnId = await host.send("Hello?");
  await host.pass(30 * 60_000);
  expect(host.shown(turnId).warnings).toEqual(["Pi does not answer; it may be busy. Stop the turn to end it."]);
  expect(host.thread()).toMatchObject({ status: "running", activeTurnId: turnId });

  await host.interrupt();
  await host.pass(6_000);
  await host.log.turn(turnId);
  expect(host.shown(turnId).ends).toMatchObject([{ state: "interrupted" }]);
  await host.recover();
  expect(await host.turn("And now?")).toMatchObject(usualTurn);
});

it("F16 a tool may work for hours", async () => {
  const longTool: Script = piToolUse(tool).flatMap((step): Script => {
    if (!("call" in step)) return [step];
    const [update, ...end] = step.run;
    return [{ ...step, run: [...(update === undefined ? [] : [update]), { gate: "built" }, ...end] }];
  });
  await using host = new HostileProvider({ agent: { on: { prompt: [[...piRunStart, ...longTool, ...piSpeech("Deployed."), ...piRunEnd(), ...piSettled]] } } });
  await host.start();
  const turnId = await host.send("Deploy it.");
  await host.pass(5 * 60 * 60_000);
  expect(host.thread()).toEqual({ status: "running", activeTurnId: turnId, lastError: null });
  expect(host.shown(turnId)).toMatchObject({ warnings: [], ends: [] });

  host.open("built");
  await host.log.turn(turnId);
  expect(host.shown(turnId)).toMatchObject({ texts: ["Deployed."], warnings: [], errors: [], ends: [{ state: "completed" }] });
});
