import { expect, it } from "vitest";
import { piRunEnd, piRunStart, piSettled, piSpeech, piTextTurn } from "../../src/adapters/fake/scripted-agent/pi-turns.js";
import type { Script } from "../../src/adapters/fake/scripted-agent/scenario.js";
import { compactionEnd, compactionFailure, compactionStart } from "./compaction-steps.js";
import { HostileProvider, usualTurn } from "./hostile-provider.js";

/** Failures 19 to 21: an agent that shortens its conversation when nobody expects it, does not stop, or fails. */

const compacted = { state: "compacted", detail: { reason: "manual", tokensBefore: 150_000, tokensAfter: 9_000 } };

// -------------------------------------------------------------------------------------------------- F19: right after the settled

it("F19 a compaction that an extension starts right after agent_settled keeps the turn open", async () => {
  const script: Script = [...piTextTurn("That is all."), compactionStart("manual"), { gate: "compacted" }, compactionEnd("manual")];
  await using host = new HostileProvider({ agent: { on: { prompt: [script] } } });
  await host.start();
  const turnId = await host.send("Hello?");
  await host.pass(4 * 60_000);
  expect(host.shown(turnId).ends).toEqual([]);
  expect(host.thread()).toMatchObject({ status: "running", activeTurnId: turnId });

  host.open("compacted");
  await host.log.turn(turnId);
  expect(host.shown(turnId)).toMatchObject({ texts: ["That is all."], warnings: [], ends: [{ state: "completed" }] });
  expect(host.log.of("thread.state.changed")).toMatchObject([{ turnId, payload: compacted }]);
  expect(await host.turn("And now?")).toMatchObject(usualTurn);
});

it("F19 a compaction that was not announced yet when the state was read keeps the turn open", async () => {
  const script: Script = [...piRunStart, ...piSpeech("That is all."), ...piRunEnd(), { pretend: { isCompacting: true } }, ...piSettled, { gate: "compacted" }, { pretend: {} }];
  await using host = new HostileProvider({ agent: { on: { prompt: [script] } } });
  await host.start();
  const turnId = await host.send("Hello?");
  await host.pass(4 * 60_000);
  expect(host.thread()).toMatchObject({ status: "running", activeTurnId: turnId });

  host.open("compacted");
  await host.pass(2_000);
  expect(host.shown(turnId)).toMatchObject({ texts: ["That is all."], ends: [{ state: "completed" }] });
});

it("F19 a message that is sent while such a compaction goes on is answered in time", async () => {
  const script: Script = [...piRunStart, ...piSpeech("That is all."), ...piRunEnd(), { pretend: { isCompacting: true } }, ...piSettled];
  await using host = new HostileProvider({ agent: { on: { prompt: [script] } } });
  await host.start();
  await host.send("Hello?");
  await host.rest();
  const answers: string[] = [];
  const sending = host.send("And now?").then(
    () => answers.push("taken"),
    () => answers.push("refused"),
  );
  // While one call is not answered, T3 handles no other, not even an interrupt.
  await host.pass(15_000);
  expect(answers).toHaveLength(1);
  await host.interrupt();
  await host.pass(10_000);
  await sending;
});

it("F19 a compaction after the turn's end disturbs neither the thread nor the next turn", async () => {
  const script: Script = [...piTextTurn("That is all."), { gate: "compact" }, compactionStart("manual"), compactionEnd("manual")];
  await using host = new HostileProvider({ agent: { on: { prompt: [script] } } });
  await host.start();
  await host.turn("Hello?");
  host.open("compact");
  await host.rest();
  const [change] = host.log.of("thread.state.changed");
  expect(change?.payload).toEqual(compacted);
  expect(change).not.toHaveProperty("turnId");
  expect(host.thread()).toEqual({ status: "ready", activeTurnId: null, lastError: null });
  expect(await host.turn("And now?")).toMatchObject(usualTurn);
});

it("F19 a message that is refused because of a compaction can be sent again after it", async () => {
  const error = "Cannot submit a prompt while compaction is in progress. Wait for compaction to finish and retry.";
  await using host = new HostileProvider({ agent: { on: { prompt: [[{ reply: { error } }]] } } });
  await host.start();
  await expect(host.send("Hello?")).rejects.toMatchObject({ kind: "request", detail: expect.stringContaining("Wait for compaction to finish") });
  expect(await host.turn("Hello?")).toMatchObject(usualTurn);
});

// ------------------------------------------------------------------------------------------------- F20: abort does not cancel it

