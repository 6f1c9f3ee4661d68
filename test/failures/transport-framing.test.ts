import { describe, expect, it } from "vitest";
import { piRunEnd, piRunStart, piSettled, piSpeech, piTextTurn, type PiSpeech } from "../../src/adapters/fake/scripted-agent/pi-turns.js";
import type { Script } from "../../src/adapters/fake/scripted-agent/scenario.js";
import type { ProviderRuntimeEvent } from "../../src/ports/runtime-event.js";
import { HostileProvider } from "./hostile-provider.js";
import { leavesNothingBehind } from "./leaves-nothing.js";

leavesNothingBehind();

/** The same records, written a few bytes at a time. */
function inPieces(script: Script, pieceBytes: number): Script {
  return script.map((step) => {
    if ("update" in step) return { emit: { type: "message_update", assistantMessageEvent: step.update }, pieceBytes };
    return "emit" in step ? { ...step, pieceBytes } : step;
  });
}

function streamedText(events: readonly ProviderRuntimeEvent[], turnId: string): string {
  return events.flatMap((event) => (event.type === "content.delta" && event.turnId === turnId ? [event.payload.delta] : [])).join("");
}

/** Line separators of Unicode, characters of two to four bytes, and what a line-based reader trips over. */
const awkward = "one\u2028two\u2029three\u0085four\r\nfünf 六 \u{1F468}\u200D\u{1F469} \u0000 \" \\ {\"type\":\"agent_settled\"}\n";

describe("records", () => {
  it("F72: are cut at line feeds only, whatever Unicode calls a line", async () => {
    await using host = new HostileProvider({ agent: { on: { prompt: [piTextTurn({ text: awkward, thinking: awkward, deltas: 7 })] } } });
    await host.start();
    const turnId = await host.send(`Say ${awkward}`);
    await host.log.turn(turnId);

    expect(host.shown(turnId).texts).toEqual([awkward]);
    expect(host.received("prompt")).toMatchObject([{ message: `Say ${awkward}`.trim() }]);
    expect(host.telemetry.counts.filter(({ name }) => name === "agent.records.dropped")).toEqual([]);
  });

  it.each([1, 2, 3, 5])("F72: may arrive in pieces that cut characters in two: %d bytes at a time", async (pieceBytes) => {
    const speech: PiSpeech = { text: awkward, deltas: 3 };
    await using host = new HostileProvider({ agent: { on: { prompt: [[...inPieces([...piRunStart, ...piSpeech(speech), ...piRunEnd()], pieceBytes), ...piSettled]] } } });
    await host.start();
    const turnId = await host.send("Say it.");
    await host.log.turn(turnId);

    expect(host.shown(turnId).texts).toEqual([awkward]);
    expect(streamedText(host.log.events, turnId)).toBe(awkward);
  });

  it("F72: that hold half a character are records all the same, both ways", async () => {
    const half = "half \ud83d of a pair";
    await using host = new HostileProvider({ agent: { on: { prompt: [piTextTurn({ text: half, deltas: 1 })] } } });
    await host.start();
    const turnId = await host.send(half);
    await host.log.turn(turnId);

    expect(host.shown(turnId).texts).toEqual([half]);
    expect(host.received("prompt")).toMatchObject([{ message: half.toWellFormed() }]);
  });
});

