import { describe, expect, it } from "vitest";
import { piHandledPrompt, piRunEnd, piRunStart, piSettled, piSpeech } from "../../src/adapters/fake/scripted-agent/pi-turns.js";
import type { Script } from "../../src/adapters/fake/scripted-agent/scenario.js";
import { HostileProvider, usualTurn } from "../failures/hostile-provider.js";
import { answers, asked, asking, certain, colour, version } from "./questions.js";

const longOption = `Paint ${"very ".repeat(100)}slowly`;
const manyOptions = Array.from({ length: 60 }, (_, index) => `Number ${index}`);

describe("an answer", () => {
  it.each([
    { dialog: colour, answer: "Blue", told: { value: "Blue" } },
    { dialog: colour, answer: ["Red"], told: { value: "Red" } },
    { dialog: colour, answer: "Green", told: { value: "Green" } },
    { dialog: colour, answer: "Cancel", told: { cancelled: true } },
    { dialog: { ...colour, options: ["Go on", "Cancel"] }, answer: "Cancel", told: { value: "Cancel" } },
    { dialog: { ...colour, options: ["Go on", "Cancel"] }, answer: "Dismiss the question", told: { cancelled: true } },
    { dialog: { ...colour, options: ["  Red  ", "Blue"] }, answer: "Red", told: { value: "  Red  " } },
    { dialog: certain, answer: "Yes", told: { confirmed: true } },
    { dialog: certain, answer: " ok ", told: { confirmed: true } },
    { dialog: certain, answer: true, told: { confirmed: true } },
    { dialog: certain, answer: "No", told: { confirmed: false } },
    { dialog: certain, answer: "By no means", told: { confirmed: false } },
    { dialog: certain, answer: "Cancel", told: { cancelled: true } },
    { dialog: { id: "d", method: "input", title: "Name?", placeholder: "Ada" }, answer: "Grace", told: { value: "Grace" } },
    { dialog: { id: "d", method: "input", title: "Name?" }, answer: "", told: { value: "" } },
    { dialog: { id: "d", method: "editor", title: "Plan", prefill: "one\ntwo" }, answer: "one", told: { value: "one\ntwo" } },
    { dialog: { id: "d", method: "editor", title: "Plan", prefill: "one\ntwo" }, answer: "three\nfour", told: { value: "three\nfour" } },
    { dialog: { id: "d", method: "editor", title: "Plan", prefill: "one\ntwo" }, answer: undefined, told: { cancelled: true } },
  ] as const)("of $answer to a $dialog.method is $told", async ({ dialog, answer, told }) => {
    await using host = new HostileProvider({ version, agent: { on: { prompt: [asking(dialog)] } } });
    await host.start();
    const sent = host.send("/ask");
    const { requestId, payload } = await asked(host);
    const id = payload.questions[0]?.id ?? "";
    await host.provider.respondToUserInput(host.threadId, requestId, { [id]: answer });
    await host.rest();

    expect(answers(host)).toEqual([{ id: dialog.id, ...told }]);
    expect(host.shown(await sent)).toMatchObject({
      types: ["turn.started", "user-input.requested", "user-input.resolved", "thread.token-usage.updated", "turn.completed"],
      ends: [{ state: "completed" }],
    });
    expect(await host.turn("And now?")).toMatchObject(usualTurn);
  });
});