it("F20 a compaction that an abort does not cancel is ended with the process, and the conversation continues", async () => {
  // Before 0.85 an abort was acknowledged, and the compaction went on.
  const script: Script = [...piTextTurn("That is all."), compactionStart("manual"), { stall: true }];
  await using host = new HostileProvider({ version: "0.84.4", agent: { on: { prompt: [script] } }, replacement: {} });
  await host.start();
  const turnId = await host.send("Hello?");
  await host.rest();
  await host.interrupt();
  await host.pass(5_900);
  expect(host.received("abort")).toHaveLength(2);
  expect(host.shown(turnId).ends).toEqual([]);

  await host.pass(100);
  await host.log.turn(turnId);
  expect(host.shown(turnId)).toMatchObject({ texts: ["That is all."], errors: [], ends: [{ state: "interrupted" }] });
  expect(host.spawner.running).toBe(0);
  await host.recover();
  expect(await host.turn("And now?")).toMatchObject(usualTurn);
});

it("F20 a compaction that an abort cancels ends the turn and keeps the process", async () => {
  const script: Script = [...piTextTurn("That is all."), compactionStart("manual"), { waitFor: "abort" }, compactionFailure("manual", { aborted: true })];
  await using host = new HostileProvider({ agent: { on: { prompt: [script] } } });
  await host.start();
  const turnId = await host.send("Hello?");
  await host.rest();
  await host.interrupt();
  await host.log.turn(turnId);
  expect(host.shown(turnId)).toMatchObject({ warnings: [], errors: [], ends: [{ state: "interrupted" }] });
  expect(host.spawner.running).toBe(1);
  expect(await host.turn("And now?")).toMatchObject(usualTurn);
});

// ------------------------------------------------------------------------------------------------------------- F21: it fails

const noEnd = { pretend: { isCompacting: false } } as const;
const failures: readonly (readonly [string, Script])[] = [
  ["is cancelled", [compactionFailure("threshold", { aborted: true })]],
  ["fails with a reason", [compactionFailure("threshold", { aborted: false, errorMessage: "Compaction failed: 529" })]],
  ["fails without a reason", [compactionFailure("threshold", { aborted: false })]],
  ["fails with an event of its own", [{ emit: { type: "session_compact_failed", error: "529" } }, noEnd]],
  ["never says how it ended", [noEnd]],
];

it.each(failures)("F21 nothing stays stuck when a compaction %s", async (_how, end) => {
  const script: Script = [...piRunStart, ...piSpeech("That is all."), ...piRunEnd(), compactionStart("threshold"), ...end, ...piSettled];
  await using host = new HostileProvider({ agent: { on: { prompt: [script] } } });
  await host.start();
  const turnId = await host.send("Hello?");
  await host.pass(60_000);
  expect(host.shown(turnId)).toMatchObject({ texts: ["That is all."], errors: [], ends: [{ state: "completed" }] });
  expect(host.log.events.filter(({ type, payload }) => type.startsWith("item.") && JSON.stringify(payload).includes("compaction"))).toEqual([]);
  expect(host.thread()).toEqual({ status: "ready", activeTurnId: null, lastError: null });
  expect(await host.turn("And now?")).toMatchObject(usualTurn);
});

it("F21 nothing stays stuck when a failed compaction is the last that is heard of a turn", async () => {
  const script: Script = [...piRunStart, ...piSpeech("That is all."), ...piRunEnd(), compactionStart("threshold"), compactionFailure("threshold", { aborted: false, errorMessage: "Compaction failed: 529" }), { pretend: { isStreaming: false } }];
  await using host = new HostileProvider({ agent: { on: { prompt: [script] } } });
  await host.start();
  const turnId = await host.send("Hello?");
  await host.pass(6_000);
  expect(host.shown(turnId)).toMatchObject({ texts: ["That is all."], warnings: ["Compaction failed: 529"], ends: [{ state: "completed" }] });
});

it("F21 a crash in a compaction fails the turn, and the conversation continues", async () => {
  const script: Script = [...piRunStart, ...piSpeech("That is all."), ...piRunEnd(), compactionStart("threshold"), { exit: 1 }];
  await using host = new HostileProvider({ agent: { on: { prompt: [script] } }, replacement: {} });
  await host.start();
  const turn = await host.turn("Hello?");
  expect(turn).toMatchObject({ texts: ["That is all."], ends: [{ state: "failed" }] });
  expect(host.thread()).toMatchObject({ status: "error", activeTurnId: null });
  await host.recover();
  expect(await host.turn("And now?")).toMatchObject(usualTurn);
});