describe("noise", () => {
  const prelude = "Now using node v24.21.0 (npm v11.0.0)\n\u001b[33mwarning:\u001b[0m your shell is chatty\r\n[1,2,3]\nnull\n\n{\"no\": \"record\"\n";

  it("F73: before the first record is skipped, and only its size is told", async () => {
    await using host = new HostileProvider({ agent: { startup: [{ raw: prelude }] } });
    await host.start();
    await host.log.turn(await host.send("Hello?"));

    expect(host.telemetry.counts.filter(({ name }) => name === "agent.records.dropped").map(({ attributes }) => attributes)).toEqual([
      { reason: "not-json", bytes: 37 },
      { reason: "not-json", bytes: 38 },
      { reason: "not-an-object", bytes: 7 },
      { reason: "not-an-object", bytes: 4 },
      { reason: "not-json", bytes: 15 },
    ]);
    expect(JSON.stringify(host.log.events)).not.toContain("chatty");
    expect(host.thread()).toMatchObject({ status: "ready", lastError: null });
  });

  it("F73: in a turn disturbs nothing of it", async () => {
    const noisy = piTextTurn("Hello!").flatMap((step): Script => [{ raw: "console.log of an extension\n" }, step]);
    await using host = new HostileProvider({ agent: { on: { prompt: [noisy] } } });
    await host.start();
    const turnId = await host.send("Hello?");
    await host.log.turn(turnId);

    expect(host.shown(turnId)).toMatchObject({ texts: ["Hello!"], warnings: [], errors: [], ends: [{ state: "completed" }] });
  });

  it.each([
    { what: "colours", codes: "\u001b[0m\u001b[?25h" },
    { what: "a window's title", codes: "\u001b]0;pi — project\u0007" },
    { what: "a title ended the other way", codes: "\u001b]2;pi\u001b\\\r" },
  ])("F73: of a terminal's codes on a record's own line costs no record: $what", async ({ codes }) => {
    const coded = piTextTurn("Hello!").flatMap((step): Script => [{ raw: codes }, step]);
    await using host = new HostileProvider({ agent: { startup: [{ raw: codes }], on: { prompt: [coded] } } });
    await host.start();
    const turnId = await host.send("Hello?");
    await host.log.turn(turnId);

    expect(host.shown(turnId)).toMatchObject({ texts: ["Hello!"], warnings: [], ends: [{ state: "completed" }] });
    expect(host.telemetry.counts.filter(({ name }) => name === "agent.records.dropped")).toEqual([]);
  });

  it("F73: of records that nobody knows is passed over", async () => {
    const unknown: Script = [
      { emit: { type: "quantum_fluctuation", amplitude: 3 } },
      { emit: { type: 7 } },
      { emit: {} },
      { emit: { type: "message_update" } },
      { emit: { type: "tool_execution_start" } },
      { emit: { type: "extension_ui_request", id: "x", method: "juggle" } },
      { emit: { type: "response", id: "never-sent", command: "get_state", success: true, data: null } },
    ];
    await using host = new HostileProvider({ agent: { startup: unknown, on: { prompt: [[...piRunStart, ...unknown, ...piSpeech("Hello!"), ...unknown, ...piRunEnd(), ...piSettled, ...unknown]] } } });
    await host.start();
    const turnId = await host.send("Hello?");
    await host.log.turn(turnId);
    await host.rest();

    expect(host.shown(turnId)).toMatchObject({ texts: ["Hello!"], errors: [], ends: [{ state: "completed" }] });
    expect(host.thread()).toEqual({ status: "ready", activeTurnId: null, lastError: null });
  });
});

describe("a text that is repeated whole with every piece of it", () => {
  it("F74: is told once, piece by piece, and the records that repeat it stay out of the events", async () => {
    const text = Array.from({ length: 400 }, (_, index) => `Sentence ${index} of a long answer. `).join("");
    const end: Script = [{ emit: { type: "agent_end", messages: [{ role: "assistant", content: [{ type: "text", text: text.repeat(200) }] }], willRetry: false } }];
    await using host = new HostileProvider({ version: "0.80.10", agent: { on: { prompt: [[...piRunStart, ...piSpeech({ text, deltas: 400 }), ...end, ...piSettled]] } } });
    await host.start();
    const turnId = await host.send("Tell me everything.");
    await host.log.turn(turnId);

    expect(host.shown(turnId).texts).toEqual([text]);
    expect(streamedText(host.log.events, turnId)).toBe(text);
    // Repeated with each of 400 pieces it would be 200 times as much.
    expect(JSON.stringify(host.log.events).length).toBeLessThan(20 * text.length);
  });
});
