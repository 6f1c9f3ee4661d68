import { describe, expect, it } from "vitest";
import type { SandboxModel } from "../../src/adapters/fake/agent-sandbox.js";
import type { ModelAnswer } from "../../src/adapters/fake/model-endpoint/model-answer.js";
import type { Provider } from "../../src/app/provider-facade.js";
import type { ProviderTurnStartResult } from "../../src/ports/provider.js";
import { withExtensions } from "./extensions.js";
import { type ProviderFixture, realPiVersions, sharedProvider } from "./real-pi.js";
import { spoken } from "./scripted-model.js";

const models: readonly SandboxModel[] = [{ id: "small", name: "Small", contextWindow: 10_000, maxTokens: 1_000 }];
/** Pi counts a token for four characters. With these texts it keeps the latest turn whole and summarises the others, in one request. */
const compaction = { enabled: true, reserveTokens: 1_000, keepRecentTokens: 5 };
const greeting = "Good morning!";

/** An answer after which the context is too full. */
function fillingAnswer(text: string): ModelAnswer {
  return [{ text }, { usage: { inputTokens: 9_500, outputTokens: 100 } }];
}

const summary: ModelAnswer = [{ text: "They greeted each other." }];
const tooFull: ModelAnswer = [{ httpError: { status: 400, message: "This model's maximum context length is 10000 tokens. However, your messages resulted in 12000 tokens." } }];
const never = Promise.withResolvers<never>().promise;

