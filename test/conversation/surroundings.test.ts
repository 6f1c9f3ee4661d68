import { describe, expect, it } from "vitest";
import { piExhaustedTurn, piFailure, piHandledPrompt, piRecoveringTurn, piRunEnd, piRunStart, piSettled, piSpeech, piTextTurn, piToolTurn } from "../../src/adapters/fake/scripted-agent/pi-turns.js";
import type { Script } from "../../src/adapters/fake/scripted-agent/scenario.js";
import type { ChatAttachment } from "../../src/ports/provider.js";
import { HostileProvider, usualTurn } from "../failures/hostile-provider.js";
import { eras } from "./eras.js";

const image: ChatAttachment = { type: "image", id: "square", name: "Square.png", mimeType: "image/png", sizeBytes: 3 };
const compacted: Script = [
  { emit: { type: "compaction_start", reason: "threshold" } },
  { emit: { type: "compaction_end", reason: "threshold", result: { tokensBefore: 9_600, estimatedTokensAfter: 1_200 }, aborted: false, willRetry: false } },
];
const overflow: Script = [
  ...piRunStart,
  ...piFailure("400: maximum context length exceeded"),
  ...piRunEnd(),
  { emit: { type: "compaction_start", reason: "overflow" } },
  { emit: { type: "compaction_end", reason: "overflow", result: { tokensBefore: 12_000 }, aborted: false, willRetry: true } },
  { emit: { type: "agent_start" } },
  { emit: { type: "turn_start" } },
  ...piSpeech("It fits now."),
  ...piRunEnd(),
  ...piSettled,
];

describe.each(eras)("a turn with Pi %s", (version) => {
  it("goes on through retries, and tells each", async () => {
    const error = "500: The server had an error.";
    await using host = new HostileProvider({ version, agent: { on: { prompt: [piRecoveringTurn({ errorMessage: error, text: "At last." }), piExhaustedTurn(error)] } } });
    await host.start();
    expect(await host.turn("Try.")).toMatchObject({ texts: ["At last."], warnings: [`Retrying (1/3) in 2 s: ${error}`], errors: [], ends: [{ state: "completed" }] });
    expect(await host.turn("Try again.")).toMatchObject({
      texts: [],
      warnings: [expect.stringMatching(/^Retrying \(1\/3\) in 2 s/), expect.stringMatching(/^Retrying \(2\/3\) in 4 s/), expect.stringMatching(/^Retrying \(3\/3\) in 8 s/)],
      errors: [error],
      ends: [{ state: "failed", errorMessage: error }],
    });
    expect(await host.turn("And now?")).toMatchObject(usualTurn);
  });

  it.each([
    { what: "of a full context", prompt: [...piRunStart, ...piSpeech("Well."), ...piRunEnd(), ...compacted, ...piSettled], text: "Well.", reason: "threshold" },
    { what: "of one that was too full", prompt: overflow, text: "It fits now.", reason: "overflow" },
  ])("goes on through a compaction $what, and tells it", async ({ prompt, text, reason }) => {
    await using host = new HostileProvider({ version, agent: { on: { prompt: [prompt] } } });
    await host.start();
    expect(await host.turn("Hello?")).toMatchObject({ texts: [text], warnings: [], errors: [], ends: [{ state: "completed" }] });
    expect(host.log.of("thread.state.changed")).toMatchObject([{ payload: { state: "compacted", detail: { reason } } }]);
  });

  it("tells what it used, and what the thread used so far", async () => {
    const stats = { tokens: { input: 700, output: 60, cacheRead: 30, cacheWrite: 5, total: 795 }, cost: 1.25, contextUsage: { tokens: null, contextWindow: 128_000, percent: null } };
    await using host = new HostileProvider({ version, agent: { on: { prompt: [piToolTurn({ tool: { name: "bash", args: { command: "true" }, output: "" }, text: "Nothing." })], get_session_stats: { always: [{ reply: { data: stats } }] } } } });
    await host.start();
    const turn = await host.turn("Look around.");

    // Two requests of the model, as its messages say.
    expect(turn.ends).toMatchObject([{ usage: { inputTokens: 200, outputTokens: 40, cachedInputTokens: 0, cacheWriteTokens: 0, totalTokens: 240 }, totalCostUsd: 0 }]);
    expect(host.log.of("thread.token-usage.updated").map(({ payload }) => payload)).toEqual([
      { usage: { totals: { inputTokens: 700, outputTokens: 60, cachedInputTokens: 30, cacheWriteTokens: 5, totalTokens: 795 }, totalCostUsd: 1.25, contextWindow: 128_000 } },
    ]);
  });

  it("carries images to the model, at its beginning and into it", async () => {
    const prompt: Script = [...piRunStart, { waitFor: "steer" }, { emit: { type: "queue_update", steering: [], followUp: [] } }, ...piSpeech("Two squares."), ...piRunEnd(), ...piSettled];
    await using host = new HostileProvider({ version, agent: { on: { prompt: [prompt] } }, attachments: { square: Uint8Array.of(1, 2, 3) } });
    await host.start();
    const { turnId } = await host.provider.sendTurn({ threadId: host.threadId, attachments: [image] });
    await host.rest();
    expect(await host.send("And this?", { attachments: [image, image] })).toBe(turnId);
    await host.log.turn(turnId);
    const sent = { type: "image", data: "AQID", mimeType: "image/png" };
    expect(host.received("prompt")).toMatchObject([
      { message: "", images: [sent] },
      { message: "And this?", images: [sent, sent], streamingBehavior: "steer" },
    ]);
  });
});

describe("the commands of Pi itself", () => {
  it("are listed, in a turn and between turns", async () => {
    await using host = new HostileProvider({ agent: { on: { prompt: [[...piRunStart, { gate: "go on" }, ...piSpeech("Here."), ...piRunEnd(), ...piSettled]] } } });
    await host.start();
    const listed = [{ name: "ping", description: "Answers without a run", source: "extension" }];
    expect(await host.provider.listCommands(host.threadId)).toEqual(listed);
    const turnId = await host.send("Hello?");
    expect(await host.provider.listCommands(host.threadId)).toEqual(listed);
    host.open("go on");
    await host.log.turn(turnId);
    await expect(host.provider.listCommands("nobody's thread")).rejects.toMatchObject({ kind: "session-not-found" });
  });

  it("that cannot be listed are no reason to give the session up", async () => {
    const refused: Script = [{ reply: { error: "Not now." } }];
    const odd: Script = [{ reply: { data: { commands: [{ name: "good", source: "elsewhere" }, { name: "" }, "bad", null] } } }];
    await using host = new HostileProvider({ agent: { on: { get_commands: [refused, odd] } } });
    await host.start();
    await expect(host.provider.listCommands(host.threadId)).rejects.toMatchObject({ kind: "request", code: "request-rejected" });
    expect(await host.provider.listCommands(host.threadId)).toEqual([{ name: "good", source: "other" }]);
    expect(await host.turn("And now?")).toMatchObject(usualTurn);
  });

  it("are sent as they are typed, the known and the unknown alike", async () => {
    await using host = new HostileProvider({ version: "1.0.3", agent: { on: { prompt: [piHandledPrompt, piTextTurn("What is that?")] } } });
    await host.start();
    expect(await host.turn("/ping me")).toMatchObject({ texts: [], warnings: [], errors: [], ends: [{ state: "completed" }] });
    expect(await host.turn("/unheard-of thing")).toMatchObject({ texts: ["What is that?"], ends: [{ state: "completed" }] });
    expect(host.received("prompt").map(({ message }) => message)).toEqual(["/ping me", "/unheard-of thing"]);
  });
});