describe("a question", () => {
  it.each([
    { dialog: { id: "d", method: "select", title: " ", options: ["", " ", "Red"] }, header: "Question", labels: ["Red", "Cancel"] },
    { dialog: { id: "d", method: "select", title: "None", options: [] }, header: "None", labels: ["Cancel"] },
    { dialog: { id: "d", method: "confirm", title: "", message: "" }, header: "Question", labels: ["Yes", "No", "Cancel"] },
    { dialog: { id: "d", method: "editor", title: "Plan\nin detail", prefill: "\n\n" }, header: "Plan", labels: ["Cancel"] },
  ] as const)("without words still has a text and a way out: %j", async ({ dialog, header, labels }) => {
    await using host = new HostileProvider({ version, agent: { on: { prompt: [asking(dialog)] } } });
    await host.start();
    const sent = host.send("/ask");
    const { payload, requestId } = await asked(host);

    expect(payload.questions).toMatchObject([{ header, question: expect.stringMatching(/\S/) }]);
    expect(payload.questions[0]?.options.map(({ label }) => label)).toEqual(labels);
    await host.provider.respondToUserInput(host.threadId, requestId, {});
    await host.log.turn(await sent);
  });

  it.each([
    { what: "long ones are cut", options: [longOption, "Blue"], shown: 3, chosen: longOption },
    { what: "too many are left out, and can be typed", options: manyOptions, shown: 51, chosen: "Number 59" },
  ])("shows options that fit, and understands them: $what", async ({ options, shown, chosen }) => {
    await using host = new HostileProvider({ version, agent: { on: { prompt: [asking({ ...colour, options })] } } });
    await host.start();
    const sent = host.send("/ask");
    const { payload, requestId } = await asked(host);
    const labels = payload.questions[0]?.options.map(({ label }) => label) ?? [];
    expect(labels).toHaveLength(shown);
    expect(Math.max(...labels.map(({ length }) => length))).toBeLessThanOrEqual(300);
    const answer = labels.find((label) => chosen.startsWith(label.slice(0, -1)) && label.length > 20) ?? chosen;
    await host.provider.respondToUserInput(host.threadId, requestId, { answer });
    await host.log.turn(await sent);
    expect(answers(host)).toEqual([{ id: "d1", value: chosen }]);
  });

  it("is followed by the next one, each with an id of its own", async () => {
    await using host = new HostileProvider({ version, agent: { on: { prompt: [asking(colour, certain)] } } });
    await host.start();
    const sent = host.send("/ask");
    const first = await asked(host);
    await host.provider.respondToUserInput(host.threadId, first.requestId, { answer: "Red" });
    const second = await asked(host, 2);
    expect(second.requestId).not.toBe(first.requestId);
    await host.provider.respondToUserInput(host.threadId, second.requestId, { answer: "Yes" });
    await host.log.turn(await sent);
    expect(answers(host)).toEqual([
      { id: "d1", value: "Red" },
      { id: "d2", confirmed: true },
    ]);
  });

  it("that comes while another is open is shown beside it, and each is answered for itself", async () => {
    const both: Script = [{ emit: { type: "extension_ui_request", ...colour } }, { ask: certain }, ...piHandledPrompt];
    await using host = new HostileProvider({ version, agent: { on: { prompt: [both] } } });
    await host.start();
    const sent = host.send("/ask");
    const [first, second] = [await asked(host, 1), await asked(host, 2)];
    await host.provider.respondToUserInput(host.threadId, second.requestId, { answer: "No" });
    await host.log.turn(await sent);

    expect(answers(host)).toEqual([
      { id: "d2", confirmed: false },
      // The turn has ended without the other's answer: nobody will want it any more.
      { id: "d1", cancelled: true },
    ]);
    expect(host.log.of("user-input.resolved").map(({ requestId }) => requestId)).toEqual([second.requestId, first.requestId]);
  });

  it("that is asked twice under one id is one question", async () => {
    const repeated: Script = [{ emit: { type: "extension_ui_request", ...colour } }, { ask: colour }, ...piHandledPrompt];
    await using host = new HostileProvider({ version, agent: { on: { prompt: [repeated] } } });
    await host.start();
    const sent = host.send("/ask");
    const { requestId } = await asked(host);
    expect(host.log.of("user-input.requested")).toHaveLength(1);
    await host.provider.respondToUserInput(host.threadId, requestId, { answer: "Red" });
    await host.log.turn(await sent);
  });

  it("with a time of its own is taken away when that is up, for the agent goes on without a word", async () => {
    const impatient: Script = [...piRunStart, { emit: { type: "extension_ui_request", ...colour, timeout: 5_000 } }, { gate: "time is up" }, ...piSpeech("Red, then."), ...piRunEnd(), ...piSettled];
    await using host = new HostileProvider({ version, agent: { on: { prompt: [impatient] } } });
    await host.start();
    const turnId = await host.send("Paint it.");
    const { requestId } = await asked(host);
    await host.pass(4_999);
    expect(host.log.of("user-input.resolved")).toEqual([]);
    await host.pass(1);
    expect(host.log.of("user-input.resolved")).toMatchObject([{ requestId, turnId, payload: { answers: {} } }]);
    await expect(host.provider.respondToUserInput(host.threadId, requestId, { answer: "Blue" })).rejects.toMatchObject({ kind: "validation", code: "request-unknown" });
    host.open("time is up");
    await host.log.turn(turnId);
    expect(answers(host)).toEqual([]);
  });

  it("outside a turn belongs to none, and can be answered", async () => {
    await using host = new HostileProvider({ version, agent: { on: { get_commands: [[{ reply: {} }, { ask: colour }]] } } });
    await host.start();
    await host.provider.listCommands(host.threadId);
    const question = await asked(host);
    expect(question).not.toHaveProperty("turnId");
    await host.provider.respondToUserInput(host.threadId, question.requestId, { answer: "Red" });
    await host.rest();
    expect(answers(host)).toEqual([{ id: "d1", value: "Red" }]);
  });

  it("while the model is being changed is dismissed: the host waits for nobody then", async () => {
    const slowChange: Script = [{ ask: certain }, { reply: {} }];
    await using host = new HostileProvider({ version, agent: { on: { set_model: [slowChange] } } });
    await host.start();
    const turnId = await host.send("Think.", { model: "lab/thinker" });
    await host.log.turn(turnId);

    expect(host.log.of("user-input.requested")).toEqual([]);
    expect(answers(host)).toEqual([{ id: "d2", cancelled: true }]);
    // Said when it happens, and again where T3's user reads it.
    expect(host.log.of("runtime.warning").map(({ turnId: of, payload }) => [of, payload.message])).toEqual([
      [undefined, expect.stringContaining("was dismissed")],
      [turnId, expect.stringContaining("was dismissed")],
    ]);
  });

  it("while the session starts is dismissed, too", async () => {
    await using host = new HostileProvider({ version, agent: { startup: [{ emit: { type: "extension_ui_request", ...certain } }] } });
    await host.start();
    expect(answers(host)).toEqual([{ id: "d2", cancelled: true }]);
    expect(await host.turn("Hello?")).toMatchObject({ ...usualTurn, warnings: [expect.stringContaining("was dismissed")] });
  });
});

describe("what an extension only shows", () => {
  it("is a warning where it warns, and nothing where it decorates", async () => {
    const shown: Script = [
      ...piRunStart,
      ...["info", "warning", "error", "panic"].map((notifyType) => ({ emit: { type: "extension_ui_request", id: notifyType, method: "notify", message: `An ${notifyType}.`, notifyType } })),
      { emit: { type: "extension_ui_request", id: "n", method: "notify", message: " \n ", notifyType: "warning" } },
      ...["setStatus", "setWidget", "setTitle", "set_editor_text", "dance"].map((method) => ({ emit: { type: "extension_ui_request", id: method, method, text: "x" } })),
      ...piSpeech("Done."),
      ...piRunEnd(),
      ...piSettled,
    ];
    await using host = new HostileProvider({ version, agent: { on: { prompt: [shown] } } });
    await host.start();
    expect(await host.turn("Hello?")).toMatchObject({ ...usualTurn, warnings: ["An warning.", "An error."] });
    expect(answers(host)).toEqual([]);
  });
});