describe.each(realPiVersions)("a compaction by Pi $version", (pi) => {
  const shared = sharedProvider({
    pi,
    sandbox: { models, settings: { compaction, ...withExtensions("compaction") } },
    provider: { session: { abortMs: 400, stopGraceMs: 200, probeMs: 20 } },
  });
  const threadId = "compacted";

  /** A conversation that has something to be compacted. */
  async function conversation(): Promise<ProviderFixture> {
    const fixture = shared();
    await fixture.session({ threadId });
    for (const _turn of [1, 2]) await fixture.turn({ threadId, input: greeting }, [{ text: "Hi!" }]);
    return fixture;
  }

  it("of a full context is part of the turn that filled it", async () => {
    const fixture = await conversation();
    const turn = await fixture.turn({ threadId, input: "How do you do?" }, fillingAnswer("Well."), summary);

    expect(turn.types).toEqual(["turn.started", "content.delta", "item.completed", "thread.state.changed", "turn.completed"]);
    expect(turn.of("thread.state.changed")).toMatchObject([{ payload: { state: "compacted", detail: { reason: "threshold", tokensBefore: 9_600, tokensAfter: expect.any(Number) } } }]);
    // Nobody knows how full the context is until the model has answered again.
    expect(turn.of("thread.token-usage.updated").filter(({ payload }) => payload.usage.usedContextTokens !== undefined)).toEqual([]);
    expect(turn.end).toMatchObject({ state: "completed", stopReason: "stop" });

    await fixture.turn({ threadId, input: "Where were we?" }, [{ text: "At the greeting." }]);
    const known = spoken(fixture.endpoint.requests.at(-1), "user");
    expect(known[0]).toContain("They greeted each other.");
    expect(known.slice(1)).toEqual(["How do you do?", "Where were we?"]);
  });

  it("of a context that was too full for the model is part of the turn, which is then answered", async () => {
    const fixture = await conversation();
    const turn = await fixture.turn({ threadId, input: "Nice day!" }, tooFull, summary, [{ text: "It is." }]);

    expect(turn.types).toEqual(["turn.started", "thread.state.changed", "content.delta", "item.completed", "turn.completed"]);
    expect(turn.of("thread.state.changed")).toMatchObject([{ payload: { state: "compacted", detail: { reason: "overflow" } } }]);
    expect(fixture.log.texts(turn.turnId)).toEqual(["It is."]);
    expect(turn.end).toMatchObject({ state: "completed", stopReason: "stop" });
    expect(turn.end).not.toHaveProperty("errorMessage");
    expect(spoken(fixture.endpoint.requests.at(-1), "user").slice(1)).toEqual([greeting, "Nice day!"]);
  });

  it("that fails is a warning, and the turn is completed all the same", async () => {
    const fixture = await conversation();
    const turn = await fixture.turn({ threadId, input: "Shall we go now?" }, fillingAnswer("Yes."), [{ httpError: { status: 400, message: "No summaries today." } }]);

    expect(turn.of("thread.state.changed")).toEqual([]);
    expect(turn.of("runtime.warning")).toMatchObject([{ payload: { message: expect.stringContaining("No summaries today.") } }]);
    expect(turn.end).toMatchObject({ state: "completed" });
    // It is tried again before the next message is sent.
    const next = await fixture.turn({ threadId, input: "Then let us go." }, summary, [{ text: "OK." }]);
    expect(next.types).toEqual(["turn.started", "thread.state.changed", "content.delta", "item.completed", "turn.completed"]);
  });

  it("by a command of an extension is shown, and the command's turn ends", async () => {
    const fixture = await conversation();
    const turn = await fixture.turn({ threadId, input: "/shorten" }, summary);
    const shown = await fixture.log.first("thread.state.changed", ({ payload }) => (payload.detail as { readonly reason: string }).reason === "manual");

    expect(shown).toMatchObject({ turnId: turn.turnId, payload: { state: "compacted" } });
    expect(turn.end.state).toBe("completed");
  });

  it("counts its turn's messages once, and can be rolled back: then the model gets the whole conversation again", async () => {
    const fixture = await conversation();
    const { provider, endpoint } = fixture;
    await provider.stopSession(threadId);
    await fixture.start({ threadId });
    await conversation();
    await fixture.turn({ threadId, input: "How do you do?" }, fillingAnswer("Well."), summary);
    await fixture.turn({ threadId, input: "Nice day!" }, tooFull, summary, [{ text: "It is." }]);
    expect(fixture.view(threadId)?.resumeCursor).toMatchObject({ turnMessages: [1, 1, 1, 1] });
    await provider.rollbackThread(threadId, 2);
    await fixture.turn({ threadId, input: "How are you?" }, [{ text: "Fine." }]);

    expect(spoken(endpoint.requests.at(-1), "user")).toEqual([greeting, greeting, "How are you?"]);
  });

  it("takes in what is said meanwhile", async () => {
    const fixture = await conversation();
    const { provider, model, log, endpoint } = fixture;
    const goOn = Promise.withResolvers<void>();
    model.willAnswer(fillingAnswer("Here."), [{ waitFor: goOn.promise }, ...summary], [{ text: "At the lake." }]);
    const expected = endpoint.requests.length + 2;
    const { turnId } = await provider.sendTurn({ threadId, input: "Where are we now?" });
    while (endpoint.requests.length < expected) await model.nextRequest();
    const sent = provider.sendTurn({ threadId, input: "Where exactly?" });
    await fixture.delivered();
    goOn.resolve();
    expect((await sent).turnId).toBe(turnId);
    const turn = await fixture.finished(turnId);

    expect(log.texts(turnId)).toEqual(["Here.", "At the lake."]);
    expect(turn.end.state).toBe("completed");
    expect(endpoint.requests.at(-1)?.lastUserText).toBe("Where exactly?");
  });

  it.each<{ readonly what: string; readonly answers: readonly ModelAnswer[]; readonly later: readonly ModelAnswer[]; readonly begin: (provider: Provider) => Promise<ProviderTurnStartResult> }>([
    // The context stays full, so the next message begins with another compaction.
    { what: "of a full context", answers: [fillingAnswer("No.")], later: [summary], begin: (provider) => provider.sendTurn({ threadId, input: "Are you sleepy?" }) },
    { what: "by a command", answers: [], later: [], begin: (provider) => provider.sendTurn({ threadId, input: "/shorten" }) },
    { what: "that the host asked for", answers: [], later: [], begin: (provider) => provider.compactThread(threadId) },
  ])("$what can be interrupted, if need be by force", async ({ answers, later, begin }) => {
    const fixture = await conversation();
    const { provider, model, log, endpoint } = fixture;
    const { resumeCursor } = fixture.view(threadId) ?? {};
    model.willAnswer(...answers, [{ waitFor: never }]);
    const expected = endpoint.requests.length + answers.length + 1;
    const begun = begin(provider);
    while (endpoint.requests.length < expected) await model.nextRequest();
    const { turnId } = await begun;
    await provider.interruptTurn(threadId);
    const turn = await fixture.finished(turnId);
    expect(turn.end).toMatchObject({ state: "interrupted", stopReason: "abort" });
    expect(turn.of("runtime.error")).toEqual([]);

    // Before 0.84 Pi does not obey here, and has to be ended.
    await fixture.session({ threadId, resumeCursor });
    const next = await fixture.turn({ threadId, input: "And what now, then?" }, ...later, [{ text: "Now?" }]);
    expect(log.texts(next.turnId)).toEqual(["Now?"]);
    expect(next.end.state).toBe("completed");
  });
});
