import { describe, expect, it } from "vitest";
import { piRunEnd, piRunStart, piSettled, piSpeech } from "../../src/adapters/fake/scripted-agent/pi-turns.js";
import type { Script } from "../../src/adapters/fake/scripted-agent/scenario.js";
import { HostileProvider, usualTurn } from "../failures/hostile-provider.js";
import { answers, asked, asking, certain, colour, version } from "./questions.js";

/** A run that is on while a question is open. */
const askingInRun: Script = [...piRunStart, { ask: colour }, ...piSpeech("Thank you."), ...piRunEnd(), ...piSettled];

describe("an open question", () => {
  it("is cancelled by an interrupt before the abort, which the agent does not obey otherwise", async () => {
    await using host = new HostileProvider({ version, agent: { on: { prompt: [askingInRun] } } });
    await host.start();
    const turnId = await host.send("Paint it.");
    const { requestId } = await asked(host);
    await host.interrupt();
    await host.log.turn(turnId);

    const order = host.received().map(({ type }) => type).filter((type) => type === "extension_ui_response" || type === "abort");
    expect(order).toEqual(["extension_ui_response", "abort"]);
    expect(answers(host)).toEqual([{ id: "d1", cancelled: true }]);
    expect(host.log.of("user-input.resolved")).toMatchObject([{ requestId, turnId, payload: { answers: {} } }]);
    expect(host.shown(turnId).ends).toMatchObject([{ state: "interrupted" }]);
    expect(await host.turn("And now?")).toMatchObject(usualTurn);
  });

  it("that is asked after an interrupt is cancelled unseen", async () => {
    const stubborn: Script = [...piRunStart, { waitFor: "abort" }, { ask: certain }, ...piRunEnd(), ...piSettled];
    await using host = new HostileProvider({ version, agent: { on: { prompt: [stubborn] } } });
    await host.start();
    const turnId = await host.send("Paint it.");
    await host.rest();
    await host.interrupt();
    await host.log.turn(turnId);
    expect(host.log.of("user-input.requested")).toEqual([]);
    expect(answers(host)).toEqual([{ id: "d2", cancelled: true }]);
  });

  it.each([
    { end: "a stop", state: "interrupted", act: (host: HostileProvider) => host.provider.stopSession(host.threadId) },
    { end: "another start", state: "interrupted", act: (host: HostileProvider) => host.start() },
    { end: "the disposal", state: "interrupted", act: (host: HostileProvider) => host.provider[Symbol.asyncDispose]() },
    { end: "a crash", state: "failed", act: async (host: HostileProvider) => host.open("crash") },
  ])("is taken away by $end", async ({ state, act }) => {
    const prompt: Script = [...piRunStart, { emit: { type: "extension_ui_request", ...colour } }, { gate: "crash" }, { crash: "SIGKILL" }];
    await using host = new HostileProvider({ version, agent: { on: { prompt: [prompt] } } });
    await host.start();
    const turnId = await host.send("Paint it.");
    const { requestId } = await asked(host);
    await act(host);
    await host.log.turn(turnId);

    expect(host.log.of("user-input.resolved")).toMatchObject([{ requestId, turnId, payload: { answers: {} } }]);
    expect(host.shown(turnId).ends).toMatchObject([{ state }]);
  });

  it("that is answered at the very moment of a crash frees the host's prompt once more, and is refused", async () => {
    const prompt: Script = [...piRunStart, { emit: { type: "extension_ui_request", ...colour } }, { gate: "crash" }, { crash: "SIGKILL" }];
    await using host = new HostileProvider({ version, agent: { on: { prompt: [prompt] } } });
    await host.start();
    const turnId = await host.send("Paint it.");
    const { requestId } = await asked(host);
    host.open("crash");
    await host.log.turn(turnId);
    await expect(host.provider.respondToUserInput(host.threadId, requestId, { answer: "Red" })).rejects.toMatchObject({ kind: "session-not-found" });
    await host.rest();
    expect(host.log.of("user-input.resolved").map((event) => event.requestId)).toEqual([requestId, requestId]);
  });

  it.each(["made up", ""])("is not meant by the id %j: that is refused, and the prompt it stands for goes", async (requestId) => {
    await using host = new HostileProvider({ version });
    await host.start();
    await expect(host.provider.respondToUserInput(host.threadId, requestId, { answer: "Red" })).rejects.toMatchObject({ kind: "validation", code: "request-unknown", threadId: host.threadId });
    await expect(host.provider.respondToUserInput("nobody's thread", requestId, { answer: "Red" })).rejects.toMatchObject({ kind: "session-not-found", code: "session-missing" });
    await host.rest();
    expect(host.log.of("user-input.resolved")).toMatchObject([
      { threadId: host.threadId, requestId, payload: { answers: {} } },
      { threadId: "nobody's thread", requestId, payload: { answers: {} } },
    ]);
  });

  it("does not keep whoever sends a message meanwhile waiting for ever; the message goes out after the answer", async () => {
    await using host = new HostileProvider({ version, agent: { on: { prompt: [asking(colour)] } } });
    await host.start();
    const sent = host.send("/ask");
    const { requestId } = await asked(host);
    const meanwhile = host.send("Hello?");
    await host.pass(60_000);
    const turnId = await sent;
    expect(await meanwhile).toBe(turnId);
    expect(host.received("prompt")).toHaveLength(1);
    await host.provider.respondToUserInput(host.threadId, requestId, { answer: "Red" });
    await host.log.turn(turnId);
    expect(host.received("prompt").map(({ message }) => message)).toEqual(["/ask", "Hello?"]);
    expect(host.shown(turnId)).toMatchObject({ texts: ["Done."], warnings: [], ends: [{ state: "completed" }] });
  });
});
