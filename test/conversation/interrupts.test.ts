import { describe, expect, it } from "vitest";
import {
  piEndlessTurn,
  piFailure,
  piRunEnd,
  piRunStart,
  piSettled,
  piSpeech,
  piSpeechStart,
  piToolUse,
} from "../../src/adapters/fake/scripted-agent/pi-turns.js";
import type { AgentScenario, Script } from "../../src/adapters/fake/scripted-agent/scenario.js";
import { HostileProvider, usualTurn } from "../failures/hostile-provider.js";
import { eras } from "./eras.js";

interface Moment {
  readonly moment: string;
  readonly agent: NonNullable<AgentScenario["on"]>;
  /** What the turn has shown of texts. */
  readonly texts?: readonly string[];
}

const toolBegins = piToolUse({ name: "bash", args: { command: "make" }, output: "" }).slice(0, 3);
/** In a retry's wait an abort ends the wait, and that ends the run. */
const retryWait: Script = [
  ...piRunStart,
  ...piFailure("500: The server had an error."),
  ...piRunEnd({ willRetry: true }),
  { emit: { type: "auto_retry_start", attempt: 1, maxAttempts: 3, delayMs: 60_000, errorMessage: "500: The server had an error." } },
  { waitFor: "abort" },
  { emit: { type: "auto_retry_end", success: false, attempt: 1, finalError: "Retry cancelled" } },
  ...piSettled,
];
const compaction: Script = [
  ...piRunStart,
  ...piSpeech("Well."),
  ...piRunEnd(),
  { emit: { type: "compaction_start", reason: "threshold" } },
  { waitFor: "abort" },
  { emit: { type: "compaction_end", reason: "threshold", aborted: true, willRetry: false } },
  ...piSettled,
];

const moments: readonly Moment[] = [
  { moment: "before the prompt is answered", agent: { prompt: [[{ gate: "answer" }, ...piEndlessTurn("Hm.")]] } },
  { moment: "before the model says anything", agent: { prompt: [[...piRunStart, { stall: true }]] } },
  { moment: "while the model speaks", agent: { prompt: [piEndlessTurn("Once upon a time")] }, texts: ["Once upon a time"] },
  { moment: "while a tool runs", agent: { prompt: [[...piRunStart, ...toolBegins, { stall: true }]] } },
  { moment: "while the agent waits before a retry", agent: { prompt: [retryWait] } },
  { moment: "while the context is compacted", agent: { prompt: [compaction] }, texts: ["Well."] },
  { moment: "while a question is open", agent: { prompt: [[...piRunStart, { ask: { id: "d", method: "confirm", title: "Sure?" } }, { stall: true }]] } },
];

describe.each(eras)("an interrupt of Pi %s", (version) => {
  it.each(moments)("$moment ends the turn once, and the next message works", async ({ agent, texts = [] }) => {
    await using host = new HostileProvider({ version, agent: { on: agent } });
    await host.start();
    const sent = host.send("Tell me something.");
    await host.rest();
    await host.interrupt();
    await host.rest();
    const isAnswered = host.log.of("turn.started").length > 0;
    // An abort that overtakes the prompt's answer would be lost.
    expect(host.received("abort")).toHaveLength(isAnswered ? 1 : 0);
    host.open("answer");
    const turnId = await sent;
    await host.log.turn(turnId);

    const shown = host.shown(turnId);
    expect(shown).toMatchObject({ errors: [], ends: [{ state: "interrupted", stopReason: "abort" }] });
    expect(shown.texts.filter((text) => text !== "Hm.")).toEqual(texts);
    expect(host.received("abort")).toHaveLength(1);
    expect(host.thread()).toEqual({ status: "ready", activeTurnId: null, lastError: null });
    expect(await host.turn("And now?")).toMatchObject(usualTurn);
    expect(host.received("prompt").map(({ message }) => message)).toEqual(["Tell me something.", "And now?"]);
    expect(host.spawner.spawned.filter(({ args }) => !args.includes("--version"))).toHaveLength(1);
  });

  it("takes back what was said before the prompt was answered, and tells whoever said it", async () => {
    await using host = new HostileProvider({ version, agent: { on: { prompt: [[{ gate: "answer" }, ...piEndlessTurn("Hm.")]] } } });
    await host.start();
    const sent = host.send("Paint the wall.");
    await host.rest();
    const held = host.send("In blue!").catch((error: unknown) => error);
    await host.rest();
    await host.interrupt();
    expect(await held).toMatchObject({ kind: "request", code: "aborted" });
    host.open("answer");
    await host.log.turn(await sent);
    expect(await host.turn("And now?")).toMatchObject(usualTurn);
    expect(host.received("prompt").map(({ message }) => message)).toEqual(["Paint the wall.", "And now?"]);
  });

  it("while the model is being changed shows a turn that was begun and interrupted, and sends nothing", async () => {
    const slow: Script = [{ gate: "changed" }, { reply: {} }];
    const agent: AgentScenario = { on: { set_model: [slow], get_available_models: [[{ gate: "changed" }, { reply: {} }]] } };
    await using host = new HostileProvider({ version, agent, replacement: {} });
    await host.start();
    const sent = host.send("Think.", { model: "lab/thinker" });
    await host.rest();
    await host.interrupt();
    host.open("changed");
    const turnId = await sent;
    await host.log.turn(turnId);

    expect(host.shown(turnId)).toMatchObject({ types: ["turn.started", "turn.completed"], ends: [{ state: "interrupted" }] });
    expect(host.received("prompt")).toEqual([]);
    expect(host.session).toMatchObject({ status: "ready", model: "lab/thinker" });
    expect(await host.turn("And now?")).toMatchObject(usualTurn);
  });
});

describe.each(["0.87.1", "1.0.3"])("an interrupt of Pi %s, which can forget its queue,", (version) => {
  it("first takes the queued texts back, then aborts", async () => {
    await using host = new HostileProvider({ version, agent: { on: { prompt: [[...piRunStart, ...piSpeechStart({ text: "Once" }), { stall: true }]] } } });
    await host.start();
    const turnId = await host.send("Tell a story.");
    await host.rest();
    expect(await host.send("A short one!")).toBe(turnId);
    await host.interrupt();
    await host.log.turn(turnId);

    const commands = host.received().map(({ type }) => type);
    expect(commands.slice(commands.indexOf("clear_queue"), commands.indexOf("clear_queue") + 2)).toEqual(["clear_queue", "abort"]);
    expect(host.shown(turnId)).toMatchObject({ texts: ["Once"], warnings: [], ends: [{ state: "interrupted" }] });
    expect(await host.turn("And now?")).toMatchObject(usualTurn);
    expect(host.received("prompt").map(({ message }) => message)).toEqual(["Tell a story.", "A short one!", "And now?"]);
  });
});
