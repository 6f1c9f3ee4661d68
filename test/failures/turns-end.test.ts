import { expect, it } from "vitest";
import {
  piErrorTurn,
  piExhaustedTurn,
  piFailure,
  piRecoveringTurn,
  piRetryStart,
  piRunEnd,
  piRunStart,
  piSettled,
  piSpeech,
  piSpeechEnd,
  piSpeechStart,
} from "../../src/adapters/fake/scripted-agent/pi-turns.js";
import type { Script } from "../../src/adapters/fake/scripted-agent/scenario.js";
import { compactionEnd, compactionFailure, compactionStart } from "./compaction-steps.js";
import { HostileProvider, usualTurn } from "./hostile-provider.js";

/** Failures 1 to 3: when a turn is over, and whether it succeeded. */

const nextRun: Script = [{ emit: { type: "agent_start" } }, { emit: { type: "turn_start" } }];

const restOfAnswer: Script = [...piSpeech("The whole answer."), ...piRunEnd(), ...piSettled];
const whatFollows: readonly (readonly [string, Script])[] = [
  ["a retry follows", [...piRunEnd({ willRetry: true }), { gate: "go on" }, ...piRetryStart({ attempt: 1, errorMessage: "terminated" }), ...restOfAnswer]],
  ["a compaction follows", [...piRunEnd(), compactionStart("threshold"), { gate: "go on" }, compactionEnd("threshold", { willRetry: true }), ...nextRun, ...restOfAnswer]],
  ["queued work follows", [...piRunEnd(), { gate: "go on" }, ...nextRun, ...restOfAnswer]],
];

it.each(whatFollows)("F1 a turn does not end at agent_end while %s", async (_what, script) => {
  await using host = new HostileProvider({ agent: { on: { prompt: [[...piRunStart, ...piSpeech("Half an answer."), ...script]] } } });
  await host.start();
  const turnId = await host.send("Explain it.");
  await host.pass(60_000);
  expect(host.shown(turnId).ends).toEqual([]);
  expect(host.thread()).toMatchObject({ status: "running", activeTurnId: turnId });

  host.open("go on");
  await host.log.turn(turnId);
  expect(host.shown(turnId)).toMatchObject({ texts: ["Half an answer.", "The whole answer."], errors: [], ends: [{ state: "completed" }] });
  // An agent that still worked would refuse it.
  expect(await host.turn("And now?")).toMatchObject(usualTurn);
});

it("F1 a message sent between agent_end and a retry joins the turn instead of being refused", async () => {
  await using host = new HostileProvider({
    agent: {
      on: {
        prompt: [
          [
            ...piRunStart,
            ...piSpeech("Half an answer."),
            ...piRunEnd({ willRetry: true }),
            { waitFor: "steer" },
            ...piRetryStart({ attempt: 1, errorMessage: "terminated" }),
            { emit: { type: "queue_update", steering: [], followUp: [] } },
            ...piSpeech("In French then."),
            ...piRunEnd(),
            ...piSettled,
          ],
        ],
      },
    },
  });
  await host.start();
  const turnId = await host.send("Explain it.");
  await host.rest();
  expect(await host.send("In French, please.")).toBe(turnId);
  await host.log.turn(turnId);
  expect(host.shown(turnId)).toMatchObject({ texts: ["Half an answer.", "In French then."], errors: [], ends: [{ state: "completed" }] });
});

it("F2 a failed request is shown as failed with its reason, and the thread goes on", async () => {
  await using host = new HostileProvider({ agent: { on: { prompt: [piErrorTurn("401: Incorrect API key provided")] } } });
  await host.start();
  expect(await host.turn("Hello?")).toMatchObject({
    texts: [],
    errors: ["401: Incorrect API key provided"],
    ends: [{ state: "failed", errorMessage: "401: Incorrect API key provided" }],
  });
  expect(host.thread()).toEqual({ status: "error", activeTurnId: null, lastError: "401: Incorrect API key provided" });
  expect(await host.turn("And now?")).toMatchObject(usualTurn);
  expect(host.thread()).toEqual({ status: "ready", activeTurnId: null, lastError: null });
});

it("F2 a failed request without a reason is no success either", async () => {
  await using host = new HostileProvider({ agent: { on: { prompt: [piErrorTurn("  ")] } } });
  await host.start();
  const { errors, ends } = await host.turn("Hello?");
  expect(ends).toMatchObject([{ state: "failed", errorMessage: expect.stringMatching(/\S/) }]);
  expect(errors).toEqual([ends[0]?.errorMessage]);
});

it("F2 a request that fails after half an answer fails, and the half stays", async () => {
  const speech = { text: "Once upon a" };
  await using host = new HostileProvider({
    agent: {
      on: { prompt: [[...piRunStart, ...piSpeechStart(speech), ...piSpeechEnd(speech, { stopReason: "error", errorMessage: "terminated" }), ...piRunEnd(), ...piSettled]] },
    },
  });
  await host.start();
  expect(await host.turn("A story?")).toMatchObject({ texts: ["Once upon a"], errors: ["terminated"], ends: [{ state: "failed", errorMessage: "terminated" }] });
});

it("F3 a recovered retry is no failure", async () => {
  await using host = new HostileProvider({ agent: { on: { prompt: [piRecoveringTurn({ errorMessage: "529: overloaded", text: "Here it is." })] } } });
  await host.start();
  expect(await host.turn("Hello?")).toMatchObject({
    texts: ["Here it is."],
    warnings: ["Retrying (1/3) in 2 s: 529: overloaded"],
    errors: [],
    ends: [{ state: "completed", stopReason: "stop" }],
  });
  expect(host.thread()).toMatchObject({ status: "ready", lastError: null });
});

it("F3 an exhausted retry is a failure, also after a compaction that retries nothing", async () => {
  const script = [...piExhaustedTurn("529: overloaded").slice(0, -piSettled.length), compactionStart("threshold"), compactionEnd("threshold"), ...piSettled];
  await using host = new HostileProvider({ agent: { on: { prompt: [script] } } });
  await host.start();
  const turn = await host.turn("Hello?");
  expect(turn).toMatchObject({ errors: ["529: overloaded"], ends: [{ state: "failed", errorMessage: "529: overloaded" }] });
  expect(turn.warnings).toHaveLength(3);
  expect(await host.turn("And now?")).toMatchObject(usualTurn);
});

const overflow: Script = [...piRunStart, ...piFailure("maximum context length exceeded"), ...piRunEnd(), compactionStart("overflow")];

it("F3 an overflow that a compaction cures is no failure", async () => {
  await using host = new HostileProvider({
    agent: { on: { prompt: [[...overflow, compactionEnd("overflow", { willRetry: true }), ...nextRun, ...piSpeech("It fits now."), ...piRunEnd(), ...piSettled]] } },
  });
  await host.start();
  expect(await host.turn("Hello?")).toMatchObject({ texts: ["It fits now."], errors: [], ends: [{ state: "completed" }] });
});

it("F3 an overflow that no compaction cures is a failure", async () => {
  await using host = new HostileProvider({
    agent: { on: { prompt: [[...overflow, compactionFailure("overflow", { aborted: false, errorMessage: "Compaction failed: no model" }), ...piSettled]] } },
  });
  await host.start();
  expect(await host.turn("Hello?")).toMatchObject({
    warnings: ["Compaction failed: no model"],
    errors: ["maximum context length exceeded"],
    ends: [{ state: "failed", errorMessage: "maximum context length exceeded" }],
  });
});
